import type { AdminDeps } from '../../services/admin/contract.ts'
import { type BoxNetworkDeps, makeBoxNetwork } from './box-network.ts'
import { makeUpdates } from './updates.ts'

/** What people may ask of the machine that the box runs on. */
export function machineAround(deps: BoxNetworkDeps): Pick<AdminDeps, 'updates' | 'boxNetwork'> {
  return { updates: makeUpdates(deps), boxNetwork: makeBoxNetwork(deps) }
}
