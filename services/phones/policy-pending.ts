import type { EpochMs } from '../core/clock.ts'
import type { Happening } from '../journey/contract.ts'
import type { Change, Json, JsonObject } from '../records/contract.ts'
import type { ResyncForms } from './resync-form.ts'

/** A file as it would be made now. */
export interface Desired {
  readonly name: string
  readonly own: boolean
  /** SHA-256 in hexadecimal. */
  readonly hash: string
}

export interface Delivered {
  readonly hash: string
  /** When it was made, which was when it was asked for. */
  readonly at: EpochMs
}

export interface Outdated {
  readonly name: string
  readonly why: 'changed' | 'never fetched'
}

/** Files are compared by their name without folders: phones differ in the folder and the case that they ask in. */
export function fileKey(name: string): string {
  return name.slice(name.lastIndexOf('/') + 1).toLowerCase()
}

/** What a device last had completely of each file, by `fileKey`. */
export function deliveredOf(happenings: readonly Happening[]): ReadonlyMap<string, Delivered> {
  const asked = new Map<string, Delivered>()
  const done = new Map<string, Delivered>()
  for (const { at, step } of happenings) {
    if (step.kind === 'file.served') asked.set(fileKey(step.file), { hash: step.hash, at })
    else if (step.kind === 'file.completed') {
      const delivered = asked.get(fileKey(step.file))
      if (delivered !== undefined) done.set(fileKey(step.file), delivered)
    }
  }
  return done
}

/**
 * Which files would be others than the device has. One that it never asked for matters only when it has none of its own:
 * several names may lead to that, and each model asks for one of them.
 */
export function outdated(desired: readonly Desired[], delivered: ReadonlyMap<string, Delivered>): Outdated[] {
  const changed = desired.flatMap(({ name, hash }): Outdated[] => {
    const had = delivered.get(fileKey(name))
    return had === undefined || had.hash === hash ? [] : [{ name, why: 'changed' }]
  })
  const own = desired.filter((file) => file.own)
  const [first] = own
  if (first === undefined || own.some(({ name }) => delivered.has(fileKey(name)))) return changed
  return [{ name: first.name, why: 'never fetched' }, ...changed]
}

/** A device's own configuration as one value, so that what is wanted and what it has can be compared far away. */
export interface OwnState {
  /** Absent: none can be made. */
  readonly wanted?: string
  /** Absent: it never had any of it. */
  readonly fetched?: string
}

/**
 * Both are made of the same names: those that it fetches, or else the first, since several names may lead to its own
 * configuration and each model asks for one of them.
 */
export function ownState(
  desired: readonly Desired[],
  delivered: ReadonlyMap<string, Delivered>,
  hash: (text: string) => string,
): OwnState {
  const own = desired.filter((file) => file.own)
  const had = own.filter(({ name }) => delivered.has(fileKey(name)))
  const counted = had.length > 0 ? had : own.slice(0, 1)
  if (counted.length === 0) return {}
  const sum = (of: (file: Desired) => string) =>
    hash(
      counted
        .map((file) => `${fileKey(file.name)} ${of(file)}\n`)
        .sort()
        .join(''),
    )
  const wanted = sum((file) => file.hash)
  if (had.length === 0) return { wanted }
  return { wanted, fetched: sum(({ name }) => delivered.get(fileKey(name))?.hash ?? '') }
}

/** Fields that no file of a phone depends on. */
const ASIDE = new Set(['notes', 'person', 'dhcpOptions'])

/** The names of what these changes changed: a setting by its own name, `extra.VENDOR.NAME`, else the field. */
export function changedNames(changes: readonly Change[]): readonly string[] {
  const names = new Set<string>()
  for (const { before = {}, after = {} } of changes)
    for (const field of differing(before, after)) {
      if (ASIDE.has(field)) continue
      if (field === 'settings') for (const name of differing(bag(before.settings), bag(after.settings))) names.add(name)
      else if (field === 'extra')
        for (const vendor of differing(bag(before.extra), bag(after.extra)))
          for (const name of differing(bag(bag(before.extra)[vendor]), bag(bag(after.extra)[vendor])))
            names.add(`extra.${vendor}.${name}`)
      else names.add(field)
    }
  return [...names].sort()
}

function bag(value: Json | undefined): JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject) : {}
}

function differing(before: JsonObject, after: JsonObject): string[] {
  const names = new Set([...Object.keys(before), ...Object.keys(after)])
  return [...names].filter((name) => JSON.stringify(before[name]) !== JSON.stringify(after[name]))
}

/** Whether a restart is needed for what changed, by what the vendor documents. */
export function restartFor(
  changed: readonly string[],
  rules: ResyncForms['restart'],
): { readonly reboot: 'yes' | 'no' | 'unknown'; readonly because: string } {
  const needed = changed.filter((name) => matches(rules.needed, name))
  if (needed.length > 0) return { reboot: 'yes', because: `${list(needed)} takes effect with a restart` }
  const unclear = changed.filter((name) => !matches(rules.unneeded, name))
  if (unclear.length > 0) return { reboot: 'unknown', because: `nothing is documented of ${list(unclear)}` }
  if (changed.length === 0)
    return { reboot: 'unknown', because: 'no edit explains the difference: a template, or this program, is newer' }
  return { reboot: 'no', because: `${list(changed)} takes effect without a restart` }
}

function matches(patterns: readonly string[], name: string): boolean {
  return patterns.some((pattern) => (pattern.endsWith('*') ? name.startsWith(pattern.slice(0, -1)) : pattern === name))
}

function list(names: readonly string[]): string {
  const shown = names.slice(0, 5)
  return names.length > 5 ? `${shown.join(', ')} and ${names.length - 5} more` : shown.join(', ')
}
