import { describe, expect, it } from 'vitest'
import { concat, equalBytes, fromLatin1, latin1 } from '../core/bytes.ts'
import { makeCounters } from '../core/counters.ts'
import type { Ipv4 } from '../core/ipv4.ts'
import { silentLog } from '../core/log.ts'
import type { Mac } from '../core/mac.ts'
import type { Endpoint } from '../core/net.ts'
import type { Happening } from '../journey/contract.ts'
import type { Answer, FileRequest } from '../phones/contract.ts'
import { decode, encode, type TftpOption, type TftpPacket } from './codec.ts'
import { encodeNetascii } from './codec-netascii.ts'
import { makeTftpServer } from './server.ts'
import type { TftpSettings } from './settings.ts'
import { startFetch } from './test-client.ts'
import { BOX, fairWeather, makeTestLink, PHONE, seeded, type TestLink, type Weather } from './test-link.ts'

const MAC = '00005e005301' as Mac

function pattern(length: number): Uint8Array {
  const bytes = new Uint8Array(length)
  for (let i = 0; i < length; i++) bytes[i] = (i * 7 + (i >>> 8) * 13 + (i >>> 16)) & 255
  return bytes
}

function contentOf(bytes: Uint8Array, file: string): Answer {
  const contentType = 'text/plain'
  return {
    kind: 'content',
    bytes,
    contentType,
    hash: 'h',
    secret: false,
    own: true,
    stage: 'full',
    reason: '',
    mac: MAC,
    file,
  }
}

function setUp(options: {
  files?: Readonly<Record<string, Uint8Array>>
  blobs?: Readonly<Record<string, Uint8Array>>
  answer?: (request: FileRequest) => Answer | undefined
  weather?: Weather
  seed?: number
  settings?: Partial<TftpSettings>
}) {
  const link = makeTestLink(options.weather ?? fairWeather, seeded(options.seed ?? 1))
  const counters = makeCounters()
  const journal: Happening[] = []
  const asked: FileRequest[] = []
  const blobs = options.blobs ?? {}
  const server = makeTftpServer({
    lan: link.lan,
    provisioner: {
      answer(request) {
        asked.push(request)
        const file = request.path
        const given = options.answer?.(request)
        if (given !== undefined) return given
        const bytes = options.files?.[file]
        if (bytes !== undefined && request.method === 'get') return contentOf(bytes, file)
        const blob = blobs[file]
        if (blob !== undefined && request.method === 'get')
          return { kind: 'blob', blob: { hash: file, size: blob.length }, contentType: '', reason: '', file }
        return { kind: 'missing', expected: false, reason: 'no such file', file }
      },
    },
    blobs: {
      read: (hash, offset, length) => Promise.resolve(blobs[hash]?.slice(offset, offset + length)),
      path: () => undefined,
    },
    journal: { record: (happening) => void journal.push(happening) },
    clock: { now: () => 1000 },
    log: silentLog,
    counters,
    settings: { port: 69, ...options.settings },
    monotonic: link.now,
    every: link.every,
  })
  void server.start()
  return { link, counters, journal, asked, server }
}

/** A client that only sends what it is told and keeps what it gets. */
function rawClient(link: TestLink, port = 5000, address: Ipv4 = PHONE) {
  const got: { readonly packet: TftpPacket; readonly from: Endpoint }[] = []
  const socket = link.client(address, port, (bytes, from) => void got.push({ packet: decode(bytes), from }))
  return {
    got,
    ask: (file: string, mode = 'octet', options: readonly TftpOption[] = []) =>
      socket.send(encode({ kind: 'read', file, mode, options }), { address: BOX, port: 69 }),
    send: (packet: TftpPacket, to: Endpoint) => socket.send(encode(packet), to),
    raw: (bytes: Uint8Array, to: Endpoint) => socket.send(bytes, to),
    said: () =>
      got.map(({ packet }) =>
        packet.kind === 'data' || packet.kind === 'ack'
          ? `${packet.kind} ${packet.block}`
          : packet.kind === 'error'
            ? `error ${packet.code} ${packet.text}`
            : packet.kind,
      ),
    from: () => got[0]?.from ?? { address: BOX, port: 0 },
  }
}

const never = () => false

