import { z } from 'zod'
import type { Clock, EpochMs } from '../core/clock.ts'
import { messageOf, OperatorError } from '../core/errors.ts'
import type { Log } from '../core/log.ts'
import { makeCalls } from './box-calls.ts'
import { type BoxState, left, newKeys, newState, promoted, readState, type StoredClaim } from './box-state.ts'
import { describe, type Enrolment, problemOf, RefusedStep } from './box-view.ts'
import { rotationText } from './codec-signature.ts'
import type { ClaimFacts, CloudLink, TokenAnswer } from './contract.ts'
import { type KeyPair, signText, verifyText } from './crypto.ts'
import { firstKeys, followKeys } from './policy-keys.ts'
import { nextStepIn, type StepResult } from './policy-pace.ts'
import { claimFacts, enrolAnswer, rotateAnswer, tokenAnswer, VERSION } from './schema.ts'
import { type EnrolmentTransport, NoAnswerError } from './transport.ts'

/** Where the box keeps its identity. */
export interface BoxStore {
  /** Undefined before the first start. */
  load(): string | undefined
  /** Durable, whole or not at all, when it returns. */
  save(text: string): void
}

export interface BoxEnrolmentDeps {
  readonly store: BoxStore
  readonly transport: EnrolmentTransport
  /** The account's address, for people. */
  readonly url: string
  readonly facts: { readonly model: string; readonly boxVersion: string; readonly serial?: string }
  readonly clock: Clock
  readonly log: Log
  /** In [0, 1). */
  readonly random: () => number
  /** Random, made at this start of the program. */
  readonly bootId: string
  /** Told after every change of what `state()` says. */
  readonly onChange?: () => void
}

/** The box's half. Nothing of it keeps a phone waiting. */
export interface BoxEnrolment extends CloudLink {
  /** One step: ask for a code, poll, or look after the claim. Never throws; returns milliseconds until the next. */
  step(): Promise<number>
  /** A token for the account's other routes. Throws `NoAnswerError` or, when the box is in no account, `OperatorError`. */
  token(): Promise<string>
  /** The token was refused: the next call asks for another, and learns why. */
  refuseToken(token: string): void
  /** New keys at the next contact, told to the account by the old ones. */
  rotate(): void
  /** To whom the box belongs and which configuration keys it believes; undefined while it is in no account. */
  claim(): StoredClaim | undefined
  /** Pairs to which the account may have sealed, the current one first. */
  sealingKeys(): readonly KeyPair[]
}

/** Tokens are renewed so long before their end. */
const TOKEN_SPARE_MS = 5 * 60_000
const nothing = z.object({})

