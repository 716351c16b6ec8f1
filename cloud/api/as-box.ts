import type { Context, MiddlewareHandler } from 'hono'
import type { Counters } from '../../services/core/counters.ts'
import { refused } from '../../services/enrolment/answers.ts'
import type { CloudEnrolment } from '../../services/enrolment/cloud-deps.ts'
import type { BoxIdentity, PublicKey } from '../../services/enrolment/contract.ts'
import type { BoxSeen } from '../sync/box-seen.ts'

/** A box that has shown its token, and the key to seal for it. */
export type ProvenBox = BoxIdentity & { readonly sealingKey: PublicKey }
export type BoxEnv = { Variables: { box: ProvenBox } }

export interface AsBoxDeps {
  readonly enrolment: Pick<CloudEnrolment, 'verifyToken'>
  readonly seen: BoxSeen
  readonly counters: Counters
  /** The public address that a request came from, by the proxies that this cloud trusts. */
  readonly addressOf: (c: Context) => string
}

/** Lets in a box by its token, and notes that it was heard of. */
export function asBox({ enrolment, seen, counters, addressOf }: AsBoxDeps): MiddlewareHandler<BoxEnv> {
  return async (c, next) => {
    const outcome = await enrolment.verifyToken(tokenOf(c))
    c.header('cache-control', 'no-store')
    if (outcome.kind === 'refused') {
      counters.add('sync.unauthorized')
      return refused(c, outcome)
    }
    c.set('box', outcome.value)
    seen.note(outcome.value.boxId, addressOf(c))
    return next()
  }
}

/** The token of a request; empty: it has none that could be one. */
export function tokenOf(c: Context): string {
  return /^Bearer ([\w.-]{20,2000})$/i.exec(c.req.header('authorization') ?? '')?.[1] ?? ''
}