describe('reading', () => {
  it.each([0, 1, 511, 512, 513, 1024, 5000])('%i bytes arrive whole, and the journal says so', async (size) => {
    const { link, journal, asked } = setUp({ files: { 'a.cfg': pattern(size) } })
    const fetch = startFetch(link, { address: PHONE, port: 5000, file: 'a.cfg' })
    await link.run(never, 30_000)
    expect(concat(fetch.bytes)).toEqual(pattern(size))
    expect(asked).toEqual([
      {
        at: 1000,
        protocol: 'tftp',
        method: 'get',
        path: 'a.cfg',
        from: { address: PHONE, port: 5000 },
        interface: 'eth0',
        localAddress: BOX,
      },
    ])
    expect(journal).toEqual([
      {
        at: 1000,
        mac: MAC,
        address: PHONE,
        interface: 'eth0',
        step: {
          kind: 'file.completed',
          protocol: 'tftp',
          file: 'a.cfg',
          size,
          ms: (Math.floor(size / 512) + 1) * 2,
          own: true,
        },
      },
    ])
  })

  it('acknowledges options in the client’s spelling and uses them', async () => {
    const { link } = setUp({ files: { f: pattern(10_000) } })
    const fetch = startFetch(link, {
      address: PHONE,
      port: 5000,
      file: 'f',
      mode: 'OCTET',
      options: { BLKSIZE: '9000', tsize: '0', WindowSize: '4', unknown: 'x' },
    })
    await link.run(() => fetch.done)
    expect(fetch.options).toEqual([
      { name: 'BLKSIZE', value: '1468' },
      { name: 'tsize', value: '10000' },
      { name: 'WindowSize', value: '4' },
    ])
    expect(concat(fetch.bytes)).toEqual(pattern(10_000))
  })

  it.each(['content', 'blob'])('converts netascii of a %s across block borders', async (kind) => {
    const text = new Uint8Array(200_000).fill(10)
    for (let i = 0; i < text.length; i += 3) text[i] = i % 2 === 0 ? 13 : 65
    const { link } = setUp(kind === 'content' ? { files: { t: text } } : { blobs: { t: text } })
    const fetch = startFetch(link, { address: PHONE, port: 5000, file: 't', mode: 'NetASCII', options: { tsize: '0' } })
    await link.run(() => fetch.done)
    const wire = encodeNetascii(text)
    expect(fetch.options).toEqual([{ name: 'tsize', value: String(wire.length) }])
    expect(latin1(concat(fetch.bytes)) === latin1(wire)).toBe(true)
  })

  it('serves a stored file larger than its memory for chunks, to many at once', async () => {
    const firmware = pattern(300_000)
    const { link, server } = setUp({ blobs: { 'fw.rom': firmware } })
    const fetches = Array.from({ length: 12 }, (_, i) =>
      startFetch(link, {
        address: PHONE,
        port: 5000 + i,
        file: 'fw.rom',
        options: { blksize: '1468', windowsize: '16' },
      }),
    )
    await link.run(() => fetches.every((fetch) => fetch.done) && server.active === 0)
    for (const fetch of fetches) expect(equalBytes(concat(fetch.bytes), firmware)).toBe(true)
  })

  it('says so when a stored file is gone', async () => {
    const file = 'fw'
    const { link, journal } = setUp({
      answer: () => ({ kind: 'blob', blob: { hash: 'gone', size: 10 }, contentType: '', reason: '', file }),
    })
    const fetch = startFetch(link, { address: PHONE, port: 5000, file })
    await link.run(() => fetch.error !== undefined)
    expect(fetch.error).toMatchObject({ code: 0, text: 'Read error' })
    expect(journal.map(({ step }) => step.kind)).toEqual(['file.broken'])
  })

  it('rolls the block number over for 34 MB in blocks of 512', async () => {
    const large = pattern(34 * 1024 * 1024)
    const { link, counters } = setUp({ files: { large } })
    link.forget = true
    const fetch = startFetch(link, { address: PHONE, port: 5000, file: 'large' })
    await link.run(() => fetch.done)
    expect(fetch.bytes.length).toBe(34 * 2048 + 1)
    expect(Buffer.compare(concat(fetch.bytes), large)).toBe(0)
    expect(fetch.surplus).toBe(0)
    expect(counters.get('tftp.stale-ack')).toBe(0)
  }, 60_000)
})

