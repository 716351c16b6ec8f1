import { randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statfsSync, statSync } from 'node:fs'
import { join } from 'node:path'
import type { Preview } from '../../services/backup/contract.ts'
import { roomProblem, versionProblem, WANTED_ADDRESS } from '../../services/backup/policy.ts'
import { manifestSchema } from '../../services/backup/settings.ts'
import { STAGED, WORK } from '../../services/backup/swap.ts'
import { preambleOf, unpack } from '../../services/backup/unpack.ts'
import { OperatorError } from '../../services/core/errors.ts'
import type { SqlDatabase } from '../../services/core/sql.ts'
import { blobPath } from '../../services/files/blob-folder.ts'
import { openDatabase } from '../../services/program/sqlite.ts'
import { startEpoch } from '../../services/sync/box-align.ts'
import { findState } from '../../services/sync/box-store.ts'
import { ALL_CHECKS } from '../../services/sync/policy-checks.ts'
import { migrations } from '../database/migrations/index.ts'
import { writeDurably } from '../durable-file.ts'
import type { CheckJob } from './job.ts'
import { PREVIEW } from './paths.ts'

/**
 * Checks a whole backup: its version, that there is room, that every byte is as it was made, and that its database is
 * sound. What is in it then lies in the folder of restores, as it will be in its place; when anything is wrong, nothing does.
 */
export function checkBackup(job: CheckJob, told: (percent: number) => void): void {
  const work = join(job.dataFolder, WORK)
  const part = join(work, `${STAGED}.part`)
  for (const name of [part, join(work, STAGED), join(work, PREVIEW)]) rmSync(name, { recursive: true, force: true })
  const { head } = preambleOf(job.file)
  const tooNew = versionProblem(head, migrations.length, job.version)
  if (tooNew !== undefined) throw new OperatorError(tooNew)
  const { bavail, bsize } = statfsSync(work)
  const noRoom = roomProblem(head.size, bavail * bsize, 'the restore')
  if (noRoom !== undefined) throw new OperatorError(noRoom)
  try {
    mkdirSync(part, { mode: 0o700 })
    unpack({
      ...{ file: job.file, seed: Buffer.from(job.seed, 'base64url'), into: part },
      told: (done) => told(Math.floor(done * 98)),
    })
    writeDurably(join(work, PREVIEW), JSON.stringify(lookInto(part)))
    renameSync(part, join(work, STAGED))
  } catch (thrown) {
    for (const name of [part, join(work, PREVIEW)]) rmSync(name, { recursive: true, force: true })
    throw thrown
  }
}

function lookInto(folder: string): Preview {
  const data = join(folder, 'data')
  for (const name of ['branchline.db', 'secret.key'])
    if (!existsSync(join(data, name))) throw new OperatorError(`the backup has no ${name}: it is not of a box`)
  // Whether its address is taken is said here, by a person.
  rmSync(join(data, WANTED_ADDRESS), { force: true })
  const { account, address } = manifestSchema.parse(JSON.parse(readFileSync(join(folder, 'manifest.json'), 'utf8')))
  using db = openDatabase(join(data, 'branchline.db'))
  const [sound] = db.query<{ quick_check: string }>('PRAGMA quick_check').all()
  if (sound?.quick_check !== 'ok') throw new OperatorError('the database in the backup is damaged: take another backup')
  beginEpoch(db)
  const count = (table: string, where = '') =>
    isTable(db, table) ? (db.query<{ n: number }>(`SELECT count(*) AS n FROM ${table}${where}`).get()?.n ?? 0) : 0
  const records = (kind: string) => count('record', ` WHERE kind = '${kind}' AND deleted = 0`)
  const files = isTable(db, 'file') ? db.query<{ hash: string }>('SELECT hash FROM file').all() : []
  const has = ({ hash }: { hash: string }) => existsSync(blobPath(join(data, 'files'), hash))
  const preview = {
    ...{ devices: records('device'), networks: records('network'), people: records('person') },
    ...{ files: files.length, filesWithout: files.filter((file) => !has(file)).length },
    ...{ leases: leasesIn(db), accounts: count('account') },
    ...(account !== undefined && { account }),
    beside: besideIn(join(folder, 'beside')),
    ...(address && { address }),
  }
  db.query('PRAGMA wal_checkpoint(TRUNCATE)').get()
  return preview
}

/**
 * The box may have gone on since, here or on another machine: what it sends its account from now on is in an epoch of its
 * own, so that neither takes the other's edits for its own, and a second live box is noticed (docs/sync.md).
 */
function beginEpoch(db: SqlDatabase): void {
  const state = isTable(db, 'sync_state') ? findState(db) : undefined
  if (state === undefined) return
  const random = (length: number) => new Uint8Array(randomBytes(length))
  db.write(() => startEpoch(db, state.epoch.n + 1, { checks: ALL_CHECKS, random }))
}

/** Each address counts once: what came last stands in a list of its own until it is folded in (migration 7). */
function leasesIn(db: SqlDatabase): number {
  const tables = ['lease', 'lease_change'].filter((name) => isTable(db, name))
  if (tables.length === 0) return 0
  const all = tables.map((name) => `SELECT address FROM ${name} WHERE client <> ''`).join(' UNION ')
  return db.query<{ n: number }>(`SELECT count(*) AS n FROM (${all})`).get()?.n ?? 0
}

/** An older version has fewer of them; they are made when the box starts with it. */
function isTable(db: SqlDatabase, name: string): boolean {
  return db.query("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?").get(name) !== null
}

function besideIn(folder: string): readonly string[] {
  if (!existsSync(folder)) return []
  return readdirSync(folder).map((name) => (statSync(join(folder, name)).isDirectory() ? `${name}/` : name))
}
