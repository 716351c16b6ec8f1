import { useEffect } from 'preact/hooks'
import { plural, t } from '../i18n.ts'
import { toast } from '../kit/toast.tsx'
import type { Desk } from '../phone/desk.ts'
import { Problem } from './problem.tsx'

/** Stands at the foot of the page while there is something to save. */
export function CloudSaveBar({ desk }: { desk: Desk }) {
  const { edits, failed, saving } = desk
  const save = async () => {
    if (await desk.save()) toast(t('Saved. The box gets it within seconds, the phone when it fetches again.'))
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
      <Problem of={failed.value} />
      <div class="save-row">
        <strong role="status">{plural('{n} change is not saved|{n} changes are not saved', edits.value)}</strong>
        <button type="button" onClick={() => desk.discard()}>
          {t('Discard')}
        </button>
        <button type="button" class="primary" disabled={saving.value} onClick={() => void save()}>
          {saving.value ? t('Saving …') : t('Save')}
        </button>
      </div>
    </section>
  )
}
