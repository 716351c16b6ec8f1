import { useEffect } from 'preact/hooks'
import { t } from '../i18n.ts'
import { Icon } from '../kit/icon.tsx'
import { NotAllowed, Skeleton } from '../kit/states.tsx'
import { route, to } from '../router.ts'
import { may } from '../session.ts'
import { PasswordQuestion } from '../system/fresh.tsx'
import { AccountStep } from './account-step.tsx'
import { CloudStep } from './cloud-step.tsx'
import { DoneStep } from './done-step.tsx'
import { NetworkStep } from './network-step.tsx'
import { done, loadProgress, nextStep, STEPS, type Step, stepWord } from './progress.ts'
import { ServerStep } from './server-step.tsx'

/** The first run: a few steps in any order, each of which can be changed later where it belongs. */
export function SetupPage({ step }: { step: string | undefined }) {
  useEffect(() => void loadProgress(), [])
  if (!may('site')) return <NotAllowed />
  const known = STEPS.every((it) => done.value[it] !== undefined)
  const here = step === 'done' ? 'done' : (STEPS.find((it) => it === step) ?? nextStep.value ?? 'done')
  return (
    <div class="setup">
      <div class="page-head">
        <h1>{t('First steps')}</h1>
        <a class="button" href="#/">
          {t('Later')}
        </a>
      </div>
      <p class="quiet">
        {t('You can leave at any time and go on later. Everything here can be changed afterwards.')}{' '}
        {may('accounts') && (
          <>
            {t('This box takes the place of another one?')}{' '}
            <a href={to('system', 'backup')}>{t('Restore from a backup')}</a>
          </>
        )}
      </p>
      <ol class="step-list" aria-label={t('Steps')}>
        {STEPS.map((it, i) => (
          <li key={it} class={done.value[it] ? 'is-done' : ''}>
            <a href={to('setup', it)} aria-current={here === it ? 'step' : undefined}>
              <span class="step-number" aria-hidden="true">
                {done.value[it] ? <Icon name="ok" /> : i + 1}
              </span>
              <span>{stepWord(it)}</span>
              {done.value[it] && <span class="unseen">{t('done')}</span>}
            </a>
          </li>
        ))}
      </ol>
      {!known && step === undefined ? <Skeleton rows={4} /> : <At key={here} step={here} />}
      <PasswordQuestion />
    </div>
  )
}

function At({ step }: { step: Step | 'done' }) {
  if (step === 'account') return <AccountStep />
  if (step === 'network') return <NetworkStep name={route.value.path[2]} />
  if (step === 'server') return <ServerStep />
  if (step === 'cloud') return <CloudStep />
  return <DoneStep />
}
