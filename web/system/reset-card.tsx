import { useSignal } from '@preact/signals'
import type { ResetView } from '../../services/admin/schema-backup.ts'
import { api } from '../api.ts'
import { plural, t } from '../i18n.ts'
import { Dialog } from '../kit/dialog.tsx'
import { TextField } from '../kit/field.tsx'
import { Empty, Said, Section } from '../kit/states.tsx'
import { tried } from '../tried.ts'
import { passwordAgain } from './fresh.tsx'

/** What is typed, in every language: it stands on the button of the console too. */
const WORD = 'ERASE'

/** Back to how the box came: says what is lost, and that a backup brings it back. */
export function ResetCard() {
  const asked = useSignal<ResetView | undefined>(undefined)
  const begun = useSignal(false)
  const begin = () =>
    tried(t('Nothing was erased'), async () => {
      asked.value = await api<ResetView>('/factory-reset')
    })
  const reset = async () => {
    if (!(await passwordAgain())) return
    await tried(t('Nothing was erased'), async () => {
      await api('/factory-reset', { method: 'POST', body: { confirm: WORD } })
      asked.value = undefined
      begun.value = true
    })
  }
  return (
    <Section id="factory-reset" title={t('Factory reset')}>
      <div class="card stacked">
        {begun.value ? (
          <p role="status">
            {t(
              'The box erases itself and starts as new. Load this page again in a minute; it may be at another address.',
            )}
          </p>
        ) : (
          <>
            <p>{t('Erases everything that this box knows, for a new beginning or before it goes to somebody else.')}</p>
            <div class="buttons">
              <button type="button" class="danger" onClick={() => void begin()}>
                {t('Factory reset …')}
              </button>
            </div>
          </>
        )}
      </div>
      {asked.value && (
        <ResetDialog
          it={asked.value}
          close={() => {
            asked.value = undefined
          }}
          reset={() => void reset()}
        />
      )}
    </Section>
  )
}

function ResetDialog({ it, close, reset }: { it: ResetView; close: () => void; reset: () => void }) {
  const typed = useSignal('')
  if (it.unsupported !== undefined)
    return (
      <Dialog title={t('Factory reset')} close={close}>
        <Empty icon="lock">
          <Said>{it.unsupported}</Said>
        </Empty>
      </Dialog>
    )
  return (
    <Dialog title={t('Erase everything?')} close={close}>
      <p>{t('This goes for good:')}</p>
      <ul class="consequences">
        <li>
          {plural('{n} phone|{n} phones', it.devices)},{' '}
          {plural('{n} person or contact|{n} people and contacts', it.people)},{' '}
          {plural('{n} network|{n} networks', it.networks)}
        </li>
        <li>{plural('{n} stored file|{n} stored files', it.files)}</li>
        <li>{plural('{n} account of a person who signs in|{n} accounts of people who sign in', it.accounts)}</li>
        <li>{t('All settings, secrets and certificates, and the backups in this box')}</li>
        {it.kind === 'disk' && (
          <li>{t('The machine starts again and formats its disk for data; this takes about a minute.')}</li>
        )}
        {it.account !== undefined && (
          <li>
            {t('{name} is not told and keeps this box on its list. If it shall not, leave the account first.', {
              name: it.account,
            })}
          </li>
        )}
      </ul>
      <p>
        <strong>{t('A backup that you downloaded, and its recovery key, bring all of it back.')}</strong>
      </p>
      <form
        class="stacked"
        aria-label={t('Erase everything?')}
        onSubmit={(event) => {
          event.preventDefault()
          if (typed.value.trim() === WORD) reset()
        }}
      >
        <TextField
          label={t('Type {word} to go on', { word: WORD })}
          value={typed.value}
          change={(value) => {
            typed.value = value
          }}
        />
        <div class="buttons end">
          <button type="button" onClick={close}>
            {t('Make a backup first')}
          </button>
          <button type="submit" class="danger" disabled={typed.value.trim() !== WORD}>
            {t('Erase everything')}
          </button>
        </div>
      </form>
    </Dialog>
  )
}
