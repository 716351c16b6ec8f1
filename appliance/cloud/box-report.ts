import { statfsSync } from 'node:fs'
import type { About } from '../../services/admin/contract.ts'
import { formatIpv4 } from '../../services/core/ipv4.ts'
import type { LanInterface } from '../../services/core/net.ts'
import type { DhcpNetwork, DhcpStatus } from '../../services/dhcp/contract.ts'
import { networkText } from '../../services/dhcp/network-text.ts'
import type { RemoteSwitches } from '../../services/remote/contract.ts'
import type { BoxStatus } from '../../services/sync/site-report.ts'
import type { Packs } from '../../services/templates/contract.ts'

export interface BoxReportFacts {
  readonly about: About
  readonly dhcp: DhcpStatus
  readonly interfaces: readonly LanInterface[]
  /** Networks that the configuration file holds. */
  readonly fixed: readonly DhcpNetwork[]
  readonly packs: ReturnType<Packs['list']>
  readonly dataFolder: string
  readonly remote: RemoteSwitches
  readonly now: number
}

/** What the account is told of the box itself. */
export function boxReport(facts: BoxReportFacts): BoxStatus {
  const { about, dhcp, interfaces, fixed, packs, dataFolder, remote, now } = facts
  const storage = storageOf(dataFolder)
  return {
    version: about.version,
    startedAt: about.startedAt,
    clock: now,
    addresses: about.addresses.slice(0, 50).map((address) => address.slice(0, 80)),
    services: about.listeners
      .slice(0, 50)
      .map(({ service, where }) => ({ service: service.slice(0, 40), where: where.slice(0, 200) })),
    dhcp: dhcp.interfaces.slice(0, 50).map(({ name, mode, answering, reason }) => ({
      ...{ interface: name.slice(0, 40), mode, on: answering },
      ...(reason !== '' && { reason: reason.slice(0, 300) }),
    })),
    interfaces: interfaces.slice(0, 50).map(({ name, addresses }) => ({
      name: name.slice(0, 15),
      addresses: addresses.slice(0, 20).map(({ address, prefix }) => `${formatIpv4(address)}/${prefix}`),
    })),
    fixedNetworks: fixed
      .slice(0, 50)
      .map(networkText)
      .map(({ id, subnet, pools }) => ({ id, subnet, pools: pools.slice(0, 64) })),
    packs: packs.slice(0, 100).map(({ name, version }) => ({ name: name.slice(0, 80), version: version.slice(0, 40) })),
    ...(storage && { storage }),
    remote: { phonePages: remote.remote === 'on' && remote.phonePages },
  }
}

/** Bytes of the disk that the data folder is on. */
function storageOf(folder: string): BoxStatus['storage'] {
  try {
    const { bavail, blocks, bsize } = statfsSync(folder)
    return { free: bavail * bsize, total: blocks * bsize }
  } catch {
    return undefined
  }
}