describe('refusing', () => {
  const file = 'x'
  it.each<[string, Answer, string[]]>([
    ['missing', { kind: 'missing', expected: true, reason: 'r', file }, ['error 1 File not found']],
    ['refused', { kind: 'refused', reason: 'r', file }, ['error 1 File not found']],
    ['redirect', { kind: 'redirect', location: 'http://192.0.2.1/', reason: 'r', file }, ['error 1 File not found']],
    ['challenge', { kind: 'challenge', scheme: 'basic', realm: 'r', reason: 'r', file }, ['error 1 File not found']],
    ['silence', { kind: 'silence', reason: 'r', file }, []],
  ])('%s', async (_name, answer, said) => {
    const { link, server } = setUp({ answer: () => answer })
    const client = rawClient(link)
    client.ask('x')
    await link.run(never, 60_000)
    expect(client.said()).toEqual(said)
    expect(server.active).toBe(0)
  })

  it('refuses other modes and uploads that nobody wants', async () => {
    const { link } = setUp({})
    const client = rawClient(link)
    client.ask('x', 'mail')
    client.send({ kind: 'write', file: 'x', mode: 'octet', options: [] }, { address: BOX, port: 69 })
    await link.run(never, 60_000)
    expect(client.said()).toEqual(['error 4 Illegal TFTP operation', 'error 2 Access violation'])
  })

  it('answers a repeated request again without deciding twice, and a copy made by the network not at all', async () => {
    const { link, asked, counters } = setUp({})
    const client = rawClient(link)
    client.ask('x')
    client.ask('x')
    link.at(1000, () => client.ask('x'))
    link.at(8000, () => client.ask('x'))
    await link.run(never, 60_000)
    expect(client.said()).toEqual(['error 1 File not found', 'error 1 File not found', 'error 1 File not found'])
    expect(asked.length).toBe(2)
    expect(counters.get('tftp.duplicate-request')).toBe(1)
  })
})

describe('one transfer among others', () => {
  it('tells a stranger so, and goes on undisturbed', async () => {
    const { link, counters } = setUp({ files: { f: pattern(700) } })
    const client = rawClient(link)
    const samePort = rawClient(link, 5000, (PHONE + 1) as Ipv4)
    const sameAddress = rawClient(link, 5001)
    client.ask('f')
    await link.run(() => client.got.length > 0)
    samePort.send({ kind: 'ack', block: 1 }, client.from())
    sameAddress.send({ kind: 'ack', block: 1 }, client.from())
    sameAddress.send({ kind: 'error', code: 0, text: 'die' }, client.from())
    await link.run(never, 500)
    client.send({ kind: 'ack', block: 1 }, client.from())
    await link.run(() => client.got.length > 1)
    expect(client.said()).toEqual(['data 1', 'data 2'])
    expect(samePort.said()).toEqual(['error 5 Unknown transfer ID'])
    expect(sameAddress.said()).toEqual(['error 5 Unknown transfer ID'])
    expect(counters.get('tftp.stranger')).toBe(3)
  })

  it('runs a repeated request once, on one port', async () => {
    const { link, asked } = setUp({ files: { f: pattern(10) } })
    const client = rawClient(link)
    client.ask('f')
    client.ask('f')
    await link.run(() => client.got.length > 0)
    client.ask('f')
    await link.run(never, 500)
    expect(client.said()).toEqual(['data 1'])
    expect(asked.length).toBe(1)
  })

  it('gives file after file to the same client port another port of ours', async () => {
    const { link } = setUp({ files: { f: pattern(10) } })
    const client = rawClient(link)
    const ports: number[] = []
    for (let i = 0; i < 5; i++) {
      client.ask('f')
      await link.run(() => client.got.length > i)
      const from = client.got[i]?.from ?? { address: BOX, port: 0 }
      ports.push(from.port)
      client.send({ kind: 'ack', block: 1 }, from)
      await link.run(never, link.now() + 20)
    }
    expect(new Set(ports).size).toBe(5)
  })

  it('does not answer what comes late from an ended transfer', async () => {
    const { link, counters } = setUp({ files: { f: pattern(10) } })
    const client = rawClient(link)
    client.ask('f')
    await link.run(() => client.got.length > 0)
    for (let i = 0; i < 3; i++) client.send({ kind: 'ack', block: 1 }, client.from())
    await link.run(never, 5000)
    expect(client.said()).toEqual(['data 1'])
    expect(counters.get('tftp.late')).toBe(2)
  })

  it('sends every block once though every acknowledgment comes three times', async () => {
    const { link } = setUp({ files: { f: pattern(512 * 20) } })
    const client = rawClient(link)
    client.ask('f')
    for (let block = 1; block <= 21; block++) {
      await link.run(() => client.got.length >= block)
      for (let i = 0; i < 3; i++) client.send({ kind: 'ack', block }, client.from())
    }
    await link.run(never, 60_000)
    expect(client.said()).toEqual(Array.from({ length: 21 }, (_, i) => `data ${i + 1}`))
  })

  it('serves 200 at once from 200 addresses, and lets one address wait for its turn', async () => {
    const { link, counters } = setUp({ files: { f: pattern(2000) }, settings: { maxPerSource: 4 } })
    const many = Array.from({ length: 200 }, (_, i) =>
      startFetch(link, { address: (PHONE + i) as Ipv4, port: 5000, file: 'f' }),
    )
    const crowd = Array.from({ length: 100 }, (_, i) => startFetch(link, { address: PHONE, port: 6000 + i, file: 'f' }))
    await link.run(() => [...many, ...crowd].every((fetch) => fetch.done))
    expect(counters.get('tftp.waited')).toBe(97)
    expect(counters.get('tftp.turned-away')).toBe(0)
  })

  it('turns away what would wait without bound, and recovers', async () => {
    const { link, counters, server } = setUp({ files: { f: pattern(2000) }, settings: { maxTransfers: 50 } })
    for (let i = 0; i < 10_000; i++) rawClient(link, 1024 + (i % 50_000), (PHONE + (i >> 3)) as Ipv4).ask('f')
    await link.run(never, 15)
    expect(server.active).toBe(50)
    expect(counters.get('tftp.waited')).toBe(1024)
    expect(counters.get('tftp.turned-away')).toBe(10_000 - 50 - 1024)
    await link.run(() => server.active === 0)
    const fetch = startFetch(link, { address: PHONE, port: 900, file: 'f' })
    await link.run(() => fetch.done)
    expect(fetch.done).toBe(true)
  })
})

