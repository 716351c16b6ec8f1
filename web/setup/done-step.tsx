import { plural, t } from '../i18n.ts'
import { Icon } from '../kit/icon.tsx'
import { go, to } from '../router.ts'
import { listOf, strangers } from '../state.ts'
import { done, STEPS, skip, stepWord } from './progress.ts'

/** What comes next: the phones. */
export function DoneStep() {
  const open = STEPS.filter((step) => done.value[step] === false)
  const fresh = listOf(strangers.value).length
  return (
    <section aria-labelledby="step-done" class="step">
      <h2 id="step-done">
        {open.length === 0 ? t('The box is ready.') : t('The box is ready as far as it is set up.')}
      </h2>
      {open.length > 0 && (
        <p>
          {t('Still open:')}{' '}
          {open.map((step, i) => (
            <span key={step}>
              {i > 0 && ', '}
              <a href={to('setup', step)}>{stepWord(step)}</a>
            </span>
          ))}
        </p>
      )}
      <ol class="next-steps card">
        <li>
          <strong>{t('Plug the phones in.')}</strong> {t('Each shows up here by itself, within a minute or two.')}
          {fresh > 0 && ` ${plural('{n} is here already.|{n} are here already.', fresh)}`}
        </li>
        <li>
          <strong>{t('Say whose each is.')}</strong>{' '}
          {t('By hand, by scanning labels, from a list, or by PIN at the phone.')}
        </li>
        <li>
          <strong>{t('Watch the overview.')}</strong> {t('It says what still needs you, and which button helps.')}
        </li>
      </ol>
      <div class="buttons">
        <a class="button primary" href={to('new')}>
          <Icon name="new" />
          {t('New phones')}
        </a>
        <a class="button" href={to('import')}>
          {t('Import a list')}
        </a>
        <button
          type="button"
          onClick={() => {
            skip('all')
            go('#/')
          }}
        >
          {t('To the overview')}
        </button>
      </div>
    </section>
  )
}
