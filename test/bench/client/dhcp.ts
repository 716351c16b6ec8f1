import { readU16, readU32, writeU32 } from './frame.ts'
import type { Host, Hosts } from './hosts.ts'
import type { Timer } from './timers.ts'

const SERVER_PORT = 67
const CLIENT_PORT = 68
const COOKIE = 0x63825363
const [DISCOVER, OFFER, REQUEST, ACK, NAK] = [1, 2, 3, 5, 6] as const
/** What a Yealink phone asks for. */
const PARAMETERS = [1, 3, 6, 12, 15, 28, 42, 43, 66, 67, 120, 125, 128, 132, 150, 160, 161]
/** RFC 2131 §4.1: 4 s, then doubled, each ± 1 s. */
const FIRST_RETRY_MS = 4000
const LAST_RETRY_MS = 64_000

export interface LeaseResult {
  readonly address: number
  readonly server: number
  readonly resent: number
}

/**
 * Runs DISCOVER, OFFER, REQUEST, ACK for one host. `giveUpMs`: one try only, `done(undefined)` after that time; else it
 * asks again as RFC 2131 §4.1 wants, for ever.
 */
export function lease(
  hosts: Hosts,
  host: Host,
  options: { readonly giveUpMs?: number },
  done: (result: LeaseResult | undefined) => void,
): void {
  const xid = Math.floor(Math.random() * 0x100000000)
  let resent = 0
  let retryMs = FIRST_RETRY_MS
  let timer: Timer | undefined
  let waitsFor: 2 | 5 = OFFER
  let message: Uint8Array = build(host, xid, DISCOVER)

  function send(): void {
    hosts.sendUdp(host, 0xffffffff, CLIENT_PORT, SERVER_PORT, message)
    if (options.giveUpMs !== undefined) {
      timer ??= hosts.timers.after(options.giveUpMs, () => end(undefined))
      return
    }
    timer = hosts.timers.after(retryMs - 1000 + Math.random() * 2000, () => {
      resent++
      retryMs = Math.min(retryMs * 2, LAST_RETRY_MS)
      send()
    })
  }

  function proceed(next: 2 | 5, packet: Uint8Array): void {
    waitsFor = next
    message = packet
    if (options.giveUpMs === undefined && timer !== undefined) {
      timer.cancelled = true
      retryMs = FIRST_RETRY_MS
    }
    send()
  }

  function end(result: LeaseResult | undefined): void {
    if (timer !== undefined) timer.cancelled = true
    host.udp.delete(CLIENT_PORT)
    done(result)
  }

  host.udp.set(CLIENT_PORT, (bytes) => {
    if (readU32(bytes, 4) !== xid || bytes.length < 240) return
    const { type, server } = readOptions(bytes)
    const address = readU32(bytes, 16)
    if (type === ACK && waitsFor === ACK) {
      hosts.setAddress(host, address)
      end({ address, server, resent })
    } else if (type === OFFER && waitsFor === OFFER) {
      proceed(ACK, build(host, xid, REQUEST, { address, server }))
    } else if (type === NAK && waitsFor === ACK) {
      // The server offered the address to two: this one begins anew, which counts as asking again.
      resent++
      proceed(OFFER, build(host, xid, DISCOVER))
    }
  })
  send()
}

function build(host: Host, xid: number, type: 1 | 3, chosen?: { address: number; server: number }): Uint8Array {
  // 300 octets: the least that BOOTP relays and old servers take (RFC 1542 §2.1).
  const bytes = new Uint8Array(300)
  bytes[0] = 1
  bytes[1] = 1
  bytes[2] = 6
  writeU32(bytes, 4, xid)
  bytes.set(host.mac, 28)
  writeU32(bytes, 236, COOKIE)
  let at = 240
  const put = (code: number, value: ArrayLike<number>) => {
    bytes[at] = code
    bytes[at + 1] = value.length
    bytes.set(value, at + 2)
    at += 2 + value.length
  }
  put(53, [type])
  if (chosen !== undefined) {
    put(50, u32(chosen.address))
    put(54, u32(chosen.server))
  }
  put(55, PARAMETERS)
  put(60, Buffer.from('yealink'))
  bytes[at] = 255
  return bytes
}

function u32(value: number): Uint8Array {
  const bytes = new Uint8Array(4)
  writeU32(bytes, 0, value)
  return bytes
}

function readOptions(bytes: Uint8Array): { type: number; server: number } {
  const found = { type: 0, server: 0 }
  for (let at = 240; at < bytes.length && bytes[at] !== 255; ) {
    if (bytes[at] === 0) {
      at++
      continue
    }
    const header = readU16(bytes, at)
    if (header >>> 8 === 53) found.type = bytes[at + 2] ?? 0
    if (header >>> 8 === 54) found.server = readU32(bytes, at + 2)
    at += 2 + (header & 255)
  }
  return found
}