describe('bad weather', () => {
  const storm: Weather = { loss: 0.05, duplicates: 0.05, reorder: 0.1, delayMs: 2 }
  it.each([
    [1, {}],
    [2, { blksize: '1428' }],
    [3, { blksize: '1024', windowsize: '4' }],
    [4, { windowsize: '16', tsize: '0' }],
    [5, { windowsize: '7', timeout: '1' }],
  ])('seed %i, options %j: every file is right', async (seed, options) => {
    const files = { f: pattern(60_000) }
    const { link } = setUp({ files, weather: storm, seed })
    const fetches = Array.from({ length: 10 }, (_, i) =>
      startFetch(link, { address: (PHONE + i) as Ipv4, port: 5000, file: 'f', options }),
    )
    await link.run(() => fetches.every((fetch) => fetch.done || fetch.error !== undefined))
    for (const fetch of fetches) {
      expect(fetch.error).toBeUndefined()
      expect(equalBytes(concat(fetch.bytes), files.f)).toBe(true)
    }
  })
})

describe('uploads', () => {
  function sink(take = true) {
    const bodies: (string | undefined)[] = []
    const answer = (request: FileRequest): Answer => {
      bodies.push(request.body === undefined ? undefined : latin1(request.body))
      const refused = request.body !== undefined && !take
      return { kind: refused ? 'refused' : 'stored', reason: refused ? 'no room' : '', file: request.path }
    }
    return { bodies, answer }
  }
  const write = (mode: string, options: readonly TftpOption[] = []): TftpPacket => ({
    kind: 'write',
    file: 'log',
    mode,
    options,
  })

  it.each([
    ['octet', 'a\r\nb'],
    ['netascii', 'a\nb'],
  ])('in %s are stored whole before the last acknowledgment, which is repeated', async (mode, stored) => {
    const { bodies, answer } = sink()
    const { link, journal, server } = setUp({ answer })
    const client = rawClient(link)
    client.send(write(mode, [{ name: 'blksize', value: '8' }]), { address: BOX, port: 69 })
    await link.run(() => client.got.length > 0)
    client.send({ kind: 'data', block: 1, bytes: fromLatin1('a\r\nb') }, client.from())
    client.send({ kind: 'data', block: 1, bytes: fromLatin1('a\r\nb') }, client.from())
    await link.run(() => server.active === 0, 60_000)
    expect(client.said()).toEqual(['option-ack', 'ack 1', 'ack 1'])
    expect(bodies).toEqual([undefined, stored])
    expect(journal.map(({ step }) => step.kind)).toEqual(['file.completed'])
  })

  it('are refused at the end when they are not stored', async () => {
    const { answer } = sink(false)
    const { link, journal } = setUp({ answer })
    const client = rawClient(link)
    client.send(write('octet'), { address: BOX, port: 69 })
    await link.run(() => client.got.length > 0)
    client.send({ kind: 'data', block: 1, bytes: fromLatin1('x') }, client.from())
    await link.run(() => client.got.length > 1)
    expect(client.said()).toEqual(['ack 0', 'error 2 Access violation'])
    expect(journal.map(({ step }) => step)).toEqual([
      { kind: 'file.broken', protocol: 'tftp', file: 'log', reason: 'no room' },
    ])
  })

  it('stop at their size, announced or not', async () => {
    const { answer, bodies } = sink()
    const { link } = setUp({ answer, settings: { maxUploadSize: 600 } })
    const client = rawClient(link)
    client.send(write('octet', [{ name: 'tsize', value: '601' }]), { address: BOX, port: 69 })
    await link.run(() => client.got.length > 0)
    client.send(write('octet'), { address: BOX, port: 69 })
    await link.run(() => client.got.length > 1)
    const from = client.got[1]?.from ?? { address: BOX, port: 0 }
    client.send({ kind: 'data', block: 1, bytes: pattern(512) }, from)
    client.send({ kind: 'data', block: 2, bytes: pattern(512) }, from)
    await link.run(() => client.got.length > 3)
    expect(client.said()).toEqual(['error 3 Disk full', 'ack 0', 'ack 1', 'error 3 Disk full'])
    expect(bodies).toEqual([undefined, undefined])
  })
})

