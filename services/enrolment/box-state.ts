import { z } from 'zod'
import { InvariantError, OperatorError } from '../core/errors.ts'
import { type KeyPair, newKeyPair } from './crypto.ts'
import { claimFacts } from './schema.ts'

// What a box keeps of its identity and its claim: one text, sealed and written whole, so that no power cut separates a
// key from the claim that it belongs to.

const pair: z.ZodType<KeyPair> = z.object({ publicKey: z.string(), privateKey: z.string() })
const keys = z.object({ identity: pair, sealing: pair })
const claim = z.object({
  ...claimFacts.omit({ configKeys: true }).shape,
  claimedAt: z.number(),
  /** The account's configuration-signing keys that this box believes. */
  pinned: z.array(z.string()),
})
const stateSchema = z.object({
  form: z.literal(1),
  keys,
  /** New keys that the account has been told, or is about to be told; the old ones count until these were used. */
  next: keys.exactOptional(),
  /** What was sealed to earlier keys can still be opened. */
  formerSealing: z.array(pair),
  claim: claim.exactOptional(),
  /** The account ended the claim. What it brought stays in force until somebody decides here. */
  ended: z.object({ how: z.enum(['released', 'revoked']), since: z.number() }).exactOptional(),
  /** Accounts that were left here and have not been told yet. */
  farewells: z.array(z.object({ boxId: z.string(), identity: pair, url: z.string().exactOptional() })),
})

export type BoxState = z.infer<typeof stateSchema>
export type StoredClaim = z.infer<typeof claim>

/** Accounts to say farewell to, and former sealing keys: the newest ones. */
const MOST = 4

/** Both pairs, new. */
export function newKeys(): BoxState['keys'] {
  return { identity: newKeyPair('ed25519'), sealing: newKeyPair('x25519') }
}

export function newState(): BoxState {
  return { form: 1, keys: newKeys(), formerSealing: [], farewells: [] }
}

/** Throws `OperatorError` for what this release cannot read: it is left as it is, since the keys are in it. */
export function readState(text: string): BoxState {
  let tree: unknown
  try {
    tree = JSON.parse(text)
  } catch {
    throw new OperatorError('the stored identity of this box is damaged')
  }
  const result = stateSchema.safeParse(tree)
  if (result.success) return result.data
  const at = result.error.issues[0]?.path.map(String).join('.') ?? ''
  throw new OperatorError(`the stored identity of this box is of another form (at ${JSON.stringify(at)})`)
}

/** The state after the new keys were used for the first time. */
export function promoted({ next, ...state }: BoxState): BoxState {
  if (next === undefined) throw new InvariantError('no new keys to go over to')
  const formerSealing = [...state.formerSealing, state.keys.sealing].slice(-MOST)
  return { ...state, keys: next, formerSealing }
}

/**
 * The state after somebody here took the box out of its account at `url`: new keys, nothing of the account but a farewell,
 * which is for that address alone.
 */
export function left(state: BoxState, url: string): BoxState {
  const { claim: was, ended, keys: old, farewells } = state
  const farewell = was === undefined || ended !== undefined ? [] : [{ boxId: was.boxId, identity: old.identity, url }]
  return { form: 1, keys: newKeys(), formerSealing: [], farewells: [...farewells, ...farewell].slice(-MOST) }
}
