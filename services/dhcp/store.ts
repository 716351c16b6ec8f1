import type { Ipv4 } from '../core/ipv4.ts'
import type { Mac } from '../core/mac.ts'
import type { SqlDatabase } from '../core/sql.ts'
import type { LeaseState } from './contract.ts'
import type { Binding } from './lease-table.ts'

interface Row {
  readonly address: number
  readonly network: string
  readonly client: string
  readonly state: string
  readonly mac: string | null
  readonly client_id: string | null
  readonly host_name: string | null
  readonly vendor_class: string | null
  readonly parameters: Uint8Array
  readonly relay: string | null
  readonly interface: string
  readonly started_at: number
  readonly ends_at: number
}

/** Whether a change must be on disk before anything is said: offers and lapsed offers are promises to nobody. */
export function isDurable(binding: Binding): boolean {
  return binding.held && binding.state !== 'offered'
}

const COLUMNS =
  'address, network, client, state, mac, client_id, host_name, vendor_class, parameters, relay, interface, started_at, ends_at'
/** Changes that wait to be folded: a megabyte, and some ten milliseconds of work. */
const MOST_CHANGES = 8_192

/** The leases on disk. What changes is appended; now and then it is folded into the table of all. */
export class LeaseStore {
  readonly #db: SqlDatabase
  #changes = 0

  constructor(db: SqlDatabase) {
    this.#db = db
  }

  /** Writes bindings in one transaction; on disk when the call returns. Throws what the database throws: then none is written. */
  append(bindings: readonly Binding[]): void {
    const insert = this.#db.query(
      `INSERT INTO lease_change (${COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    )
    const full = this.#changes + bindings.length > MOST_CHANGES
    this.#db.write(() => {
      for (const binding of bindings)
        insert.run(
          binding.address,
          binding.network,
          binding.client,
          binding.state,
          binding.mac ?? null,
          binding.clientId ?? null,
          binding.hostName ?? null,
          binding.vendorClass ?? null,
          Uint8Array.from(binding.parameters),
          binding.relay ?? null,
          binding.interface,
          binding.startedAt,
          binding.endsAt,
        )
      if (full) this.#foldNow()
    })
    this.#changes = full ? 0 : this.#changes + bindings.length
  }

  /** Puts every change in its place. */
  fold(): void {
    this.#db.write(() => this.#foldNow())
    this.#changes = 0
  }

  #foldNow(): void {
    // Of a group SQLite takes the other columns from the row that has the maximum (lang_select.html, "bare columns").
    this.#db
      .query(
        `INSERT OR REPLACE INTO lease (${COLUMNS}) SELECT ${COLUMNS} FROM (SELECT *, max(seq) FROM lease_change GROUP BY address)`,
      )
      .run()
    this.#db.query('DELETE FROM lease_change').run()
  }
}

/** Every binding that was ever stored and not overwritten, ended ones included. */
export function loadBindings(db: SqlDatabase): Binding[] {
  const rows = db
    .query<Row>(
      `SELECT ${COLUMNS} FROM lease WHERE address NOT IN (SELECT address FROM lease_change)
       UNION ALL SELECT ${COLUMNS} FROM (SELECT *, max(seq) FROM lease_change GROUP BY address)`,
    )
    .all()
  return rows.map((row) => ({
    address: row.address as Ipv4,
    network: row.network,
    client: row.client,
    state: row.state as LeaseState,
    ...(row.mac !== null && { mac: row.mac as Mac }),
    ...(row.client_id !== null && { clientId: row.client_id }),
    ...(row.host_name !== null && { hostName: row.host_name }),
    ...(row.vendor_class !== null && { vendorClass: row.vendor_class }),
    parameters: [...row.parameters],
    ...(row.relay !== null && { relay: row.relay }),
    interface: row.interface,
    startedAt: row.started_at,
    endsAt: row.ends_at,
    held: true,
  }))
}
