import { connect } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { makeLoopbackLan } from '../../appliance/net/loopback-lan.ts'
import { lease } from '../../appliance/phone/dhcp-client.ts'
import { fetchHttp } from '../../appliance/phone/http-client.ts'
import { subscribe } from '../../appliance/phone/pnp-client.ts'
import { loadScripts } from '../../appliance/phone/script.ts'
import { fetchTftp } from '../../appliance/phone/tftp-client.ts'
import { shippedTemplates } from '../../appliance/templates.ts'
import { fromHex, fromLatin1 } from '../../services/core/bytes.ts'
import { makeCounters } from '../../services/core/counters.ts'
import { InvariantError } from '../../services/core/errors.ts'
import { formatIpv4, type Ipv4, parseIpv4 } from '../../services/core/ipv4.ts'
import { silentLog } from '../../services/core/log.ts'
import { parseMac } from '../../services/core/mac.ts'
import { encode } from '../../services/tftp/codec.ts'
import { DemoBox } from '../support/box-process.ts'
import { PATIENTLY } from '../support/box-under-test.ts'
import { CAPTURES } from '../support/dhcp-captures.ts'
import { clientBytes } from '../support/dhcp-kit.ts'
import { makeMutator, truncations } from '../support/mutate.ts'
import { makeRandom } from '../support/random.ts'
import { SIP_SAMPLES, sipText } from '../support/sip-samples.ts'

const MUTATIONS = 100_000
/** What is not measured yet: caches fill, code is compiled. */
const WARM_UP = 20_000
const BOX = parseIpv4('127.0.0.1')
const RELAY = parseIpv4('127.0.1.1')
const PHONE = parseMac('805ec000d001')
/** Lines of log that a flood may cause at level info, whatever its length. */
const MOST_LINES = 60

const DHCP_PACKETS = [
  ...Object.values(CAPTURES).map((hex) => fromHex(hex) ?? new Uint8Array()),
  ...(['discover', 'request', 'inform', 'release', 'decline'] as const).map((type) =>
    clientBytes({
      ...{ type, mac: '00:00:5e:00:53:77', giaddr: '127.0.1.1', hops: 1, wants: '127.0.1.200', server: '127.0.0.1' },
      ...{
        vendorClass: 'yealink',
        parameters: [1, 3, 66, 43, 160],
        clientId: '0100005e005377',
        options: { 57: '05dc' },
      },
      // Relay agent information (RFC 3046) with a circuit and a link selection.
      ...{ options: { 57: '05dc', 82: '0104aabbccdd05047f000100' } },
    }),
  ),
]
const SIP_PACKETS = [
  ...SIP_SAMPLES.map(({ lines }) => sipText(lines)),
  sipText(['SIP/2.0 200 OK', 'Via: SIP/2.0/UDP 127.0.0.1:5060;branch=z9hG4bKx;rport', 'CSeq: 1 NOTIFY', 'Call-ID: 1']),
]
const TFTP_PACKETS = [
  encode({ kind: 'read', file: '805ec000d001.cfg', mode: 'octet', options: [{ name: 'blksize', value: '1428' }] }),
  encode({ kind: 'read', file: 'yealink/y000000000108.cfg', mode: 'netascii', options: [] }),
  encode({
    kind: 'read',
    file: '../../etc/passwd',
    mode: 'octet',
    options: ['windowsize', 'tsize', 'timeout'].map((name) => ({ name, value: '16' })),
  }),
  encode({ kind: 'write', file: '805ec000d001-boot.log', mode: 'octet', options: [{ name: 'tsize', value: '70000' }] }),
  encode({ kind: 'data', block: 1, bytes: new Uint8Array(512) }),
  encode({ kind: 'ack', block: 0 }),
  encode({ kind: 'error', code: 1, text: 'File not found' }),
]
const HTTP_PACKETS = [
  'GET /yealink/805ec000d001.cfg HTTP/1.1\r\nHost: 127.0.0.1\r\nUser-Agent: Yealink SIP-T46U 108.86.0.90 80:5e:c0:00:d0:01\r\nRange: bytes=0-3,5-\r\nIf-None-Match: "x"\r\n\r\n',
  'PUT /log.txt HTTP/1.1\r\nHost: 127.0.0.1\r\nTransfer-Encoding: chunked\r\nExpect: 100-continue\r\n\r\n4\r\nWiki\r\n0\r\n\r\n',
  'POST http://x/%2e%2e/log.txt HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\nConnection: keep-alive\r\n\r\nWiki',
  'HEAD /ca.pem HTTP/1.0\r\nAuthorization: Digest username="x", nonce="y", response="z"\r\n\r\n',
].map(fromLatin1)

