import { useSignal } from '@preact/signals'
import type { BackupsView, NewKeyView } from '../../services/admin/schema-backup.ts'
import { api } from '../api.ts'
import { fullTime } from '../format.ts'
import { t } from '../i18n.ts'
import { Dialog } from '../kit/dialog.tsx'
import { TextField } from '../kit/field.tsx'
import { Icon } from '../kit/icon.tsx'
import { Section } from '../kit/states.tsx'
import { toast } from '../kit/toast.tsx'
import { may } from '../session.ts'
import { tried } from '../tried.ts'
import { passwordAgain } from './fresh.tsx'

/** The group that a person types to show that the key is kept. */
const ASKED = 4

/** The recovery key that backups are sealed for: whether there is one, and a new one. */
export function KeyCard({ it, take }: { it: BackupsView; take: (it: BackupsView) => void }) {
  const made = useSignal<string | undefined>(undefined)
  const { key } = it
  const make = async () => {
    if (!(await passwordAgain())) return
    await tried(t('No key was made'), async () => {
      made.value = (await api<NewKeyView>('/backup-key', { method: 'POST' })).key
      take(await api<BackupsView>('/backups'))
    })
  }
  return (
    <Section id="recovery-key" title={t('Recovery key')}>
      <div class="card stacked">
        {key?.confirmed ? (
          <p>
            <Icon name="ok" />{' '}
            {t('Backups are sealed for the key {id}, made at {time}.', {
              ...{ id: key.id.slice(0, 4), time: fullTime(key.madeAt) },
            })}{' '}
            {t('Only whoever holds it can open them; it is not in this box.')}
          </p>
        ) : (
          <p>
            {t('A backup holds every secret of the box, so it is sealed. The key that opens it is shown once, to you.')}
          </p>
        )}
        {key !== undefined && !key.confirmed && (
          <p class="failed" role="status">
            {t('A key was made, but nobody has said that they kept it. Make another one.')}
          </p>
        )}
        {may('accounts') && (
          <div class="buttons">
            <button type="button" class={key?.confirmed ? '' : 'primary'} onClick={() => void make()}>
              {key?.confirmed ? t('Make another key') : t('Make a recovery key')}
            </button>
          </div>
        )}
      </div>
      {made.value !== undefined && (
        <Shown
          text={made.value}
          close={() => {
            made.value = undefined
          }}
          done={(state) => {
            made.value = undefined
            take(state)
            toast(t('The key is set. Backups can be made.'))
          }}
        />
      )}
    </Section>
  )
}

function Shown({ text, close, done }: { text: string; close: () => void; done: (state: BackupsView) => void }) {
  const typed = useSignal('')
  const fault = useSignal<string | undefined>(undefined)
  const groups = text.split('-')
  const send = async (event: SubmitEvent) => {
    event.preventDefault()
    if (typed.value.trim().toUpperCase() !== groups[ASKED - 1]) {
      fault.value = t('That is not group {n} of this key.', { n: ASKED })
      return
    }
    const state = await tried(t('The key was not set'), () =>
      api<BackupsView>('/backup-key/confirm', { method: 'POST', body: { key: text } }),
    )
    if (state) done(state)
  }
  return (
    <Dialog title={t('Your recovery key')} close={close}>
      <div class="key-sheet">
        <p class="key-title">{t('Recovery key of a Branchline box')}</p>
        <ol class="key-groups" aria-label={t('Your recovery key')}>
          {groups.map((group, i) => (
            <li key={group + i}>{group}</li>
          ))}
        </ol>
      </div>
      <p>{t('It is shown this once. Keep it where the box is not: on paper, or in a password safe.')}</p>
      <div class="buttons">
        {globalThis.isSecureContext && (
          <button
            type="button"
            onClick={() => void navigator.clipboard.writeText(text).then(() => toast(t('Copied.')))}
          >
            {t('Copy')}
          </button>
        )}
        <button type="button" onClick={() => print()}>
          {t('Print')}
        </button>
      </div>
      <form class="stacked" onSubmit={(event) => void send(event)} aria-label={t('Say that you kept it')}>
        <TextField
          label={t('Type group {n} of it', { n: ASKED })}
          hint={t('So that it is sure to be kept before anything relies on it.')}
          fault={fault.value}
          value={typed.value}
          change={(value) => {
            typed.value = value
          }}
        />
        <div class="buttons end">
          <button type="submit" class="primary" disabled={typed.value.trim() === ''}>
            {t('I have kept it')}
          </button>
        </div>
      </form>
    </Dialog>
  )
}
