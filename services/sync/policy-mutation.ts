import type { JsonObject } from '../records/contract.ts'
import type { FeedName, Mutation, Patch } from './contract.ts'
import { groupsOf, mayEdit } from './policy-ownership.ts'
import { type Hash, patched, pick, type SecretId, valueText } from './policy-value.ts'

/** A change of a record as the box's history has it. Undefined: there was, or is, no record. */
export interface LocalChange {
  readonly mutationId: string
  readonly kind: string
  readonly id: string
  readonly before?: JsonObject
  readonly after?: JsonObject
  readonly by: string
  readonly at: number
}

/** Where the record came from that was changed, and where an override of it lives. */
export interface Origin {
  readonly feed: FeedName
  readonly own: FeedName
}

/**
 * The mutations that a change amounts to: one for each field group that differs. A change of what the cloud alone may
 * change becomes a whole record in the branch's own feed, where it is in force before the other. Ids are made of the
 * change's, so that the same change always makes the same mutations.
 */
export function mutationsOf(
  change: LocalChange,
  origin: Origin,
  use: { readonly hash: Hash; readonly secretId: SecretId },
): readonly Omit<Mutation, 'seq'>[] {
  const { kind, id, after, by, at } = change
  const override = after !== undefined && !mayEdit(kind, origin.feed)
  const before = override ? undefined : change.before
  const text = (body: JsonObject) => valueText(body, use.secretId)
  const made = (group: string, base: string | null, patch: Patch | null) => {
    const feed = override ? origin.own : origin.feed
    return { mutationId: `${change.mutationId}:${group}`, feed, kind, id, group, base, patch, by, at }
  }
  if (after === undefined) return before === undefined ? [] : [made('*', use.hash(text(before)), null)]
  const mutations = groupsOf(kind, before ?? {}, after).flatMap(({ name, fields }) => {
    const old = pick(before ?? {}, fields)
    const set = pick(after, fields)
    if (text(old) === text(set)) return []
    const unset = fields.filter((field) => !Object.hasOwn(set, field))
    return [made(name, before === undefined ? null : use.hash(text(old)), { set, unset })]
  })
  // A record without a field is a record too.
  return before === undefined && mutations.length === 0 ? [made('record', null, { set: {}, unset: [] })] : mutations
}

/** What a record looks like with edits that are not reflected in it yet. Undefined: there is none. */
export function overlaid(
  confirmed: { readonly body: JsonObject; readonly deleted: boolean } | undefined,
  edits: readonly Pick<Mutation, 'base' | 'patch'>[],
): JsonObject | undefined {
  let body = confirmed === undefined || confirmed.deleted ? undefined : confirmed.body
  for (const { base, patch } of edits) {
    if (patch === null) body = undefined
    // Removed in the cloud, edited here: until that is decided the phone keeps all that it had.
    else body = patched(body ?? (base === null ? {} : (confirmed?.body ?? {})), patch)
  }
  return body
}
