import { useSignal } from '@preact/signals'
import type { DeviceRow } from '../../services/admin/schema.ts'
import type { NetworkView, OptionView } from '../../services/admin/schema-network.ts'
import { t } from '../i18n.ts'
import { Combobox } from '../kit/combobox.tsx'
import { OptionList } from '../options/option-list.tsx'
import { Told } from '../options/told.tsx'
import { to } from '../router.ts'
import { may } from '../session.ts'
import { devices, faultsOf, listOf } from '../state.ts'
import { stored } from '../undo.ts'
import { patchNetwork } from './network-edit.tsx'

/** What every device of a network is told besides, and what of all that one phone would get. */
export function NetworkOptions({ network }: { network: NetworkView }) {
  const mayEdit = !network.fixed && may('site')
  const put = async (options: readonly OptionView[]): Promise<string | undefined> => {
    try {
      await patchNetwork(network, { options: [...options] })
      await stored(
        t('{name} is changed. Devices hear of it when they renew.', { name: network.id }),
        'network',
        network.id,
      )
      return undefined
    } catch (error) {
      const { text, faults } = faultsOf(error)
      return faults[0]?.message ?? text
    }
  }
  return (
    <details class="reservations">
      <summary>
        <h3>
          {t('DHCP options')} <span class="count">{network.options.length}</span>
        </h3>
      </summary>
      <p class="quiet">
        {t('What a kind of phone needs to find the box is told without this.')}{' '}
        <a href={to('settings', 'vendor')}>{t('Options for one vendor, group or model')}</a>
      </p>
      <OptionList options={network.options} mayEdit={mayEdit} change={put} />
      <WhatOneGets network={network} />
    </details>
  )
}

const MOST = 8

function WhatOneGets({ network }: { network: NetworkView }) {
  const text = useSignal('')
  const chosen = useSignal<DeviceRow | undefined>(undefined)
  const rows = listOf(devices.value)
  const find = (typed: string) => {
    const words = typed.toLowerCase().split(/\s+/).filter(Boolean)
    return rows
      .filter((row) => words.every((word) => `${row.name ?? ''} ${row.mac}`.toLowerCase().includes(word)))
      .slice(0, MOST)
      .map((row) => ({ key: row.mac, text: row.name ?? row.mac, note: row.mac, value: row }))
  }
  if (rows.length === 0) return null
  return (
    <>
      <div class="form">
        <Combobox
          label={t('What one phone would be told')}
          placeholder={t('Name or MAC address')}
          text={text.value}
          change={(typed) => {
            text.value = typed
            chosen.value = undefined
          }}
          find={find}
          choose={(option) => {
            text.value = option.text
            chosen.value = option.value
          }}
        />
      </div>
      {chosen.value && <Told mac={chosen.value.mac} network={network.id} />}
    </>
  )
}
