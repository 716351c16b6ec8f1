import { errorBody, ForbiddenError, faultsOf } from '../../services/admin/errors.ts'
import type { ErrorBody } from '../../services/admin/schema.ts'
import { BranchlineError, ConflictError, messageOf, NotFoundError, OperatorError } from '../../services/core/errors.ts'
import { DiskFullError } from '../../services/files/contract.ts'
import { TooManyError } from '../signin/limits.ts'
import { WrongCredentialsError } from '../signin/people.ts'

/** Somebody else was faster; `current` is what stands now, without secrets. */
export class StaleError extends OperatorError {
  override readonly name = 'StaleError'
  readonly current: unknown
  constructor(message: string, current: unknown) {
    super(message)
    this.current = current
  }
}

export interface CloudErrorAnswer {
  readonly status: 400 | 401 | 403 | 404 | 409 | 429 | 500 | 507
  readonly body: ErrorBody & { readonly current?: unknown }
  readonly retryAfter?: number
}

/** The answer for whatever a route threw, in the one error shape. Our own faults are told without detail. */
export function answerFor(thrown: unknown): CloudErrorAnswer {
  const text = messageOf(thrown)
  if (thrown instanceof TooManyError)
    return { status: 429, body: errorBody('too-many', text), retryAfter: Math.ceil(thrown.retryAfterMs / 1000) }
  if (thrown instanceof WrongCredentialsError) return { status: 401, body: errorBody('wrong-credentials', text) }
  if (thrown instanceof NotFoundError) return { status: 404, body: errorBody('not-found', text) }
  if (thrown instanceof ForbiddenError) return { status: 403, body: errorBody('forbidden', text) }
  if (thrown instanceof StaleError)
    return {
      status: 409,
      body: { ...errorBody('conflict', text), ...(thrown.current !== undefined && { current: thrown.current }) },
    }
  // RFC 4918 section 11.5.
  if (thrown instanceof DiskFullError) return { status: 507, body: errorBody('disk-full', text) }
  if (thrown instanceof ConflictError) return { status: 409, body: errorBody('conflict', text) }
  if (thrown instanceof BranchlineError && thrown.fault === 'operator')
    return { status: 400, body: errorBody('bad-input', text, faultsOf(thrown)) }
  return { status: 500, body: errorBody('internal', 'something went wrong here; the log of the cloud says what') }
}
