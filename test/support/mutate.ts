/** Bytes that lengths, types and terminators are made of. */
const TELLING = [0, 1, 2, 0x0a, 0x0d, 0x20, 0x25, 0x2e, 0x2f, 0x3a, 0x7f, 0x80, 0xfe, 0xff]
const NOTHING = new Uint8Array()
const LONGEST = 65_536

/**
 * Makes a function that gives a packet with one to four faults: bytes changed, cut out, put in, doubled, or another packet
 * grown onto it; never longer than `most`. The same ones for the same `random`.
 */
export function makeMutator(packets: readonly Uint8Array[], random: () => number, most: number): () => Uint8Array {
  const bytes = new Uint8Array(LONGEST)
  const pick = (below: number) => Math.floor(random() * below)
  const any = () => packets[pick(packets.length)] ?? NOTHING
  let size = 0

  function put(at: number, piece: Uint8Array): void {
    bytes.copyWithin(at + piece.length, at, size)
    bytes.set(piece, at)
    size += piece.length
  }

  function fault(): void {
    const at = pick(size + 1)
    const length = pick(24)
    const kind = pick(7)
    if (kind === 0) bytes[at] = pick(256)
    else if (kind === 1) bytes[at] = TELLING[pick(TELLING.length)] ?? 0
    else if (kind === 2) {
      bytes.copyWithin(at, Math.min(size, at + length), size)
      size = Math.max(at, size - length)
    } else if (kind === 3)
      put(
        at,
        Uint8Array.from({ length }, () => pick(256)),
      )
    else if (kind === 4) put(at, bytes.slice(at, Math.min(size, at + length)))
    else if (kind === 5) size = at
    else {
      size = at
      put(at, any().subarray(pick(64)))
    }
  }

  return () => {
    const first = any()
    bytes.set(first)
    size = first.length
    for (let faults = 1 + pick(4); faults > 0; faults--) fault()
    return bytes.slice(0, Math.min(size, most))
  }
}

/** Every beginning of a packet that is shorter than the packet. */
export function* truncations(packets: readonly Uint8Array[]): Generator<Uint8Array> {
  for (const packet of packets) for (let length = 0; length < packet.length; length++) yield packet.subarray(0, length)
}
