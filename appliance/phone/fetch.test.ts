import { createServer } from 'node:http'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { makeCounters } from '../../services/core/counters.ts'
import { formatIpv4, parseIpv4 } from '../../services/core/ipv4.ts'
import { silentLog } from '../../services/core/log.ts'
import { parseMac } from '../../services/core/mac.ts'
import type { Endpoint, UdpSocket } from '../../services/core/net.ts'
import { decode, encode, type TftpPacket } from '../../services/tftp/codec.ts'
import { makeLoopbackLan } from '../net/loopback-lan.ts'
import { shippedTemplates } from '../templates.ts'
import { bootPhone } from './boot.ts'
import { fetchHttp } from './http-client.ts'
import { makeMailbox } from './mailbox.ts'
import { loadScripts, type PhoneScript } from './script.ts'
import { fetchTftp } from './tftp-client.ts'

const PHONE = parseIpv4('127.0.4.2')
const MAC = parseMac('00005e005301')

function scriptOf(vendor: string): PhoneScript {
  const [script] = loadScripts(shippedTemplates(), vendor)
  if (script === undefined) throw new TypeError(`no script of ${vendor}`)
  return script
}

let lan: ReturnType<typeof makeLoopbackLan>
beforeEach(() => {
  lan = makeLoopbackLan({ log: silentLog, counters: makeCounters() })
})
afterEach(() => lan[Symbol.asyncDispose]())

describe('the mailbox', () => {
  it('gives what came before somebody waited, and what comes while somebody waits', async () => {
    const mail = makeMailbox<number>()
    mail.put(1)
    mail.put(2)
    expect(await mail.take((item) => item > 1, 1000)).toBe(2)
    const later = mail.take((item) => item === 3, 1000)
    mail.put(9)
    mail.put(3)
    expect([await later, await mail.take(() => true, 0), await mail.take(() => true, 0)]).toEqual([3, 1, 9])
  })

  it('keeps no more than the newest of what nobody takes, and ends a wait in time', async () => {
    const mail = makeMailbox<number>()
    for (let i = 0; i < 1000; i++) mail.put(i)
    expect(await mail.take(() => true, 0)).toBeGreaterThan(900)
    expect(await mail.take((item) => item < 0, 1)).toBeUndefined()
  })
})

describe('a virtual phone by TFTP', () => {
  /** A server that answers each packet by `reply`, from a port of its own. */
  function serve(reply: (packet: TftpPacket) => readonly TftpPacket[]): Endpoint {
    let transfer: UdpSocket | undefined
    const answer = (bytes: Uint8Array, from: Endpoint) => {
      for (const packet of reply(decode(bytes))) transfer?.send(encode(packet), from)
    }
    transfer = lan.openUdp({ port: 0, onDatagram: answer })
    return lan.openUdp({ port: 0, onDatagram: answer }).local
  }
  const data = (block: number, size: number): TftpPacket => ({
    kind: 'data',
    block,
    bytes: new Uint8Array(size).fill(block),
  })

  it('negotiates its block size, and takes each block once although it comes twice', async () => {
    const server = serve((packet) => {
      if (packet.kind === 'read') return [{ kind: 'option-ack', options: [{ name: 'BLKSIZE', value: '1000' }] }]
      if (packet.kind !== 'ack') return []
      return packet.block === 0 ? [data(1, 1000), data(1, 1000)] : packet.block === 1 ? [data(2, 7)] : []
    })
    const { status, bytes } = await fetchTftp(lan, PHONE, server, 'x.cfg')
    expect([status, bytes.length, bytes[999], bytes[1000]]).toEqual([200, 1007, 1, 2])
  })

  it('reads in blocks of 512 from a server that knows no options', async () => {
    const server = serve((packet) =>
      packet.kind === 'read' ? [data(1, 512)] : packet.kind === 'ack' ? [data(2, 0)] : [],
    )
    expect((await fetchTftp(lan, PHONE, server, 'x.cfg')).bytes.length).toBe(512)
  })

  it.each([
    [1, 404],
    [2, 500],
  ])('tells error %i as %i', async (code, status) => {
    const server = serve(() => [{ kind: 'error', code, text: 'no' }])
    expect(await fetchTftp(lan, PHONE, server, 'x.cfg')).toEqual({ status, bytes: new Uint8Array(0) })
  })
})

