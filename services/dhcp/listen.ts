import { messageOf, OperatorError } from '../core/errors.ts'
import { formatIpv4 } from '../core/ipv4.ts'
import type { ForeignServer } from './contract.ts'
import { type ForeignDeps, ForeignWatch } from './foreign.ts'

/** Some servers ping for three seconds before they offer. */
const WAIT_MS = 4000

export type ListenDeps = Omit<ForeignDeps, 'alarms' | 'everyMs' | 'onRound' | 'waitMs'> & { readonly waitMs?: number }

/**
 * Asks once, as a client would, who leases addresses on an interface on which this box does not: what a person wants to
 * know before it does. Nobody is alarmed: another server there is as it should be.
 */
export async function listenForServers({ waitMs = WAIT_MS, ...deps }: ListenDeps): Promise<readonly ForeignServer[]> {
  checkPort(deps)
  return new Promise((resolve) => {
    const watch: ForeignWatch = new ForeignWatch({
      ...{ ...deps, waitMs, everyMs: 0x7fffffff, alarms: { raise: () => undefined, list: () => [] } },
      onRound() {
        watch.close()
        const found = [...watch.servers()].sort((a, b) => a.server - b.server)
        deps.log.info('dhcp listened for other servers', {
          interface: deps.interface,
          servers: found.map(({ server }) => formatIpv4(server)).join(' ') || 'none',
        })
        resolve(found)
      },
    })
    watch.start()
  })
}

/** Nothing heard must not be said where nothing could be. */
function checkPort({ lan, interface: device, clientPort }: ListenDeps): void {
  try {
    lan.openUdp({ device, port: clientPort, onDatagram: () => undefined }).close()
  } catch (thrown) {
    throw new OperatorError(
      `nobody can be heard on ${device}: the port of DHCP clients (${clientPort}) cannot be opened: ${messageOf(thrown)}`,
    )
  }
}
