import { ConflictError, NotFoundError } from '../core/errors.ts'
import { formatMac, type Mac } from '../core/mac.ts'
import { type Bag, isBag, mergePatch } from '../core/merge-patch.ts'
import type { DevicesPlan } from '../moves/contract.ts'
import type { Device } from '../phones/contract.ts'
import type { AdminDeps } from './contract.ts'
import { InputError } from './errors.ts'
import type { ImportResult } from './schema.ts'
import { keepSecrets } from './secrets.ts'

type Deps = Pick<AdminDeps, 'devices' | 'isSecret'>

export function deviceOrThrow(deps: Pick<AdminDeps, 'devices'>, mac: Mac): Device {
  const device = deps.devices.get(mac)
  if (!device) throw new NotFoundError(`no device ${formatMac(mac)}`)
  return device
}

/**
 * A device as an editor would send it back: without what is read-only and without the secrets of its lines, handsets and
 * relays, which the store keeps.
 */
export function inputOf(device: Device): Bag {
  const { mac: _mac, rev: _rev, ...rest } = device
  return {
    ...rest,
    lines: device.lines.map(({ secret: _secret, ...line }) => line),
    ...(device.handsets && { handsets: device.handsets.map(({ ac: _ac, ...handset }) => handset) }),
    ...(device.relays && { relays: device.relays.map(({ code: _code, ...relay }) => relay) }),
  }
}

/** What the page is told instead of a secret, by the list whose items hold it. */
const SHOWN_ONLY = { lines: 'hasSecret', handsets: 'hasAc', relays: 'hasCode' } as const

/** What the page or a program sent, without the fields that are only shown. */
export function cleaned(input: Bag): Bag {
  const { mac: _mac, rev: _rev, secrets: _secrets, ...rest } = input
  for (const [list, field] of Object.entries(SHOWN_ONLY)) {
    const items = rest[list]
    if (!Array.isArray(items)) continue
    rest[list] = items.map((item: unknown) => {
      if (!isBag(item)) return item
      const { [field]: _has, ...kept } = item
      return kept
    })
  }
  return rest
}

/** The whole input for `devices.put` from a whole edit. */
export function replaced(deps: Deps, mac: Mac, input: Bag): Bag {
  return withoutNulls(keepSecrets(cleaned(input), deps.devices.get(mac), deps.isSecret))
}

/** The whole input for `devices.put` from a merge patch over what is stored. */
export function patched(deps: Deps, mac: Mac, patch: Bag): Bag {
  const current = deps.devices.get(mac)
  const merged = mergePatch(current ? inputOf(current) : {}, cleaned(patch))
  // RFC 7396 replaces arrays whole and takes null inside them literally: a line's `secret: null` reaches the store.
  return isBag(merged) ? merged : {}
}

/** `null` at the top says "take it away". */
function withoutNulls(input: Bag): Bag {
  return Object.fromEntries(Object.entries(input).filter(([, value]) => value !== null))
}

/** The revision an edit is based on, from If-Match, If-None-Match or the body's `rev`. */
export function baseOf(headers: Headers, body?: Bag): { readonly base?: number } {
  const match = headers.get('if-match')
  if (match !== null && match.trim() !== '*') {
    const number = /^\s*(?:W\/)?"(\d{1,15})"\s*$/.exec(match)?.[1]
    // A tag that we never gave matches nothing (RFC 9110 §13.1.1).
    if (number === undefined)
      throw new ConflictError(`if-match ${JSON.stringify(match.slice(0, 40))} is no revision of ours`)
    return { base: Number(number) }
  }
  if (headers.get('if-none-match')?.trim() === '*') return { base: 0 }
  return typeof body?.rev === 'number' ? { base: body.rev } : {}
}

/** What an import did, or would do. A row that changes nothing counts as one that was brought up to date. */
export function importResult({ rows, faults }: DevicesPlan, applied: boolean): ImportResult {
  return {
    applied,
    rows: rows.map(({ row, line, id, name, action }) => ({
      ...{ row, line, mac: id, action: action === 'create' ? ('create' as const) : ('update' as const) },
      ...(name !== undefined && { name }),
    })),
    faults: faults.map((fault) => ({ ...fault })),
  }
}

/** A request's JSON object. */
export function bagOf(body: unknown): Bag {
  if (!isBag(body)) throw new InputError('expected a JSON object')
  return body
}