describe('a virtual phone by HTTP', () => {
  const server = createServer((request, response) => {
    response.statusCode = request.url?.endsWith('.cfg') === true ? 200 : 404
    response.end(`${request.socket.remoteAddress} ${request.headers['user-agent']}`)
  })
  let base: string
  beforeEach(async () => {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const bound = server.address()
    base = `http://127.0.0.1:${typeof bound === 'object' && bound !== null ? bound.port : 0}/`
  })
  afterEach(() => new Promise((resolve) => server.close(resolve)))

  it('asks from its own address under its own name', async () => {
    const { status, bytes } = await fetchHttp(new URL('x.cfg', base), PHONE, 'Acme X1')
    expect([status, new TextDecoder().decode(bytes)]).toEqual([200, '127.0.4.2 Acme X1'])
    expect((await fetchHttp(new URL('other', base), PHONE, 'Acme X1')).status).toBe(404)
  })

  it('boots in the order of its vendor, and says when its own file was not there', async () => {
    const script = loadScripts(shippedTemplates(), 'yealink').find(({ model }) => model === 'SIP-T46U')
    if (script === undefined) throw new TypeError('no such script')
    const said: string[] = []
    const roads = { lan, address: PHONE, url: base, tftpPort: 69 }
    const mac = parseMac('805ec0005301')
    const result = await bootPhone(script, mac, roads, (line) => said.push(line))
    expect([result.configured, result.problem, result.urlFrom]).toEqual([true, undefined, 'its own settings'])
    expect(result.files.map(({ url, status }) => [url.slice(base.length), status])).toEqual([
      ['805ec0005301.boot', 404],
      ['y000000000000.boot', 404],
      ['y000000000108.cfg', 200],
      ['805ec0005301.cfg', 200],
    ])
    expect(said.length).toBe(5)
    const closed = { ...roads, url: 'http://127.0.0.1:1/' }
    expect(await bootPhone(script, mac, closed, () => {})).toMatchObject({
      configured: false,
      problem: 'its own configuration was not to be had',
    })
    await expect(bootPhone(script, mac, { ...roads, url: 'http://[' }, () => {})).rejects.toThrow('no URL: "http://["')
  })

  it.each([
    ['a.bin b.cfg c.cfg', { name: 'c.cfg', own: true }],
    ['a.bin b.cfg', { name: 'c.cfg', own: true, fallback: true }],
  ])('asks for %s: the last one only when it has to', async (asked, last) => {
    const base0 = { fallback: false, own: false, between: [] }
    const script = scriptOf('poly')
    const fetch = [{ name: 'a.bin' }, { name: 'b.cfg' }, last].map((step) => ({ ...base0, ...step }))
    const { files } = await bootPhone(
      { ...script, fetch },
      MAC,
      { lan, address: PHONE, url: base, tftpPort: 69 },
      () => {},
    )
    expect(files.map(({ url }) => url.slice(base.length)).join(' ')).toBe(asked)
  })

  it('asks for what comes between a file and those that it names', async () => {
    const script = scriptOf('poly')
    const follow = { pattern: '(?<url>Acme)', url: '{url}.cfg', own: 'all' as const, again: false }
    const step = { name: 'm.cfg', fallback: false, own: false, between: ['x.bin', 'y.cfg'], follow }
    const phone = { ...script, fetch: [step], userAgent: 'Acme' }
    const result = await bootPhone(phone, MAC, { lan, address: PHONE, url: base, tftpPort: 69 }, () => {})
    expect(result.configured).toBe(true)
    expect(result.files.map(({ url }) => url.slice(base.length))).toEqual(['m.cfg', 'x.bin', 'y.cfg', 'Acme.cfg'])
  })

  it('leaves a macro that is another vendor’s as it is', async () => {
    const url = `${base}{mac}.cfg`
    const { files } = await bootPhone(scriptOf('htek'), MAC, { lan, address: PHONE, url, tftpPort: 69 }, () => {})
    expect(files.map((file) => decodeURI(file.url))).toEqual([url])
  })

  it('has a problem to tell when it has no address, or nobody told it where to go', async () => {
    const [script] = loadScripts(shippedTemplates(), 'grandstream')
    if (script === undefined) throw new TypeError('no such script')
    const mac = parseMac('c074ad005301')
    expect((await bootPhone(script, mac, { lan, tftpPort: 69 }, () => {})).problem).toBe('no DHCP server answered')
    const lost = await bootPhone(script, mac, { lan, address: PHONE, tftpPort: 69 }, () => {})
    expect([lost.problem, formatIpv4(lost.address ?? parseIpv4('0.0.0.0'))]).toEqual([
      'nobody said where the configuration is',
      '127.0.4.2',
    ])
  })
})
