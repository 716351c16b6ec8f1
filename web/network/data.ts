import { signal } from '@preact/signals'
import type { ChoiceView, NetworksView } from '../../services/admin/schema-network.ts'
import { api } from '../api.ts'
import { type Loaded, load, loading } from '../state.ts'

/** The networks with their ranges, and the interfaces that DHCP could be switched on. */
export const networks = signal<Loaded<NetworksView>>(loading)

export const loadNetworks = () => load(networks, () => api<NetworksView>('/dhcp/networks'))

/** Interfaces that phones could be on: loopback is the machine's own. */
export function choicesOf(view: NetworksView): readonly ChoiceView[] {
  const outside = view.interfaces.filter((it) => it.name !== 'lo')
  return outside.length > 0 ? outside : view.interfaces
}

/** An address as a number, so that addresses can be counted and drawn. */
export function numberOf(address: string): number {
  return address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0)
}

export function addressOf(number: number): string {
  return [24, 16, 8, 0].map((shift) => Math.floor(number / 2 ** shift) % 256).join('.')
}

/** `192.0.2.100-192.0.2.199` as numbers. */
export function rangeOf(pool: string): { readonly from: number; readonly to: number } {
  const [from = '', to = from] = pool.split('-').map((part) => part.trim())
  return { from: numberOf(from), to: numberOf(to) }
}
