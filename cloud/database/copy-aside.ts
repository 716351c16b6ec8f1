import { closeSync, fsyncSync, openSync, readdirSync, renameSync, rmSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { sql } from 'kysely'
import type { CloudDatabase } from './open.ts'

const COPIES_KEPT = 3

/** Where the copy of a version is: beside the database. */
export function copyOf(path: string, version: number): string {
  return `${path}.v${version}.bak`
}

/**
 * Copies an SQLite database before it is migrated: complete with what stands in its log, and under its final name only once
 * it is on disk. The newest few copies are kept.
 */
export async function copyAside(database: CloudDatabase, path: string, version: number): Promise<void> {
  const copy = copyOf(path, version)
  // Of this process alone: another that starts at the same moment makes its own.
  const unfinished = `${copy}.${process.pid}.new`
  rmSync(unfinished, { force: true })
  closeSync(openSync(unfinished, 'wx', 0o600))
  await sql`VACUUM INTO ${unfinished}`.execute(database.db)
  syncPath(unfinished)
  renameSync(unfinished, copy)
  syncPath(dirname(copy))
  removeOldCopies(path)
}

function removeOldCopies(path: string): void {
  const copies = readdirSync(dirname(path))
    .filter((name) => name.startsWith(basename(path)))
    .map((name) => ({ name, version: Number(/^\.v(\d+)\.bak$/.exec(name.slice(basename(path).length))?.[1] ?? 0) }))
    .filter((copy) => copy.version > 0)
    .sort((a, b) => b.version - a.version)
  for (const copy of copies.slice(COPIES_KEPT)) rmSync(join(dirname(path), copy.name), { force: true })
}

function syncPath(path: string): void {
  const fd = openSync(path, 'r')
  try {
    fsyncSync(fd)
  } finally {
    closeSync(fd)
  }
}
