import { concat } from './bytes.ts'
import { messageOf } from './errors.ts'

// What every conversation that the box begins over HTTP has in common. The requests themselves are made where they belong.

/** Who asks for more time than this is asked again after it. */
const MOST_RETRY_AFTER_MS = 3_600_000

/**
 * Milliseconds to wait, by the headers `retry-after` and `date` of an answer. RFC 9110 §10.2.3: seconds, or a date, which is
 * compared with the server's own so that no clock here matters.
 */
export function retryAfterMs(retryAfter: string | null, date: string | null): number | undefined {
  const text = retryAfter?.trim() ?? ''
  if (text === '') return undefined
  const ms = /^\d{1,9}$/.test(text) ? Number(text) * 1000 : Date.parse(text) - Date.parse(date ?? '')
  return Number.isNaN(ms) ? undefined : Math.min(MOST_RETRY_AFTER_MS, Math.max(0, ms))
}

/** Why no answer came, in words of ours: the runtime's texts carry URLs and advice for programmers. */
export function noAnswerReason(thrown: unknown, now: number): string {
  const code = thrown instanceof Error && 'code' in thrown ? String(thrown.code) : ''
  if (code === 'CERT_NOT_YET_VALID' || code === 'CERT_HAS_EXPIRED')
    return `the account's certificate is not valid at the time of this box (${new Date(now).toISOString().slice(0, 16)} UTC): if that is wrong, set its clock`
  if (thrown instanceof Error && thrown.name === 'TimeoutError') return 'no answer in time'
  if (/^[A-Za-z_]{3,60}$/.test(code)) return `cannot be reached (${code})`
  return `cannot be reached: ${messageOf(thrown).slice(0, 200)}`
}

/** All bytes of a body; undefined as soon as there are more than `most`. */
export async function readAtMost(parts: AsyncIterable<Uint8Array>, most: number): Promise<Uint8Array | undefined> {
  const read: Uint8Array[] = []
  let size = 0
  for await (const part of parts) {
    size += part.length
    if (size > most) return undefined
    read.push(part)
  }
  return concat(read)
}
