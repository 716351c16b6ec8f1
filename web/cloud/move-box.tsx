import { useSignal } from '@preact/signals'
import { api } from '../api.ts'
import { t } from '../i18n.ts'
import { Dialog } from '../kit/dialog.tsx'
import { SelectField } from '../kit/field.tsx'
import { Await } from '../kit/states.tsx'
import { toast } from '../kit/toast.tsx'
import { useAsked, useDoing } from './asked.ts'
import { Problem } from './problem.tsx'
import { path } from './session.ts'
import type { FleetSite } from './types.ts'

/** Moves a box to another site that has none. */
export function MoveBox(props: { box: string; from: string; done: () => void }) {
  const open = useSignal(false)
  return (
    <>
      <button
        type="button"
        onClick={() => {
          open.value = true
        }}
      >
        {t('Move it')}
      </button>
      {open.value && (
        <Dialog
          title={t('Move the box')}
          close={() => {
            open.value = false
          }}
        >
          <Move
            {...props}
            done={() => {
              open.value = false
              props.done()
            }}
          />
        </Dialog>
      )}
    </>
  )
}

function Move({ box, from, done }: { box: string; from: string; done: () => void }) {
  const sites = useAsked('', async () => (await api<{ sites: FleetSite[] }>(path('fleet', 'sites'))).sites)
  const to = useSignal('')
  const { busy, failed, run } = useDoing()
  const send = async (event: SubmitEvent) => {
    event.preventDefault()
    const body = { siteId: to.value }
    const moved = await run(() => api(`/boxes/${encodeURIComponent(box)}/transfer`, { method: 'POST', body }))
    if (moved === undefined) return
    toast(t('The box is moved.'))
    done()
  }
  return (
    <Await of={sites.of} again={sites.again}>
      {(list: readonly FleetSite[]) => (
        <form class="form" onSubmit={(event) => void send(event)}>
          <SelectField
            label={t('To which site')}
            hint={t('Only sites without a box.')}
            value={to.value}
            change={(value) => {
              to.value = value
            }}
            choices={[
              { value: '', text: t('Choose a site') },
              ...list
                .filter(({ siteId, boxId }) => siteId !== from && boxId === null)
                .map(({ siteId, name }) => ({ value: siteId, text: name })),
            ]}
          />
          <Problem of={failed.value} />
          <div class="buttons end">
            <button type="submit" class="primary" disabled={busy.value || to.value === ''}>
              {t('Move it')}
            </button>
          </div>
        </form>
      )}
    </Await>
  )
}
