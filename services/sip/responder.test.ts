import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { makeTestClock } from '../../test/support/clock.ts'
import { makeRandom } from '../../test/support/random.ts'
import { SIP_SAMPLES, sipText } from '../../test/support/sip-samples.ts'
import { VirtualLan } from '../../test/support/virtual-lan.ts'
import { fromLatin1, latin1 } from '../core/bytes.ts'
import { makeCounters } from '../core/counters.ts'
import { type Ipv4, parseIpv4 } from '../core/ipv4.ts'
import { silentLog } from '../core/log.ts'
import { parseMac } from '../core/mac.ts'
import type { Lease, Leases } from '../dhcp/contract.ts'
import type { Happening } from '../journey/contract.ts'
import { headerOf, parseMessage, type SipRequest } from './codec.ts'
import { PNP_GROUP } from './listeners.ts'
import { makePnpResponder, type PnpSettings } from './responder.ts'

const PHONE = '192.0.2.31'
const YEALINK = '00156574b150'
const lines = SIP_SAMPLES[0]?.lines ?? []
const open: AsyncDisposable[] = []

beforeEach(() => vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] }))
afterEach(async () => {
  for (const each of open.splice(0)) await each[Symbol.asyncDispose]()
  vi.useRealTimers()
})

interface Site {
  readonly settings?: Partial<PnpSettings>
  readonly phoneMac?: string
  readonly leased?: string
  readonly url?: string | undefined
}

/** A box and a phone on one link; the phone's own port is 5059, so that 5060 as a target would be seen. */
function makeSite(site: Site = {}) {
  const lan = new VirtualLan()
  const box = lan.host('box', [{ name: 'eth0', segment: 'office', address: '192.0.2.1/24' }])
  const phone = lan.host('phone', [
    { name: 'eth0', segment: 'office', address: `${PHONE}/24`, mac: site.phoneMac ?? YEALINK },
  ])
  const clock = makeTestClock()
  const random = makeRandom(1)
  const counters = makeCounters()
  const happenings: Happening[] = []
  const lease = site.leased === undefined ? undefined : ({ mac: parseMac(site.leased), state: 'active' } as Lease)
  const leases: Leases = { byAddress: () => lease, byMac: () => lease, all: () => [] }
  const url = 'url' in site ? site.url : 'http://192.0.2.1/yealink/'
  const responder = makePnpResponder({
    lan: box,
    leases,
    advisor: { urlFor: () => (url === undefined ? undefined : { url, vendor: 'yealink' }) },
    journal: { record: (happening) => void happenings.push(happening) },
    clock,
    random: (length) => Uint8Array.from({ length }, () => random() * 256),
    log: silentLog,
    counters,
    ...(site.settings === undefined ? {} : { settings: site.settings }),
  })
  open.push(responder)
  responder.start()
  const got: string[] = []
  const socket = phone.openUdp({ device: 'eth0', port: 5059, onDatagram: (bytes) => void got.push(latin1(bytes)) })
  const ask = async (text: readonly string[] = lines) => {
    socket.send(sipText(text), { address: PNP_GROUP, port: 5060 })
    await lan.settle()
  }
  /** What a phone says to a NOTIFY. */
  const reply = async (status: string) => {
    const notify = got.findLast((text) => text.startsWith('NOTIFY')) ?? ''
    const copied = notify.split('\r\n').filter((line) => /^(via|from|to|call-id|cseq)\s*:/i.test(line))
    socket.send(sipText([`SIP/2.0 ${status}`, ...copied, 'Content-Length: 0']), {
      address: parseIpv4('192.0.2.1'),
      port: 5060,
    })
    await lan.settle()
  }
  const kinds = () => happenings.map(({ step }) => step.kind)
  return { lan, box, phone, clock, counters, happenings, responder, got, socket, ask, reply, kinds }
}

function request(text: string): SipRequest {
  const message = parseMessage(fromLatin1(text))
  if (message.kind !== 'request') throw new TypeError('not a request')
  return message
}

/** The texts that are SIP, keep-alives left out. */
function sip(texts: readonly string[]): string[] {
  return texts.filter((text) => text.trim() !== '')
}

