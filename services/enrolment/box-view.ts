import type { EpochMs } from '../core/clock.ts'
import { OperatorError } from '../core/errors.ts'
import type { BoxState } from './box-state.ts'
import { phraseOf } from './codec-phrase.ts'
import type { CloudState } from './contract.ts'
import { fingerprintOf, keyHash } from './crypto.ts'

/** A code that the account has given. It is not stored: after a restart the same one is given again while it lives. */
export interface Enrolment {
  readonly id: string
  readonly code: string
  readonly claimPage: string
  readonly expiresAt: EpochMs
  intervalMs: number
}

export interface Seen {
  readonly url: string
  readonly state: BoxState
  readonly enrolment?: Enrolment
  readonly alreadyClaimed: boolean
  readonly unreachable?: { readonly since: EpochMs; readonly reason: string }
  readonly problem?: string
}

/** What people see of where the box stands. */
export function describe({ url, state, enrolment, alreadyClaimed, unreachable, problem }: Seen): CloudState {
  const contact = { url, ...(unreachable && { unreachable }), ...(problem !== undefined && { problem }) }
  const { claim, ended, keys } = state
  if (claim !== undefined) {
    const { boxId, orgId, orgName, siteId, claimedAt } = claim
    const membership = { url, boxId, orgId, orgName, siteId, claimedAt }
    if (ended !== undefined) return { state: ended.how, ...membership, since: ended.since }
    return { state: 'claimed', ...contact, ...membership }
  }
  const { publicKey } = keys.identity
  const known = { ...contact, fingerprint: fingerprintOf(publicKey), phrase: phraseOf(keyHash(publicKey)) }
  if (alreadyClaimed) return { state: 'already-claimed', ...known }
  if (enrolment === undefined) return { state: 'unclaimed', ...known }
  const { code, claimPage, expiresAt } = enrolment
  const claimUrl = `${claimPage}${claimPage.includes('?') ? '&' : '?'}code=${code}`
  return { state: 'unclaimed', ...known, code, claimPage, claimUrl, expiresAt }
}

/** The account answered, and the answer is no. */
export class RefusedStep extends OperatorError {
  override readonly name = 'RefusedStep'
  readonly retryAfterMs: number | undefined
  constructor(message: string, retryAfterMs: number | undefined) {
    super(message)
    this.retryAfterMs = retryAfterMs
  }
}

const PROBLEMS: Readonly<Record<string, string | undefined>> = {
  signature: 'the account does not know this box by its key; was it put back from a backup?',
  cloned:
    'another box uses the same key: choose the right one in the account, or take this one out (branchline cloud leave)',
  denied: 'another box uses the same key: give this one new keys (branchline cloud leave)',
  limited: 'many boxes behind this internet address wait to be claimed',
  upgrade: 'the account is older than this box and does not understand it',
  malformed: 'the account did not understand this box',
}

/** What a person at the box is told of a refusal; the account's own words are not shown. */
export function problemOf(code: string): string {
  return PROBLEMS[code] ?? `the account refused (${code.replace(/[^\w-]/g, '.')})`
}
