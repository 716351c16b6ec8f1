import { BranchlineError, ConflictError, messageOf, NotFoundError, OperatorError } from '../core/errors.ts'
import { DiskFullError } from '../files/contract.ts'
import type { Fault } from '../phones/contract.ts'
import type { ErrorBody } from './schema.ts'

/** What an operator sent, with every fault by its path. */
export class InputError extends OperatorError {
  override readonly name = 'InputError'
  readonly faults: readonly Fault[]
  constructor(message: string, faults: readonly Fault[] = []) {
    super(message)
    this.faults = faults
  }
}

/** Something that only the local socket may have. */
export class ForbiddenError extends OperatorError {
  override readonly name = 'ForbiddenError'
}

export interface ErrorAnswer {
  readonly status: 400 | 403 | 404 | 409 | 412 | 500 | 507
  readonly body: ErrorBody
}

/** A fault with its place in a text, when it is in one. */
interface PlacedFault extends Fault {
  readonly file?: string
  readonly line?: number
  readonly column?: number
}

export function errorBody(code: string, message: string, faults: readonly PlacedFault[] = []): ErrorBody {
  return { error: { code, message, faults: faults.map(shown) } }
}

function shown({ path, message, file, line, column }: PlacedFault): PlacedFault {
  return {
    ...{ path, message },
    ...(file !== undefined && { file }),
    ...(line !== undefined && { line }),
    ...(column !== undefined && { column }),
  }
}

/** The answer for whatever a route threw. What is our own fault is told without detail: it may hold anything. */
export function answerFor(thrown: unknown, conditional: boolean): ErrorAnswer {
  const text = messageOf(thrown)
  if (thrown instanceof NotFoundError) return { status: 404, body: errorBody('not-found', text) }
  if (thrown instanceof ForbiddenError) return { status: 403, body: errorBody('forbidden', text) }
  // RFC 4918 section 11.5.
  if (thrown instanceof DiskFullError) return { status: 507, body: errorBody('disk-full', text) }
  if (thrown instanceof ConflictError)
    return conditional
      ? { status: 412, body: errorBody('precondition-failed', text) }
      : { status: 409, body: errorBody('conflict', text) }
  if (thrown instanceof BranchlineError && thrown.fault === 'operator')
    return { status: 400, body: errorBody('bad-input', text, faultsOf(thrown)) }
  return { status: 500, body: errorBody('internal', 'something went wrong here; the log of the box says what') }
}

/** The faults that an operator's error of any service carries, when it lists them. */
export function faultsOf(error: BranchlineError): PlacedFault[] {
  if (!('faults' in error) || !Array.isArray(error.faults)) return []
  return error.faults.flatMap((fault: unknown) => {
    if (typeof fault !== 'object' || fault === null || !('path' in fault) || !('message' in fault)) return []
    const { file, line, column } = fault as Partial<Record<string, unknown>>
    return [
      {
        ...{ path: String(fault.path), message: String(fault.message) },
        ...(typeof file === 'string' && { file }),
        ...(typeof line === 'number' && { line }),
        ...(typeof column === 'number' && { column }),
      },
    ]
  })
}
