import type { EpochMs } from '../core/clock.ts'
import type { Ipv4 } from '../core/ipv4.ts'
import type { Mac } from '../core/mac.ts'
import type { Happening, Step } from './contract.ts'

/** Happenings kept of a device that a person gave to this box, and of one that nobody knows. */
export const KEEP_KNOWN = 200
export const KEEP_UNKNOWN = 50
const MAX_TEXT = 300
const MAX_ITEMS = 255
// How far back a repeat is looked for: the longest routine of a phone (renewal and a poll of its files) fits.
const WINDOW = 16

/** What a step means for the search of repeats: a start from power-on, other DHCP, or a person's act. */
type Role = 'start' | 'dhcp' | 'turn' | 'other'

/** One line of a device's story. It changes while it is kept, so that a repeat costs no more than counting it. */
export interface Kept {
  /** As it was first kept: a repeat differs in its time alone. Without `count` and `firstAt`. */
  happening: Happening
  at: EpochMs
  count: number
  readonly firstAt: number
  /** The same was seen before since the phone last started: only such ones are counted instead of listed. */
  readonly repeat: boolean
  /** Different for most different steps, so that few are compared in full. */
  readonly sketch: number
  readonly role: Role
  /** The row of the database that holds it as it stands; 0 when none does yet. */
  row: number
}

/** The parts of `Journey` beside its happenings, changing. */
export interface Head {
  vendor?: string
  model?: string
  firmware?: string
  hardware?: string
  address?: Ipv4
  interface?: string
  firstSeen: number
  lastSeen: number
}

/** What is kept of one device. */
export interface Entry {
  readonly mac: Mac
  readonly head: Head
  /** Oldest first. What no row holds yet stands last, and the happenings of one row stand side by side. */
  readonly list: Kept[]
  /** Rows that hold a happening which has left the list or has changed. */
  stale: number[]
  isKnown: boolean
  /** The writer has it on its list. */
  waits: boolean
  /** The number of happenings of all devices when this one was last put at the end of the order of forgetting. */
  movedAt: number
}

const NONE: number[] = []

export function makeEntry(mac: Mac, head: Head, isKnown: boolean): Entry {
  return { mac, head, list: [], stale: NONE, isKnown, waits: false, movedAt: 0 }
}

/** The happening as others see it. */
export function happeningOf({ happening, at, count, firstAt }: Kept): Happening {
  return count > 1 ? { ...happening, at, count, firstAt } : happening
}

export function makeKept(
  happening: Happening,
  { count = 1, firstAt = happening.at, repeat = false, row = 0, sketch = sketchOf(happening) },
): Kept {
  return { happening, at: happening.at, count, firstAt, repeat, sketch, role: roleOf(happening.step), row }
}

/**
 * Adds a happening to a device's list in place. The first occurrence of each thing since the last start stays where it
 * stands, so that the way from power-on to configured can be read; the second is listed; further ones move the second
 * to the end and count. The list is thus always in order of `at` of recording.
 */
export function fold(entry: Entry, happening: Happening, keep: number): void {
  const { list } = entry
  const sketch = sketchOf(happening)
  const index = list.length === 0 ? -1 : findRepeat(list, happening, sketch)
  const found = index < 0 ? undefined : list[index]
  if (found?.repeat) {
    leaveRow(entry, found)
    found.at = happening.at
    found.count += 1
    // The one step of which equal ones differ: in how long the transfer took.
    if (happening.step.kind === 'file.completed') found.happening = happening
    list.copyWithin(index, index + 1)
    list[list.length - 1] = found
  } else {
    list.push(makeKept(happening, { repeat: found !== undefined, sketch }))
  }
  while (list.length > keep) {
    const oldest = list.shift()
    if (oldest !== undefined) leaveRow(entry, oldest)
  }
}

function leaveRow(entry: Entry, kept: Kept): void {
  const { row } = kept
  if (row === 0) return
  kept.row = 0
  if (entry.stale.length === 0) entry.stale = [row]
  else if (!entry.stale.includes(row)) entry.stale.push(row)
}

