import type { Clock } from '../core/clock.ts'

const DIGITS = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'
const TIME_DIGITS = 10
const RANDOM_BYTES = 10

/**
 * Makes ULIDs (48 bits of time, 80 random bits, 26 characters of Crockford base 32) that always rise, also within one
 * millisecond and when the clock is set back. `random` gives that many unpredictable bytes.
 */
export function makeUlids(options: { clock: Clock; random: (length: number) => Uint8Array }): () => string {
  const { clock, random } = options
  let lastTime = -1
  let tail = new Uint8Array(RANDOM_BYTES)
  return () => {
    const now = Math.max(0, Math.floor(clock.now()))
    if (now > lastTime) {
      lastTime = now
      tail = Uint8Array.from(random(RANDOM_BYTES))
    } else if (!increment(tail)) {
      lastTime += 1
    }
    return timeText(lastTime) + tailText(tail)
  }
}

/** Adds one to a big-endian number in place; false when it overflowed to zero. */
function increment(bytes: Uint8Array): boolean {
  for (let i = bytes.length - 1; i >= 0; i--) {
    const next = ((bytes[i] ?? 0) + 1) & 0xff
    bytes[i] = next
    if (next !== 0) return true
  }
  return false
}

function timeText(time: number): string {
  let text = ''
  let rest = time
  for (let i = 0; i < TIME_DIGITS; i++) {
    text = DIGITS.charAt(rest % 32) + text
    rest = Math.floor(rest / 32)
  }
  return text
}

/** 80 bits as 16 digits of five bits each. */
function tailText(bytes: Uint8Array): string {
  let text = ''
  let held = 0
  let bits = 0
  for (const byte of bytes) {
    held = (held << 8) | byte
    bits += 8
    while (bits >= 5) {
      bits -= 5
      text += DIGITS.charAt((held >> bits) & 31)
    }
    held &= (1 << bits) - 1
  }
  return text
}
