import { ConflictError, NotFoundError } from '../core/errors.ts'
import { formatMac, type Mac } from '../core/mac.ts'
import type { Device } from '../phones/contract.ts'
import type { AdminDeps } from './contract.ts'
import { InputError } from './errors.ts'
import type { ImportRow, ImportSheet } from './import.ts'
import type { ImportResult, RowFault } from './schema.ts'
import { isBag, keepSecrets, mergePatch } from './secrets.ts'

type Deps = Pick<AdminDeps, 'devices' | 'isSecret'>
type Bag = Record<string, unknown>

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

/** An imported sheet against what is stored: what would be done, and every fault by row. */
export function plan(deps: Deps, sheet: ImportSheet) {
  const faults: RowFault[] = [...sheet.faults]
  const items: { mac: Mac; input: Bag }[] = []
  const rows: ImportResult['rows'] = []
  for (const row of sheet.rows) {
    const current = deps.devices.get(row.mac)
    const input = patched(deps, row.mac, mergeLines(row.patch, current))
    for (const { path, message } of deps.devices.check(row.mac, input)) {
      const column = columnOf(row, path, input)
      faults.push({ row: row.row, line: row.line, ...column, message })
    }
    items.push({ mac: row.mac, input })
    const name = typeof input.name === 'string' ? { name: input.name } : {}
    rows.push({ row: row.row, line: row.line, mac: formatMac(row.mac), ...name, action: current ? 'update' : 'create' })
  }
  faults.sort((a, b) => a.line - b.line || (a.columnNumber ?? 0) - (b.columnNumber ?? 0))
  return { items, rows, faults }
}

/** A sheet says only some fields of a line; the others stay. */
function mergeLines(patch: Bag, current: Device | undefined): Bag {
  if (!Array.isArray(patch.lines) || !current) return patch
  const lines = new Map<number, Bag>(current.lines.map(({ secret: _secret, ...line }) => [line.index, { ...line }]))
  for (const line of patch.lines) {
    if (!isBag(line) || typeof line.index !== 'number') return patch
    lines.set(line.index, { ...lines.get(line.index), ...line })
  }
  return { ...patch, lines: [...lines.values()].sort((a, b) => Number(a.index) - Number(b.index)) }
}

/** The column of a fault's path; a line is named by its position there and by its number in a heading. */
function columnOf(row: ImportRow, path: string, input: Bag): { column: string; columnNumber?: number } {
  const named = path.replace(/^lines(?:\[|\.)(\d+)\]?\.?/, (_, position: string) => {
    const line = Array.isArray(input.lines) ? (input.lines[Number(position)] as unknown) : undefined
    return `lines[${isBag(line) ? String(line.index) : position}].`
  })
  const column = row.columns.get(named)
  return column ? { column: column.name, columnNumber: column.number } : { column: path }
}

/** A request's JSON object. */
export function bagOf(body: unknown): Bag {
  if (!isBag(body)) throw new InputError('expected a JSON object')
  return body
}
