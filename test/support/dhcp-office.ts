import { makeCounters } from '../../services/core/counters.ts'
import { formatIpv4, type Ipv4, parseIpv4 } from '../../services/core/ipv4.ts'
import { silentLog } from '../../services/core/log.ts'
import type { SqlDatabase } from '../../services/core/sql.ts'
import { type DhcpMessage, decode } from '../../services/dhcp/codec.ts'
import type { DhcpAdvice, DhcpServer, DhcpSettings } from '../../services/dhcp/contract.ts'
import { type DhcpServerDeps, makeDhcpServer } from '../../services/dhcp/server.ts'
import type { Happening } from '../../services/journey/contract.ts'
import { makeTestClock } from './clock.ts'
import { memoryDatabase } from './database.ts'
import { type ClientPacket, clientBytes, dhcpSettings } from './dhcp-kit.ts'
import { makeRandom } from './random.ts'
import type { VirtualHost } from './virtual-host.ts'
import { VirtualLan } from './virtual-lan.ts'
import type { Datagram } from './virtual-wire.ts'

/** A DHCP server on a virtual LAN, with all that it reports kept. Clients speak by `send`, and read by `replies`. */
export class DhcpOffice {
  readonly lan = new VirtualLan()
  readonly clock = makeTestClock()
  readonly counters = makeCounters()
  readonly happenings: Happening[] = []
  readonly alarms: string[] = []
  readonly box: VirtualHost
  readonly client: VirtualHost
  db: SqlDatabase
  advice: DhcpAdvice = { phone: true, options: [] }
  server: DhcpServer

  /** By default the server answers at once: it is told to work beside other servers. */
  constructor(settings?: Partial<DhcpSettings>, more: Partial<DhcpServerDeps> = {}) {
    this.db = more.db ?? memoryDatabase()
    this.box = this.lan.host('box', [{ name: 'eth0', segment: 'office', address: '192.0.2.1/24' }])
    this.client = this.lan.host('client', [{ name: 'eth0', segment: 'office' }])
    this.server = this.make(settings, more)
  }

  make(settings: Partial<DhcpSettings> = {}, more: Partial<DhcpServerDeps> = {}): DhcpServer {
    const interfaces = [{ name: 'eth0', mode: 'full', besideForeignServer: true } as const]
    return makeDhcpServer({
      lan: this.box,
      db: this.db,
      clock: this.clock,
      random: makeRandom(1),
      log: silentLog,
      counters: this.counters,
      journal: { record: (happening) => void this.happenings.push(happening) },
      alarms: { raise: (kind, subject) => void this.alarms.push(`${kind} ${subject}`), list: () => [] },
      advisor: { advise: () => this.advice },
      settings: dhcpSettings({ interfaces, ...settings }),
      timing: { foreignWaitMs: 20, foreignEveryMs: 3_600_000, probeEveryMs: 3_600_000 },
      ...more,
    })
  }

  /** Puts a client's packet on the wire. */
  send(packet: ClientPacket | Uint8Array, from: string = '0.0.0.0'): void {
    const bytes = packet instanceof Uint8Array ? packet : clientBytes(packet)
    const to = { address: parseIpv4('255.255.255.255'), port: 67 }
    this.lan.send({
      segment: 'office',
      fromMac: this.client.port('eth0').mac,
      from: { address: parseIpv4(from), port: 68 },
      to,
      bytes,
    })
  }

  /** Carries what is sent, and returns the answers of the server in order. */
  async replies(): Promise<DhcpMessage[]> {
    return (await this.datagrams()).map(({ bytes }) => decode(bytes))
  }

  async datagrams(): Promise<Datagram[]> {
    this.lan.wire.length = 0
    await this.lan.settle()
    return this.lan.wire.filter(({ from, bytes }) => from.port === 67 && bytes[0] === 2)
  }

  /** Leases an address from DISCOVER to ACK, or returns undefined when no offer or no ACK comes. */
  async lease(mac: string): Promise<string | undefined> {
    this.send({ type: 'discover', mac })
    const [offer] = await this.replies()
    if (offer === undefined) return undefined
    this.send({ type: 'request', mac, server: '192.0.2.1', wants: formatIpv4(offer.yiaddr) })
    const [ack] = await this.replies()
    return ack?.options.get(53)?.[0] === 5 ? formatIpv4(ack.yiaddr as Ipv4) : undefined
  }
}
