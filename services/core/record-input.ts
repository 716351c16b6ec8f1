import type { z } from 'zod'
import { OperatorError } from './errors.ts'

// How what somebody gave for a record is read: against its shape, every fault with its path.

/** One thing that is wrong in what somebody gave. */
export interface InputFault {
  /** E.g. `lines.0.user`. */
  readonly path: string
  readonly message: string
}

/** What is wrong with a record that somebody gave; every fault with its path. */
export class RecordError extends OperatorError {
  override readonly name = 'RecordError'
  readonly faults: readonly InputFault[]
  constructor(what: string, faults: readonly InputFault[]) {
    super(`${what} cannot be stored: ${faults.map((fault) => `${fault.path}: ${fault.message}`).join('; ')}`)
    this.faults = faults
  }
}

export type ReadInput<Body> = { readonly body: Body } | { readonly faults: readonly InputFault[] }

/** Checks an input against its shape. */
export function readInput<Body>(schema: z.ZodType<Body>, input: unknown): ReadInput<Body> {
  const parsed = schema.safeParse(input)
  if (parsed.success) return { body: parsed.data }
  const pathOf = (path: readonly PropertyKey[]) => path.map(String).join('.') || '(record)'
  return { faults: parsed.error.issues.map(({ path, message }) => ({ path: pathOf(path), message })) }
}

/** The body that was read; throws `RecordError` about `what` when it has faults. */
export function bodyOf<Body>(what: string, given: ReadInput<Body>): Body {
  if ('faults' in given) throw new RecordError(what, given.faults)
  return given.body
}

type Bag = Readonly<Record<string, unknown>>

/**
 * Fields that mean nothing here and were not stored before. A record keeps what a newer release wrote into it, but from
 * a person they are slips: a `password` where `secret` was meant would do nothing, and lie on disk in plain.
 */
export function strangers(prefix: string, given: Bag, known: object, before: Bag | undefined): InputFault[] {
  return Object.keys(given)
    .filter((name) => !Object.hasOwn(known, name) && !(before !== undefined && Object.hasOwn(before, name)))
    .map((name) => ({ path: `${prefix}${name}`, message: 'no such field' }))
}
