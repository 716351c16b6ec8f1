import { OperatorError } from '../core/errors.ts'
import { formatIpv4 } from '../core/ipv4.ts'
import type { ForeignServer } from './contract.ts'
import { type ForeignDeps, ForeignWatch } from './foreign.ts'

/** Some servers ping for three seconds before they offer. */
const WAIT_MS = 4000

export type ListenDeps = Omit<ForeignDeps, 'alarms' | 'everyMs' | 'onRound' | 'onDeaf' | 'waitMs'> & {
  readonly waitMs?: number
}

/**
 * Asks once, as a client would, who leases addresses on an interface on which this box does not: what a person wants to
 * know before it does. Nobody is alarmed: another server there is as it should be. Throws `OperatorError` when nobody could
 * be heard, which must not look like silence.
 */
export function listenForServers({ waitMs = WAIT_MS, ...deps }: ListenDeps): Promise<readonly ForeignServer[]> {
  return new Promise((resolve, reject) => {
    const watch: ForeignWatch = new ForeignWatch({
      ...{ ...deps, waitMs, everyMs: 0x7fffffff, alarms: { raise: () => undefined, list: () => [] } },
      onRound() {
        watch.close()
        const found = [...watch.servers()].sort((a, b) => a.server - b.server)
        const servers = found.map(({ server }) => formatIpv4(server)).join(' ') || 'none'
        deps.log.info('dhcp listened for other servers', { interface: deps.interface, servers })
        resolve(found)
      },
      onDeaf(reason) {
        watch.close()
        reject(
          new OperatorError(`nobody can be heard on ${deps.interface}: the port of DHCP clients is taken (${reason})`),
        )
      },
    })
    watch.start()
  })
}
