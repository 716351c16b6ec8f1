import type { AdminDeps } from '../../services/admin/contract.ts'
import type { DhcpAdvisor, DhcpNetwork, DhcpServer } from '../../services/dhcp/contract.ts'
import type { ListenDeps } from '../../services/dhcp/listen.ts'
import { type DhcpControlDeps, setDhcpInterface } from './control.ts'
import { addDhcpNetwork, dhcpChoices, heardOn, removeDhcpNetwork, setDhcpNetwork, storedNetworks } from './networks.ts'
import { toldTo } from './told.ts'

type Deps = Omit<DhcpControlDeps, 'apply'> &
  Pick<ListenDeps, 'clock' | 'log' | 'counters'> & {
    readonly server: DhcpServer
    readonly advisor: DhcpAdvisor
    /** Those in force. */
    readonly networks: () => readonly DhcpNetwork[]
  }

/** What people may see and change of DHCP. */
export function makeDhcpDesk(deps: Deps): AdminDeps['dhcp'] {
  const { config, records, lan, server, networks, advisor, clock, log, counters } = deps
  const control: DhcpControlDeps = { config, records, lan, apply: (settings) => server.update(settings) }
  const status = () => server.status()
  return {
    status,
    setInterface: (name, change, { by }) => setDhcpInterface(control, name, change, by),
    listen: (name) => heardOn({ ...control, clock, log, counters, random: Math.random, status }, name),
    networks: () => storedNetworks(control),
    choices: () => dhcpChoices(control),
    addNetwork: (input, options) => addDhcpNetwork(control, input, options),
    setNetwork: (id, change, options) => setDhcpNetwork(control, id, change, options),
    removeNetwork: (id, options) => removeDhcpNetwork(control, id, options),
    told: (mac, network) => toldTo({ networks, leases: server.leases, advisor, lan }, mac, network),
  }
}
