import { fromLatin1 } from '../../services/core/bytes.ts'
import type { Ipv4 } from '../../services/core/ipv4.ts'
import { type Mac, macFromBytes, macToBytes } from '../../services/core/mac.ts'
import { closeFd, openSocket, SOCK_DGRAM, sockaddr, tryIoctl } from './libc.ts'

const SIOCDARP = 0x8953
const SIOCGARP = 0x8954
const SIOCSARP = 0x8955
const ARPHRD_ETHER = 1
const ATF_COM = 2
// struct arpreq: protocol address, hardware address, flags, netmask, device name.
const ARPREQ_SIZE = 68
const HARDWARE = 16
const FLAGS = 32
const DEVICE = 52
const DEVICE_SIZE = 16

/**
 * How long an entry that was just written is trusted. The kernel takes it as stale: it asks the host 5 s after the first
 * datagram (`delay_first_probe_time`) and drops it after three unanswered seconds more.
 */
const FRESH_MS = 2_000
const MOST_FRESH = 8_192

/** The kernel's neighbour (ARP) table, one entry at a time: a system call instead of reading a table of thousands. */
export class Neighbours implements Disposable {
  readonly #fd = openSocket(SOCK_DGRAM)
  readonly #fresh = new Map<Ipv4, { readonly mac: Mac; readonly device: string; readonly until: number }>()

  /** The hardware address that answered for `address` on `device`. */
  get(address: Ipv4, device: string): Mac | undefined {
    const request = arpreq(address, device)
    if (!tryIoctl(this.#fd, SIOCGARP, request) || ((request[FLAGS] ?? 0) & ATF_COM) === 0) return undefined
    return macFromBytes(request.slice(HARDWARE + 2, HARDWARE + 8))
  }

  /**
   * Enters an address that has not answered ARP yet. False where that is not allowed (CAP_NET_ADMIN). What was entered a moment ago
   * stands: an offer and the acknowledgement that follows share one call, which costs as much as all else about an answer.
   */
  set(address: Ipv4, mac: Mac, device: string): boolean {
    const now = performance.now()
    const fresh = this.#fresh.get(address)
    if (fresh !== undefined && fresh.until > now && fresh.mac === mac && fresh.device === device) return true
    if (!this.#enter(address, mac, device)) return false
    if (this.#fresh.size >= MOST_FRESH) this.#fresh.clear()
    this.#fresh.set(address, { mac, device, until: now + FRESH_MS })
    return true
  }

  #enter(address: Ipv4, mac: Mac, device: string): boolean {
    const request = arpreq(address, device)
    request[HARDWARE] = ARPHRD_ETHER
    request.set(macToBytes(mac), HARDWARE + 2)
    request[FLAGS] = ATF_COM
    return tryIoctl(this.#fd, SIOCSARP, request)
  }

  /** Forgets an entry, so that the next datagram asks by ARP again. False where that is not allowed. */
  forget(address: Ipv4, device: string): boolean {
    this.#fresh.delete(address)
    return tryIoctl(this.#fd, SIOCDARP, arpreq(address, device))
  }

  [Symbol.dispose](): void {
    closeFd(this.#fd)
  }
}

function arpreq(address: Ipv4, device: string): Uint8Array {
  const request = new Uint8Array(ARPREQ_SIZE)
  request.set(sockaddr({ address, port: 0 }), 0)
  request.set(fromLatin1(device.slice(0, DEVICE_SIZE - 1)), DEVICE)
  return request
}
