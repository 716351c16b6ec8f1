import type { Epoch, Inbox } from './contract.ts'
import type { SyncChecks } from './policy-checks.ts'
import { sameEpoch } from './policy-inbox.ts'

/** What the box knows of its own outbox. */
export interface OutboxFacts {
  readonly epoch: Epoch
  /** The newest number that was given. */
  readonly lastSeq: number
  /** The newest number that the cloud has taken, as far as the box heard. */
  readonly takenSeq: number
  /** The oldest number from which on every mutation is still here; `lastSeq + 1` when none is. */
  readonly keptFrom: () => number
}

export type Alignment =
  | { readonly do: 'go-on' }
  /** These are to be sent again under the same numbers. */
  | { readonly do: 'resend'; readonly from: number }
  /**
   * Everything that is still here is to be renumbered from 1 and sent again; ids make it harmless. `behind`: because the
   * cloud lost some of it, and not because it has more than this box knows of.
   */
  | { readonly do: 'new-epoch'; readonly n: number; readonly behind: boolean }

/** A box that is further behind than that comes up in several steps. */
const LEAP = 1_000

/**
 * The number of an epoch that is newer than both. A leap is limited, so that no answer can bring a box to the end of
 * the numbers, where it could outdo nobody any more.
 */
export function nextEpoch(own: number, theirs: number | undefined): number {
  return Math.min(Math.max(own, theirs ?? 0) + 1, own + LEAP)
}

/** Compares both sides' idea of the outbox and says how the box mends a difference. */
export function align(facts: OutboxFacts, inbox: Inbox, checks: SyncChecks): Alignment {
  const theirs = inbox.epoch
  const next = { do: 'new-epoch', n: nextEpoch(facts.epoch.n, theirs?.n) } as const
  const same = sameEpoch(theirs, facts.epoch)
  // Another copy of this box, or this box after the backup that it was restored from, went on without it.
  if (theirs !== undefined && !same && theirs.n >= facts.epoch.n) return { ...next, behind: false }
  const last = same ? inbox.lastSeq : 0
  if (last > facts.lastSeq) return { ...next, behind: false }
  if (last >= facts.takenSeq) return { do: 'go-on' }
  // The cloud lost what it had acknowledged: it was restored, or failed over without its last seconds.
  if (checks.kept && facts.keptFrom() <= last + 1) return { do: 'resend', from: last + 1 }
  return { ...next, behind: true }
}
