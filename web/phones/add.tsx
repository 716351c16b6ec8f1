import { add } from '../api.ts'
import { t } from '../i18n.ts'
import { go, to } from '../router.ts'
import { DeviceForm } from './device-form.tsx'

/** A phone that was never seen here, by its label. */
export function AddPhone() {
  return (
    <div class="narrow">
      <p class="crumb">
        <a href={to('phones')}>{t('Phones')}</a>
      </p>
      <h1>{t('Add a phone')}</h1>
      <div class="card">
        <DeviceForm label={t('Add a phone')} submit={add} done={(device) => go(to('phones', device.mac))} />
      </div>
      <p class="quiet">{t('Many at once? Scan their labels under New phones, or import a list: branchline import.')}</p>
    </div>
  )
}
