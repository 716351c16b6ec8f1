import { closeSync, fsyncSync, openSync, readdirSync, renameSync, rmSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'

const COPIES_KEPT = 3

/** A copy of an SQLite database that is being made. */
export interface Copying {
  /** An empty file, readable by its owner alone, for `VACUUM INTO`: complete with what stands in the write-ahead log. */
  readonly unfinished: string
  /** Puts it on disk, gives it its name, and keeps the newest few copies; returns its path. */
  finish(): string
}

/** Where the copy of a version is: beside the database. */
export function copyOf(path: string, version: number): string {
  return `${path}.v${version}.bak`
}

/** Begins to copy a database aside, e.g. before it is migrated. Under its final name it is only once it is on disk. */
export function beginCopy(path: string, version: number): Copying {
  const copy = copyOf(path, version)
  // Of this process alone: another that starts at the same moment makes its own.
  const unfinished = `${copy}.${process.pid}.new`
  rmSync(unfinished, { force: true })
  closeSync(openSync(unfinished, 'wx', 0o600))
  return {
    unfinished,
    finish() {
      syncPath(unfinished)
      renameSync(unfinished, copy)
      syncPath(dirname(copy))
      removeOldCopies(path)
      return copy
    },
  }
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
