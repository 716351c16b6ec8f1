import type { Ipv4 } from '../core/ipv4.ts'
import { type Mac, readMac } from '../core/mac.ts'
import type { SqlDatabase } from '../core/sql.ts'
import type { Happening, Journey, Step } from './contract.ts'
import { isStepKind } from './story.ts'

type Head = Omit<Journey, 'happenings'>

interface HeadRow {
  readonly mac: string
  readonly vendor: string | null
  readonly model: string | null
  readonly firmware: string | null
  readonly address: number | null
  readonly interface: string | null
  readonly first_seen: number
  readonly last_seen: number
}

interface HappeningRow {
  readonly id: number
  readonly mac: string
  readonly at: number
  readonly first_at: number | null
  readonly count: number
  readonly repeat: number
  readonly address: number | null
  readonly interface: string | null
  readonly step: string
}

export interface StoredHappening {
  readonly id: number
  readonly mac: Mac
  readonly repeat: boolean
  readonly happening: Happening
}

/** The devices, least recently seen first. */
export function allHeads(db: SqlDatabase): readonly Head[] {
  return db
    .query<HeadRow>('SELECT * FROM journey ORDER BY last_seen')
    .all()
    .flatMap((row) => {
      const mac = readMac(row.mac)
      if (mac === undefined) return []
      return [
        {
          mac,
          ...(row.vendor === null ? {} : { vendor: row.vendor }),
          ...(row.model === null ? {} : { model: row.model }),
          ...(row.firmware === null ? {} : { firmware: row.firmware }),
          ...(row.address === null ? {} : { address: row.address as Ipv4 }),
          ...(row.interface === null ? {} : { interface: row.interface }),
          firstSeen: row.first_seen,
          lastSeen: row.last_seen,
        },
      ]
    })
}

/** All happenings in order. Kinds of step that a newer release wrote are passed over. */
export function allHappenings(db: SqlDatabase): readonly StoredHappening[] {
  return db
    .query<HappeningRow>('SELECT * FROM happening ORDER BY id')
    .all()
    .flatMap((row) => {
      const step = JSON.parse(row.step) as Step
      if (!isStepKind(step.kind)) return []
      const mac = row.mac as Mac
      const happening: Happening = {
        at: row.at,
        mac,
        ...(row.address === null ? {} : { address: row.address as Ipv4 }),
        ...(row.interface === null ? {} : { interface: row.interface }),
        step,
        ...(row.count > 1 ? { count: row.count } : {}),
        ...(row.first_at === null ? {} : { firstAt: row.first_at }),
      }
      return [{ id: row.id, mac, repeat: row.repeat === 1, happening }]
    })
}

/** The number after which new happenings are counted, also those passed over by `allHappenings`. */
export function lastHappeningId(db: SqlDatabase): number {
  return db.query<{ last: number | null }>('SELECT max(id) AS last FROM happening').get()?.last ?? 0
}

export function saveHead(db: SqlDatabase, head: Head): void {
  db.query(
    `INSERT OR REPLACE INTO journey (mac, vendor, model, firmware, address, interface, first_seen, last_seen)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
  ).run(
    head.mac,
    head.vendor ?? null,
    head.model ?? null,
    head.firmware ?? null,
    head.address ?? null,
    head.interface ?? null,
    head.firstSeen,
    head.lastSeen,
  )
}

export function saveHappening(db: SqlDatabase, stored: StoredHappening): void {
  const { at, firstAt, count, address, interface: link, step } = stored.happening
  db.query(
    `INSERT OR REPLACE INTO happening (id, mac, at, first_at, count, repeat, address, interface, step)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  ).run(
    stored.id,
    stored.mac,
    at,
    firstAt ?? null,
    count ?? 1,
    stored.repeat ? 1 : 0,
    address ?? null,
    link ?? null,
    JSON.stringify(step),
  )
}

export function removeHappening(db: SqlDatabase, id: number): void {
  db.query('DELETE FROM happening WHERE id = ?').run(id)
}

export function removeDevice(db: SqlDatabase, mac: Mac): void {
  db.query('DELETE FROM journey WHERE mac = ?').run(mac)
  db.query('DELETE FROM happening WHERE mac = ?').run(mac)
}
