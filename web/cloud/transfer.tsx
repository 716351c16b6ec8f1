import { useSignal } from '@preact/signals'
import { plural, t } from '../i18n.ts'
import { confirmed } from '../kit/dialog.tsx'
import { Check } from '../kit/field.tsx'
import { Section } from '../kit/states.tsx'
import { toast } from '../kit/toast.tsx'
import { useDoing } from './asked.ts'
import { ImportPlan, type ImportResult } from './import-plan.tsx'
import { postText } from './post-text.ts'
import { Problem } from './problem.tsx'
import { path } from './session.ts'

/** Everything that the account owns as one file, out and in. */
export function Transfer() {
  return (
    <>
      <Out />
      <In />
    </>
  )
}

function Out() {
  const sealed = useSignal(false)
  return (
    <Section id="out" title={t('Take everything out')}>
      <div class="card stacked">
        <p>
          {t(
            'One file with sites, phones, settings, people’s roles, alert rules and the audit log. Passwords of people, API tokens and the contents of files never leave.',
          )}
        </p>
        <Check
          label={t('With SIP passwords, sealed: only this account, in this installation, can open them')}
          checked={sealed.value}
          change={(on) => {
            sealed.value = on
          }}
        />
        <div class="buttons">
          <a
            class="button"
            download="branchline-account.ndjson"
            href={`/api/v1${path('export')}?sealed=${sealed.value ? 1 : 0}`}
          >
            {t('Save the file')}
          </a>
        </div>
      </div>
    </Section>
  )
}

function In() {
  const file = useSignal<File | undefined>(undefined)
  const replace = useSignal(false)
  const plan = useSignal<ImportResult | undefined>(undefined)
  const part = useSignal<number | undefined>(undefined)
  const { busy, failed, run } = useDoing()
  const send = async (dryRun: boolean) => {
    const { value: chosen } = file
    if (chosen === undefined) return
    part.value = 0
    const address = `${path('import')}?dryRun=${dryRun ? 1 : 0}&replace=${replace.value ? 1 : 0}`
    const made = await run(() =>
      postText<ImportResult>(address, chosen, (so) => {
        part.value = so
      }),
    )
    part.value = undefined
    if (made === undefined) return
    plan.value = made
    if (!dryRun)
      toast(plural('{n} place is taken in.|{n} places are taken in.', made.places.filter((one) => one.done).length))
  }
  const take = async () => {
    const yes = await confirmed({
      title: t('Take the file in?'),
      consequences: [
        t('What is shown is written, each site whole or not at all.'),
        ...(replace.value ? [t('What is here with other content is replaced by what the file says.')] : []),
        t('Boxes get it within seconds, phones when they fetch again.'),
      ],
      action: t('Take it in'),
      danger: replace.value,
    })
    if (yes) await send(false)
  }
  const { value: it } = plan
  const ready = it?.dryRun === true && it.faults.length === 0 && it.places.some(({ action }) => action !== 'refused')
  return (
    <Section id="in" title={t('Take a file in')}>
      <div class="card stacked">
        <p>{t('First you see what would come of it. Nothing is written before you say so.')}</p>
        <div class="field">
          <label for="account-file">{t('File of an account')}</label>
          <input
            id="account-file"
            type="file"
            accept=".ndjson,application/x-ndjson"
            onChange={(event) => {
              file.value = event.currentTarget.files?.[0]
              plan.value = undefined
            }}
          />
        </div>
        <Check
          label={t('Replace what is here with other content')}
          checked={replace.value}
          change={(on) => {
            replace.value = on
            plan.value = undefined
          }}
        />
        {part.value !== undefined && <progress class="progress" value={part.value} aria-label={t('Upload')} />}
        <Problem of={failed.value} />
        <div class="buttons">
          <button
            type="button"
            class={ready ? '' : 'primary'}
            disabled={busy.value || file.value === undefined}
            onClick={() => void send(true)}
          >
            {t('See what would come of it')}
          </button>
          {ready && (
            <button type="button" class="primary" disabled={busy.value} onClick={() => void take()}>
              {t('Take it in')}
            </button>
          )}
        </div>
      </div>
      {it && <ImportPlan it={it} />}
    </Section>
  )
}
