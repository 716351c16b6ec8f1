import type { EpochMs } from '../../services/core/clock.ts'
import { formatMac, type Mac } from '../../services/core/mac.ts'
import type { RecordColumns, StatusColumns } from './columns.ts'
import { type DriftState, driftOf } from './policy-drift.ts'

export interface FleetDevice {
  readonly siteId: string
  readonly mac: string
  readonly name: string
  readonly vendor: string | null
  readonly model: string | null
  readonly group: string | null
  readonly extension: string | null
  readonly firmware: string | null
  readonly address: string | null
  readonly verdict: string | null
  readonly verdictText: string | null
  readonly advice: string | null
  readonly lastSeen: EpochMs | null
  readonly drift: DriftState
  /** For `site-offline`: when its box was last heard of. */
  readonly driftSince: EpochMs | null
  readonly wanted: { readonly hash: string; readonly since: EpochMs | null } | null
  readonly fetched: { readonly hash: string; readonly at: EpochMs; readonly file: string; readonly by: string } | null
}

/** A site and how its devices stand. */
export interface FleetSite {
  readonly siteId: string
  readonly name: string
  readonly boxId: string | null
  readonly boxSeenAt: EpochMs | null
  readonly offline: boolean
  readonly devices: number
  readonly configured: number
  readonly trouble: number
  readonly pending: number
  readonly neverAsked: number
}

/** An account below and how its sites stand. */
export interface FleetCustomer {
  readonly accountId: string
  readonly name: string
  readonly sites: number
  /** Sites whose box was not heard of for a while. */
  readonly offline: number
  readonly devices: number
  readonly configured: number
  readonly trouble: number
  readonly pending: number
  readonly neverAsked: number
}

/** A device as the database joins it. */
export interface FleetRow
  extends Pick<RecordColumns, 'name' | 'vendor' | 'model' | 'device_group' | 'extension'>,
    Omit<StatusColumns, 'status_seq' | 'seen_vendor' | 'seen_model' | 'status_text'> {
  readonly site_id: string
  readonly box_id: string | null
  readonly box_seen_at: number | null
  readonly pulled_seq: number | null
  readonly record_seq: number | null
  readonly mac: string
}

/** An office without its box comes before phones in trouble, those before what only waits. */
export function worstFirst(a: FleetSite, b: FleetSite): number {
  return (
    Number(b.offline) - Number(a.offline) ||
    b.trouble - a.trouble ||
    b.pending - a.pending ||
    b.neverAsked - a.neverAsked ||
    a.name.localeCompare(b.name)
  )
}

export function viewOf(row: FleetRow, now: EpochMs): FleetDevice {
  const drift = driftOf(
    {
      ...{ boxId: row.box_id, boxSeenAt: row.box_seen_at, recordSeq: row.record_seq, pulledSeq: row.pulled_seq },
      ...{ wantedHash: row.wanted_hash, fetchedHash: row.fetched_hash },
      ...{ fetchedAt: row.fetched_at, changedAt: row.changed_at },
    },
    now,
  )
  return {
    ...{ siteId: row.site_id, mac: formatMac(row.mac as Mac), name: row.name, vendor: row.vendor, model: row.model },
    ...{ group: row.device_group, extension: row.extension, firmware: row.firmware, address: row.address },
    ...{ verdict: row.verdict, verdictText: row.verdict_text, advice: row.advice, lastSeen: row.last_seen },
    ...{ drift: drift.state, driftSince: drift.since ?? null },
    wanted: row.wanted_hash === null ? null : { hash: row.wanted_hash, since: row.wanted_since },
    fetched:
      row.fetched_hash === null
        ? null
        : {
            ...{ hash: row.fetched_hash, at: row.fetched_at ?? 0 },
            ...{ file: row.fetched_file ?? '', by: row.fetched_by ?? '' },
          },
  }
}

export function customerOf(
  customer: { readonly accountId: string; readonly name: string },
  sites: readonly FleetSite[],
): FleetCustomer {
  const sum = (field: 'devices' | 'configured' | 'trouble' | 'pending' | 'neverAsked') =>
    sites.reduce((total, site) => total + site[field], 0)
  return {
    ...{ ...customer, sites: sites.length, offline: sites.filter(({ offline }) => offline).length },
    ...{ devices: sum('devices'), configured: sum('configured'), trouble: sum('trouble') },
    ...{ pending: sum('pending'), neverAsked: sum('neverAsked') },
  }
}
