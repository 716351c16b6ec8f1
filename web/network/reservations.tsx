import { useSignal } from '@preact/signals'
import { t } from '../i18n.ts'
import { TextField } from '../kit/field.tsx'
import { faultsOf } from '../state.ts'
import type { Network, NetworksGround } from './ground.ts'

/** Addresses that are kept for one device each. */
export function Reservations({ network, ground }: { network: Network; ground: NetworksGround }) {
  const mac = useSignal('')
  const address = useSignal('')
  const failed = useSignal<string | undefined>(undefined)
  const change = !network.fixed && ground.mayEdit
  const put = async (list: Network['reservations'], said: string) => {
    failed.value = undefined
    try {
      if (!(await ground.change(network, { reservations: list }))) return false
      await ground.said(said, network.id)
      return true
    } catch (error) {
      const { text, faults } = faultsOf(error)
      failed.value = faults[0]?.message ?? text
      return false
    }
  }
  const add = async (event: SubmitEvent) => {
    event.preventDefault()
    const list = [...network.reservations, { mac: mac.value.trim(), address: address.value.trim() }]
    if (await put(list, t('{address} is kept from now on.', { address: address.value.trim() }))) {
      mac.value = ''
      address.value = ''
    }
  }
  return (
    <details class="reservations" open={network.reservations.length > 0}>
      <summary>
        <h3>
          {t('Reservations')} <span class="count">{network.reservations.length}</span>
        </h3>
      </summary>
      {network.reservations.length > 0 && (
        <ul class="files">
          {network.reservations.map((one) => (
            <li key={one.address}>
              <span>{one.address}</span>
              <span class="grow">
                {one.mac === undefined ? (
                  <code>{one.clientId}</code>
                ) : (
                  <a href={ground.phoneLink(one.mac)} dir="auto">
                    {ground.nameOf(one.mac) ?? one.mac}
                  </a>
                )}
              </span>
              {change && (
                <button
                  type="button"
                  aria-label={t('Keep {address} no longer', { address: one.address })}
                  onClick={() =>
                    void put(
                      network.reservations.filter((it) => it !== one),
                      t('{address} is free again.', { address: one.address }),
                    )
                  }
                >
                  {t('Remove')}
                </button>
              )}
            </li>
          ))}
        </ul>
      )}
      {change && (
        <form class="form" onSubmit={(event) => void add(event)} aria-label={t('Keep an address for a device')}>
          <TextField
            label={t('MAC address')}
            placeholder="80:5e:c0:12:34:56"
            value={mac.value}
            change={(value) => {
              mac.value = value
            }}
          />
          <TextField
            label={t('Address')}
            value={address.value}
            fault={failed.value}
            change={(value) => {
              address.value = value
            }}
          />
          <div class="buttons">
            <button type="submit">{t('Keep it')}</button>
          </div>
        </form>
      )}
    </details>
  )
}
