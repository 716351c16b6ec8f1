// Clients behind a relay that lease one address after the other, and now and then ask whether a lease still holds; told to
// nobody but this process, which outlives the box. Prints `ack MAC ADDRESS` or `nak MAC ADDRESS` for each answer.
// Run in a namespace: bun test/system/lease-loop.ts RELAY SERVER [PATIENCE-MS]
import { makeKernelLan } from '../../appliance/net/lan.ts'
import { makeCounters } from '../../services/core/counters.ts'
import { formatIpv4, parseIpv4 } from '../../services/core/ipv4.ts'
import { silentLog } from '../../services/core/log.ts'
import { formatMac, macFromBytes, parseMac } from '../../services/core/mac.ts'
import { type DhcpMessage, decode } from '../../services/dhcp/codec.ts'
import { type ClientPacket, clientBytes, TYPE } from '../support/dhcp-kit.ts'

const [relay = '', server = '', patience = '250'] = process.argv.slice(2)
const CLIENTS_AT_ONCE = 8
const PATIENCE_MS = Number(patience)
const lan = makeKernelLan({ log: silentLog, counters: makeCounters() })
const waiting = new Map<number, (answer: DhcpMessage | undefined) => void>()
const leases: { readonly mac: string; readonly address: string }[] = []
let transactions = 0
let clients = 0

const socket = lan.openUdp({
  address: parseIpv4(relay),
  port: 67,
  onDatagram(bytes) {
    const answer = decode(bytes)
    waiting.get(answer.xid)?.(answer)
  },
})

function ask(packet: ClientPacket): Promise<DhcpMessage | undefined> {
  const xid = ++transactions
  return new Promise((resolve) => {
    const timer = setTimeout(() => done(undefined), PATIENCE_MS)
    const done = (answer: DhcpMessage | undefined) => {
      clearTimeout(timer)
      waiting.delete(xid)
      resolve(answer)
    }
    waiting.set(xid, done)
    const bytes = clientBytes({ ...packet, xid, giaddr: relay, hops: 1 })
    socket.send(bytes, { address: parseIpv4(server), port: 67 })
  })
}

async function leaseNew(): Promise<void> {
  const mac = formatMac(parseMac(`0200${(++clients).toString(16).padStart(8, '0')}`))
  const offer = await ask({ type: 'discover', mac })
  if (offer === undefined) return
  const wants = formatIpv4(offer.yiaddr)
  tell(await ask({ type: 'request', mac, wants, server }), wants)
}

/** As a client does that starts again (RFC 2131 §3.2). */
async function confirm(lease: { readonly mac: string; readonly address: string }): Promise<void> {
  tell(await ask({ type: 'request', mac: lease.mac, wants: lease.address }), lease.address)
}

function tell(answer: DhcpMessage | undefined, wants: string): void {
  const type = answer?.options.get(53)?.[0]
  const mac = answer === undefined ? undefined : macFromBytes(answer.chaddr)
  if (answer === undefined || mac === undefined || (type !== TYPE.ack && type !== TYPE.nak)) return
  const address = type === TYPE.ack ? formatIpv4(answer.yiaddr) : wants
  if (type === TYPE.ack) leases.push({ mac: formatMac(mac), address })
  console.log(`${type === TYPE.ack ? 'ack' : 'nak'} ${formatMac(mac)} ${address}`)
}

async function loop(): Promise<void> {
  for (let n = 0; ; n++) {
    const old = leases[(n * 7919) % Math.max(1, leases.length)]
    await (n % 3 === 0 && old !== undefined ? confirm(old) : leaseNew())
  }
}

await Promise.all(Array.from({ length: CLIENTS_AT_ONCE }, loop))
