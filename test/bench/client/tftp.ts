import { readU16, writeU16 } from './frame.ts'
import type { Host, Hosts } from './hosts.ts'
import type { Timer } from './timers.ts'

const [DATA, ACK, ERROR, OACK] = [3, 4, 5, 6] as const
const RETRY_MS = 1000
const MOST_RETRIES = 8

export interface TftpOptions {
  /** RFC 2348; absent: 512 and no option. */
  readonly blockSize?: number
  /** RFC 7440; absent: lock-step and no option. */
  readonly windowSize?: number
}

export interface TftpResult {
  readonly size: number
  readonly bytes?: Uint8Array
  readonly resent: number
  /** What the server agreed to. */
  readonly windowSize: number
  readonly problem?: string
}

/** Reads one file in octet mode. `keep`: with its bytes. */
export function fetchTftp(
  hosts: Hosts,
  host: Host,
  to: { readonly address: number; readonly port: number },
  file: string,
  options: TftpOptions & { readonly keep?: boolean },
  done: (result: TftpResult) => void,
): void {
  const port = host.freePort()
  const chunks: Buffer[] = []
  const wanted = Object.entries({ blksize: options.blockSize, windowsize: options.windowSize })
  const words = wanted.flatMap(([name, value]) => (value === undefined ? [] : [name, String(value)]))
  let last: Uint8Array = Buffer.from(`\0\x01${[file, 'octet', ...words].join('\0')}\0`)
  let peer = to.port
  let blockSize = 512
  let windowSize = 1
  let received = 0
  let inWindow = 0
  let size = 0
  let resent = 0
  let tries = 0
  let timer: Timer | undefined
  // One timer that looks whether anything came since: cheaper than one a packet.
  let heard = performance.now()

  function send(bytes: Uint8Array): void {
    last = bytes
    hosts.sendUdp(host, to.address, port, peer, bytes)
  }

  function watch(): void {
    timer = hosts.timers.after(RETRY_MS, () => {
      if (performance.now() - heard >= RETRY_MS - 50) {
        if (++tries > MOST_RETRIES) {
          end('the server says nothing')
          return
        }
        resent++
        inWindow = 0
        hosts.sendUdp(host, to.address, port, peer, last)
      }
      watch()
    })
  }

  function end(problem?: string): void {
    if (timer !== undefined) timer.cancelled = true
    host.udp.delete(port)
    const kept = options.keep === true ? { bytes: Buffer.concat(chunks) } : {}
    done({ size, resent, windowSize, ...kept, ...(problem === undefined ? {} : { problem }) })
  }

  function acknowledge(block: number): void {
    const ack = new Uint8Array(4)
    writeU16(ack, 0, ACK)
    writeU16(ack, 2, block & 0xffff)
    inWindow = 0
    send(ack)
  }

  host.udp.set(port, (bytes, _, from) => {
    if (peer === to.port) peer = from
    if (from !== peer) return
    heard = performance.now()
    const kind = readU16(bytes, 0)
    if (kind === ERROR) {
      end(`error ${readU16(bytes, 2)}: ${Buffer.from(bytes.subarray(4, -1)).toString('latin1')}`)
      return
    }
    if (kind === OACK) {
      const agreed = Buffer.from(bytes.subarray(2)).toString('latin1').toLowerCase().split('\0')
      const figureOf = (name: string) => Number(agreed[agreed.indexOf(name) + 1])
      if (agreed.includes('blksize')) blockSize = figureOf('blksize')
      if (agreed.includes('windowsize')) windowSize = figureOf('windowsize')
      if (received === 0) acknowledge(0)
      return
    }
    if (kind !== DATA) return
    if (readU16(bytes, 2) !== ((received + 1) & 0xffff)) {
      // RFC 7440 §4: a gap is answered with the last block that came in order, once.
      if (inWindow >= 0 && windowSize > 1) acknowledge(received)
      inWindow = -1
      return
    }
    received++
    inWindow = Math.max(0, inWindow) + 1
    size += bytes.length - 4
    if (options.keep === true) chunks.push(Buffer.from(bytes.subarray(4)))
    const isLast = bytes.length - 4 < blockSize
    if (inWindow >= windowSize || isLast) acknowledge(received)
    if (isLast) end()
  })
  send(last)
  watch()
}