describe('interfaces', () => {
  it('are followed: a new address is served, a vanished one ends its transfers', async () => {
    const { link, server, journal } = setUp({ files: { f: pattern(2000) } })
    const client = rawClient(link)
    client.ask('f')
    await link.run(() => client.got.length > 0)
    const other = (BOX + 256) as Ipv4
    link.setInterfaces([{ name: 'eth1', up: true, addresses: [{ address: other, prefix: 24 }] }])
    expect(server.listening()).toEqual([{ device: 'eth1', local: { address: other, port: 69 } }])
    expect(server.active).toBe(0)
    expect(journal.map(({ step }) => step)).toEqual([
      { kind: 'file.broken', protocol: 'tftp', file: 'f', reason: 'the interface or its address went away' },
    ])
    await server.stop()
    expect(server.listening()).toEqual([])
  })

  it('other than the given ones, and those that are down, are left alone', () => {
    const { link, server } = setUp({ settings: { devices: ['eth1', 'eth2'] } })
    const addresses = [{ address: BOX, prefix: 24 }]
    link.setInterfaces([
      { name: 'eth0', up: true, addresses },
      { name: 'eth1', up: false, addresses },
      { name: 'eth2', up: true, addresses },
    ])
    expect(server.listening().map(({ device }) => device)).toEqual(['eth2'])
  })
})

describe('hostile packets', () => {
  it('100,000 mutations leave it answering, its counters raised and its memory flat', async () => {
    const { link, counters, server } = setUp({ files: { 'a.cfg': pattern(3000) } })
    link.forget = true
    const random = seeded(7)
    const options = [
      { name: 'blksize', value: '1428' },
      { name: 'windowsize', value: '4' },
      { name: 'tsize', value: '0' },
    ]
    const samples = [
      encode({ kind: 'read', file: 'a.cfg', mode: 'octet', options }),
      encode({ kind: 'read', file: 'a.cfg', mode: 'netascii', options: [] }),
      encode({ kind: 'write', file: 'a.cfg', mode: 'octet', options }),
      encode({ kind: 'ack', block: 1 }),
      encode({ kind: 'data', block: 1, bytes: pattern(20) }),
      encode({ kind: 'error', code: 0, text: 'x' }),
      encode({ kind: 'option-ack', options }),
    ]
    const sockets = Array.from({ length: 64 }, (_, i) => link.client((PHONE + i) as Ipv4, 5000, () => {}))
    async function batch(count: number): Promise<void> {
      for (let i = 0; i < count; i++) {
        const bytes = (samples[Math.floor(random() * samples.length)] ?? new Uint8Array(0)).slice()
        for (let flips = Math.floor(random() * 4); flips > 0; flips--)
          bytes[Math.floor(random() * bytes.length)] = Math.floor(random() * 256)
        const cut = random() < 0.3 ? Math.floor(random() * bytes.length) : bytes.length
        const port = random() < 0.5 ? 69 : 40_000 + Math.floor(random() * 16)
        sockets[i % sockets.length]?.send(bytes.subarray(0, cut), { address: BOX, port })
        if (i % 50 === 0) await link.run(never, link.now() + 20)
      }
      await link.run(() => server.active === 0)
    }
    await batch(20_000)
    Bun.gc(true)
    const before = process.memoryUsage().heapUsed
    await batch(80_000)
    Bun.gc(true)
    expect(process.memoryUsage().heapUsed - before).toBeLessThan(8 * 1024 * 1024)
    expect(counters.get('tftp.malformed')).toBeGreaterThan(10_000)
    const fetch = startFetch(link, { address: PHONE, port: 900, file: 'a.cfg' })
    await link.run(() => fetch.done)
    expect(concat(fetch.bytes)).toEqual(pattern(3000))
  }, 60_000)
})
