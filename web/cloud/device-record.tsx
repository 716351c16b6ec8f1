import { t } from '../i18n.ts'
import { Check, TextField } from '../kit/field.tsx'
import type { Desk } from '../phone/desk.ts'

/** What stands in the record of a phone about itself. */
export function DeviceRecord({ desk }: { desk: Desk }) {
  const device = desk.device.value
  if (!device) return null
  return (
    <div class="card form">
      <TextField
        label={t('Name')}
        hint={t('Where or whose it is, e.g. Reception')}
        value={device.name ?? ''}
        fault={desk.faultAt('name')}
        change={(name) => desk.edit({ name })}
      />
      <TextField
        label={t('Group')}
        hint={t('Phones of a group share its settings. Empty: no group.')}
        value={device.group ?? ''}
        fault={desk.faultAt('group')}
        change={(group) => desk.edit({ group })}
      />
      <TextField
        label={t('Vendor')}
        value={device.vendor ?? ''}
        placeholder={t('as it says itself')}
        fault={desk.faultAt('vendor')}
        change={(vendor) => desk.edit({ vendor })}
      />
      <TextField
        label={t('Model')}
        value={device.model ?? ''}
        placeholder={t('as it says itself')}
        fault={desk.faultAt('model')}
        change={(model) => desk.edit({ model })}
      />
      <TextField
        label={t('Notes')}
        value={device.notes ?? ''}
        fault={desk.faultAt('notes')}
        change={(notes) => desk.edit({ notes })}
      />
      <Check
        label={t('In use: it gets its files')}
        checked={device.enabled}
        change={(enabled) => desk.edit({ enabled })}
      />
    </div>
  )
}