function findRepeat(list: readonly Kept[], happening: Happening, sketch: number): number {
  const starts = roleOf(happening.step) === 'start'
  const end = Math.max(0, list.length - WINDOW)
  for (let i = list.length - 1; i >= end; i--) {
    const kept = list[i]
    if (kept === undefined) return -1
    if (kept.sketch === sketch && sameHappening(kept.happening, happening)) return i
    const { role } = kept
    // A new start after anything but DHCP is another way from power-on, told for itself; and so nothing older counts.
    // A start that repeats another has nothing but DHCP before it: a phone that asks over and over fills no list.
    // What follows a person's act answers it, so it is never folded into what came before.
    const ends = starts ? role === 'turn' || role === 'other' : role === 'start' ? !kept.repeat : role === 'turn'
    if (ends) return -1
  }
  return -1
}

function roleOf(step: Step): Role {
  const { kind } = step
  if (kind === 'dhcp.asked') return step.message === 'discover' || step.message === 'bootp' ? 'start' : 'dhcp'
  if (kind === 'dhcp.answered' || kind.startsWith('dhcp.')) return 'dhcp'
  return kind === 'record.changed' || kind === 'notify.sent' || kind === 'action.sent' ? 'turn' : 'other'
}

function sameHappening(a: Happening, b: Happening): boolean {
  return a.address === b.address && a.interface === b.interface && sameStep(a.step, b.step)
}

function sameStep(a: Step, b: Step): boolean {
  // The two that a network full of renewals makes all day.
  if (a.kind === 'dhcp.asked' && b.kind === 'dhcp.asked')
    return (
      a.message === b.message &&
      a.vendorClass === b.vendorClass &&
      a.hostName === b.hostName &&
      same(a.parameters, b.parameters)
    )
  if (a.kind === 'dhcp.answered' && b.kind === 'dhcp.answered')
    return (
      a.message === b.message &&
      a.leased === b.leased &&
      a.options.length === b.options.length &&
      a.options.every(({ code, text }, i) => b.options[i]?.code === code && b.options[i]?.text === text)
    )
  return same(a, b)
}

/** Deep equality of steps, without how long a transfer took. */
function same(a: unknown, b: unknown): boolean {
  if (a === b) return true
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false
  if (Array.isArray(a)) {
    if (!Array.isArray(b) || a.length !== b.length) return false
    for (let i = 0; i < a.length; i++) if (!same(a[i], b[i])) return false
    return true
  }
  const left = a as Record<string, unknown>
  const right = b as Record<string, unknown>
  for (const name in left) if (name !== 'ms' && !same(left[name], right[name])) return false
  for (const name in right) if (!(name in left)) return false
  return true
}

/** A number made of the kind, the sizes and the ends of what a step says, without how long a transfer took. */
export function sketchOf({ step }: Happening): number {
  let sketch = 0
  for (const name in step) {
    const value = (step as unknown as Record<string, unknown>)[name]
    if (name === 'ms') continue
    let part = name.length
    if (typeof value === 'number') part = value | 0
    else if (typeof value === 'string') part = sketchText(value)
    else if (value === true) part = 1
    else if (Array.isArray(value)) part = value.length
    // Added, not chained: the order of the fields does not matter.
    sketch = (sketch + Math.imul(part ^ (name.charCodeAt(0) << 8), 0x9e3779b1)) | 0
  }
  return sketch
}

function sketchText(text: string): number {
  let sketch = text.length
  for (let i = Math.max(0, text.length - 12); i < text.length; i++)
    sketch = (Math.imul(sketch, 31) + text.charCodeAt(i)) | 0
  return sketch
}

/** The happening with every text and list from the LAN cut to a size that can be kept; as it is when it fits. */
export function clip(happening: Happening): Happening {
  return fits(happening.step) ? happening : { ...happening, step: clipped(happening.step) as Step }
}

function fits(value: unknown): boolean {
  if (typeof value === 'string') return value.length <= MAX_TEXT
  if (typeof value !== 'object' || value === null) return true
  if (Array.isArray(value)) {
    if (value.length > MAX_ITEMS) return false
    for (const item of value) if (typeof item !== 'number' && !fits(item)) return false
    return true
  }
  const fields = value as Record<string, unknown>
  for (const name in fields) if (!fits(fields[name])) return false
  return true
}

function clipped(value: unknown): unknown {
  // Joined anew, because a slice keeps the whole text that it came from in memory.
  if (typeof value === 'string') return value.length > MAX_TEXT ? [...value.slice(0, MAX_TEXT)].join('') : value
  if (Array.isArray(value)) return value.slice(0, MAX_ITEMS).map(clipped)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, clipped(inner)]))
}
