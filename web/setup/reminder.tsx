import { useEffect } from 'preact/hooks'
import { t } from '../i18n.ts'
import { Icon } from '../kit/icon.tsx'
import { to } from '../router.ts'
import { may } from '../session.ts'
import { connection } from '../state.ts'
import { done, loadProgress, nextStep, STEPS, skip, skipped, stepWord } from './progress.ts'

/** On the overview of a box that is not set up yet: how far it is, and the way on. */
export function SetupReminder() {
  const live = connection.value.state === 'live'
  const wanted = may('site') && !skipped.value.has('all')
  useEffect(() => {
    if (wanted && live) void loadProgress()
  }, [wanted, live])
  const next = nextStep.value
  if (!wanted || next === undefined || STEPS.some((step) => done.value[step] === undefined)) return null
  const count = STEPS.filter((step) => done.value[step]).length
  return (
    <section class="card reminder" aria-label={t('First steps')}>
      <Icon name="ok" />
      <p class="grow">
        <strong>
          {t('This box is not set up yet: {n} of {all} steps are done.', { n: count, all: STEPS.length })}
        </strong>{' '}
        {t('Next: {step}.', { step: stepWord(next) })}
      </p>
      <a class="button primary" href={to('setup')}>
        {t('Go on with it')}
      </a>
      <button type="button" onClick={() => skip('all')}>
        {t('Not needed')}
      </button>
    </section>
  )
}
