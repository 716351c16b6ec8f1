import { readMac } from '../../services/core/mac.ts'
import type { FeedName, Status } from '../../services/sync/contract.ts'
import type { FeedRecord } from '../../services/sync/storage.ts'
import type { Trx } from '../database/open.ts'
import { NO_STATUS, recordColumns, statusColumns } from './columns.ts'

/** Keeps the index of devices in step, in the transaction that writes what it is made of. */
export interface FleetIndex {
  record(feed: FeedName, record: FeedRecord): Promise<void>
  status(boxId: string, status: Status): Promise<void>
  /** A full report of the box has left out what has a lower number. */
  statusBelow(boxId: string, seq: number): Promise<void>
}

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

    async status(boxId, { kind, id, seq, body }) {
      const mac = kind === 'device' ? readMac(id) : undefined
      if (mac === undefined) return
      const feed: FeedName = `box:${boxId}`
      const columns = (body === null ? undefined : statusColumns({ seq, body })) ?? NO_STATUS
      const nothing = { record_seq: null, recorded: 0, name: '', vendor: null, model: null, device_group: null }
      await trx
        .insertInto('fleet_device')
        .values({ feed, mac, ...nothing, extension: null, record_text: '', ...columns })
        .onConflict((oc) =>
          oc
            .columns(['feed', 'mac'])
            .doUpdateSet(columns)
            // An older report than the one that stands is passed over, as where it is stored.
            .where((eb) =>
              eb.or([eb('fleet_device.status_seq', 'is', null), eb('fleet_device.status_seq', '<=', seq)]),
            ),
        )
        .execute()
      if (columns.status_seq === null) await forget(feed).where('mac', '=', mac).execute()
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
