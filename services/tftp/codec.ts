import { fromLatin1, latin1 } from '../core/bytes.ts'
import { MalformedPacketError } from '../core/errors.ts'

/** Error codes of RFC 1350 (appendix) and RFC 2347 (8). */
export const ErrorCode = {
  undefined: 0,
  notFound: 1,
  accessViolation: 2,
  diskFull: 3,
  illegalOperation: 4,
  unknownTransfer: 5,
} as const

/** One option as it was written; the name keeps its spelling, so that an acknowledgment can repeat it. */
export interface TftpOption {
  readonly name: string
  readonly value: string
}

export interface TftpRequest {
  readonly kind: 'read' | 'write'
  /** One character a byte; hostile. */
  readonly file: string
  /** Lower case: RFC 1350 §5 allows any combination of case. */
  readonly mode: string
  readonly options: readonly TftpOption[]
}

export type TftpPacket =
  | TftpRequest
  | { readonly kind: 'data'; readonly block: number; readonly bytes: Uint8Array }
  | { readonly kind: 'ack'; readonly block: number }
  | { readonly kind: 'error'; readonly code: number; readonly text: string }
  | { readonly kind: 'option-ack'; readonly options: readonly TftpOption[] }

/** RFC 2347 §2: a request stays within 512 octets. */
const MAX_REQUEST = 512
const MAX_FILE_NAME = 255

/** Reads one datagram, or throws `MalformedPacketError`. */
export function decode(packet: Uint8Array): TftpPacket {
  if (packet.length < 4) throw new MalformedPacketError(`packet of ${packet.length} bytes is no tftp packet`)
  const opcode = word(packet, 0)
  switch (opcode) {
    case 1:
      return decodeRequest('read', packet)
    case 2:
      return decodeRequest('write', packet)
    case 3:
      return { kind: 'data', block: word(packet, 2), bytes: packet.subarray(4) }
    case 4:
      return { kind: 'ack', block: word(packet, 2) }
    case 5:
      // The text is only shown: some devices leave out the NUL that RFC 1350 §5 asks for.
      return { kind: 'error', code: word(packet, 2), text: latin1(packet.subarray(4, 4 + 200)).replace(/\0.*$/s, '') }
    case 6:
      return { kind: 'option-ack', options: optionsOf(textsOf(packet), 0) }
    default:
      throw new MalformedPacketError(`opcode ${opcode} at byte 0 is unknown`)
  }
}

export function encode(packet: TftpPacket): Uint8Array {
  switch (packet.kind) {
    case 'read':
    case 'write':
      return encodeTexts(packet.kind === 'read' ? 1 : 2, [packet.file, packet.mode, ...flat(packet.options)])
    case 'data':
      return encodeData(packet.block, packet.bytes)
    case 'ack':
      return Uint8Array.of(0, 4, (packet.block >>> 8) & 255, packet.block & 255)
    case 'error': {
      const text = fromLatin1(packet.text)
      const bytes = new Uint8Array(5 + text.length)
      bytes[1] = 5
      bytes[2] = (packet.code >>> 8) & 255
      bytes[3] = packet.code & 255
      bytes.set(text, 4)
      return bytes
    }
    case 'option-ack':
      return encodeTexts(6, flat(packet.options))
  }
}

/** A DATA packet. `block` may be larger than 16 bits: on the wire the count starts again at 0 after 65535. */
export function encodeData(block: number, content: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(4 + content.length)
  bytes[1] = 3
  bytes[2] = (block >>> 8) & 255
  bytes[3] = block & 255
  bytes.set(content, 4)
  return bytes
}

function decodeRequest(kind: 'read' | 'write', packet: Uint8Array): TftpRequest {
  if (packet.length > MAX_REQUEST) throw new MalformedPacketError(`request of ${packet.length} bytes exceeds 512`)
  const texts = textsOf(packet)
  const [file, mode] = texts
  if (file === undefined || file === '' || file.length > MAX_FILE_NAME)
    throw new MalformedPacketError(`file name of ${file?.length ?? 0} bytes at byte 2`)
  if (mode === undefined) throw new MalformedPacketError('request ends before its mode')
  return { kind, file, mode: mode.toLowerCase(), options: optionsOf(texts, 2) }
}

/** The texts from byte 2 on, each closed by NUL. */
function textsOf(packet: Uint8Array): string[] {
  if (packet.length > MAX_REQUEST) throw new MalformedPacketError(`options of ${packet.length} bytes exceed 512`)
  if (packet[packet.length - 1] !== 0) throw new MalformedPacketError(`no NUL at the end, at byte ${packet.length - 1}`)
  return latin1(packet.subarray(2, packet.length - 1)).split('\0')
}

function optionsOf(texts: readonly string[], start: number): TftpOption[] {
  const options: TftpOption[] = []
  for (let i = start; i < texts.length; i += 2) {
    const name = texts[i] ?? ''
    const value = texts[i + 1]
    // Boot ROMs fill a request up with NUL bytes: an empty name ends the options.
    if (name === '') break
    if (value === undefined) throw new MalformedPacketError(`option ${JSON.stringify(name.slice(0, 40))} has no value`)
    options.push({ name, value })
  }
  return options
}

function flat(options: readonly TftpOption[]): string[] {
  return options.flatMap((option) => [option.name, option.value])
}

function encodeTexts(opcode: number, texts: readonly string[]): Uint8Array {
  const body = fromLatin1(texts.map((text) => `${text}\0`).join(''))
  const bytes = new Uint8Array(2 + body.length)
  bytes[1] = opcode
  bytes.set(body, 2)
  return bytes
}

function word(bytes: Uint8Array, offset: number): number {
  return ((bytes[offset] ?? 0) << 8) | (bytes[offset + 1] ?? 0)
}
