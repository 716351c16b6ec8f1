import { type Mac, readMac } from '../../services/core/mac.ts'
import type { FeedName, Status } from '../../services/sync/contract.ts'
import type { FeedRecord } from '../../services/sync/storage.ts'
import type { Trx } from '../database/open.ts'
import { NO_STATUS, recordColumns, type StatusColumns, statusColumns } from './columns.ts'

/** Keeps the index of devices in step, in the transaction that writes what it is made of. */
export interface FleetIndex {
  record(feed: FeedName, record: FeedRecord): Promise<void>
  statuses(boxId: string, items: readonly Status[]): Promise<void>
  /** A full report of the box has left out what has a lower number. */
  statusBelow(boxId: string, seq: number): Promise<void>
}

/** Rows of one statement. */
const ROWS = 50
const NO_RECORD = {
  ...{ record_seq: null, recorded: 0, name: '', vendor: null, model: null },
  ...{ device_group: null, extension: null, record_text: '' },
} as const
const STATUS_NAMES = Object.keys(NO_STATUS) as (keyof StatusColumns)[]

export function makeFleetIndex(trx: Trx): FleetIndex {
  const forget = (feed: FeedName) =>
    trx.deleteFrom('fleet_device').where('feed', '=', feed).where('recorded', '=', 0).where('status_seq', 'is', null)
  return {
    async record(feed, record) {
      const mac = record.kind === 'device' ? readMac(record.id) : undefined
      if (mac === undefined) return
      const columns = recordColumns(record)
      await trx
        .insertInto('fleet_device')
        .values({ feed, mac, ...columns, ...NO_STATUS })
        .onConflict((oc) => oc.columns(['feed', 'mac']).doUpdateSet(columns))
        .execute()
      if (record.deleted) await forget(feed).where('mac', '=', mac).execute()
    },

    async statuses(boxId, items) {
      const feed: FeedName = `box:${boxId}`
      const { rows, gone } = rowsOf(items)
      for (let at = 0; at < rows.length; at += ROWS)
        await trx
          .insertInto('fleet_device')
          .values(rows.slice(at, at + ROWS).map((row) => ({ feed, ...NO_RECORD, ...row })))
          .onConflict((oc) =>
            oc
              .columns(['feed', 'mac'])
              .doUpdateSet((eb) => Object.fromEntries(STATUS_NAMES.map((name) => [name, eb.ref(`excluded.${name}`)])))
              // An older report than the one that stands is passed over, as where it is stored.
              .where((eb) =>
                eb.or([
                  eb('fleet_device.status_seq', 'is', null),
                  eb('fleet_device.status_seq', '<=', eb.ref('excluded.status_seq')),
                ]),
              ),
          )
          .execute()
      for (const { mac, seq } of gone) {
        await trx
          .updateTable('fleet_device')
          .set(NO_STATUS)
          .where('feed', '=', feed)
          .where('mac', '=', mac)
          .where('status_seq', '<=', seq)
          .execute()
        await forget(feed).where('mac', '=', mac).execute()
      }
    },

    async statusBelow(boxId, seq) {
      const feed: FeedName = `box:${boxId}`
      await trx
        .updateTable('fleet_device')
        .set(NO_STATUS)
        .where('feed', '=', feed)
        .where('status_seq', '<', seq)
        .execute()
      await forget(feed).execute()
    },
  }
}

/** The devices among what was reported: each once, by its newest report; what cannot be read counts as nothing. */
function rowsOf(items: readonly Status[]) {
  const newest = new Map<Mac, Status>()
  for (const item of items) {
    const mac = item.kind === 'device' ? readMac(item.id) : undefined
    if (mac !== undefined && (newest.get(mac)?.seq ?? -1) <= item.seq) newest.set(mac, item)
  }
  const rows: ({ readonly mac: Mac } & StatusColumns)[] = []
  const gone: { readonly mac: Mac; readonly seq: number }[] = []
  for (const [mac, { seq, body }] of newest) {
    const columns = body === null ? undefined : statusColumns({ seq, body })
    if (columns === undefined) gone.push({ mac, seq })
    else rows.push({ mac, ...columns })
  }
  return { rows, gone }
}