function change(name: string, value: string, of: readonly string[] = lines): string[] {
  return [...of.filter((line) => !line.toLowerCase().startsWith(`${name.toLowerCase()}:`)), `${name}: ${value}`]
}

describe.each(SIP_SAMPLES)('the responder asked as $vendor', (sample) => {
  it('answers 200 and a NOTIFY with the url in the same dialog', async () => {
    const site = makeSite({ phoneMac: sample.mac ?? '00908f602aac', leased: sample.mac ?? '00908f602aac' })
    await site.ask(sample.lines)
    const [ok = '', notify = '', ...more] = sip(site.got)
    expect(more).toEqual([])
    expect(ok).toMatch(/^SIP\/2\.0 200 OK\r\n/)
    expect(ok).toMatch(/^Via: .*;received=192\.0\.2\.31;rport=5059\r$/m)
    expect(ok).toMatch(/^Expires: 0\r$/m)
    const asked = request(latin1(sipText(sample.lines)))
    const told = request(notify)
    const accepted = parseMessage(fromLatin1(ok))
    expect(latin1(told.body)).toBe('http://192.0.2.1/yealink/')
    expect(headerOf(told, 'content-type')).toBe('application/url')
    expect(headerOf(told, 'subscription-state')).toBe('terminated;reason=timeout')
    expect(headerOf(told, 'call-id')).toBe(headerOf(asked, 'call-id'))
    expect(headerOf(told, 'event')).toBe(headerOf(asked, 'event'))
    expect(headerOf(told, 'to')).toBe(headerOf(asked, 'from'))
    expect(headerOf(told, 'from')).toBe(headerOf(accepted, 'to'))
    expect(headerOf(told, 'from')).toMatch(/;tag=[0-9a-f]{12}$/)
    expect(told.uri).toMatch(/@?192\.0\.2\.31:5059$/)
    await site.reply('200 OK')
    expect(site.kinds()).toEqual(['pnp.asked', 'pnp.answered', 'pnp.confirmed'])
    expect(site.happenings[0]?.step).toMatchObject({ macFrom: sample.mac === undefined ? 'lease' : 'message' })
    expect(vi.getTimerCount()).toBe(0)
    expect(site.lan.faults).toEqual([])
  })
})

