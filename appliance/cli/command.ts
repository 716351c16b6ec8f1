import { OperatorError } from '../../services/core/errors.ts'
import type { Mac } from '../../services/core/mac.ts'
import { readSpelledMac } from '../../services/core/spelled-mac.ts'

/** Where a command reads and writes; tests give their own. */
export interface Terminal {
  readonly env: Readonly<Record<string, string | undefined>>
  readonly root: boolean
  out(text: string): void
  err(text: string): void
  outBytes(bytes: Uint8Array): void
}

export interface FlagSpec {
  readonly name: string
  readonly short?: string
  /** What stands for the value in the help; absent for a switch. */
  readonly value?: string
  readonly help: string
}

export interface Invocation {
  readonly terminal: Terminal
  readonly words: readonly string[]
  /** Values by flag name; a switch that was given is `'true'`. */
  readonly flags: Readonly<Record<string, string | undefined>>
  readonly json: boolean
}

export interface Command {
  readonly name: string
  /** What follows the name, e.g. `MAC [FILE]`. */
  readonly words: string
  /** How many words may follow the name. */
  readonly most: number
  readonly help: string
  readonly flags: readonly FlagSpec[]
  /** Returns the exit code. */
  run(invocation: Invocation): Promise<number>
}

/** Exit codes of every command; documented in docs/command-line.md. */
export const EXIT = { ok: 0, failed: 1, usage: 2, unreachable: 3, notFound: 4, refused: 5 } as const

/** The words of the command line make no sense. */
export class UsageError extends OperatorError {
  override readonly name = 'UsageError'
}

/** No box answers on the local socket. */
export class UnreachableError extends OperatorError {
  override readonly name = 'UnreachableError'
}

/** The word at `index` or a `UsageError` that says what is missing. */
export function wordAt(invocation: Invocation, index: number, what: string): string {
  const word = invocation.words[index]
  if (word === undefined) throw new UsageError(`${what} is missing`)
  return word
}

/** The word at `index` as a MAC in any common spelling; what is wrong with it is said. */
export function macAt(invocation: Invocation, index: number): Mac {
  const read = readSpelledMac(wordAt(invocation, index, 'the MAC'))
  if ('fault' in read) throw new OperatorError(read.fault)
  return read.mac
}
