import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import type { EditPreview } from '../../services/admin/schema-workbench.ts'
import { plural, t } from '../i18n.ts'
import { Dialog } from '../kit/dialog.tsx'
import { Difference } from '../kit/difference.tsx'
import { Await, Said } from '../kit/states.tsx'
import { type Loaded, load } from '../state.ts'
import type { Desk } from './desk.ts'

/** Stands at the foot of the page while there is something to save; `saved` says so in its own words. */
export function SaveBar({ desk, saved }: { desk: Desk; saved: () => void }) {
  const looking = useSignal(false)
  const { edits, failed, saving } = desk
  const close = () => {
    looking.value = false
  }
  const save = async () => {
    if (!(await desk.save())) return
    close()
    saved()
  }
  useEffect(() => {
    const listener = (event: KeyboardEvent) => {
      if (!(event.ctrlKey || event.metaKey) || event.key.toLowerCase() !== 's') return
      event.preventDefault()
      if (desk.edits.peek() > 0) void save()
    }
    addEventListener('keydown', listener)
    return () => removeEventListener('keydown', listener)
  }, [desk])
  if (edits.value === 0) return null
  return (
    <section class="save-bar" aria-label={t('Changes that are not saved')}>
      {failed.value && (
        <div class="failed" role="alert">
          <p>{failed.value.text}</p>
          {failed.value.faults.length > 0 && (
            <ul>
              {failed.value.faults.map((fault) => (
                <li key={fault.path}>
                  <code>{fault.path}</code> <Said>{fault.message}</Said>
                </li>
              ))}
            </ul>
          )}
        </div>
      )}
      <div class="save-row">
        <strong role="status">{plural('{n} change is not saved|{n} changes are not saved', edits.value)}</strong>
        <button
          type="button"
          onClick={() => {
            looking.value = true
          }}
        >
          {t('What the phone will get')}
        </button>
        <button type="button" onClick={() => desk.discard()}>
          {t('Discard')}
        </button>
        <button type="button" class="primary" disabled={saving.value} onClick={() => void save()}>
          {saving.value ? t('Saving …') : t('Save')}
        </button>
      </div>
      {looking.value && (
        <Dialog title={t('What the phone will get')} close={close} wide>
          <Changed desk={desk} />
          <div class="buttons end">
            <button type="button" onClick={close}>
              {t('Back to editing')}
            </button>
            <button type="button" class="primary" disabled={saving.value} onClick={() => void save()}>
              {t('Save')}
            </button>
          </div>
        </Dialog>
      )}
    </section>
  )
}

/** Each file of the phone before and after the draft. */
export function Changed({ desk }: { desk: Desk }) {
  const preview = useSignal<Loaded<EditPreview>>({ kind: 'loading' })
  const draft = desk.draft.value
  useEffect(() => {
    preview.value = { kind: 'loading' }
    void load(preview, () => desk.look())
  }, [draft])
  return (
    <Await of={preview.value} again={() => void load(preview, () => desk.look())}>
      {(it: EditPreview) => {
        const changed = it.files.filter((file) => file.changed || file.before !== file.after)
        return (
          <>
            {it.added.length > 0 && (
              <div class="card held">
                <p>{t('This has no effect on this phone:')}</p>
                <ul>
                  {it.added.map((text) => (
                    <li key={text}>
                      <Said>{text}</Said>
                    </li>
                  ))}
                </ul>
              </div>
            )}
            {changed.length === 0 && <p>{t('Its files stay as they are: nothing of this goes to the phone.')}</p>}
            {changed.map((file) =>
              file.problem !== undefined && file.after === undefined ? (
                <p key={file.name} class="failed">
                  {file.name}: <Said>{file.problem}</Said>
                </p>
              ) : file.before === file.after ? (
                <p key={file.name}>{t('{name}: only a secret changes, which is not shown.', { name: file.name })}</p>
              ) : (
                <Difference key={file.name} name={file.name} before={file.before ?? ''} after={file.after ?? ''} />
              ),
            )}
          </>
        )
      }}
    </Await>
  )
}
