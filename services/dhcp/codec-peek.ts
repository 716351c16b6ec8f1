// What can be read of a packet without decoding it: little enough to be done for each packet of a flood.

const XID = 4
const GIADDR = 24
const CHADDR = 28
const SNAME = 44
const OPTIONS = 240
const DISCOVER = 1

/** Whether a packet is a DISCOVER. One that hides its type behind other faults is not; decoding it tells what it is. */
export function isDiscover(bytes: Uint8Array): boolean {
  let at = OPTIONS
  while (at + 2 < bytes.length) {
    const code = bytes[at]
    if (code === 53) return bytes[at + 1] === 1 && bytes[at + 2] === DISCOVER
    if (code === 255) return false
    at += code === 0 ? 1 : 2 + (bytes[at + 1] ?? 0)
  }
  return false
}

/** The transaction number, the same in every repeat of a packet (RFC 2131 §4.1). */
export function xidOf(bytes: Uint8Array): number {
  return readWord(bytes, XID)
}

/** Whether two packets come from the same client by the same relay, in the same transaction. */
export function isSameExchange(a: Uint8Array, b: Uint8Array): boolean {
  if (readWord(a, XID) !== readWord(b, XID) || readWord(a, GIADDR) !== readWord(b, GIADDR)) return false
  for (let at = CHADDR; at < SNAME; at++) if (a[at] !== b[at]) return false
  return true
}

function readWord(bytes: Uint8Array, at: number): number {
  const byte = (i: number) => bytes[at + i] ?? 0
  return ((byte(0) << 24) | (byte(1) << 16) | (byte(2) << 8) | byte(3)) >>> 0
}
