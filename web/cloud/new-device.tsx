import { useSignal } from '@preact/signals'
import type { DeviceView } from '../../services/admin/schema.ts'
import type { NewDeviceStatus } from '../../services/sync/site-report.ts'
import { api } from '../api.ts'
import { t } from '../i18n.ts'
import { Dialog } from '../kit/dialog.tsx'
import { TextField } from '../kit/field.tsx'
import { toast } from '../kit/toast.tsx'
import { go } from '../router.ts'
import { useDoing } from './asked.ts'
import { Problem } from './problem.tsx'
import { at, path } from './session.ts'

/** A record for a phone: by its label, or for one that the box has seen. */
export function NewDevice(props: { site: string; mac: string; seen: NewDeviceStatus | undefined; close: () => void }) {
  const mac = useSignal(props.mac)
  const name = useSignal('')
  const vendor = useSignal(props.seen?.vendor ?? '')
  const model = useSignal(props.seen?.model ?? '')
  const { busy, failed, faultAt, run } = useDoing()
  const send = async (event: SubmitEvent) => {
    event.preventDefault()
    const body = {
      rev: 0,
      ...(name.value.trim() && { name: name.value.trim() }),
      ...(vendor.value.trim() && { vendor: vendor.value.trim().toLowerCase() }),
      ...(model.value.trim() && { model: model.value.trim() }),
    }
    const address = path('sites', props.site, 'devices', mac.value.trim())
    const made = await run(() => api<DeviceView>(address, { method: 'PUT', body }))
    if (!made) return
    toast(t('{name} is added.', { name: made.name ?? made.mac }))
    go(at('sites', props.site, 'devices', made.mac))
  }
  const fields = [
    ['name', t('Name'), name],
    ['vendor', t('Vendor'), vendor],
    ['model', t('Model'), model],
  ] as const
  return (
    <Dialog title={t('Add a phone')} close={props.close}>
      <form class="form" aria-label={t('Add a phone')} onSubmit={(event) => void send(event)}>
        <TextField
          label={t('MAC address')}
          hint={t('Twelve digits and letters, on the label of the phone.')}
          value={mac.value}
          change={(text) => {
            mac.value = text
          }}
          fault={faultAt('mac')}
          required
          autofocus
        />
        {fields.map(([id, label, value]) => (
          <TextField
            key={id}
            label={label}
            value={value.value}
            change={(text) => {
              value.value = text
            }}
            fault={faultAt(id)}
          />
        ))}
        <Problem of={failed.value} />
        <div class="buttons end">
          <button type="submit" class="primary" disabled={busy.value}>
            {t('Add')}
          </button>
        </div>
      </form>
    </Dialog>
  )
}
