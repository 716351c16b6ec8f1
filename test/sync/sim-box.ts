import type { JsonObject, RecordLog, Records } from '../../services/records/contract.ts'
import { makeRecords } from '../../services/records/records.ts'
import { makeUlids } from '../../services/records/ulid.ts'
import { makeBoxSync } from '../../services/sync/box-sync.ts'
import type { BoxSync, Transport } from '../../services/sync/contract.ts'
import type { SyncChecks } from '../../services/sync/policy-checks.ts'
import { openSimDatabase, PowerCutError, type SimDatabase } from './sim-database.ts'
import { nothingTold, type Told } from './sim-lanes.ts'
import { makeSimCourier } from './sim-secrets.ts'
import { knownAt } from './sim-versions.ts'

/** One copy of a box: a disk, and the program that runs on it. A cloned box is two of them. */
export interface SimBox {
  readonly boxId: string
  readonly orgId: string
  readonly db: SimDatabase
  readonly records: Records & RecordLog
  readonly sync: BoxSync
  /** By how much its clock is wrong. */
  skew: number
  /** The number that its program speaks; another one is another program, so `start` it. */
  version: number
  /** What it has told of its site. */
  told: Told
  /** Changes that people made on this disk, by mutation id. */
  readonly made: Set<string>
  start(): void
  image(): Uint8Array
  /** Another disk in its place. */
  load(image: Uint8Array): void
  close(): void
}

export interface SimBoxDeps {
  readonly boxId: string
  readonly orgId: string
  readonly version: number
  readonly checks: SyncChecks
  readonly transport: (box: SimBox) => Transport
  readonly now: () => number
  readonly random: (length: number) => Uint8Array
  readonly cut: () => boolean
  readonly key: () => number
  /** Told of each change that a person made, before anything can go wrong with it. */
  readonly onMade: (mutationId: string) => void
}

export function makeSimBox(deps: SimBoxDeps, image?: Uint8Array): SimBox {
  const { boxId, orgId } = deps
  let db = openSimDatabase(deps.cut, image)
  let records: Records & RecordLog
  let sync: BoxSync
  const clock = { now: () => deps.now() + box.skew }

  const box: SimBox = {
    ...{ boxId, orgId, skew: 0, version: deps.version, told: nothingTold(), made: new Set<string>() },
    get db() {
      return db
    },
    get records() {
      return records
    },
    get sync() {
      return sync
    },
    start() {
      for (;;) {
        try {
          records = makeRecords({ db, clock, newId: makeUlids({ clock, random: deps.random }) })
          records.onChange(({ mutationId, by }) => {
            if (by !== 'cloud') note(mutationId)
          })
          const courier = makeSimCourier(boxId, deps.key)
          const { checks, random } = deps
          sync = makeBoxSync({
            db,
            records,
            transport: deps.transport(box),
            secrets: courier,
            boxId,
            orgId,
            clock,
            random,
            checks,
            version: box.version,
            knows: knownAt(() => box.version),
          })
          // The services report again after a start.
          box.told.status.clear()
          return
        } catch (thrown) {
          if (!(thrown instanceof PowerCutError)) throw thrown
        }
      }
    },
    image: () => db.image(),
    load(other) {
      db.close()
      db = openSimDatabase(deps.cut, other)
      box.start()
    },
    close: () => db.close(),
  }
  function note(mutationId: string): void {
    box.made.add(mutationId)
    deps.onMade(mutationId)
  }
  box.start()
  return box
}

/** The ids of all changes that people made, as the disk has them: what the disk lost, the box cannot send. */
export function changesOnDisk(box: SimBox): ReadonlySet<string> {
  const rows = box.db.query<{ mutation_id: string }>("SELECT mutation_id FROM change WHERE by <> 'cloud'").all()
  return new Set(rows.map((row) => row.mutation_id))
}

/** Every record that phones are served from. What an older program does not know stays as a newer one left it. */
export function inForce(box: SimBox): ReadonlyMap<string, JsonObject> {
  const knows = knownAt(() => box.version)
  const rows = box.db
    .query<{ kind: string; id: string; body: string }>('SELECT kind, id, body FROM record WHERE deleted = 0')
    .all()
  return new Map(
    rows
      .filter(({ kind }) => knows(kind))
      .map(({ kind, id, body }) => [`${kind} ${id}`, JSON.parse(body) as JsonObject]),
  )
}
