import { useSignal } from '@preact/signals'
import type { ComponentChildren } from 'preact'
import { api } from '../api.ts'
import { plural, t } from '../i18n.ts'
import { Dialog } from '../kit/dialog.tsx'
import { toast } from '../kit/toast.tsx'
import { faultsOf } from '../state.ts'
import { useDoing } from './asked.ts'
import { BulkEffects } from './bulk-effects.tsx'
import { Problem } from './problem.tsx'
import { path } from './session.ts'
import type { BulkPreview } from './types.ts'

export type Patch = Readonly<Record<string, unknown>>
export interface Edit {
  readonly target: object
  readonly patch: Patch
}

/** An edit of much at once: what it is, then what it changes on which phones, then it is made whole or not at all. */
export function BulkFlow(props: {
  title: string
  names: ReadonlyMap<string, string>
  ask: (busy: boolean, look: (edit: Edit) => void) => ComponentChildren
  close: (made: boolean) => void
}) {
  const edit = useSignal<Edit | undefined>(undefined)
  const preview = useSignal<BulkPreview | undefined>(undefined)
  const stale = useSignal(false)
  const { busy, failed, run } = useDoing()
  const look = async (wanted: Edit) => {
    const it = await run(() => api<BulkPreview>(path('fleet', 'edit', 'preview'), { method: 'POST', body: wanted }))
    if (!it) return
    edit.value = wanted
    preview.value = it
  }
  const apply = async () => {
    const { value: wanted } = edit
    if (wanted === undefined || preview.value === undefined) return
    const body = { ...wanted, stamp: preview.value.stamp }
    const made = await run(async () => {
      try {
        return await api<BulkPreview>(path('fleet', 'edit'), { method: 'POST', body })
      } catch (error) {
        // Somebody was faster: what it would do now is shown before it is asked again.
        if (faultsOf(error).status !== 409) throw error
        return undefined
      }
    })
    if (made) {
      toast(
        plural(
          '{n} record is changed. Phones get it when they fetch again.|{n} records are changed. Phones get it when they fetch again.',
          made.records,
        ),
      )
      props.close(true)
    } else if (failed.value === undefined) {
      stale.value = true
      await look(wanted)
    }
  }
  const it = preview.value
  return (
    <Dialog title={props.title} close={() => props.close(false)} wide>
      {it === undefined ? (
        props.ask(busy.value, (wanted) => void look(wanted))
      ) : (
        <>
          {stale.value && (
            <p class="card held" role="alert">
              {t('Something of it was changed meanwhile. This is what the edit would do now.')}
            </p>
          )}
          <BulkEffects it={it} patch={edit.value?.patch ?? {}} names={props.names} />
        </>
      )}
      <Problem of={failed.value} />
      {it !== undefined && (
        <div class="buttons end">
          <button
            type="button"
            onClick={() => {
              preview.value = undefined
              stale.value = false
            }}
          >
            {t('Back')}
          </button>
          <button
            type="button"
            class="primary"
            disabled={busy.value || it.records === 0 || it.faulty > 0}
            onClick={() => void apply()}
          >
            {plural('Change {n} record|Change {n} records', it.records)}
          </button>
        </div>
      )}
    </Dialog>
  )
}
