import { useEffect } from 'preact/hooks'
import type { CloudView } from '../../services/admin/schema-cloud.ts'
import { api } from '../api.ts'
import { t } from '../i18n.ts'
import { confirmed } from '../kit/dialog.tsx'
import { Await, Section } from '../kit/states.tsx'
import { toast } from '../kit/toast.tsx'
import { may } from '../session.ts'
import { CloudCard } from '../setup/cloud-card.tsx'
import { CloudJoin } from '../setup/cloud-join.tsx'
import { cloud, loadCloud } from '../setup/progress.ts'
import { tried } from '../tried.ts'
import { passwordAgain } from './fresh.tsx'

const EVERY_MS = 10_000

/** The central account: whether the box belongs to one, how it gets in, and how it leaves. */
export function CloudTab() {
  useEffect(() => {
    void loadCloud()
    const timer = setInterval(() => void loadCloud(), EVERY_MS)
    return () => clearInterval(timer)
  }, [])
  const leave = async (name: string) => {
    const yes = await confirmed({
      title: t('Leave {name}?', { name }),
      consequences: [
        t('The account sees and changes nothing here any more, from this moment on.'),
        t('Phones, settings and files stay as they are, and are served as before.'),
        t('To come back, the box has to be taken in anew.'),
      ],
      action: t('Leave it'),
      danger: true,
    })
    if (!yes || !(await passwordAgain())) return
    await tried(t('The box did not leave'), async () => {
      await api('/cloud/leave', { method: 'POST' })
      await loadCloud()
      toast(t('The box has left its account.'))
    })
  }
  return (
    <Section id="cloud" title={t('Central account')}>
      <Await of={cloud.value} again={() => void loadCloud()}>
        {(it: CloudView) => (
          <>
            <CloudCard it={it} />
            {may('accounts') && <CloudJoin it={it} />}
            {it.state === 'claimed' && may('accounts') && (
              <div class="buttons">
                <button type="button" class="danger" onClick={() => void leave(it.orgName)}>
                  {t('Leave the account')}
                </button>
              </div>
            )}
          </>
        )}
      </Await>
    </Section>
  )
}
