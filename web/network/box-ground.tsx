import { useSignal } from '@preact/signals'
import type { DeviceRow } from '../../services/admin/schema.ts'
import type { NetworkPatch, NetworksView, NetworkView, RemovalView } from '../../services/admin/schema-network.ts'
import { api } from '../api.ts'
import { plural, t } from '../i18n.ts'
import { Combobox } from '../kit/combobox.tsx'
import { Told } from '../options/told.tsx'
import { to } from '../router.ts'
import { may } from '../session.ts'
import { devices, dhcp, leases, listOf, load, loadDhcp } from '../state.ts'
import { stored } from '../undo.ts'
import { choicesOf, networks } from './data.ts'
import type { Network, NetworksGround } from './ground.ts'

const pathOf = ({ id }: Pick<Network, 'id'>) => `/dhcp/networks/${encodeURIComponent(id)}`

/** Takes the box's answer to a change as what is now. */
async function taken(answer: Promise<NetworksView>): Promise<true> {
  const value = await answer
  await Promise.all([load(networks, async () => value), loadDhcp()])
  return true
}

export const patchNetwork = (network: NetworkView, change: NetworkPatch) =>
  taken(api<NetworksView>(pathOf(network), { method: 'PATCH', body: change, rev: network.rev }))

/** The networks of this box. Nobody is asked before an edit: it is in force at once, and can be taken back. */
export function boxGround(view: NetworksView): NetworksGround {
  const status = dhcp.value.kind === 'ready' ? dhcp.value.value : undefined
  const names = new Map(listOf(devices.value).map((row) => [row.mac, row.name]))
  return {
    mayEdit: may('site'),
    ports: choicesOf(view),
    isOff: (port) => status?.interfaces.find((one) => one.name === port)?.mode === 'off',
    others: [],
    leases: listOf(leases.value),
    count: (id) => status?.networks.find((one) => one.id === id),
    nameOf: (mac) => names.get(mac),
    phoneLink: (mac) => to('phones', mac),
    settingsLink: to('settings', 'vendor'),
    add: (input) => taken(api<NetworksView>('/dhcp/networks', { method: 'POST', body: input })),
    change: patchNetwork,
    remove: (network) => taken(api<NetworksView>(pathOf(network), { method: 'DELETE', rev: network.rev })),
    async removal(network) {
      const it = await api<RemovalView>(`${pathOf(network)}/removal`)
      const others = it.leases - it.phones
      const hours = Math.max(1, Math.round(network.lease / 3600))
      return [
        ...(it.phones > 0
          ? [plural('{n} phone has an address of it.|{n} phones have an address of it.', it.phones)]
          : []),
        ...(others > 0
          ? [plural('{n} other device has an address of it.|{n} other devices have an address of it.', others)]
          : []),
        it.leases > 0
          ? plural(
              'They keep it until their lease is over, {n} hour at most. Then they have none of this box.|They keep it until their lease is over, {n} hours at most. Then they have none of this box.',
              hours,
            )
          : t('Nobody has an address of it now.'),
        ...(it.reservations > 0
          ? [plural('{n} reservation goes with it.|{n} reservations go with it.', it.reservations)]
          : []),
        ...(it.interface === undefined
          ? []
          : [
              t('It is the only network on {name}: the box gives no addresses there any more.', { name: it.interface }),
            ]),
      ]
    },
    said: (text, id) => stored(text, 'network', id),
    Told: WhatOneGets,
  }
}

const MOST = 8

/** Which phone it is, and what that would be told in a network. */
function WhatOneGets({ network }: { network: Network }) {
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
