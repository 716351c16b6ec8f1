import { add } from '../api.ts'
import { t } from '../i18n.ts'
import { NotAllowed } from '../kit/states.tsx'
import { go, to } from '../router.ts'
import { may } from '../session.ts'
import { DeviceForm } from './device-form.tsx'

/** A phone that was never seen here, by its label. */
export function AddPhone() {
  if (!may('devices')) return <NotAllowed />
  return (
    <div class="narrow">
      <p class="crumb">
        <a href={to('phones')}>{t('Phones')}</a>
      </p>
      <h1>{t('Add a phone')}</h1>
      <div class="card">
        <DeviceForm label={t('Add a phone')} submit={add} done={(device) => go(to('phones', device.mac))} />
      </div>
      <p class="quiet">
        {t('Many at once?')} <a href={to('new')}>{t('Scan labels')}</a> ·{' '}
        <a href={to('import')}>{t('Import a list')}</a>
      </p>
    </div>
  )
}
