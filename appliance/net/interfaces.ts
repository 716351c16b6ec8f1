import { readdirSync, readFileSync } from 'node:fs'
import { messageOf } from '../../services/core/errors.ts'
import { contains, parseCidr } from '../../services/core/ipv4.ts'
import type { Log } from '../../services/core/log.ts'
import { readMac } from '../../services/core/mac.ts'
import type { InterfaceAddress, LanInterface } from '../../services/core/net.ts'
import { readAddresses } from './addresses.ts'

const IFF_UP = 1
const IFF_LOOPBACK = 8
const LINK_LOCAL = parseCidr('169.254.0.0/16')

/** An interface with the kernel's number for it: a new one of an old name is another interface. */
export interface KernelInterface extends LanInterface {
  readonly index: number
}

/** Every interface but the loopback one, by name, as it stands now. One that vanishes meanwhile is left out. */
export function readInterfaces(): readonly KernelInterface[] {
  const addresses = readAddresses()
  return readdirSync('/sys/class/net')
    .sort()
    .flatMap((name) => {
      const flags = Number(attribute(name, 'flags') ?? Number.NaN)
      const index = Number(attribute(name, 'ifindex') ?? Number.NaN)
      if (Number.isNaN(flags) || Number.isNaN(index) || (flags & IFF_LOOPBACK) !== 0) return []
      const mac = readMac(attribute(name, 'address') ?? '')
      const one = { name, index, up: (flags & IFF_UP) !== 0, addresses: lastResortLast(addresses.get(index) ?? []) }
      return [mac === undefined ? one : { ...one, mac }]
    })
}

/**
 * Link-local addresses (169.254.0.0/16, RFC 3927) after the others: a box has one so that its page can be reached when
 * nothing else works, and no phone shall be sent there while another one leads to it.
 */
export function lastResortLast(addresses: readonly InterfaceAddress[]): readonly InterfaceAddress[] {
  const isLastResort = ({ address }: InterfaceAddress) => Number(contains(LINK_LOCAL, address))
  return addresses.toSorted((a, b) => isLastResort(a) - isLastResort(b))
}

function attribute(name: string, file: string): string | undefined {
  try {
    return readFileSync(`/sys/class/net/${name}/${file}`, 'latin1').trim()
  } catch {
    // Gone between the listing and now, or a file of the bonding driver that is no interface.
    return undefined
  }
}

type Listener = (interfaces: readonly LanInterface[]) => void

/** Follows the interfaces while the box runs. */
export class InterfaceWatch implements Disposable {
  readonly #log: Log
  readonly #listeners = new Set<Listener>()
  readonly #timer: ReturnType<typeof setInterval>
  #current = readInterfaces()

  /** Looks every `everyMs`: reading some small files costs well under a millisecond. */
  constructor(log: Log, everyMs = 1_000) {
    this.#log = log
    this.#timer = setInterval(() => this.refresh(), everyMs)
    this.#timer.unref()
  }

  current(): readonly KernelInterface[] {
    return this.#current
  }

  onChange(listener: Listener): () => void {
    this.#listeners.add(listener)
    return () => void this.#listeners.delete(listener)
  }

  /** Looks now. */
  refresh(): void {
    const now = readInterfaces()
    if (JSON.stringify(now) === JSON.stringify(this.#current)) return
    // One that was replaced under its old name is told as gone first: sockets bound to the old one are deaf.
    const old = new Map(this.#current.map((one) => [one.name, one.index]))
    const kept = now.filter((one) => (old.get(one.name) ?? one.index) === one.index)
    if (kept.length < now.length) this.#tell(kept)
    this.#tell(now)
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer)
    this.#listeners.clear()
  }

  #tell(interfaces: readonly KernelInterface[]): void {
    this.#current = interfaces
    for (const listener of this.#listeners) {
      try {
        listener(interfaces)
      } catch (thrown) {
        this.#log.error('interface change not followed', { reason: messageOf(thrown) })
      }
    }
  }
}
