import type { ComponentChildren } from 'preact'
import { t } from '../i18n.ts'
import { go, to } from '../router.ts'
import { STEPS, type Step, stepWord } from './progress.ts'

/** One step with its heading, what it is for, and the way on. */
export function StepFrame(props: { step: Step; why: string; children: ComponentChildren; passOn?: string }) {
  const id = `step-${props.step}`
  return (
    <section aria-labelledby={id} class="step">
      <h2 id={id}>{stepWord(props.step)}</h2>
      <p>{props.why}</p>
      {props.children}
      {props.passOn !== undefined && (
        <div class="buttons">
          <a class="button" href={hrefAfter(props.step)}>
            {props.passOn}
          </a>
        </div>
      )}
    </section>
  )
}

/** The step after this one, done or not: who goes back to one wants to go on from there. */
export function hrefAfter(step: Step): string {
  return to('setup', STEPS[STEPS.indexOf(step) + 1] ?? 'done')
}

export function goOn(step: Step): void {
  go(hrefAfter(step))
}

/** What a step that is done says, and the way to change it later. */
export function Standing({ children, href, where }: { children: ComponentChildren; href: string; where: string }) {
  return (
    <div class="card standing">
      <div>{children}</div>
      <p class="quiet">
        {t('Later under')} <a href={href}>{where}</a>
      </p>
    </div>
  )
}
