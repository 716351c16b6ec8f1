import { OperatorError } from '../core/errors.ts'
import { readMac } from '../core/mac.ts'
import type { Json, JsonObject, RecordKind, WriteOptions } from './contract.ts'

/** A body's limit, as characters of its JSON text. The largest real ones are templates and long key lists. */
export const MAX_BODY = 256 * 1024
/** Levels of nesting that a body may have. */
export const MAX_DEPTH = 32
/** Records that one `putMany` may carry: a whole site, but not an endless import. */
export const MAX_ITEMS = 10_000
const MAX_BY = 200

// These names reach the prototype chain in code that merges bodies carelessly; no vendor uses them.
const POISONED = new Set(['__proto__', 'constructor', 'prototype'])

// Letters of any script, because people name groups in their own language; no control, no separator at the ends.
const NAME = /^[\p{L}\p{N}](?:[\p{L}\p{N}\p{M} ._+&()@:'-]{0,62}[\p{L}\p{N}\p{M}.+)_-])?$/u
const SLUG = /^[a-z0-9](?:[a-z0-9._-]{0,62}[a-z0-9])?$/i
// Linux refuses `/`, blanks and `:` in interface names and cuts them at 15 bytes.
const INTERFACE = /^[^\s/:\p{C}]{1,15}$/u

const ID_RULES: Readonly<Record<RecordKind, { readonly is: (id: string) => boolean; readonly form: string }>> = {
  device: { is: (id) => readMac(id) === id, form: 'a MAC address as twelve lower-case hexadecimal digits' },
  site: { is: (id) => SLUG.test(id), form: 'a short name of letters, digits, dots and dashes' },
  vendor: { is: (id) => SLUG.test(id), form: 'a short name of letters, digits, dots and dashes' },
  group: { is: (id) => NAME.test(id), form: 'a name of at most 64 characters' },
  model: { is: (id) => isPath(id, 2), form: 'a model, or vendor/model' },
  network: { is: (id) => NAME.test(id), form: 'a name of at most 64 characters' },
  interface: { is: (id) => INTERFACE.test(id) && id !== '.' && id !== '..', form: 'an interface name' },
  template: { is: (id) => isPath(id, 4), form: 'vendor/file' },
  person: { is: (id) => SLUG.test(id), form: 'a short name of letters, digits, dots and dashes' },
  pack: { is: (id) => SLUG.test(id), form: 'a short name of letters, digits, dots and dashes' },
  file: { is: isFileName, form: 'a name of a file in lower case' },
  rollout: { is: (id) => SLUG.test(id), form: 'a short name of letters, digits, dots and dashes' },
}

/** What a name of a stored file may be, folded. */
function isFileName(id: string): boolean {
  const parts = id.split('/')
  return (
    id.length <= 200 &&
    id === id.toLowerCase() &&
    !/[\p{C}\\]/u.test(id) &&
    parts.every((part) => !/^\.{0,2}$/.test(part))
  )
}

function isPath(id: string, most: number): boolean {
  const parts = id.split('/')
  return parts.length <= most && parts.every((part) => NAME.test(part))
}

/** Throws `OperatorError` unless `id` has the form that records of this kind are named by. */
export function checkId(kind: RecordKind, id: string): void {
  const rule = Object.hasOwn(ID_RULES, kind) ? ID_RULES[kind] : undefined
  if (rule === undefined) throw new OperatorError(`no such kind of record: ${quote(String(kind))}`)
  if (typeof id !== 'string' || !rule.is(id)) throw new OperatorError(`${kind} id ${quote(id)} is not ${rule.form}`)
}

/** Throws `OperatorError` unless the options say who writes, and name a possible revision. */
export function checkOptions(options: WriteOptions): void {
  if (options.by === '' || options.by.length > MAX_BY)
    throw new OperatorError(`who makes the change must be 1 to ${MAX_BY} characters, not ${options.by.length}`)
  if (options.base !== undefined && !(Number.isSafeInteger(options.base) && options.base >= 0))
    throw new OperatorError(`base revision ${options.base} is not a whole number from 0`)
}

/** The JSON text of a body; throws `OperatorError` naming the place of what cannot be stored. */
export function bodyText(kind: RecordKind, id: string, body: unknown): string {
  const where = `${kind} ${id}`
  if (!isPlainObject(body)) throw new OperatorError(`${where}: the body is not an object`)
  const budget = { left: MAX_BODY }
  check(body, where, 1, budget)
  const text = JSON.stringify(body)
  if (text.length > MAX_BODY) throw tooLarge(where)
  return text
}

function check(value: unknown, where: string, depth: number, budget: { left: number }): void {
  budget.left -= typeof value === 'string' ? value.length + 2 : 2
  if (budget.left < 0) throw tooLarge(where)
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return
  if (typeof value === 'number') {
    if (!Number.isFinite(value)) throw new OperatorError(`${where}: ${value} is no JSON number`)
    return
  }
  if (depth > MAX_DEPTH) throw new OperatorError(`${where}: nested deeper than ${MAX_DEPTH} levels`)
  if (Array.isArray(value)) {
    for (let i = 0; i < value.length; i++) check(value[i], `${where}[${i}]`, depth + 1, budget)
    return
  }
  if (!isPlainObject(value)) throw new OperatorError(`${where}: a ${typeof value} is not JSON`)
  for (const [key, inner] of Object.entries(value)) {
    if (POISONED.has(key)) throw new OperatorError(`${where}: the name ${quote(key)} is not allowed`)
    budget.left -= key.length + 2
    check(inner, `${where}.${key.slice(0, 40)}`, depth + 1, budget)
  }
}

function isPlainObject(value: unknown): value is JsonObject {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === null
}

/** Whether two bodies say the same; the order of names in an object does not matter. */
export function sameJson(a: Json, b: Json): boolean {
  if (a === b) return true
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false
  if (Array.isArray(a) || Array.isArray(b)) {
    if (!Array.isArray(a) || !Array.isArray(b) || a.length !== b.length) return false
    return a.every((item: Json, i) => sameJson(item, b[i] ?? null))
  }
  const left = a as JsonObject
  const right = b as JsonObject
  const names = Object.keys(left)
  if (names.length !== Object.keys(right).length) return false
  return names.every((name) => Object.hasOwn(right, name) && sameJson(left[name] ?? null, right[name] ?? null))
}

/** The body that a JSON text holds, frozen through and through, because the cache hands it to everybody. */
export function readBody(text: string): JsonObject {
  return freeze(JSON.parse(text) as JsonObject)
}

function freeze<Value extends Json>(value: Value): Value {
  if (typeof value === 'object' && value !== null) {
    for (const inner of Object.values(value)) freeze(inner)
    Object.freeze(value)
  }
  return value
}

function tooLarge(where: string): OperatorError {
  return new OperatorError(`${where}: the body is larger than ${MAX_BODY} characters of JSON`)
}

function quote(text: string): string {
  return JSON.stringify(String(text).slice(0, 60))
}
