import { type Mac, readMac } from '../core/mac.ts'
import type { SqlDatabase } from '../core/sql.ts'
import type { Happening } from './contract.ts'
import { type Head, happeningOf, type Kept, makeKept } from './fold.ts'
import { isStepKind } from './story.ts'

interface Row {
  readonly id: number
  readonly mac: string
  readonly body: string
}

/** The JSON of a row. */
interface Body {
  readonly head: Head
  readonly happenings: readonly Happening[]
  /** The places in `happenings` of those that repeat an earlier one. */
  readonly repeats?: readonly number[]
}

/** A run of happenings of one device. */
export interface Piece {
  /** Its number in the database. */
  readonly row: number
  readonly mac: Mac
  /** As it was when the row was written: that of the device's last row holds. */
  readonly head: Head
  readonly list: readonly Kept[]
}

/** All rows, those of one device in the order of its story. Kinds of step that a newer release wrote are passed over. */
export function allPieces(db: SqlDatabase): readonly Piece[] {
  return db
    .query<Row>('SELECT id, mac, body FROM story ORDER BY id')
    .all()
    .flatMap((row) => {
      const mac = readMac(row.mac)
      if (mac === undefined) return []
      const { head, happenings, repeats } = JSON.parse(row.body) as Body
      const list: Kept[] = []
      happenings.forEach(({ count = 1, firstAt, ...happening }, place) => {
        if (!isStepKind(happening.step.kind)) return
        list.push(
          makeKept(happening, {
            count,
            firstAt: firstAt ?? happening.at,
            repeat: repeats?.includes(place) ?? false,
            row: row.id,
          }),
        )
      })
      return [{ row: row.id, mac, head, list }]
    })
}

/** The number after which new rows are counted. */
export function lastPieceId(db: SqlDatabase): number {
  return db.query<{ last: number | null }>('SELECT max(id) AS last FROM story').get()?.last ?? 0
}

export function savePiece(db: SqlDatabase, { row, mac, head, list }: Piece): void {
  const repeats: number[] = []
  for (let place = 0; place < list.length; place++) if (list[place]?.repeat) repeats.push(place)
  const happenings = list.map(happeningOf)
  const body: Body = repeats.length === 0 ? { head, happenings } : { head, happenings, repeats }
  db.query('INSERT OR REPLACE INTO story (id, mac, body) VALUES (?, ?, ?)').run(row, mac, JSON.stringify(body))
}

export function removePiece(db: SqlDatabase, id: number): void {
  db.query('DELETE FROM story WHERE id = ?').run(id)
}
