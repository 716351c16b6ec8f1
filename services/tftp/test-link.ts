import type { Ipv4 } from '../core/ipv4.ts'
import { parseIpv4 } from '../core/ipv4.ts'
import type { Endpoint, Lan, LanInterface, UdpOptions, UdpSocket } from '../core/net.ts'

/** How a link treats datagrams; parts of one, and milliseconds. */
export interface Weather {
  readonly loss: number
  readonly duplicates: number
  readonly reorder: number
  readonly delayMs: number
}

export const fairWeather: Weather = { loss: 0, duplicates: 0, reorder: 0, delayMs: 1 }

/** Time and a network for the tests of this folder: nothing happens until `run`, and then always the same. */
export interface TestLink {
  readonly lan: Lan
  now(): number
  every(ms: number, work: () => void): () => void
  at(ms: number, work: () => void): void
  /** Runs until nothing is left to do, `done` says so, or the time is up (ten minutes when not given). */
  run(done: () => boolean, untilMs?: number): Promise<void>
  setInterfaces(interfaces: readonly LanInterface[]): void
  /** Opens a socket of a client. */
  client(address: Ipv4, port: number, onDatagram: (bytes: Uint8Array, from: Endpoint) => void): UdpSocket
  /** Everything that was put on the wire. */
  readonly sent: { readonly from: Endpoint; readonly to: Endpoint; readonly bytes: Uint8Array }[]
  /** Keeps no record of what was sent, for long transfers. */
  forget: boolean
}

export const BOX = parseIpv4('192.0.2.1')
export const PHONE = parseIpv4('192.0.2.10')

export function seeded(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}

export function makeTestLink(weather: Weather = fairWeather, random: () => number = seeded(1)): TestLink {
  const sockets = new Map<string, UdpOptions['onDatagram']>()
  const queue: { readonly at: number; readonly work: () => void }[] = []
  const listeners = new Set<(interfaces: readonly LanInterface[]) => void>()
  const sent: TestLink['sent'] = []
  let interfaces: readonly LanInterface[] = [{ name: 'eth0', up: true, addresses: [{ address: BOX, prefix: 24 }] }]
  let now = 0
  let nextPort = 40_000

  const nameOf = (end: Endpoint) => `${end.address}:${end.port}`

  function at(time: number, work: () => void): void {
    let index = queue.length
    while (index > 0 && (queue[index - 1]?.at ?? 0) > time) index--
    queue.splice(index, 0, { at: time, work })
  }

  function open(address: Ipv4, port: number, onDatagram: UdpOptions['onDatagram']): UdpSocket {
    const local: Endpoint = { address, port: port === 0 ? nextPort++ : port }
    sockets.set(nameOf(local), onDatagram)
    return {
      local,
      send(given, to) {
        // The sender may use its buffer again at once.
        const bytes = given.slice()
        if (!link.forget) sent.push({ from: local, to, bytes })
        if (random() < weather.loss) return
        const copies = random() < weather.duplicates ? 2 : 1
        for (let i = 0; i < copies; i++) {
          const late = random() < weather.reorder ? random() * 10 * weather.delayMs : 0
          at(now + weather.delayMs + late, () => sockets.get(nameOf(to))?.(bytes.slice(), local))
        }
      },
      close: () => void sockets.delete(nameOf(local)),
    }
  }

  const link: TestLink = {
    lan: {
      interfaces: () => interfaces,
      onChange(listener) {
        listeners.add(listener)
        return () => void listeners.delete(listener)
      },
      openUdp: (options) => open(options.address ?? BOX, options.port, options.onDatagram),
      neighbour: () => undefined,
      primeNeighbour: () => false,
      inUse: () => Promise.resolve(new Set()),
    },
    now: () => now,
    at: (ms, work) => at(now + ms, work),
    every(ms, work) {
      let stopped = false
      const again = () => {
        if (stopped) return
        work()
        at(now + ms, again)
      }
      at(now + ms, again)
      return () => {
        stopped = true
      }
    },
    async run(done, untilMs = now + 600_000) {
      while (!done() && now <= untilMs) {
        // Nothing on the wire just now: what is being read from a store may put something there.
        if ((queue[0]?.at ?? Number.POSITIVE_INFINITY) > now + 5) for (let i = 0; i < 30; i++) await Promise.resolve()
        const next = queue.shift()
        if (next === undefined) return
        now = Math.max(now, next.at)
        next.work()
      }
    },
    setInterfaces(changed) {
      interfaces = changed
      for (const listener of listeners) listener(changed)
    },
    client: open,
    sent,
    forget: false,
  }
  return link
}
