import type { JsonObject } from '../records/contract.ts'
import type { Mutation, Outcome, Patch, RejectCode } from './contract.ts'
import { mayEdit, ownerOf, ruleOf } from './policy-ownership.ts'
import { type Hash, patched, pick, valueText, wireSecretId } from './policy-value.ts'

/** A record as the cloud has it. A removed one keeps its last body for as long as its tombstone stays. */
export interface Standing {
  readonly body: JsonObject
  readonly deleted: boolean
}

/** A value that did not stand, kept for a person to see and to choose. */
export interface Loser {
  /** Whose value it was. */
  readonly side: 'box' | 'cloud'
  /** Null: it was a removal. */
  readonly value: JsonObject | null
  /** Only secrets differ: it is kept seven days and no longer. */
  readonly secret: boolean
  /** Somebody should look soon: the box's network replaced the cloud's. */
  readonly alert: boolean
}

export interface Decision {
  readonly outcome: Outcome['outcome']
  readonly code?: RejectCode
  /** The body to write, null to remove; absent: nothing is written. */
  readonly write?: JsonObject | null
  readonly loser?: Loser
}

/** A record's limit, as characters of its JSON text; the box's store has the same. */
export const MAX_BODY = 256 * 1024

/**
 * Decides one mutation, three-way by value: what the person saw, what stands now, what the person made of it. It sees
 * nothing but its arguments, so the same mutations in the same order end the same, however they were split.
 */
export function decide(mutation: Mutation, standing: Standing | undefined, hash: Hash): Decision {
  if (!mayEdit(mutation.kind, mutation.feed)) return { outcome: 'rejected', code: 'cloud-owned' }
  const decision =
    mutation.patch === null ? removal(mutation, standing, hash) : edit(mutation, mutation.patch, standing, hash)
  if (decision.write && JSON.stringify(decision.write).length > MAX_BODY)
    return { outcome: 'rejected', code: 'too-large' }
  return decision
}

function removal(mutation: Mutation, standing: Standing | undefined, hash: Hash): Decision {
  if (standing === undefined || standing.deleted) return { outcome: 'applied' }
  if (hash(valueText(standing.body, wireSecretId)) === mutation.base) return { outcome: 'applied', write: null }
  const rule = ruleOf(mutation.kind)
  if (rule.removal === 'edit-wins')
    return { outcome: 'conflict', loser: { side: 'box', value: null, secret: false, alert: false } }
  const loser: Loser = { side: 'cloud', value: standing.body, secret: false, alert: rule.alert }
  return { outcome: 'merged', write: null, loser }
}

function edit(mutation: Mutation, patch: Patch, standing: Standing | undefined, hash: Hash): Decision {
  if (standing === undefined || standing.deleted) return revival(mutation, patch, standing)
  const fields = [...Object.keys(patch.set), ...patch.unset]
  const current = pick(standing.body, fields)
  const text = valueText(current, wireSecretId)
  if (text === valueText(patch.set, wireSecretId)) return { outcome: 'applied' }
  const write = patched(standing.body, patch)
  // Made on both sides: each group of the one that is empty on the other is taken.
  if (hash(text) === (mutation.base ?? hash('{}'))) return { outcome: 'applied', write }
  const secret = masked(current) === masked(patch.set)
  if (ownerOf(mutation.kind, fields) === 'box' || secret) {
    const { alert } = ruleOf(mutation.kind)
    return { outcome: 'merged', write, loser: { side: 'cloud', value: current, secret, alert } }
  }
  return { outcome: 'conflict', loser: { side: 'box', value: patch.set, secret: false, alert: false } }
}

/** An edit of a record that is not there. */
function revival(mutation: Mutation, patch: Patch, standing: Standing | undefined): Decision {
  if (mutation.base === null) return { outcome: 'applied', write: patch.set }
  const rule = ruleOf(mutation.kind)
  if (rule.removal === 'removal-wins')
    return { outcome: 'conflict', loser: { side: 'box', value: patch.set, secret: false, alert: false } }
  return {
    outcome: 'merged',
    write: patched(standing?.body ?? {}, patch),
    loser: { side: 'cloud', value: null, secret: false, alert: rule.alert },
  }
}

/**
 * The body that a record gets when a person takes the value that did not stand; null: it is removed. `fields` are those
 * that the value is of, none for a whole record.
 */
export function taken(
  { fields, value }: { readonly fields: readonly string[]; readonly value: JsonObject | null },
  standing: Standing | undefined,
): JsonObject | null {
  if (value === null || fields.length === 0) return value
  return patched(standing?.body ?? {}, { set: value, unset: fields.filter((field) => !Object.hasOwn(value, field)) })
}

/** The text of a value without its secrets: the last writer of a secret wins where nothing else differs. */
function masked(value: JsonObject): string {
  return valueText(value, () => '')
}
