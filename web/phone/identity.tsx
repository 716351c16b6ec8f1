import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import type { VendorModels } from '../../services/admin/schema-workbench.ts'
import { api } from '../api.ts'
import { t } from '../i18n.ts'
import { Dialog } from '../kit/dialog.tsx'
import { Check, SelectField, TextField } from '../kit/field.tsx'
import type { Desk } from './desk.ts'

/** What stands in the record of a phone about itself; saved with the other changes. */
export function IdentityDialog({ desk, close }: { desk: Desk; close: () => void }) {
  const vendors = useSignal<readonly VendorModels[]>([])
  useEffect(() => {
    void api<{ vendors: VendorModels[] }>('/models').then(
      (it) => {
        vendors.value = it.vendors
      },
      () => undefined,
    )
  }, [])
  const device = desk.device.value
  if (!device) return null
  const models = vendors.value.find((one) => one.vendor === device.vendor)?.models ?? []
  const seen = t('as it says itself')
  return (
    <Dialog title={t('Name and model')} close={close}>
      <TextField
        label={t('Name')}
        hint={t('Where or whose it is, e.g. Reception')}
        value={device.name ?? ''}
        autofocus
        fault={desk.faultAt('name')}
        change={(name) => desk.edit({ name })}
      />
      <TextField
        label={t('Group')}
        value={device.group ?? ''}
        fault={desk.faultAt('group')}
        hint={t('Phones of a group share its settings. Empty: no group.')}
        change={(group) => desk.edit({ group })}
      />
      <SelectField
        label={t('Vendor')}
        value={device.vendor ?? ''}
        fault={desk.faultAt('vendor')}
        change={(vendor) => desk.edit({ vendor, model: '' })}
        choices={[{ value: '', text: seen }, ...vendors.value.map((it) => ({ value: it.vendor, text: it.title }))]}
      />
      <TextField
        label={t('Model')}
        value={device.model ?? ''}
        placeholder={seen}
        list="models"
        fault={desk.faultAt('model')}
        change={(model) => desk.edit({ model })}
      />
      <datalist id="models">
        {models.map((model) => (
          <option key={model} value={model} />
        ))}
      </datalist>
      <Check
        label={t('In use: it gets its files')}
        checked={device.enabled}
        change={(enabled) => desk.edit({ enabled })}
      />
      <div class="buttons end">
        <button type="button" class="primary" onClick={close}>
          {t('Done')}
        </button>
      </div>
    </Dialog>
  )
}