let box: DemoBox
const lan = makeLoopbackLan({ log: silentLog, counters: makeCounters() })
beforeAll(async () => {
  box = await DemoBox.start('--log-level', 'info')
})
afterAll(async () => {
  await lan[Symbol.asyncDispose]()
  await box[Symbol.asyncDispose]()
})

async function counter(name: string): Promise<number> {
  return (await box.api<{ counters: Record<string, number> }>('/counters')).counters[name] ?? 0
}

/** What the kernel holds for a UDP port of the box, and how many datagrams it had to throw away. */
async function queueOf(port: number): Promise<{ readonly waiting: number; readonly dropped: number }> {
  const local = ` 0100007F:${port.toString(16).toUpperCase().padStart(4, '0')} `
  // The kernel lists sockets a page at a time: one may be missing while others come and go between two pages.
  let row: string | undefined
  for (let tries = 0; row === undefined && tries < 20; tries++)
    row = (await Bun.file('/proc/net/udp').text()).split('\n').find((line) => line.includes(local))
  if (row === undefined) throw new InvariantError(`nobody listens on udp port ${port}: ${box.log}`)
  const fields = row.trim().split(/\s+/)
  return { waiting: Number.parseInt(fields[4]?.split(':')[1] ?? '0', 16), dropped: Number(fields.at(-1)) }
}

/** Sends them from many addresses, no faster than the box takes them. */
async function flood(port: number, packets: Iterable<Uint8Array>, random: () => number): Promise<void> {
  const sockets = Array.from({ length: 32 }, (_, i) =>
    lan.openUdp({ address: (parseIpv4('127.7.0.1') + i * 259) as Ipv4, port: 0, onDatagram() {} }),
  )
  const { dropped } = await queueOf(port)
  let batch = 0
  for (const packet of packets) {
    sockets[Math.floor(random() * sockets.length)]?.send(packet, { address: BOX, port })
    if (++batch % 128 > 0) continue
    for (;;) {
      await new Promise(setImmediate)
      if ((await queueOf(port)).waiting === 0) break
    }
  }
  for (const socket of sockets) socket.close()
  expect((await queueOf(port)).dropped).toBe(dropped)
}

/** One connection each, from many addresses, sixty-four at a time. */
async function floodHttp(port: number, packets: Iterator<Uint8Array>): Promise<void> {
  let sent = 0
  const one = (packet: Uint8Array) =>
    new Promise<void>((resolve) => {
      const localAddress = formatIpv4((parseIpv4('127.9.0.1') + (sent++ % 250)) as Ipv4)
      const socket = connect({ host: '127.0.0.1', port, localAddress, noDelay: true })
      socket.on('error', () => {})
      socket.on('close', () => resolve())
      socket.on('data', () => socket.destroy())
      socket.end(packet)
    })
  const worker = async () => {
    for (let next = packets.next(); next.done !== true; next = packets.next()) await one(next.value)
  }
  await Promise.all(Array.from({ length: 64 }, worker))
}

function* mutations(packets: readonly Uint8Array[], count: number, random: () => number, most = 1_472) {
  const next = makeMutator(packets, random, most)
  for (let i = 0; i < count; i++) yield next()
}

