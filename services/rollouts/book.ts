import type { Mac } from '../core/mac.ts'
import type { SqlDatabase } from '../core/sql.ts'
import type { RolloutDevice, RolloutRecord } from './contract.ts'
import type { OverlayBook } from './overlay.ts'
import { deleteRollout, insertRollout, loadDevices, loadRollouts, saveRollout } from './store.ts'

/** A rollout that has not ended, as it stands in the database. */
export interface Active {
  record: RolloutRecord
  readonly devices: Map<Mac, RolloutDevice>
}

/** Changes of a rollout; `reason: undefined` takes the reason away. */
export interface Patch {
  readonly status?: RolloutRecord['status']
  readonly reason?: string | undefined
  readonly approvedAt?: number
  readonly approvedBy?: string
  readonly countedFrom?: number
  readonly endedAt?: number
}

/** Rollouts that have ended and are still shown. */
const KEPT = 100

/** Keeps memory, database and overlay of the rollouts in step: on disk first, then in memory. */
export interface Book {
  readonly active: ReadonlyMap<string, Active>
  /** All, newest first. */
  records(): readonly RolloutRecord[]
  devicesOf(id: string): readonly RolloutDevice[]
  add(record: RolloutRecord, devices: readonly RolloutDevice[]): Active
  commit(active: Active, patch: Patch, devices?: readonly RolloutDevice[]): void
}

export function makeBook(deps: {
  readonly db: SqlDatabase
  readonly overlay: OverlayBook
  readonly changed: (id: string) => void
  readonly isHeld?: (id: string) => boolean
}): Book {
  const { db, overlay } = deps
  const active = new Map<string, Active>()
  for (const record of loadRollouts(db)) if (record.endedAt === undefined) open(record, loadDevices(db, record.id))

  function open(record: RolloutRecord, devices: readonly RolloutDevice[]): Active {
    const entry = { record, devices: new Map(devices.map((device) => [device.mac, device])) }
    active.set(record.id, entry)
    for (const device of devices) overlay.set(record, device)
    return entry
  }

  function forget(): void {
    const ended = loadRollouts(db).filter((record) => record.endedAt !== undefined)
    for (const { id } of ended.slice(KEPT)) if (deps.isHeld?.(id) !== true) deleteRollout(db, id)
  }

  return {
    active,
    records: () => loadRollouts(db),
    devicesOf(id) {
      const entry = active.get(id)
      return entry === undefined ? loadDevices(db, id) : [...entry.devices.values()]
    },
    add(record, devices) {
      insertRollout(db, record, devices)
      const entry = open(record, devices)
      deps.changed(record.id)
      return entry
    },
    commit(entry, patch, devices = []) {
      const { reason: before, ...rest } = entry.record
      const reason = 'reason' in patch ? patch.reason : before
      const { reason: _reason, ...changes } = patch
      const record: RolloutRecord = { ...rest, ...changes, ...(reason !== undefined && { reason }) }
      saveRollout(db, record, devices)
      entry.record = record
      for (const device of devices) {
        entry.devices.set(device.mac, device)
        overlay.set(record, device)
      }
      if (record.endedAt !== undefined) {
        active.delete(record.id)
        overlay.clear(entry.devices.keys())
        forget()
      }
      deps.changed(record.id)
    },
  }
}
