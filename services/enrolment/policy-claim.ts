import type { EpochMs } from '../core/clock.ts'

// Where a claim stands: open → coded → confirmed | expired | denied | burned. Time is an argument.

export type ClaimState = 'open' | 'coded' | 'confirmed' | 'expired' | 'denied' | 'burned'

export interface Claim {
  readonly state: ClaimState
  readonly expiresAt: EpochMs
  /** Who typed the code first: from then on it is theirs. */
  readonly coder?: string
  /** Wrong phrases, each once: a message that came twice is one guess. */
  readonly wrong: readonly string[]
  /** It ended because two boxes with the same key asked. */
  readonly cloned?: true
}

export type ClaimEvent =
  /** Somebody typed the code. */
  | { readonly kind: 'code'; readonly by: string }
  /** They went on with a phrase that is right or wrong, or were allowed to without. */
  | { readonly kind: 'phrase'; readonly by: string; readonly phrase: string; readonly right: boolean }
  /** They saw that it is not their box. */
  | { readonly kind: 'deny'; readonly by: string }
  /** The box stands on a list. */
  | { readonly kind: 'preloaded' }
  /** Two boxes with this key ask: whose would be claimed? */
  | { readonly kind: 'cloned' }

export type ClaimStep =
  | { readonly kind: 'go'; readonly claim: Claim }
  | {
      readonly kind: 'stop'
      readonly why: 'expired' | 'burned' | 'denied' | 'claimed' | 'taken' | 'not-coded' | 'wrong'
      /** What to keep although it was refused. */
      readonly claim: Claim
    }

/** An unclaimed enrolment dies after a quarter of an hour; the box then asks for another code by itself. */
export const LIFETIME_MS = 15 * 60_000
/** After so many wrong phrases the code is burned. */
export const PHRASE_TRIES = 3
/** A claim can be told again so long to a box that did not hear it. */
export const REPEAT_MS = 24 * 3_600_000

/** Where it stands now: what was not confirmed in time has expired. */
export function stateAt(claim: Claim, now: EpochMs): ClaimState {
  const waiting = claim.state === 'open' || claim.state === 'coded'
  return waiting && now >= claim.expiresAt ? 'expired' : claim.state
}

/** What an event makes of a claim. */
export function advance(claim: Claim, event: ClaimEvent, now: EpochMs): ClaimStep {
  const state = stateAt(claim, now)
  const stop = (why: (ClaimStep & { kind: 'stop' })['why'], kept: Claim = claim): ClaimStep => ({
    kind: 'stop',
    why,
    claim: kept,
  })
  const go = (next: Partial<Claim>): ClaimStep => ({ kind: 'go', claim: { ...claim, ...next } })
  if (state === 'confirmed') return stop('claimed')
  if (state === 'expired' || state === 'denied' || state === 'burned') return stop(state)
  if (event.kind === 'preloaded') return go({ state: 'confirmed' })
  if (event.kind === 'cloned') return go({ state: 'denied', cloned: true })
  if (event.kind === 'code') {
    if (claim.coder !== undefined && claim.coder !== event.by) return stop('taken')
    return go({ state: 'coded', coder: event.by })
  }
  if (state !== 'coded') return stop('not-coded')
  if (claim.coder !== event.by) return stop('taken')
  if (event.kind === 'deny') return go({ state: 'denied' })
  if (event.right) return go({ state: 'confirmed' })
  const wrong = claim.wrong.includes(event.phrase) ? claim.wrong : [...claim.wrong, event.phrase]
  const burned = wrong.length >= PHRASE_TRIES
  return stop(burned ? 'burned' : 'wrong', { ...claim, wrong, ...(burned && { state: 'burned' as const }) })
}
