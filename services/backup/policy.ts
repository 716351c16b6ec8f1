import type { EpochMs } from '../core/clock.ts'
import { windowAt } from '../core/daily-window.ts'
import type { Head } from './codec-frame.ts'
import type { Schedule } from './contract.ts'
import { isOfBox } from './policy-swap.ts'

/**
 * Whether a file of the data folder goes into a backup. All do but those that a running box makes anew, that belong to
 * this machine, or that are unfinished: what a later release adds is in it without a word here.
 */
export function belongs(path: string): boolean {
  const [first = ''] = path.split('/')
  if (!isOfBox(first) || first === 'branchline.db' || first === 'restored' || first === WANTED_ADDRESS) return false
  if (/^branchline\.db(-wal|-shm|\.v\d+\.bak)/.test(first)) return false
  return !/\.(new|part|tmp)$/.test(path) && !path.startsWith('cloud/incoming/')
}

/** Beside restored data: the address that the machine shall take with them. */
export const WANTED_ADDRESS = 'wanted-address.json'

const OWN_NAME = /^branchline-[A-Za-z0-9-]{1,40}-\d{8}-\d{6}(-daily)?\.backup$/

/** The name of a backup's file: which box, when (UTC), and whether the schedule made it. */
export function fileName(box: string, at: EpochMs, daily: boolean): string {
  const plain = box.replace(/[^A-Za-z0-9]+/g, '-').replace(/^-+|-+$/g, '')
  const name = plain.replace(/^branchline-?/i, '').slice(0, 40) || 'box'
  const stamp = new Date(at).toISOString().slice(0, 19).replace(/[-:]/g, '').replace('T', '-')
  return `branchline-${name}-${stamp}${daily ? '-daily' : ''}.backup`
}

/** Whether a name is one that this box gives to backups, and so is safe to remove or to look up. */
export function isOwnName(name: string): boolean {
  return OWN_NAME.test(name)
}

/** Whether a name is one under which a backup may be brought here. */
export function isBackupName(name: string): boolean {
  return /^branchline-[A-Za-z0-9._-]{1,100}\.backup$/.test(name)
}

/** The backups of the schedule that are too many, of these names; the newest stay. */
export function surplus(names: readonly string[], keep: number): readonly string[] {
  const daily = names.filter((name) => isOwnName(name) && name.endsWith('-daily.backup'))
  const stamp = (name: string) => /-(\d{8}-\d{6})-daily/.exec(name)?.[1] ?? ''
  return daily.sort((a, b) => (stamp(a) < stamp(b) ? 1 : -1)).slice(keep)
}

/** Whether the schedule has its turn now, and when it has the next one. */
export function turnOf(
  schedule: Schedule,
  lastTurn: EpochMs | undefined,
  now: EpochMs,
): { readonly due: boolean; readonly nextAt: EpochMs } {
  // From this time of day to the same of the next: there is always one that is open, and a turn is taken once in it.
  const window = { from: schedule.at, to: schedule.at, zone: schedule.zone }
  const endOf = (moment: EpochMs) => {
    const gate = windowAt(window, moment)
    return gate.open ? (gate.closesAt ?? moment) : gate.opensAt
  }
  const due = lastTurn === undefined || endOf(lastTurn) !== endOf(now)
  return { due, nextAt: due ? now : endOf(now) }
}

/** Why a backup cannot be restored by a program that knows migrations up to `known`; undefined: it can. */
export function versionProblem({ database, readable, version }: Head, known: number, own: string): string | undefined {
  if (readable <= known) return undefined
  return (
    `the backup was made by version ${version} (database ${database}), newer than this box's ${own} (database ` +
    `${known}): update this box first, then restore`
  )
}

/** What is kept free beside, so that the box goes on working. */
const SPARE = 32 * 1024 * 1024

/** Why there is no room for so many bytes; undefined: there is. */
export function roomProblem(needed: number, free: number, what: string): string | undefined {
  if (needed + SPARE <= free) return undefined
  return `${what} needs ${megabytes(needed + SPARE)}, and ${megabytes(free)} are free: remove old backups or files first`
}

function megabytes(bytes: number): string {
  return `${Math.ceil(bytes / 1_000_000)} MB`
}