describe('silence', () => {
  it.each<[string, string, Site, readonly string[]]>([
    ['an OPTIONS', 'not-subscribe', {}, lines.map((line) => line.replace(/SUBSCRIBE/g, 'OPTIONS'))],
    ['another event', 'not-ua-profile', {}, change('Event', 'message-summary')],
    ['no event', 'not-ua-profile', {}, change('Event', '')],
    ['a source that another MAC holds', 'source-mismatch', { phoneMac: '00005e005301' }, lines],
    ['a lease of another MAC', 'source-mismatch', { leased: '00005e005301', phoneMac: '00005e005301' }, lines],
    ['a lease that the neighbour table contradicts', 'neighbour-mismatch', { leased: '00005e005301' }, lines],
    [
      'two MACs in one request',
      'source-mismatch',
      {},
      [...lines, 'User-Agent: x (MAC=000413b60680)'].filter((line) => !line.includes('Yealink SIP')),
    ],
    ['a device without a url', 'no-url', { url: undefined }, lines],
    ['a url that would make a second line', 'bad-url', { url: 'http://x/\r\nEvil: y' }, lines],
    ['too many at once', 'too-many', { settings: { burst: 0 } }, lines],
  ])('is the answer to %s', async (_, reason, options, text) => {
    const site = makeSite(options)
    await site.ask(text)
    expect(sip(site.got)).toEqual([])
    expect(site.counters.get(`pnp.silent.${reason}`)).toBe(1)
    expect(site.kinds()).not.toContain('pnp.answered')
  })

  it('is the answer to a source beyond a router that we did not lease to', async () => {
    const site = makeSite()
    const from = { address: parseIpv4('198.51.100.9'), port: 5060 }
    const to = { address: PNP_GROUP, port: 5060 }
    site.lan.send({ segment: 'office', fromMac: parseMac(YEALINK), from, to, bytes: sipText(lines) })
    await site.lan.settle()
    expect(site.counters.get('pnp.silent.source-unknown')).toBe(1)
    expect(site.counters.get('pnp.probed')).toBe(0)
    expect(site.lan.wire).toHaveLength(1)
  })

  it('is the answer to a source on the link that nobody holds, after the link was asked', async () => {
    const site = makeSite()
    vi.spyOn(site.box, 'neighbour').mockReturnValue(undefined)
    await site.ask()
    expect(sip(site.got)).toEqual([])
    expect(site.counters.get('pnp.probed')).toBe(1)
    expect(site.counters.get('pnp.silent.source-unknown')).toBe(1)
  })

  it('ends when the link tells who holds the source', async () => {
    const site = makeSite()
    const neighbour = vi.spyOn(site.box, 'neighbour').mockReturnValue(undefined)
    site.box.onProbe = async (addresses) => {
      neighbour.mockReturnValue(parseMac(YEALINK))
      return new Set(addresses)
    }
    await site.ask()
    expect(sip(site.got)).toHaveLength(2)
    expect(site.counters.get('pnp.answered')).toBe(1)
  })

  it.each(['255.255.255.255', '192.0.2.255', '224.0.1.75', '0.0.0.0'])(
    'is the answer to the source %s',
    async (address) => {
      const site = makeSite({ leased: YEALINK })
      const from = { address: parseIpv4(address), port: 5060 }
      const to = { address: PNP_GROUP, port: 5060 }
      site.lan.send({ segment: 'office', fromMac: parseMac(YEALINK), from, to, bytes: sipText(lines) })
      await site.lan.settle()
      expect(site.counters.get('pnp.silent.unusable-source')).toBe(1)
      expect(site.lan.wire).toHaveLength(1)
    },
  )

  it('is the answer to malformed packets and keep-alives, which are counted', async () => {
    const site = makeSite()
    for (const text of ['\r\n\r\n', 'SUBSCRIBE', '\u0000\u0001'])
      site.socket.send(fromLatin1(text), { address: PNP_GROUP, port: 5060 })
    await site.lan.settle()
    expect([site.counters.get('pnp.keep-alive'), site.counters.get('pnp.malformed')]).toEqual([1, 2])
    expect(site.got).toEqual([])
    expect(site.lan.faults).toEqual([])
  })
})

describe('the server transaction', () => {
  it('answers a retransmission with the same bytes and sends no second NOTIFY', async () => {
    const site = makeSite()
    await site.ask()
    await site.ask()
    const [ok, notify, again, ...more] = sip(site.got)
    expect(again).toBe(ok)
    expect(notify).toMatch(/^NOTIFY/)
    expect(more).toEqual([])
    expect(site.kinds()).toEqual(['pnp.asked', 'pnp.answered'])
  })

  it('answers one device once in five seconds, then again', async () => {
    const site = makeSite()
    const asking = (branch: string) => site.ask(lines.map((line) => line.replace('z9hG4bK4012889', branch)))
    await asking('z9hG4bKa')
    await asking('z9hG4bKb')
    expect(site.counters.get('pnp.silent.too-soon')).toBe(1)
    site.clock.advance(5_000)
    await asking('z9hG4bKc')
    expect(site.counters.get('pnp.answered')).toBe(2)
  })

  it('grants a subscription up to the longest and keeps the tag of a refresh', async () => {
    const site = makeSite({ settings: { maxExpires: 600 } })
    await site.ask(change('To', '<sip:box@192.0.2.1>;tag=old', change('Expires', '3600')))
    const [ok, notify] = sip(site.got)
    expect(ok).toMatch(/^Expires: 600\r$/m)
    expect(ok).toMatch(/^To: <sip:box@192\.0\.2\.1>;tag=old\r$/m)
    expect(notify).toMatch(/^Subscription-State: active;expires=600\r$/m)
  })
})

