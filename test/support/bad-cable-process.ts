// Carries frames between the interfaces `left` and `right` of its namespace, damaged as its argument (`BadCable` in
// JSON) says. ARP passes whole: its retries take a second each and would only make tests slow.
import { dlopen, FFIType, ptr } from 'bun:ffi'
import { readFileSync } from 'node:fs'
import { InvariantError } from '../../services/core/errors.ts'
import { makeRandom } from './random.ts'
import type { BadCable } from './virtual-lan.ts'

const AF_PACKET = 17
const SOCK_RAW = 3
const SOCK_NONBLOCK = 0o4000
const ETH_P_ALL = 0x0003
const SOL_PACKET = 263
const PACKET_VNET_HDR = 15
const PACKET_OUTGOING = 4
const POLLIN = 1
/** `struct virtio_net_hdr` before each frame: says which checksum is still to be computed, and goes along with it. */
const VNET_HDR_SIZE = 10
const SOCKADDR_LL_SIZE = 20

const { i32, i64, u32, u64, ptr: pointer } = FFIType
const { symbols: libc } = dlopen('libc.so.6', {
  socket: { args: [i32, i32, i32], returns: i32 },
  bind: { args: [i32, pointer, u32], returns: i32 },
  setsockopt: { args: [i32, i32, i32, pointer, u32], returns: i32 },
  recvfrom: { args: [i32, pointer, u64, i32, pointer, pointer], returns: i64 },
  write: { args: [i32, pointer, u64], returns: i64 },
  poll: { args: [pointer, u64, i32], returns: i32 },
})

function openPacketSocket(device: string): number {
  const protocol = ETH_P_ALL << 8
  const fd = libc.socket(AF_PACKET, SOCK_RAW | SOCK_NONBLOCK, protocol)
  const address = new DataView(new ArrayBuffer(SOCKADDR_LL_SIZE))
  address.setUint16(0, AF_PACKET, true)
  address.setUint16(2, ETH_P_ALL, false)
  address.setInt32(4, Number(readFileSync(`/sys/class/net/${device}/ifindex`, 'latin1')), true)
  const on = Int32Array.of(1)
  if (
    fd < 0 ||
    libc.setsockopt(fd, SOL_PACKET, PACKET_VNET_HDR, ptr(on), 4) < 0 ||
    libc.bind(fd, ptr(address.buffer), SOCKADDR_LL_SIZE) < 0
  )
    throw new InvariantError(`no packet socket on ${device}`)
  return fd
}

/** One direction of the cable. */
class Direction {
  readonly #from: number
  readonly #to: number
  readonly #cable: BadCable
  readonly #random: () => number
  readonly #buffer = new Uint8Array(70_000)
  readonly #address = new Uint8Array(SOCKADDR_LL_SIZE)
  readonly #length = Int32Array.of(SOCKADDR_LL_SIZE)
  readonly #held: { readonly frame: Uint8Array; passes: number }[] = []

  constructor(from: number, to: number, cable: BadCable, seed: number) {
    this.#from = from
    this.#to = to
    this.#cable = cable
    this.#random = makeRandom(seed)
  }

  carry(): void {
    for (;;) {
      this.#length[0] = SOCKADDR_LL_SIZE
      const size = BigInt(this.#buffer.length)
      const got = Number(libc.recvfrom(this.#from, ptr(this.#buffer), size, 0, ptr(this.#address), ptr(this.#length)))
      if (got < 0) return
      if (this.#address[10] !== PACKET_OUTGOING) this.#damage(this.#buffer.slice(0, got))
    }
  }

  /** Lets go of what is held back; asked when the line has been quiet for a moment. */
  flush(): void {
    for (const { frame } of this.#held.splice(0)) this.#send(frame)
  }

  get holding(): boolean {
    return this.#held.length > 0
  }

  #damage(frame: Uint8Array): void {
    const ipv4 = frame[VNET_HDR_SIZE + 12] === 0x08 && frame[VNET_HDR_SIZE + 13] === 0x00
    if (!ipv4) {
      this.#send(frame)
      return
    }
    // Always three numbers a frame, so that one share does not change what another one hits.
    const [loss, duplicate, reorder] = [this.#random(), this.#random(), this.#random()]
    if (loss < (this.#cable.loss ?? 0)) return
    if (reorder < (this.#cable.reorder ?? 0)) {
      this.#held.push({ frame, passes: 2 })
      return
    }
    this.#send(frame)
    if (duplicate < (this.#cable.duplicate ?? 0)) this.#send(frame)
    for (const held of this.#held) held.passes--
    while (this.#held[0] !== undefined && this.#held[0].passes <= 0) {
      const { frame: late } = this.#held.splice(0, 1)[0] ?? { frame }
      this.#send(late)
    }
  }

  #send(frame: Uint8Array): void {
    libc.write(this.#to, ptr(frame), BigInt(frame.length))
  }
}

const cable = JSON.parse(process.argv[2] ?? '{}') as BadCable
const [left, right] = [openPacketSocket('left'), openPacketSocket('right')]
const seed = cable.seed ?? 1
const directions = [new Direction(left, right, cable, seed), new Direction(right, left, cable, seed + 1)]
const polled = new DataView(new ArrayBuffer(16))
polled.setInt32(0, left, true)
polled.setInt32(8, right, true)
process.stdout.write('ready\n')
for (;;) {
  polled.setInt16(4, POLLIN, true)
  polled.setInt16(12, POLLIN, true)
  // A frame held back waits 5 ms at most for others to pass it.
  const ready = libc.poll(ptr(polled.buffer), 2n, directions.some((one) => one.holding) ? 5 : 1_000)
  for (const direction of directions) {
    if (ready > 0) direction.carry()
    else direction.flush()
  }
}
