import { ConflictError, NotFoundError } from '../core/errors.ts'
import { formatMac, type Mac } from '../core/mac.ts'
import type { Change, Json, JsonObject, RecordKind, Records } from '../records/contract.ts'

/** Kinds whose records are in force by being stored. Templates and packs have versions of their own. */
const UNDOABLE: ReadonlySet<RecordKind> = new Set([
  ...(['device', 'person', 'site', 'vendor', 'group', 'model'] as const),
  ...(['network', 'interface'] as const),
])
/** Settings that were given for the first time: without them the layer says nothing. The others would be no record. */
const EMPTY_IS_NOTHING: ReadonlySet<RecordKind> = new Set(['site', 'vendor', 'group', 'model'])

/** Whether changes like this one can be taken back. */
export function canUndo({ kind, before }: Pick<Change, 'kind' | 'before'>): boolean {
  return UNDOABLE.has(kind) && (before !== undefined || EMPTY_IS_NOTHING.has(kind))
}

/** Takes one change of a device back. Throws `NotFoundError`, and `ConflictError` where that cannot be. */
export function undoDevice(
  { records }: { readonly records: Pick<Records, 'get' | 'history' | 'put'> },
  mac: Mac,
  seq: number,
  by: string,
): void {
  const change = records.history('device', mac).find((one) => one.seq === seq)
  if (!change) throw new NotFoundError(`no change ${seq} of ${formatMac(mac)}`)
  const now = records.get('device', mac)
  records.put('device', mac, undone(change, now?.body), { by, base: now?.rev ?? 0 })
}

/** A record with one change of it taken back; secrets in it stay sealed. Throws `ConflictError` where that cannot be. */
export function undone({ kind, before, after, seq }: Change, now: JsonObject | undefined): JsonObject {
  if (!UNDOABLE.has(kind)) throw new ConflictError(`a change of a ${kind} cannot be taken back here`)
  if (before === undefined && !EMPTY_IS_NOTHING.has(kind))
    throw new ConflictError(`change ${seq} made the ${kind}: remove it instead`)
  if (after === undefined) {
    if (now !== undefined) throw new ConflictError(`the ${kind} has a record again`)
    return before ?? {}
  }
  if (now === undefined) throw new ConflictError(`the ${kind} was removed since: take that back first`)
  return takenBack(before ?? {}, after, now, '', seq)
}

/** Field by field, and setting by setting: what else was changed since stays. */
function takenBack(before: JsonObject, after: JsonObject, now: JsonObject, at: string, seq: number): JsonObject {
  const body: Record<string, Json> = { ...now }
  for (const name of new Set([...Object.keys(before), ...Object.keys(after)])) {
    const [was, is, stands] = [before[name], after[name], now[name]]
    if (same(was, is)) continue
    if (isBag(was) && isBag(is) && isBag(stands)) {
      body[name] = takenBack(was, is, stands, `${at}${name}.`, seq)
      continue
    }
    if (!same(stands, is)) throw new ConflictError(`${at}${name} was changed again since change ${seq}`)
    if (was === undefined) delete body[name]
    else body[name] = was
  }
  return body
}

/** The names of what differs, one step into settings and raw parameters. */
export function fieldsOf({ before = {}, after = {} }: Pick<Change, 'before' | 'after'>): string[] {
  const names = new Set([...Object.keys(before), ...Object.keys(after)])
  return [...names]
    .flatMap((name) => {
      const [was, is] = [before[name], after[name]]
      if (same(was, is)) return []
      if (name !== 'settings' || !isBag(was ?? {}) || !isBag(is ?? {})) return [name]
      const [a, b] = [(was ?? {}) as JsonObject, (is ?? {}) as JsonObject]
      return [...new Set([...Object.keys(a), ...Object.keys(b)])]
        .filter((key) => !same(a[key], b[key]))
        .map((key) => `settings.${key}`)
    })
    .sort()
}

function same(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b)
}

/** A sealed secret is one value, whatever it is made of. */
function isBag(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !('sealed' in value)
}
