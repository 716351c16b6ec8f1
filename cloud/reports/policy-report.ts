import type { EpochMs } from '../../services/core/clock.ts'
import type { DeviceStatus } from '../../services/sync/site-report.ts'

// What a report says, from what is known of the sites. Its texts come from LANs: whoever shows them escapes them.

export interface SiteFacts {
  readonly id: string
  readonly name: string
  /** Undefined: the site has no box. */
  readonly box?: { readonly seenAt: EpochMs | undefined; readonly version: string | undefined }
  readonly devices: readonly DeviceStatus[]
  readonly newDevices: number
  /** Of the period, and those that are open at its end. */
  readonly alerts: readonly {
    readonly kind: string
    readonly title: string
    readonly opened: number
    readonly open: number
  }[]
}

export interface PhoneCounts {
  readonly all: number
  readonly configured: number
  /** Something is to be done about them. */
  readonly trouble: number
  readonly underWay: number
  readonly neverSeen: number
  /** They have not fetched yet what is wanted now. */
  readonly pending: number
  /** Seen at the site, without a record. */
  readonly unknown: number
}

export interface SiteReport {
  readonly id: string
  readonly name: string
  readonly box: 'online' | 'offline' | 'never heard' | 'none'
  readonly boxSeenAt: EpochMs | null
  readonly boxVersion: string | null
  readonly phones: PhoneCounts
  readonly alerts: readonly {
    readonly kind: string
    readonly title: string
    readonly opened: number
    readonly open: number
  }[]
}

export interface FirmwareCount {
  readonly vendor: string
  readonly model: string
  readonly firmware: string
  readonly phones: number
}

export interface FleetReport {
  readonly account: { readonly id: string; readonly name: string }
  readonly name: string
  readonly timeZone: string
  readonly from: EpochMs
  readonly until: EpochMs
  readonly madeAt: EpochMs
  readonly totals: PhoneCounts & {
    readonly sites: number
    readonly offlineBoxes: number
    readonly alertsOpened: number
    readonly alertsOpen: number
  }
  readonly sites: readonly SiteReport[]
  readonly firmware: readonly FirmwareCount[]
}

const ONLINE_MS = 15 * 60_000

function isPending({ wanted, fetched }: DeviceStatus): boolean {
  return wanted !== undefined && wanted.hash !== fetched?.hash
}

function phonesOf({ devices, newDevices }: SiteFacts): PhoneCounts {
  const count = (...states: readonly DeviceStatus['verdict']['state'][]) =>
    devices.filter(({ verdict }) => states.includes(verdict.state)).length
  return {
    all: devices.length,
    configured: count('configured'),
    trouble: count('trouble', 'unknown-device'),
    underWay: count('under-way', 'waiting'),
    neverSeen: count('never-seen'),
    pending: devices.filter(isPending).length,
    unknown: newDevices,
  }
}

function boxOf({ box }: SiteFacts, now: EpochMs): SiteReport['box'] {
  if (box === undefined) return 'none'
  if (box.seenAt === undefined) return 'never heard'
  return now - box.seenAt <= ONLINE_MS ? 'online' : 'offline'
}

const sum = (numbers: readonly number[]) => numbers.reduce((total, n) => total + n, 0)

export function makeReport(
  head: Omit<FleetReport, 'totals' | 'sites' | 'firmware'>,
  facts: readonly SiteFacts[],
): FleetReport {
  const sites = facts.map(
    (site): SiteReport => ({
      ...{ id: site.id, name: site.name, box: boxOf(site, head.madeAt) },
      boxSeenAt: site.box?.seenAt ?? null,
      boxVersion: site.box?.version ?? null,
      phones: phonesOf(site),
      alerts: site.alerts,
    }),
  )
  const phones = (name: keyof PhoneCounts) => sum(sites.map((site) => site.phones[name]))
  const alerts = sites.flatMap((site) => site.alerts)
  return {
    ...head,
    totals: {
      sites: sites.length,
      offlineBoxes: sites.filter(({ box }) => box === 'offline').length,
      alertsOpened: sum(alerts.map(({ opened }) => opened)),
      alertsOpen: sum(alerts.map(({ open }) => open)),
      all: phones('all'),
      configured: phones('configured'),
      trouble: phones('trouble'),
      underWay: phones('underWay'),
      neverSeen: phones('neverSeen'),
      pending: phones('pending'),
      unknown: phones('unknown'),
    },
    sites,
    firmware: firmwareOf(facts),
  }
}

function firmwareOf(facts: readonly SiteFacts[]): FirmwareCount[] {
  const counts = new Map<string, FirmwareCount>()
  for (const { devices } of facts)
    for (const { vendor = '', model = '', firmware = '' } of devices) {
      const key = JSON.stringify([vendor, model, firmware])
      counts.set(key, { vendor, model, firmware, phones: (counts.get(key)?.phones ?? 0) + 1 })
    }
  const name = ({ vendor, model, firmware }: FirmwareCount) => `${vendor} ${model} ${firmware}`
  return [...counts.values()].sort((a, b) => b.phones - a.phones || (name(a) < name(b) ? -1 : 1))
}
