import { statfsSync } from 'node:fs'
import type { About } from '../../services/admin/contract.ts'
import type { DhcpStatus } from '../../services/dhcp/contract.ts'
import type { RemoteSwitches } from '../../services/remote/contract.ts'
import type { BoxStatus } from '../../services/sync/site-report.ts'
import type { Packs } from '../../services/templates/contract.ts'

export interface BoxReportFacts {
  readonly about: About
  readonly dhcp: DhcpStatus
  readonly packs: ReturnType<Packs['list']>
  readonly dataFolder: string
  readonly remote: RemoteSwitches
  readonly now: number
}

/** What the account is told of the box itself. */
export function boxReport({ about, dhcp, packs, dataFolder, remote, now }: BoxReportFacts): BoxStatus {
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
