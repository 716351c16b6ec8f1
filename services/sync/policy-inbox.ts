import type { Epoch, Inbox } from './contract.ts'
import type { SyncChecks } from './policy-checks.ts'

/** How far the cloud has taken a box's outbox. */
export interface InboxState extends Inbox {
  /** Who began the newest epochs, oldest first, four at most. */
  readonly holders: readonly string[]
  readonly halted: boolean
}

/** What the box is told of it. */
export function inboxOf({ epoch, lastSeq }: InboxState): Inbox {
  return { lastSeq, ...(epoch === undefined ? {} : { epoch }) }
}

export const EMPTY_INBOX: InboxState = { lastSeq: 0, holders: [], halted: false }
const HOLDERS = 4

export interface PushHead {
  readonly epoch: Epoch
  readonly holder: string
  readonly firstSeq: number
}

export type Admission =
  | { readonly kind: 'take'; readonly state: InboxState }
  /** `state` is to be stored when it differs: an alarm outlives the message that raised it. */
  | { readonly kind: 'gap' | 'fork' | 'halted'; readonly state: InboxState }

export function sameEpoch(a: Epoch | undefined, b: Epoch | undefined): boolean {
  return a !== undefined && b !== undefined && a.n === b.n && a.id === b.id
}

/** Whether a push may be looked at item by item, and from which state on. */
export function admit(state: InboxState, head: PushHead, checks: SyncChecks): Admission {
  if (state.halted) return { kind: 'halted', state }
  if (sameEpoch(state.epoch, head.epoch)) return { kind: head.firstSeq > state.lastSeq + 1 ? 'gap' : 'take', state }
  // A message of an older epoch that was on its way for weeks must not bring that epoch back.
  if (checks.epoch && state.epoch !== undefined && head.epoch.n <= state.epoch.n) return { kind: 'fork', state }
  if (head.firstSeq !== 1) return { kind: 'gap', state }
  // An epoch is begun only by a program that has heard of the one before. One that was superseded and begins another
  // is therefore alive beside its successor; no late message can look like that.
  const returned = state.holders.includes(head.holder) && state.holders.at(-1) !== head.holder
  if (checks.twins && returned) return { kind: 'halted', state: { ...state, halted: true } }
  const holders = [...state.holders, head.holder].slice(-HOLDERS)
  return { kind: 'take', state: { epoch: head.epoch, lastSeq: 0, holders, halted: false } }
}

export type Step = 'repeat' | 'decide' | 'gap' | 'fork'

/**
 * What to do with one mutation. `at` is the id that was taken under its number in this epoch, `known` whether its own
 * id was ever taken.
 */
export function stepOf(
  state: InboxState,
  item: { readonly seq: number; readonly mutationId: string },
  facts: { readonly at: string | undefined; readonly known: boolean },
  checks: SyncChecks,
): Step {
  if (item.seq <= state.lastSeq) {
    if (checks.fork && facts.at !== item.mutationId) return 'fork'
    return 'repeat'
  }
  if (item.seq !== state.lastSeq + 1) return 'gap'
  return facts.known && checks.remember ? 'repeat' : 'decide'
}
