import { Database } from 'bun:sqlite'
import { spawnSync } from 'node:child_process'
import { closeSync, mkdirSync, openSync, readdirSync, readSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { InvariantError } from '../../services/core/errors.ts'
import { formatIpv4, type Ipv4 } from '../../services/core/ipv4.ts'
import { toolPath } from '../support/netns.ts'
import type { Built } from './build.ts'

const SLOTS = fileURLToPath(new URL('../../image/root/usr/lib/branchline/system/boot-slots', import.meta.url))
const SECTOR = 512
const CHUNK = 4 * 1024 * 1024

export interface PulledDisk {
  /** The slot that the boot loader takes next, and the version that lies there whole. */
  readonly slot: string
  readonly version: string
  /** What `PRAGMA integrity_check` says of the database. */
  readonly integrity: string
  readonly leases: readonly { readonly mac: string; readonly address: string }[]
  /** Phones that have a record. */
  readonly devices: readonly string[]
}

/**
 * Looks at a disk as it was left at some instant, in place of starting it: what the boot loader takes must be one of the
 * versions to the last byte, and the file system of the data must come up as at a start, with a database that is whole.
 * `folder` is for what is taken out of it.
 */
export function lookAtDisk(disk: string, versions: readonly Built[], folder: string): PulledDisk {
  const partitions = readPartitions(disk)
  const at = (name: string) => {
    const offset = partitions.get(name)
    if (offset === undefined) throw new InvariantError(`${disk} has no partition ${name}`)
    return offset
  }
  const slot = nextSlot(disk, at('esp'), folder)
  const lower = slot.toLowerCase()
  const whole = versions.find(
    (it) =>
      holds(disk, at(`root-${lower}`), join(it.folder, 'root.img')) &&
      holds(disk, at(`boot-${lower}`), join(it.folder, 'boot.img')),
  )
  if (whole === undefined) throw new InvariantError(`slot ${slot} is next, and holds no version whole`)
  const [, version = ''] = /branchline-([\d.]+)-/.exec(whole.image) ?? []
  return { slot, version, ...readData(disk, at('data'), folder) }
}

function nextSlot(disk: string, esp: number, folder: string): string {
  const memory = join(folder, 'grubenv')
  rmSync(memory, { force: true })
  run('mcopy', '-i', `${disk}@@${esp}`, '::grub/grubenv', memory)
  return run(SLOTS, 'get-primary', { BRANCHLINE_GRUBENV: memory }).trim()
}

function readData(disk: string, offset: number, folder: string): Pick<PulledDisk, 'integrity' | 'leases' | 'devices'> {
  // In a file of its own: e2fsck forgets where a partition begins once it has played the journal.
  const data = join(folder, 'data.img')
  const blocks = ['bs=1M', `skip=${offset / 2 ** 20}`, 'conv=sparse']
  rmSync(data, { force: true })
  run('dd', `if=${disk}`, `of=${data}`, ...blocks)
  // As the box does before it mounts them; more than mended (1) would be a file system that was not left whole.
  run('e2fsck', '-p', data)
  const taken = join(folder, 'taken')
  rmSync(taken, { recursive: true, force: true })
  mkdirSync(taken)
  for (const name of ['branchline.db', 'branchline.db-wal'])
    run('debugfs', '-R', `dump /lib/branchline/${name} ${join(taken, name)}`, data)
  if (!readdirSync(taken).includes('branchline.db-wal')) writeFileSync(join(taken, 'branchline.db-wal'), '')
  const db = new Database(join(taken, 'branchline.db'))
  try {
    const texts = (sql: string) => db.query(sql).values().flat().map(String)
    // As the store reads them: what came last of an address holds.
    const rows = db
      .query(
        `SELECT mac, address FROM lease WHERE address NOT IN (SELECT address FROM lease_change)
         UNION ALL SELECT mac, address FROM (SELECT mac, address, max(seq) FROM lease_change GROUP BY address)`,
      )
      .values() as [string | null, number][]
    return {
      integrity: texts('PRAGMA integrity_check').join('; '),
      leases: rows.map(([mac, address]) => ({ mac: mac ?? '', address: formatIpv4(address as Ipv4) })),
      devices: texts(`SELECT id FROM record WHERE kind = 'device' AND deleted = 0`),
    }
  } finally {
    db.close()
  }
}

/** Where each partition begins, by its name (UEFI 2.10 §5.3). */
function readPartitions(disk: string): ReadonlyMap<string, number> {
  const header = readAt(disk, SECTOR, SECTOR)
  const [count, size] = [header.readUInt32LE(80), header.readUInt32LE(84)]
  const table = readAt(disk, Number(header.readBigUInt64LE(72)) * SECTOR, count * size)
  const found = new Map<string, number>()
  for (let i = 0; i < count; i++) {
    const entry = table.subarray(i * size, (i + 1) * size)
    const name = entry.toString('utf16le', 56, 128).replace(/\0.*$/s, '')
    if (name !== '') found.set(name, Number(entry.readBigUInt64LE(32)) * SECTOR)
  }
  return found
}

/** Whether the bytes of a file lie at this place of the disk. */
function holds(disk: string, offset: number, file: string): boolean {
  for (let at = 0; ; at += CHUNK) {
    const wanted = readAt(file, at, CHUNK)
    if (wanted.length === 0) return true
    if (!readAt(disk, offset + at, wanted.length).equals(wanted)) return false
  }
}

function readAt(path: string, at: number, length: number): Buffer {
  const file = openSync(path, 'r')
  try {
    const bytes = Buffer.alloc(length)
    return bytes.subarray(0, readSync(file, bytes, 0, length, at))
  } finally {
    closeSync(file)
  }
}

function run(tool: string, ...given: readonly (string | Record<string, string>)[]): string {
  const args = given.filter((one) => typeof one === 'string')
  const env = Object.assign(
    { ...process.env, MTOOLS_SKIP_CHECK: '1' },
    ...given.filter((one) => typeof one !== 'string'),
  )
  const ended = spawnSync(toolPath(tool) ?? tool, args, { encoding: 'utf8', env })
  // e2fsck: 1 is a file system that was mended as it is at each start.
  if (ended.status !== 0 && !(tool === 'e2fsck' && ended.status === 1))
    throw new InvariantError(`${tool} ${args.join(' ')}: ${ended.stderr}${ended.stdout}`)
  return ended.stdout
}
