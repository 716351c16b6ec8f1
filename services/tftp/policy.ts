import type { TftpOption, TftpRequest } from './codec.ts'
import { ErrorCode } from './codec.ts'

/** What the operator allows a transfer to use. */
export interface TransferLimits {
  /** Octets of data in one block at most: what the link carries without fragments, 1468 on Ethernet. */
  readonly maxBlockSize: number
  /** Blocks in flight at most (RFC 7440). */
  readonly maxWindowSize: number
}

/** How one transfer runs. */
export interface Terms {
  readonly blockSize: number
  readonly windowSize: number
  /** What the client asked for (RFC 2349), in milliseconds; undefined: we choose and adapt. */
  readonly timeoutMs: number | undefined
  /** The options to acknowledge; none: no option acknowledgment is sent at all (RFC 2347 §3). */
  readonly acknowledged: readonly TftpOption[]
}

const DEFAULT_BLOCK_SIZE = 512

/**
 * Reads the options of a request. Unknown options, values out of range and repeats are left out of the
 * acknowledgment, which is how RFC 2347 declines an option; the request itself goes on.
 * `size` is the size in octets as sent; undefined when it is the peer who sends.
 */
export function negotiate(options: readonly TftpOption[], limits: TransferLimits, size: number | undefined): Terms {
  const acknowledged: TftpOption[] = []
  const seen = new Set<string>()
  let blockSize = DEFAULT_BLOCK_SIZE
  let windowSize = 1
  let timeoutMs: number | undefined
  for (const { name, value } of options) {
    const known = name.toLowerCase()
    if (seen.has(known)) continue
    seen.add(known)
    const number = readNumber(value)
    if (number === undefined) continue
    let answer: number | undefined
    if (known === 'blksize' && number >= 8 && number <= 65_464) {
      // RFC 2348: the answer is at most what was asked.
      blockSize = Math.min(number, limits.maxBlockSize)
      answer = blockSize
    } else if (known === 'windowsize' && number >= 1 && number <= 65_535) {
      windowSize = Math.min(number, limits.maxWindowSize)
      answer = windowSize
    } else if (known === 'timeout' && number >= 1 && number <= 255) {
      timeoutMs = number * 1000
      answer = number
    } else if (known === 'tsize') {
      answer = size ?? number
    }
    if (answer !== undefined) acknowledged.push({ name, value: String(answer) })
  }
  return { blockSize, windowSize, timeoutMs, acknowledged }
}

/** The size that a write request announces, when it does. */
export function announcedSize(options: readonly TftpOption[]): number | undefined {
  const option = options.find(({ name }) => name.toLowerCase() === 'tsize')
  return option === undefined ? undefined : readNumber(option.value)
}

export type ModeDecision =
  | { readonly kind: 'go'; readonly netascii: boolean }
  | { readonly kind: 'refuse'; readonly code: number; readonly text: string }

/** `mail` is obsolete (RFC 1350 §1), and what no RFC names cannot be converted. */
export function decideMode(request: TftpRequest): ModeDecision {
  if (request.mode === 'octet') return { kind: 'go', netascii: false }
  if (request.mode === 'netascii') return { kind: 'go', netascii: true }
  return { kind: 'refuse', code: ErrorCode.illegalOperation, text: 'Illegal TFTP operation' }
}

function readNumber(text: string): number | undefined {
  return /^\d{1,15}$/.test(text) ? Number(text) : undefined
}
