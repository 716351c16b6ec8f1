import { useEffect } from 'preact/hooks'
import type { CloudView } from '../../services/admin/schema-cloud.ts'
import { t } from '../i18n.ts'
import { Await } from '../kit/states.tsx'
import { to } from '../router.ts'
import { CloudCard } from './cloud-card.tsx'
import { CloudJoin } from './cloud-join.tsx'
import { cloud, loadCloud, skip } from './progress.ts'
import { goOn, StepFrame } from './step.tsx'

const EVERY_MS = 5000

/** Joining a central account, or working alone: the box is complete without one. */
export function CloudStep() {
  // The code comes, and the account takes the box in, while somebody looks.
  useEffect(() => {
    void loadCloud()
    const timer = setInterval(() => void loadCloud(), EVERY_MS)
    return () => clearInterval(timer)
  }, [])
  const alone = cloud.value.kind === 'ready' && cloud.value.value.state !== 'claimed'
  return (
    <StepFrame
      step="cloud"
      why={t('With a central account, many offices are seen and set up from one place. The box needs none.')}
    >
      <Await of={cloud.value} again={() => void loadCloud()}>
        {(it: CloudView) => (
          <>
            <CloudCard it={it} />
            <CloudJoin it={it} />
          </>
        )}
      </Await>
      <p class="quiet">
        {t('Later under')} <a href={to('system', 'cloud')}>{t('System')}</a>
      </p>
      <div class="buttons">
        <button
          type="button"
          class="primary"
          onClick={() => {
            skip('cloud')
            goOn('cloud')
          }}
        >
          {alone ? t('Work alone for now') : t('Go on')}
        </button>
      </div>
    </StepFrame>
  )
}
