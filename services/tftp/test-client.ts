import type { Ipv4 } from '../core/ipv4.ts'
import type { Endpoint } from '../core/net.ts'
import type { TftpOption } from './codec.ts'
import { decode, encode } from './codec.ts'
import { BOX, type TestLink } from './test-link.ts'

export interface Fetch {
  readonly port: number
  bytes: Uint8Array[]
  options: readonly TftpOption[] | undefined
  error: { readonly code: number; readonly text: string } | undefined
  done: boolean
  /** DATA packets that came twice or not in order. */
  surplus: number
}

export interface FetchOptions {
  readonly address: Ipv4
  readonly port: number
  readonly file: string
  readonly mode?: string
  readonly options?: Readonly<Record<string, string>>
  readonly timeoutMs?: number
}

/** A reading client after RFC 1350 and RFC 7440, written apart from the server's own machine. */
export function startFetch(link: TestLink, ask: FetchOptions): Fetch {
  const timeoutMs = ask.timeoutMs ?? 700
  const fetch: Fetch = { port: ask.port, bytes: [], options: undefined, error: undefined, done: false, surplus: 0 }
  const wanted = Object.entries(ask.options ?? {}).map(([name, value]) => ({ name, value }))
  let server: Endpoint | undefined
  let expected = 1
  let unacked = 0
  let blockSize = 512
  let windowSize = 1
  let lastSaid = { to: { address: BOX, port: 69 }, packet: request() }
  let gap = false
  let heard = 0

  function request(): Uint8Array {
    return encode({ kind: 'read', file: ask.file, mode: ask.mode ?? 'octet', options: wanted })
  }
  function say(to: Endpoint, packet: Uint8Array): void {
    lastSaid = { to, packet }
    socket.send(packet, to)
  }
  function acknowledge(): void {
    unacked = 0
    if (server !== undefined) say(server, encode({ kind: 'ack', block: (expected - 1) & 0xffff }))
  }
  const socket = link.client(ask.address, ask.port, (bytes, from) => {
    const packet = decode(bytes)
    if (server !== undefined && (server.port !== from.port || server.address !== from.address)) {
      socket.send(encode({ kind: 'error', code: 5, text: 'unknown transfer' }), from)
      return
    }
    heard = link.now()
    if (packet.kind === 'error') {
      fetch.error = packet
      finish()
    } else if (packet.kind === 'option-ack') {
      server ??= from
      fetch.options = packet.options
      for (const { name, value } of packet.options) {
        if (name.toLowerCase() === 'blksize') blockSize = Number(value)
        if (name.toLowerCase() === 'windowsize') windowSize = Number(value)
      }
      if (expected === 1) acknowledge()
    } else if (packet.kind === 'data') {
      server ??= from
      if (packet.block !== (expected & 0xffff)) {
        fetch.surplus++
        if (windowSize === 1 || !gap) acknowledge()
        gap = true
        return
      }
      gap = false
      expected++
      unacked++
      fetch.bytes.push(packet.bytes)
      const last = packet.bytes.length < blockSize
      if (last || unacked >= windowSize) acknowledge()
      if (last) {
        fetch.done = true
        // Stays for a while to repeat the last acknowledgment (RFC 1350 §6).
        link.at(20_000, finish)
      }
    }
  })
  let finished = false
  function finish(): void {
    finished = true
    socket.close()
  }
  function onTimer(): void {
    if (finished) return
    if (!fetch.done && link.now() - heard >= timeoutMs) socket.send(lastSaid.packet, lastSaid.to)
    link.at(timeoutMs, onTimer)
  }
  say(lastSaid.to, lastSaid.packet)
  link.at(timeoutMs, onTimer)
  return fetch
}
