import { statfs } from 'node:fs/promises'
import { DiskFullError } from './contract.ts'

/** What is free where the files are kept. */
export interface Room {
  /** Throws `DiskFullError` when so many more bytes would leave too little for the rest of the box. */
  check(bytes: number): Promise<void>
}

/** Left free for the database: a box that cannot write a lease down gives none. At most so much, or a twentieth of the disk. */
const RESERVE = 256 * 1_048_576

export function roomIn(folder: string): Room {
  return {
    async check(bytes) {
      const { bavail, blocks, bsize } = await statfs(folder)
      const reserve = Math.min(RESERVE, Math.floor((blocks * bsize) / 20))
      const free = bavail * bsize
      if (free - bytes < reserve)
        throw new DiskFullError(
          `no room on the disk for the file: ${megabytes(free)} MB are free in ${folder} and ${megabytes(reserve)} MB of ` +
            'them stay for the box itself; remove files that nothing uses',
        )
    },
  }
}

function megabytes(bytes: number): string {
  return (bytes / 1_000_000).toFixed(1)
}
