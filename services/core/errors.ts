/** Whose fault a failure is: the peer's bytes, the operator's settings, or an invariant of ours. */
export type Fault = 'peer' | 'operator' | 'invariant'

/** Base of every error this project throws. The message is lowercase and carries the value and where it stood. */
export abstract class BranchlineError extends Error {
  abstract readonly fault: Fault
  override readonly name: string = 'BranchlineError'
}

/** The bytes of a peer cannot be used: count, drop, never answer. */
export class MalformedPacketError extends BranchlineError {
  override readonly name = 'MalformedPacketError'
  readonly fault = 'peer'
}

/** What an operator gave (configuration, template, upload, command line) cannot be used. */
export class OperatorError extends BranchlineError {
  override readonly name: string = 'OperatorError'
  readonly fault = 'operator'
}

/** The thing an operator named does not exist. */
export class NotFoundError extends OperatorError {
  override readonly name = 'NotFoundError'
}

/** The record changed since the revision that the edit was based on. */
export class ConflictError extends OperatorError {
  override readonly name = 'ConflictError'
}

/** Something that this code promised itself does not hold. */
export class InvariantError extends BranchlineError {
  override readonly name = 'InvariantError'
  readonly fault = 'invariant'
}

/** The text of whatever was thrown, for a log line. */
export function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown)
}