describe('the NOTIFY', () => {
  it('is repeated by the timers of RFC 3261 §17.1.2 and then given up', async () => {
    const site = makeSite()
    await site.ask()
    const at: number[] = []
    for (let ms = 500; ms <= 40_000; ms += 500) {
      vi.advanceTimersByTime(500)
      const before = site.got.length
      site.lan.drain()
      if (site.got.length > before) at.push(ms)
    }
    expect(at).toEqual([500, 1500, 3500, 7500, 11500, 15500, 19500, 23500, 27500, 31500])
    expect(new Set(sip(site.got).filter((text) => text.startsWith('NOTIFY'))).size).toBe(1)
    expect(site.happenings.at(-1)?.step).toEqual({ kind: 'pnp.confirmed', status: 408 })
  })

  it('ends with the status that the phone gives, not with one from elsewhere or a provisional one', async () => {
    const site = makeSite()
    await site.ask()
    await site.reply('100 Trying')
    const notify = sip(site.got)[1] ?? ''
    const forged = `SIP/2.0 200 OK\r\n${notify.slice(notify.indexOf('\r\n') + 2)}`
    const from = { address: parseIpv4('192.0.2.66'), port: 5060 }
    const to = { address: parseIpv4('192.0.2.1'), port: 5060 }
    const toMac = site.box.port('eth0').mac
    site.lan.send({ segment: 'office', fromMac: parseMac('00005e005366'), toMac, from, to, bytes: fromLatin1(forged) })
    await site.lan.settle()
    expect(site.kinds()).not.toContain('pnp.confirmed')
    await site.reply('481 No such subscription')
    await site.reply('200 OK')
    expect(site.happenings.filter(({ step }) => step.kind === 'pnp.confirmed')).toHaveLength(1)
    expect(site.happenings.at(-1)?.step).toEqual({ kind: 'pnp.confirmed', status: 481 })
  })

  it('shows no password of the url in the journey', async () => {
    const site = makeSite({ url: 'http://user:secret@192.0.2.1/x?token=secret' })
    await site.ask()
    expect(JSON.stringify(site.happenings)).not.toContain('secret')
    expect(sip(site.got)[1]).toContain('http://user:secret@192.0.2.1/x?token=secret')
  })
})

describe('interfaces', () => {
  it('are followed: one that appears is listened on, one that goes is let go', async () => {
    const site = makeSite()
    site.box.add({ name: 'eth1', segment: 'hall', address: '198.51.100.1/24' })
    const other = site.lan.host('other', [{ name: 'eth0', segment: 'hall', address: '198.51.100.31/24', mac: YEALINK }])
    const got: string[] = []
    const socket = other.openUdp({ device: 'eth0', port: 5060, onDatagram: (bytes) => void got.push(latin1(bytes)) })
    socket.send(sipText(lines), { address: PNP_GROUP, port: 5060 })
    await site.lan.settle()
    expect(sip(got)[1]).toMatch(/^Contact: <sip:198\.51\.100\.1:5060>\r$/m)
    site.box.setAddresses('eth1', [])
    expect(site.responder.status().map((each) => each.interface)).toEqual(['eth0'])
  })

  it('that cannot be opened are told with the reason, and tried again at the next change', () => {
    const site = makeSite()
    const taken = site.box.openUdp.bind(site.box)
    site.box.add({ name: 'eth1', segment: 'hall' })
    const other = taken({ device: 'eth1', port: 5060, onDatagram() {} })
    site.box.setAddresses('eth1', ['198.51.100.1/24'])
    expect(site.responder.status()).toContainEqual({
      interface: 'eth1',
      listening: false,
      reason: expect.stringContaining('is taken'),
    })
    other.close()
    site.box.setUp('eth1', true)
    expect(site.responder.status()).toContainEqual(expect.objectContaining({ interface: 'eth1', listening: true }))
  })
})

it('answers a thousand phones that ask in the same instant', async () => {
  const site = makeSite()
  const phones = Array.from({ length: 1_000 }, (_, i) => {
    const text = `805ec000${i.toString(16).padStart(4, '0')}`
    return { mac: text, text, address: (parseIpv4('10.0.1.0') + i) as Ipv4 }
  })
  site.box.setAddresses('eth0', ['10.0.255.1/16'])
  for (const { mac, address, text } of phones)
    site.lan.send({
      segment: 'office',
      fromMac: parseMac(mac),
      from: { address, port: 5060 },
      to: { address: PNP_GROUP, port: 5060 },
      bytes: sipText(lines.map((line) => line.replaceAll(YEALINK, text).replace('z9hG4bK', `z9hG4bK${text}`))),
    })
  await site.lan.settle()
  expect(site.counters.get('pnp.answered')).toBe(1_000)
})
