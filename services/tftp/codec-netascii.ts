const CR = 13
const LF = 10
const NUL = 0

/**
 * Local text (lines end in LF) as netascii of RFC 764: LF becomes CR LF, a bare CR becomes CR NUL. Each byte is
 * converted by itself, so pieces of a text may be encoded one after another.
 */
export function encodeNetascii(bytes: Uint8Array): Uint8Array {
  const out = new Uint8Array(netasciiLength(bytes))
  let at = 0
  for (const byte of bytes) {
    if (byte === LF) out[at++] = CR
    out[at++] = byte
    if (byte === CR) out[at++] = NUL
  }
  return out
}

/** How long the bytes are as netascii. */
export function netasciiLength(bytes: Uint8Array): number {
  let length = bytes.length
  for (const byte of bytes) if (byte === LF || byte === CR) length++
  return length
}

/** Reads netascii that comes in pieces; a CR at the end of a piece waits for what follows it. */
export interface NetasciiDecoder {
  push(bytes: Uint8Array): Uint8Array
  /** What was still waiting: a CR that nothing followed. */
  end(): Uint8Array
}

export function makeNetasciiDecoder(): NetasciiDecoder {
  let afterCr = false
  return {
    push(bytes) {
      const out = new Uint8Array(bytes.length + 1)
      let at = 0
      for (const byte of bytes) {
        if (afterCr) {
          afterCr = false
          if (byte === LF || byte === NUL) {
            out[at++] = byte === LF ? LF : CR
            continue
          }
          // Neither LF nor NUL after CR is not netascii: kept as it came.
          out[at++] = CR
        }
        if (byte === CR) afterCr = true
        else out[at++] = byte
      }
      return out.subarray(0, at)
    },
    end: () => (afterCr ? Uint8Array.of(CR) : new Uint8Array(0)),
  }
}
