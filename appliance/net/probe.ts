import { type Ipv4, networkOf } from '../../services/core/ipv4.ts'
import type { LanInterface } from '../../services/core/net.ts'
import { closeFd, IPPROTO_ICMP, openSocket, receiveFrom, SOCK_DGRAM, SOCK_RAW, sendTo } from './libc.ts'
import type { Neighbours } from './neighbours.ts'
import { SocketError } from './socket-error.ts'
import { openUdpFd } from './udp-fd.ts'

const DISCARD_PORT = 9
/** Addresses asked before the loop gets a turn. */
const BATCH = 64
const LOOK_EVERY_MS = 10
const ECHO_REQUEST = 8
const ECHO_REPLY = 0

/**
 * Which addresses somebody already holds. On the link the kernel asks by ARP, made to by a byte to the discard port;
 * beyond it by ICMP echo. Ends as soon as all have answered, at the latest after `timeoutMs`.
 */
export async function probe(
  addresses: readonly Ipv4[],
  device: LanInterface,
  neighbours: Neighbours,
  timeoutMs: number,
): Promise<ReadonlySet<Ipv4>> {
  const deadline = performance.now() + timeoutMs
  const near = addresses.filter((address) => isOnLink(device, address))
  const far = addresses.filter((address) => !isOnLink(device, address))
  const found = await Promise.all([
    near.length === 0 ? new Set<Ipv4>() : askByArp(near, device.name, neighbours, deadline),
    far.length === 0 ? new Set<Ipv4>() : askByEcho(far, deadline),
  ])
  return found[0].union(found[1])
}

function isOnLink(device: LanInterface, address: Ipv4): boolean {
  return device.addresses.some((held) => networkOf(held.address, held.prefix) === networkOf(address, held.prefix))
}

async function askByArp(addresses: readonly Ipv4[], device: string, neighbours: Neighbours, deadline: number) {
  const fd = openUdpFd({ device, port: 0 })
  try {
    for (const [i, address] of addresses.entries()) {
      if (i % BATCH === BATCH - 1) await pause(0)
      // An entry of a host that has left would count as an answer for minutes.
      neighbours.forget(address, device)
      sendTo(fd, Uint8Array.of(0), { address, port: DISCARD_PORT })
    }
    return await untilAnswered(addresses, deadline, (waiting) =>
      [...waiting].filter((address) => neighbours.get(address, device) !== undefined),
    )
  } finally {
    closeFd(fd)
  }
}

async function askByEcho(addresses: readonly Ipv4[], deadline: number) {
  const fd = openEchoSocket()
  if (fd === undefined) return new Set<Ipv4>()
  try {
    for (const [i, address] of addresses.entries()) {
      if (i % BATCH === BATCH - 1) await pause(0)
      sendTo(fd, echoRequest(i), { address, port: 0 })
    }
    const buffer = new Uint8Array(1_500)
    return await untilAnswered(addresses, deadline, () => {
      const answered: Ipv4[] = []
      for (let n = 0; n < 4 * BATCH; n++) {
        const packet = receiveFrom(fd, buffer)
        if (packet === undefined) break
        // A raw socket gives the IP header too (version 4 in its first nibble), a ping socket does not.
        const first = buffer[0] ?? 0
        const offset = first >>> 4 === 4 ? (first & 15) * 4 : 0
        if (buffer[offset] === ECHO_REPLY) answered.push(packet.from.address)
      }
      return answered
    })
  } finally {
    closeFd(fd)
  }
}

/** A raw socket (CAP_NET_RAW), else a ping socket (net.ipv4.ping_group_range); where neither is allowed, none. */
function openEchoSocket(): number | undefined {
  for (const type of [SOCK_RAW, SOCK_DGRAM]) {
    try {
      return openSocket(type, IPPROTO_ICMP)
    } catch (thrown) {
      if (!(thrown instanceof SocketError)) throw thrown
    }
  }
  return undefined
}

function echoRequest(sequence: number): Uint8Array {
  const bytes = Uint8Array.of(ECHO_REQUEST, 0, 0, 0, 0x42, 0x4c, (sequence >>> 8) & 255, sequence & 255)
  let sum = 0
  for (let i = 0; i < bytes.length; i += 2) sum += ((bytes[i] ?? 0) << 8) | (bytes[i + 1] ?? 0)
  const checksum = ~((sum & 0xffff) + (sum >>> 16)) & 0xffff
  bytes[2] = checksum >>> 8
  bytes[3] = checksum & 255
  return bytes
}

async function untilAnswered(
  addresses: readonly Ipv4[],
  deadline: number,
  look: (waiting: ReadonlySet<Ipv4>) => readonly Ipv4[],
): Promise<ReadonlySet<Ipv4>> {
  const waiting = new Set(addresses)
  const found = new Set<Ipv4>()
  for (;;) {
    for (const address of look(waiting)) if (waiting.delete(address)) found.add(address)
    const left = deadline - performance.now()
    if (waiting.size === 0 || left <= 0) return found
    // Few addresses are looked at often, to be done early; a thousand of them rarely, since each look costs a system call.
    await pause(Math.min(Math.max(LOOK_EVERY_MS, waiting.size / 2), left))
  }
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}
