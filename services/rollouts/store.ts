import type { EpochMs } from '../core/clock.ts'
import type { Mac } from '../core/mac.ts'
import type { SqlDatabase } from '../core/sql.ts'
import type { RolloutDevice, RolloutDeviceState, RolloutPlan, RolloutRecord, RolloutStatus } from './contract.ts'

interface RolloutRow {
  readonly id: string
  readonly name: string
  readonly plan: string
  readonly status: string
  readonly reason: string | null
  readonly created_at: number
  readonly created_by: string
  readonly approved_at: number | null
  readonly approved_by: string | null
  readonly counted_from: number
  readonly ended_at: number | null
}

interface DeviceRow {
  readonly mac: string
  readonly file: string | null
  readonly version: string | null
  readonly before: string | null
  readonly state: string
  readonly reason: string | null
  readonly attempts: number
  readonly let_go_at: number | null
  readonly told_at: number | null
  readonly answer: string | null
  readonly ended_at: number | null
}

const ROLLOUT =
  'id, name, plan, status, reason, created_at, created_by, approved_at, approved_by, counted_from, ended_at'
const DEVICE = 'mac, file, version, before, state, reason, attempts, let_go_at, told_at, answer, ended_at'

/** Newest first. */
export function loadRollouts(db: SqlDatabase): readonly RolloutRecord[] {
  return db.query<RolloutRow>(`SELECT ${ROLLOUT} FROM rollout ORDER BY created_at DESC, id DESC`).all().map(rolloutOf)
}

/** In the order in which they are let go. */
export function loadDevices(db: SqlDatabase, rollout: string): readonly RolloutDevice[] {
  return db
    .query<DeviceRow>(`SELECT ${DEVICE} FROM rollout_device WHERE rollout = ? ORDER BY position`)
    .all(rollout)
    .map(deviceOf)
}

/** Writes a new rollout with its devices. */
export function insertRollout(db: SqlDatabase, rollout: RolloutRecord, devices: readonly RolloutDevice[]): void {
  db.write(() => {
    writeRollout(db, rollout)
    for (const [position, device] of devices.entries()) {
      db.query('INSERT INTO rollout_device (rollout, mac, position, state, attempts) VALUES (?, ?, ?, ?, ?)').run(
        rollout.id,
        device.mac,
        position,
        device.state,
        device.attempts,
      )
      writeDevice(db, rollout.id, device)
    }
  })
}

/** Writes how a rollout and some of its devices stand now, in one transaction. */
export function saveRollout(db: SqlDatabase, rollout: RolloutRecord, devices: readonly RolloutDevice[]): void {
  db.write(() => {
    writeRollout(db, rollout)
    for (const device of devices) writeDevice(db, rollout.id, device)
  })
}

/** Forgets a rollout that has ended. */
export function deleteRollout(db: SqlDatabase, id: string): void {
  db.write(() => {
    db.query('DELETE FROM rollout_device WHERE rollout = ?').run(id)
    db.query('DELETE FROM rollout WHERE id = ?').run(id)
  })
}

function writeRollout(db: SqlDatabase, rollout: RolloutRecord): void {
  db.query(
    `INSERT INTO rollout (${ROLLOUT}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT (id) DO UPDATE SET status = excluded.status, reason = excluded.reason,
       approved_at = excluded.approved_at, approved_by = excluded.approved_by, counted_from = excluded.counted_from,
       ended_at = excluded.ended_at`,
  ).run(
    ...[rollout.id, rollout.name, JSON.stringify(rollout.plan), rollout.status, rollout.reason ?? null],
    ...[rollout.createdAt, rollout.by, rollout.approvedAt ?? null, rollout.approvedBy ?? null],
    ...[rollout.countedFrom, rollout.endedAt ?? null],
  )
}

function writeDevice(db: SqlDatabase, rollout: string, device: RolloutDevice): void {
  db.query(
    `UPDATE rollout_device SET file = ?, version = ?, before = ?, state = ?, reason = ?, attempts = ?,
       let_go_at = ?, told_at = ?, answer = ?, ended_at = ? WHERE rollout = ? AND mac = ?`,
  ).run(
    ...[device.file ?? null, device.version ?? null, device.before ?? null, device.state, device.reason ?? null],
    ...[device.attempts, device.letGoAt ?? null, device.toldAt ?? null, device.answer ?? null],
    ...[device.endedAt ?? null, rollout, device.mac],
  )
}

/** An object without what is NULL in its row. */
function present<T extends object>(value: { readonly [K in keyof T]: T[K] | null }): T {
  return Object.fromEntries(Object.entries(value).filter(([, field]) => field !== null)) as T
}

function rolloutOf(row: RolloutRow): RolloutRecord {
  return present<RolloutRecord>({
    ...{ id: row.id, name: row.name, plan: JSON.parse(row.plan) as RolloutPlan, status: row.status as RolloutStatus },
    ...{ createdAt: row.created_at as EpochMs, by: row.created_by, countedFrom: row.counted_from, reason: row.reason },
    ...{ approvedAt: row.approved_at, approvedBy: row.approved_by, endedAt: row.ended_at },
  } as { readonly [K in keyof RolloutRecord]: RolloutRecord[K] | null })
}

function deviceOf(row: DeviceRow): RolloutDevice {
  return present<RolloutDevice>({
    ...{ mac: row.mac as Mac, state: row.state as RolloutDeviceState, attempts: row.attempts, file: row.file },
    ...{ version: row.version, before: row.before, reason: row.reason, letGoAt: row.let_go_at, toldAt: row.told_at },
    ...{ answer: row.answer as RolloutDevice['answer'] | null, endedAt: row.ended_at },
  } as { readonly [K in keyof RolloutDevice]: RolloutDevice[K] | null })
}
