import type { Context } from 'hono'
import type { ContentfulStatusCode } from 'hono/utils/http-status'
import { OperatorError } from '../core/errors.ts'
import type { Outcome, Refusal, RefusalCode } from './contract.ts'

/** RFC 6585 §3: 428, what RFC 8628 calls pending is a condition that is not met yet. */
export const STATUS: Readonly<Record<RefusalCode, ContentfulStatusCode>> = {
  authorization_pending: 428,
  slow_down: 429,
  expired: 410,
  burned: 410,
  denied: 403,
  claimed: 409,
  released: 410,
  revoked: 403,
  cloned: 403,
  signature: 401,
  challenge: 401,
  upgrade: 426,
  busy: 503,
  'wrong-code': 404,
  'wrong-phrase': 403,
  'phrase-needed': 400,
  taken: 409,
  occupied: 409,
  forbidden: 403,
  limited: 429,
  malformed: 400,
  'not-found': 404,
}

/** The error shape that every API of this project has. */
export function errorOf(code: string, message: string) {
  return { error: { code, message, faults: [] as { path: string; message: string }[] } }
}

/** A refusal as an HTTP answer. */
export function refused(c: Context, { code, message, retryAfter }: Refusal): Response {
  if (retryAfter !== undefined) c.header('retry-after', String(retryAfter))
  return c.json(errorOf(code, message), STATUS[code])
}

/** A refusal on its way to a router's `onError`, for routes whose answers are typed. */
export class RefusedError extends OperatorError {
  override readonly name = 'RefusedError'
  readonly refusal: Refusal
  constructor(refusal: Refusal) {
    super(refusal.message)
    this.refusal = refusal
  }
}

/** What came of it; throws `RefusedError` otherwise. */
export function done<Value>(outcome: Outcome<Value>): Value {
  if (outcome.kind === 'refused') throw new RefusedError(outcome)
  return outcome.value
}

/** An outcome as an HTTP answer; `status` is that of success. */
export function answer<Value extends object>(
  c: Context,
  outcome: Outcome<Value>,
  status: ContentfulStatusCode = 200,
): Response {
  return outcome.kind === 'refused' ? refused(c, outcome) : c.json(outcome.value, status)
}
