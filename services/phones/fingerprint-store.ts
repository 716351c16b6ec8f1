import { type Mac, readMac } from '../core/mac.ts'
import type { SqlDatabase } from '../core/sql.ts'
import type { Delivered, Fingerprint } from './fingerprint.ts'

/** Where fingerprints are kept over a restart. */
export interface FingerprintStore {
  all(): Iterable<readonly [Mac, Delivered]>
  save(rows: readonly (readonly [Mac, Delivered])[]): void
  remove(mac: Mac): void
}

interface Row {
  readonly mac: string
  readonly fingerprint: string
  readonly at: number
  readonly reason: string | null
  readonly closed_at: number | null
}

const COLUMNS = 'mac, fingerprint, at, reason, closed_at'

/** The table `fingerprint`. */
export function makeFingerprintStore(db: SqlDatabase): FingerprintStore {
  return {
    all: () =>
      db
        .query<Row>(`SELECT ${COLUMNS} FROM fingerprint`)
        .all()
        .flatMap((row) => {
          const mac = readMac(row.mac)
          return mac === undefined ? [] : [[mac, delivered(row)] as const]
        }),
    save(rows) {
      db.write(() => {
        const write = db.query(`INSERT OR REPLACE INTO fingerprint (${COLUMNS}) VALUES (?, ?, ?, ?, ?)`)
        for (const [mac, { fingerprint, at, closed }] of rows)
          write.run(mac, JSON.stringify(fingerprint), at, closed?.reason ?? null, closed?.at ?? null)
      })
    },
    remove: (mac) => void db.query('DELETE FROM fingerprint WHERE mac = ?').run(mac),
  }
}

function delivered({ fingerprint, at, reason, closed_at }: Row): Delivered {
  // The table holds what `save` wrote and nothing else.
  const read = JSON.parse(fingerprint) as Fingerprint
  return { fingerprint: read, at, ...(reason !== null && { closed: { reason, at: closed_at ?? at } }) }
}