/** A phone that the box knows, with its lease, as it would boot now. */
async function bootsStill(): Promise<void> {
  const script = loadScripts(shippedTemplates(), 'yealink').find(({ model }) => model === 'SIP-T46U')
  if (script?.pnp === undefined) throw new InvariantError('there is no such virtual phone')
  const { ports } = box
  const leased = await lease(script, PHONE, {
    ...{
      lan,
      device: 'lo',
      serverPort: ports['dhcp-port'],
      clientPort: ports['dhcp-client-port'],
      random: Math.random,
    },
    relay: { address: RELAY, server: BOX },
  })
  expect(leased === undefined ? undefined : formatIpv4(leased.address)).toMatch(/^127\.0\.1\.1\d$/)
  if (leased === undefined) return
  const rendered = (await box.branchline('render', '805ec000d001')).bytes
  const agent = 'Yealink SIP-T46U 108.86.0.90 80:5e:c0:00:d0:01'
  for (const scheme of ['http', 'https'] as const) {
    const url = new URL(`${scheme}://127.0.0.1:${ports[`${scheme}-port`]}/yealink/805ec000d001.cfg`)
    const got = await fetchHttp(url, leased.address, agent)
    expect([scheme, got.status, Buffer.from(got.bytes).equals(rendered)]).toEqual([scheme, 200, true])
  }
  const tftp = await fetchTftp(lan, leased.address, { address: BOX, port: ports['tftp-port'] }, '805ec000d001.cfg')
  expect([tftp.status, Buffer.from(tftp.bytes).equals(rendered)]).toEqual([200, true])
  const road = { lan, device: 'lo', port: ports['sip-port'], server: BOX, random: Math.random }
  expect(await subscribe(script, PHONE, leased.address, road)).toContain('/yealink/')
}

describe('what is broken on purpose', () => {
  it('every truncation of real packets and a warm-up: all services still answer', async () => {
    const random = makeRandom(1)
    const { ports } = box
    await flood(ports['dhcp-port'], truncations(DHCP_PACKETS), random)
    await flood(ports['sip-port'], truncations(SIP_PACKETS), random)
    await flood(ports['tftp-port'], truncations(TFTP_PACKETS), random)
    await floodHttp(ports['http-port'], truncations(HTTP_PACKETS))
    await floodHttp(ports['https-port'], mutations(HTTP_PACKETS, 500, random))
    for (const name of ['dhcp.malformed', 'pnp.malformed', 'tftp.malformed'])
      expect([name, await counter(name)]).not.toEqual([name, 0])
    await flood(ports['dhcp-port'], mutations(DHCP_PACKETS, WARM_UP, random), random)
    await flood(ports['sip-port'], mutations(SIP_PACKETS, WARM_UP, random), random)
    await flood(ports['tftp-port'], mutations(TFTP_PACKETS, WARM_UP, random), random)
    await floodHttp(ports['http-port'], mutations(HTTP_PACKETS, WARM_UP, random))
    await bootsStill()
  })

  it(`${MUTATIONS} mutations of each protocol: counted, never logged without bound, memory flat`, async () => {
    const random = makeRandom(2)
    const { ports } = box
    const before = await box.memory()
    const rest = MUTATIONS - WARM_UP
    const floods: Record<string, () => Promise<void>> = {
      dhcp: () => flood(ports['dhcp-port'], mutations(DHCP_PACKETS, rest, random), random),
      pnp: () => flood(ports['sip-port'], mutations(SIP_PACKETS, rest, random), random),
      tftp: () => flood(ports['tftp-port'], mutations(TFTP_PACKETS, rest, random), random),
      http: () => floodHttp(ports['http-port'], mutations(HTTP_PACKETS, rest, random)),
    }
    for (const [name, run] of Object.entries(floods)) {
      const counted = await counter(`${name}.malformed`)
      const lines = box.log.split('\n').length
      await run()
      expect((await counter(`${name}.malformed`)) - counted).toBeGreaterThan(rest / 50)
      expect(box.log.split('\n').length - lines, `${name} logged ${box.log.slice(-2_000)}`).toBeLessThan(MOST_LINES)
    }
    await bootsStill()
    // What the flood left goes when the box comes to rest; a leak of 200 bytes a packet stays.
    await expect.poll(() => box.memory(), PATIENTLY).toBeLessThan(Math.max(before + 64e6, 200e6))
    expect(
      (await counter('net.handler-failed')) + (await counter('dhcp.failed')) + (await counter('http.failed')),
    ).toBe(0)
  }, 300_000)
})
