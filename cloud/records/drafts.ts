import { randomBytes } from 'node:crypto'
import type { EpochMs } from '../../services/core/clock.ts'
import { ConflictError, InvariantError, NotFoundError } from '../../services/core/errors.ts'
import type { SecretBox } from '../../services/core/secret.ts'
import type {
  Change,
  JsonObject,
  RecordKind,
  Records,
  StoredRecord,
  WriteOptions,
} from '../../services/records/contract.ts'
import { bodyText, checkId, checkOptions, readBody, sameJson } from '../../services/records/policy.ts'
import { mapBodySecrets } from '../../services/sync/policy-value.ts'
import type { FeedRecord } from '../../services/sync/storage.ts'
import type { AccountKey } from '../enrolment/account-keys.ts'

/** A record that an edit has made; no body: it was taken away. */
export interface Draft {
  readonly kind: RecordKind
  readonly id: string
  readonly body: JsonObject | undefined
}

export interface Drafts extends Records {
  /** What was written, each secret with the id that names it. */
  drafts(): readonly Draft[]
}

/**
 * Some records of a feed for the time of one request, as the services of the box want them. What they write is kept here,
 * until the request puts it into the feed; so whatever a box would refuse is refused in the same words.
 */
export function makeDrafts(rows: readonly FeedRecord[], now: EpochMs): Drafts {
  const ids = new Map<string, string | undefined>()
  const held = new Map<string, StoredRecord>()
  const written = new Map<string, Draft>()
  const listeners = new Set<(change: Change) => void>()
  const keyOf = (kind: RecordKind, id: string) => `${kind}/${id}`
  for (const { kind, id, rev, body, updatedBy, updatedAt } of rows) {
    // The services know secrets by their seal alone.
    const plain = mapBodySecrets(body, ({ sealed, id: secretId }) => {
      ids.set(sealed, secretId)
      return { sealed }
    })
    const record = { kind: kind as RecordKind, id, rev, body: plain, updatedBy, updatedAt }
    held.set(keyOf(record.kind, id), record)
  }

  /** A secret that stayed keeps its name, a new one is given one. */
  function named(body: JsonObject): JsonObject {
    return mapBodySecrets(body, ({ sealed }) => {
      if (!ids.has(sealed)) ids.set(sealed, randomBytes(16).toString('hex'))
      const id = ids.get(sealed)
      return id === undefined ? { sealed } : { sealed, id }
    })
  }

  function check(kind: RecordKind, id: string, options: WriteOptions): StoredRecord | undefined {
    checkId(kind, id)
    checkOptions(options)
    const before = held.get(keyOf(kind, id))
    const rev = before?.rev ?? 0
    if (options.base !== undefined && options.base !== rev)
      throw new ConflictError(`${kind} ${id} is at revision ${rev}, the edit was based on ${options.base}`)
    return before
  }

  function put(kind: RecordKind, id: string, body: JsonObject, options: WriteOptions): StoredRecord {
    const before = check(kind, id, options)
    const stored = readBody(bodyText(kind, id, body))
    if (before !== undefined && sameJson(before.body, stored)) return before
    const rev = (before?.rev ?? 0) + 1
    const record: StoredRecord = { kind, id, rev, body: stored, updatedBy: options.by, updatedAt: now }
    held.set(keyOf(kind, id), record)
    written.set(keyOf(kind, id), { kind, id, body: named(stored) })
    const change = { seq: written.size, mutationId: '', kind, id, after: stored, by: options.by, at: now }
    for (const listener of listeners) listener(change)
    return record
  }

  return {
    get: (kind, id) => held.get(keyOf(kind, id)),
    list: (kind) => [...held.values()].filter((record) => record.kind === kind),
    put,
    putMany: (items, options) => items.map(({ kind, id, body }) => put(kind, id, body, options)),
    remove(kind, id, options) {
      if (check(kind, id, options) === undefined) throw new NotFoundError(`no ${kind} ${id}`)
      held.delete(keyOf(kind, id))
      written.set(keyOf(kind, id), { kind, id, body: undefined })
    },
    batch(): never {
      throw new InvariantError('drafts are written by one request alone')
    },
    history: () => [],
    recent: () => [],
    onChange(listener) {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
    drafts: () => [...written.values()],
  }
}

/** Seals for an account. A secret that is given once more stays as it was sealed, so that nothing changes by it. */
export function accountSecrets(key: AccountKey): SecretBox {
  const known = new Map<string, string>()
  return {
    open(sealed) {
      const plain = key.open(sealed)
      known.set(plain, sealed)
      return plain
    },
    seal(plain) {
      const sealed = known.get(plain) ?? key.seal(plain)
      known.set(plain, sealed)
      return sealed
    },
  }
}

/** For views, which only say whether a secret is set: nothing is opened. */
export const unopened: SecretBox = {
  open: () => 'set',
  seal() {
    throw new InvariantError('a view seals nothing')
  },
}
