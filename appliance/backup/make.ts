import {
  closeSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  statfsSync,
  statSync,
} from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { pack, type Source } from '../../services/backup/pack.ts'
import { belongs, roomProblem } from '../../services/backup/policy.ts'
import { OperatorError } from '../../services/core/errors.ts'
import type { SqlDatabase } from '../../services/core/sql.ts'
import { openDatabase } from '../../services/program/sqlite.ts'
import type { MakeJob } from './job.ts'

/** Makes one backup file of a data folder that a box may be using. Either the whole file is there afterwards, or nothing. */
export function makeBackup(job: MakeJob, told: (percent: number) => void): void {
  const { dataFolder, out } = job
  const snapshot = `${out}.db.part`
  const part = `${out}.part`
  const clear = () => {
    for (const name of [snapshot, `${snapshot}-wal`, `${snapshot}-shm`, part]) rmSync(name, { force: true })
  }
  mkdirSync(dirname(out), { recursive: true, mode: 0o700 })
  clear()
  try {
    const database = join(dataFolder, 'branchline.db')
    demandRoom(2 * sizeOf(database), dataFolder)
    const { version, readable, left } = takeSnapshot(database, snapshot, job.firmware)
    const sources = [...listSources(job, snapshot, left)]
    const size = sources.reduce((sum, it) => sum + ('file' in it ? sizeOf(it.file) : it.bytes.length), 0)
    demandRoom(size, dataFolder)
    pack({
      out: part,
      head: {
        ...{ box: job.box, version: job.version, at: job.at, size, database: version, readable, keyId: job.keyId },
        content: job.firmware ? 'all' : 'without-firmware',
      },
      ...{ publicKey: job.publicKey, sources },
      told: (bytes) => told(size === 0 ? 0 : Math.min(99, Math.floor((bytes / size) * 100))),
    })
    renameSync(part, out)
    const folder = openSync(dirname(out), 'r')
    fsyncSync(folder)
    closeSync(folder)
  } finally {
    clear()
  }
}

function demandRoom(bytes: number, folder: string): void {
  const { bavail, bsize } = statfsSync(folder)
  const problem = roomProblem(bytes, bavail * bsize, 'the backup')
  if (problem !== undefined) throw new OperatorError(problem)
}

/** The database as it is at one moment, while the box goes on writing; and the hashes whose content stays out. */
function takeSnapshot(database: string, snapshot: string, firmware: boolean) {
  closeSync(openSync(snapshot, 'wx', 0o600))
  {
    using live = openDatabase(database)
    live.query('VACUUM INTO ?').run(snapshot)
  }
  using db = openDatabase(snapshot)
  const left = firmware ? [] : firmwareIn(db)
  const { user_version: version } = db.query<{ user_version: number }>('PRAGMA user_version').get() ?? {
    user_version: 0,
  }
  const noted = db.query<{ readable: number }>('SELECT readable FROM migration WHERE number = ?').get(version)
  // One file is packed: nothing may be left in a log beside it.
  db.query('PRAGMA journal_mode = DELETE').get()
  return { version, readable: noted?.readable ?? version, left: new Set(left) }
}

/** Content that every name of it calls firmware. */
function firmwareIn(db: SqlDatabase): readonly string[] {
  return db
    .query<{ hash: string }>("SELECT hash FROM file GROUP BY hash HAVING min(kind = 'firmware') = 1")
    .all()
    .map(({ hash }) => hash)
}

function* listSources(job: MakeJob, snapshot: string, left: ReadonlySet<string>): Generator<Source> {
  const { account, address } = job
  const manifest = { ...(account !== undefined && { account }), ...(address && { address }) }
  yield { path: 'manifest.json', bytes: new TextEncoder().encode(JSON.stringify(manifest)) }
  yield { path: 'data/branchline.db', file: snapshot }
  for (const file of filesBelow(job.dataFolder)) {
    const path = relative(job.dataFolder, file)
    const name = path.split('/').at(-1) ?? ''
    if (belongs(path) && !(path.startsWith('files/') && left.has(name))) yield { path: `data/${path}`, file }
  }
  for (const { path, file } of job.beside)
    if (statSync(file).isDirectory())
      for (const below of filesBelow(file)) yield { path: `beside/${path}/${relative(file, below)}`, file: below }
    else yield { path: `beside/${path}`, file }
}

/** Links and sockets are none of the box's data. */
function filesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort()
}

function sizeOf(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.size ?? 0
}