/** Reads the identity, making it at the first start. Throws `OperatorError` when the stored one cannot be read. */
export function makeBoxEnrolment(deps: BoxEnrolmentDeps): BoxEnrolment {
  const { store, url, clock, log } = deps
  const call = makeCalls(deps)
  const stored = store.load()
  let state = stored === undefined ? newState() : readState(stored)
  if (stored === undefined) store.save(JSON.stringify(state))

  let enrolment: Enrolment | undefined
  let alreadyClaimed = false
  let token: { readonly text: string; readonly from: EpochMs; readonly until: EpochMs } | undefined
  let unreachable: { readonly since: EpochMs; readonly reason: string } | undefined
  let problem: string | undefined
  let failures = 0
  let busy: Promise<unknown> = Promise.resolve()

  const base = () => ({ version: VERSION, bootId: deps.bootId })

  /** On disk first, then in force. */
  function keep(next: BoxState): void {
    store.save(JSON.stringify(next))
    state = next
  }

  /** A clock that went back tells nothing of a token's age. */
  function currentToken(): string | undefined {
    const now = clock.now()
    const good = token !== undefined && now >= token.from && now < token.until - TOKEN_SPARE_MS
    return good ? token?.text : undefined
  }

  /** One conversation at a time: a poll and a token must not cross. */
  function alone<Value>(work: () => Promise<Value>): Promise<Value> {
    const run = busy.then(work, work)
    busy = run.catch(() => undefined)
    return run
  }

  async function enrol(): Promise<StepResult> {
    const { identity, sealing } = state.keys
    const keys = { identityKey: identity.publicKey, sealingKey: sealing.publicKey }
    const body = { ...base(), ...keys, ...deps.facts }
    const asked = await call({ path: '/v1/enrolments', body, by: identity, answer: enrolAnswer })
    // Somebody left or new keys were made meanwhile: what this answers is over.
    if (identity !== state.keys.identity) return { kind: 'again' }
    alreadyClaimed = false
    if (asked.kind === 'done') {
      const { enrolmentId, userCode, claimPage, expiresIn, interval } = asked.value
      const expiresAt = clock.now() + expiresIn * 1000
      enrolment = { id: enrolmentId, code: userCode, claimPage, expiresAt, intervalMs: interval * 1000 }
      return { kind: 'pending', intervalMs: interval * 1000 }
    }
    if (asked.code === 'claimed') {
      alreadyClaimed = true
      return { kind: 'idle' }
    }
    return refusedBy(asked)
  }

  async function poll(current: Enrolment): Promise<StepResult> {
    const { identity } = state.keys
    const path = `/v1/enrolments/${current.id}/poll`
    const asked = await call({ path, body: base(), by: identity, answer: claimFacts })
    if (enrolment !== current || identity !== state.keys.identity) return { kind: 'again' }
    if (asked.kind === 'done') {
      const { configKeys, ...facts } = asked.value
      const pinned = [...firstKeys(configKeys, verifyText)]
      keep({ ...state, claim: { ...facts, pinned, claimedAt: clock.now() } })
      enrolment = undefined
      log.info('the box belongs to an account now', { org: facts.orgId, site: facts.siteId, box: facts.boxId })
      return { kind: 'again' }
    }
    if (asked.code === 'authorization_pending') return { kind: 'pending', intervalMs: current.intervalMs }
    if (asked.code === 'slow_down') {
      // RFC 8628 §3.5: five seconds more, also when the account says no number.
      current.intervalMs = Math.max(current.intervalMs + 5_000, asked.retryAfterMs ?? 0)
      return { kind: 'pending', intervalMs: current.intervalMs }
    }
    if (['expired', 'burned', 'denied', 'released', 'revoked', 'not-found'].includes(asked.code)) {
      enrolment = undefined
      return { kind: 'again' }
    }
    return refusedBy(asked)
  }

  function refusedBy({ code, retryAfterMs }: { code: string; retryAfterMs?: number }): StepResult {
    throw new RefusedStep(problemOf(code), retryAfterMs)
  }

  /** Asks for a token, and with it whether the box still belongs. */
  async function contact(claim: StoredClaim): Promise<StepResult> {
    const { next } = state
    if (next !== undefined) {
      const told = await tellNewKeys(claim, next)
      // `signature`: the account has gone over to the new keys already, and using them is all that is left to do.
      if (told.kind === 'refused' && told.code !== 'signature') return refusedClaim(claim, told)
    }
    const by = (next ?? state.keys).identity
    const body = { ...base(), boxId: claim.boxId }
    const asked = await call<TokenAnswer>({ path: '/v1/token', body, by, answer: tokenAnswer })
    if (state.claim?.boxId !== claim.boxId || by !== (state.next ?? state.keys).identity) return { kind: 'again' }
    if (asked.kind === 'done') {
      const { token: text, expiresIn, rotate } = asked.value
      keepFacts(next === undefined ? state : promoted(state), asked.value.claim)
      const from = clock.now()
      token = { text, from, until: from + expiresIn * 1000 }
      if (!rotate) return { kind: 'claimed' }
      keep({ ...state, next: newKeys() })
      return { kind: 'again' }
    }
    return refusedClaim(claim, asked)
  }

  function refusedClaim({ boxId }: StoredClaim, refusal: { code: string; retryAfterMs?: number }): StepResult {
    const { code } = refusal
    token = undefined
    if (code !== 'released' && code !== 'revoked') return refusedBy(refusal)
    if (state.claim?.boxId !== boxId) return { kind: 'again' }
    keep({ ...state, ended: { how: code, since: clock.now() } })
    log.warn('the account let the box go; phones are served as before', { how: code })
    return { kind: 'idle' }
  }

  /** Stores what changed; an unchanged claim costs no write. */
  function keepFacts(after: BoxState, { configKeys, ...facts }: ClaimFacts): void {
    const { claim } = after
    if (claim === undefined || facts.boxId !== claim.boxId) throw new NoAnswerError('the account spoke of another box')
    const pinned = [...followKeys(claim.pinned, configKeys, verifyText)]
    // Nothing of the earlier facts stays: another organisation may have no key to seal to.
    const next = { ...after, claim: { ...facts, pinned, claimedAt: claim.claimedAt } }
    if (JSON.stringify(next) !== JSON.stringify(state)) keep(next)
  }

  function tellNewKeys({ boxId }: StoredClaim, { identity, sealing }: BoxState['keys']) {
    const keys = { identityKey: identity.publicKey, sealingKey: sealing.publicKey }
    const proof = signText(identity, rotationText({ boxId, ...keys }))
    const body = { ...base(), ...keys, proof }
    return call({ path: `/v1/boxes/${boxId}/keys`, body, by: state.keys.identity, answer: rotateAnswer })
  }

  /** Those of releases that kept no address were all for the one that the configuration named. */
  const farewellsHere = () => state.farewells.filter((one) => one.url === undefined || one.url === url)

  /** Tells accounts that were left here. Whatever they answer settles it. */
  async function sayFarewell(): Promise<void> {
    for (const farewell of farewellsHere()) {
      const { boxId, identity } = farewell
      await call({ path: `/v1/boxes/${boxId}/leave`, body: base(), by: identity, answer: nothing })
      keep({ ...state, farewells: state.farewells.filter((one) => one.boxId !== boxId) })
    }
  }

  async function work(): Promise<StepResult> {
    if (farewellsHere().length > 0) await sayFarewell()
    const { claim, ended } = state
    if (claim === undefined) return enrolment === undefined ? enrol() : poll(enrolment)
    return ended === undefined ? contact(claim) : { kind: 'idle' }
  }

  /** Runs one conversation and remembers what became of it. */
  async function attempt(): Promise<StepResult> {
    try {
      const result = await work()
      ;[failures, unreachable, problem] = [0, undefined, undefined]
      return result
    } catch (thrown) {
      const isRefusal = thrown instanceof RefusedStep
      if (!isRefusal && !(thrown instanceof NoAnswerError)) throw thrown
      failures++
      const { retryAfterMs } = thrown
      problem = isRefusal ? thrown.message : undefined
      if (isRefusal) unreachable = undefined
      else unreachable = { since: unreachable?.since ?? clock.now(), reason: thrown.message }
      log.debug('no use of the account', { reason: thrown.message, failures })
      return { kind: 'failed', failures, ...(retryAfterMs !== undefined && { retryAfterMs }) }
    }
  }

  return {
    async step() {
      let result: StepResult
      try {
        result = await alone(attempt)
      } catch (thrown) {
        // A full disk, most likely: nothing was promised, and it is tried again.
        log.error('the claim cannot be looked after', { reason: messageOf(thrown) })
        failures++
        result = { kind: 'failed', failures }
      }
      deps.onChange?.()
      return nextStepIn(result, deps.random())
    },

    async token() {
      const kept = currentToken()
      if (kept !== undefined) return kept
      await alone(attempt)
      const fresh = currentToken()
      if (fresh !== undefined) return fresh
      if (state.claim === undefined || state.ended !== undefined)
        throw new OperatorError('this box is in no account (branchline cloud status)')
      throw new NoAnswerError(problem ?? unreachable?.reason ?? 'the account gave no token')
    },

    refuseToken(text) {
      if (token?.text === text) token = undefined
    },

    rotate() {
      if (state.claim !== undefined && state.next === undefined) keep({ ...state, next: newKeys() })
    },

    leave({ by }) {
      if (state.claim === undefined && !alreadyClaimed && problem === undefined)
        throw new OperatorError('this box belongs to no account')
      const was = state.claim
      keep(left(state, url))
      ;[enrolment, token, alreadyClaimed, problem] = [undefined, undefined, false, undefined]
      log.warn('the box was taken out of its account', { by, ...(was && { org: was.orgId, box: was.boxId }) })
      deps.onChange?.()
    },

    claim: () => (state.ended === undefined ? state.claim : undefined),
    sealingKeys: () => [
      state.keys.sealing,
      ...(state.next === undefined ? [] : [state.next.sealing]),
      ...state.formerSealing.toReversed(),
    ],

    state: () =>
      describe({
        ...{ url, state, alreadyClaimed },
        ...(enrolment && { enrolment }),
        ...(unreachable && { unreachable }),
        ...(problem !== undefined && { problem }),
      }),
  }
}
