import { useSignal } from '@preact/signals'
import type { ExplainView } from '../../services/admin/schema.ts'
import { allow, reboot, refetchOne, remove } from '../actions.ts'
import { whatOf } from '../format.ts'
import { t } from '../i18n.ts'
import { Badge, Said } from '../kit/states.tsx'
import { go, to } from '../router.ts'
import { may } from '../session.ts'
import type { Desk } from './desk.ts'
import { IdentityDialog } from './identity.tsx'
import { ReplaceDialog } from './replace.tsx'

/** Who it is, the verdict, and what can be done at once. */
export function Head({ desk, it }: { desk: Desk; it: ExplainView }) {
  const { device, identity, verdict } = it
  const asking = useSignal<'replace' | 'record' | undefined>(undefined)
  const close = () => {
    asking.value = undefined
  }
  const what = whatOf({ vendor: device?.vendor ?? identity.vendor, model: device?.model ?? identity.model })
  const name = device?.name ?? (what || it.mac)
  const removed = async () => {
    if (!device) return
    desk.discard()
    if (await remove([{ mac: it.mac, rev: device.rev, name }])) go(to('phones'))
  }
  return (
    <div class="head">
      <p class="crumb">
        <a href={to('phones')}>{t('Phones')}</a>
      </p>
      <div class="page-head">
        <h1 dir="auto">{name}</h1>
        {device && may('devices') && (
          <div class="buttons">
            <button type="button" class="primary" onClick={() => void refetchOne(it.mac, name)}>
              {t('Fetch again')}
            </button>
            <button type="button" onClick={() => void reboot(it.mac, name)}>
              {t('Restart')}
            </button>
            <button
              type="button"
              onClick={() => {
                asking.value = 'record'
              }}
            >
              {t('Name and model')}
            </button>
            <button
              type="button"
              onClick={() => {
                asking.value = 'replace'
              }}
            >
              {t('Replace')}
            </button>
            <button type="button" onClick={() => void removed()}>
              {t('Remove')}
            </button>
          </div>
        )}
      </div>
      <p class="quiet facts">
        <span class="mac">{it.mac}</span>
        {what && what !== name && <Said>{what}</Said>}
        {identity.firmware && (
          <span>
            {t('Firmware')} <Said>{identity.firmware}</Said>
          </span>
        )}
        {device?.group && (
          <span>
            {t('Group')} <span dir="auto">{device.group}</span>
          </span>
        )}
      </p>
      <div class={`verdict card ${device?.enabled === false ? 'off' : verdict.state}`} role="status">
        <Badge state={verdict.state} enabled={device?.enabled} />
        <div>
          <p>
            <Said>{verdict.text}</Said>
          </p>
          <p class="advice">
            <Said>{verdict.advice}</Said>
          </p>
        </div>
      </div>
      {device && it.closed && (
        <div class="card held">
          <p>
            <Said>{it.closed}</Said>
          </p>
          {may('devices') && (
            <button type="button" onClick={() => void allow(it.mac, name)}>
              {t('It is the right phone: allow it')}
            </button>
          )}
        </div>
      )}
      {it.warnings.length > 0 && (
        <details class="card warnings">
          <summary>{t('Given, but without effect: {n}', { n: it.warnings.length })}</summary>
          <ul>
            {it.warnings.map((text) => (
              <li key={text}>
                <Said>{text}</Said>
              </li>
            ))}
          </ul>
        </details>
      )}
      {asking.value === 'replace' && <ReplaceDialog mac={it.mac} name={name} close={close} />}
      {asking.value === 'record' && <IdentityDialog desk={desk} close={close} />}
    </div>
  )
}
