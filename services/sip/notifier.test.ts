import { createHash } from 'node:crypto'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { makeRandom } from '../../test/support/random.ts'
import { sipText } from '../../test/support/sip-samples.ts'
import { VirtualLan } from '../../test/support/virtual-lan.ts'
import { latin1 } from '../core/bytes.ts'
import { makeCounters } from '../core/counters.ts'
import { parseIpv4 } from '../core/ipv4.ts'
import { silentLog } from '../core/log.ts'
import { parseMac } from '../core/mac.ts'
import { headerOf, parseMessage, type SipMessage, type SipRequest } from './codec.ts'
import type { HashText } from './codec-digest.ts'
import { readParameters, splitOutside } from './codec-header.ts'
import type { NotifyRequest } from './contract.ts'
import { makeNotifier, NotifyAbortedError } from './notifier.ts'

const hash: HashText = (algorithm, text) => createHash(algorithm).update(text, 'latin1').digest('hex')

const request: NotifyRequest = {
  mac: parseMac('00156574b150'),
  to: { address: parseIpv4('192.0.2.31'), port: 5062 },
  user: '201',
  event: 'check-sync;reboot=false',
  credentials: { user: '201', secret: 's3cret' },
}

/** What the phone answers to the nth NOTIFY: a status line and more headers; nothing: it stays silent. */
type Script = (notify: SipRequest, count: number) => readonly string[] | undefined

beforeEach(() => vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] }))
afterEach(() => vi.useRealTimers())

function makeSite(script: Script) {
  const lan = new VirtualLan()
  const box = lan.host('box', [{ name: 'eth0', segment: 'office', address: '192.0.2.1/24' }])
  const phone = lan.host('phone', [{ name: 'eth0', segment: 'office', address: '192.0.2.31/24' }])
  const random = makeRandom(7)
  const counters = makeCounters()
  const got: SipMessage[] = []
  const raw: string[] = []
  const socket = phone.openUdp({
    port: 5062,
    onDatagram(bytes, from) {
      const message = parseMessage(bytes)
      raw.push(latin1(bytes))
      got.push(message)
      const said = message.kind === 'request' ? script(message, got.length) : undefined
      if (said !== undefined) socket.send(response(message, said), from)
    },
  })
  const notifier = makeNotifier({
    lan: box,
    random: (length) => Uint8Array.from({ length }, () => random() * 256),
    hash,
    log: silentLog,
    counters,
  })
  const send = async (change: Partial<NotifyRequest> = {}, signal?: AbortSignal) => {
    const outcome = notifier.notify({ ...request, ...change }, signal)
    await lan.settle()
    return outcome
  }
  return { lan, counters, got, raw, socket, notifier, send }
}

function response(message: SipMessage, [status = '', ...more]: readonly string[]): Uint8Array {
  const copied = ['via', 'from', 'to', 'call-id', 'cseq'].map((name) => `${name}: ${headerOf(message, name)}`)
  return sipText([`SIP/2.0 ${status}`, ...copied, ...more, 'Content-Length: 0'])
}

/** Checks the proof as a phone does, with nothing of the code under test but the split of parameters. */
function proven(notify: SipRequest, secret: string, header = 'authorization'): boolean {
  const value = headerOf(notify, header)?.replace(/^Digest /, '')
  if (value === undefined) return false
  const p = readParameters(splitOutside(value, ','))
  const h = (text: string) => hash(p.get('algorithm')?.startsWith('SHA') ? 'sha256' : 'md5', text)
  let a1 = h(`${p.get('username')}:${p.get('realm')}:${secret}`)
  if (p.get('algorithm')?.endsWith('-sess')) a1 = h(`${a1}:${p.get('nonce')}:${p.get('cnonce')}`)
  const a2 = h(`NOTIFY:${notify.uri}`)
  const middle = p.has('qop') ? `${p.get('nc')}:${p.get('cnonce')}:${p.get('qop')}:` : ''
  return p.get('uri') === notify.uri && p.get('response') === h(`${a1}:${p.get('nonce')}:${middle}${a2}`)
}

describe('a NOTIFY that is answered', () => {
  it('is accepted by 200 and has what a phone wants to see', async () => {
    const site = makeSite(() => ['200 OK'])
    expect(await site.send()).toEqual({ kind: 'accepted', status: 200, challenged: false })
    const text = site.raw[0] ?? ''
    expect(text).toMatch(/^NOTIFY sip:201@192\.0\.2\.31:5062 SIP\/2\.0\r\n/)
    expect(text).toMatch(/^Event: check-sync;reboot=false\r$/m)
    expect(text).toMatch(/^Contact: <sip:branchline@192\.0\.2\.1:\d+>\r$/m)
    expect(text).toMatch(/^Content-Length: 0\r$/m)
    expect(text).not.toMatch(/^Content-Type/m)
    expect(vi.getTimerCount()).toBe(0)
  })

  it('carries a body with its type, and no user where there is none', async () => {
    const site = makeSite(() => ['202 Accepted'])
    await site.send({ user: '', event: 'service-control', contentType: 'text/plain', body: 'action=restart\n' })
    expect(site.raw[0]).toMatch(/^NOTIFY sip:192\.0\.2\.31:5062 SIP\/2\.0\r\n/)
    expect(site.raw[0]).toMatch(/\r\nContent-Type: text\/plain\r\nContent-Length: 15\r\n\r\naction=restart\n$/)
  })

  it.each([
    ['481 Subscription Does Not Exist', 481, 'Subscription Does Not Exist'],
    ['403', 403, 'status 403'],
    ['302 Moved', 302, 'Moved'],
  ])('is refused by %s', async (line, status, reason) => {
    const site = makeSite(() => [line])
    expect(await site.send()).toEqual({ kind: 'refused', status, reason })
  })
})

describe('a challenge', () => {
  it.each([
    ['MD5', 'Digest realm="phone, \\"A\\"", nonce="abc", qop="auth", algorithm=MD5'],
    ['MD5 without qop and algorithm', 'digest REALM="r",NONCE="abc"'],
    ['MD5-sess', 'Digest realm="r", nonce="abc", qop="auth,auth-int", algorithm=MD5-sess, opaque="o"'],
    ['SHA-256', 'Digest realm="r", nonce="abc", qop="auth", algorithm=SHA-256'],
    ['SHA-256-sess', 'Digest realm="r", nonce="abc", qop="auth", algorithm="SHA-256-sess"'],
  ])('by %s is answered once, in a new transaction of the same call', async (_, challenge) => {
    const site = makeSite((notify) =>
      proven(notify, 's3cret') ? ['200 OK'] : ['401 Unauthorized', `WWW-Authenticate: ${challenge}`],
    )
    expect(await site.send()).toEqual({ kind: 'accepted', status: 200, challenged: true })
    expect(site.got.map(({ cseq }) => cseq.number)).toEqual([1, 2])
    expect(new Set(site.got.map((message) => headerOf(message, 'via'))).size).toBe(2)
    expect(new Set(site.got.map((message) => headerOf(message, 'call-id'))).size).toBe(1)
    expect(site.raw.join()).not.toContain('s3cret')
  })

  it('of a proxy is answered in its own header', async () => {
    const site = makeSite((notify) =>
      proven(notify, 's3cret', 'proxy-authorization')
        ? ['200 OK']
        : ['407 Proxy Authentication Required', 'Proxy-Authenticate: Digest realm="r", nonce="n"'],
    )
    expect(await site.send()).toMatchObject({ kind: 'accepted', challenged: true })
  })

  it('with a stale nonce is answered again, the use of the same nonce counted', async () => {
    const stale = (more: string) => [
      '401 Unauthorized',
      `WWW-Authenticate: Digest realm="r", nonce="n", qop="auth"${more}`,
    ]
    const site = makeSite((_, count) => (count === 1 ? stale('') : count === 2 ? stale(', stale=true') : ['200 OK']))
    expect(await site.send()).toMatchObject({ kind: 'accepted' })
    const counts = site.got.map((message) => /nc=(\d+)/.exec(headerOf(message, 'authorization') ?? '')?.[1])
    expect(counts).toEqual([undefined, '00000001', '00000002'])
  })

  it.each<[string, number, string, string, Partial<NotifyRequest>]>([
    ['a wrong password', 2, 'Digest realm="r", nonce="n"', 'the phone does not take the password', {}],
    [
      'a nonce that is always stale',
      4,
      'Digest realm="r", nonce="n", stale=true',
      'the phone asks for the password again and again',
      {},
    ],
    ['an unknown algorithm', 1, 'Digest realm="r", nonce="n", algorithm=TIGER', 'digest algorithm is not known', {}],
    ['Basic', 1, 'Basic realm="r"', 'challenge without a digest', {}],
  ])('ends refused for %s', async (_, sent, challenge, reason, change) => {
    const site = makeSite(() => ['401 Unauthorized', `WWW-Authenticate: ${challenge}`])
    expect(await site.send(change)).toEqual({ kind: 'refused', status: 401, reason })
    expect(site.got).toHaveLength(sent)
  })

  it('ends refused where there is no password', async () => {
    const site = makeSite(() => ['401 Unauthorized', 'WWW-Authenticate: Digest realm="r", nonce="n"'])
    const { credentials: _, ...without } = request
    const outcome = site.notifier.notify(without)
    await site.lan.settle()
    expect(await outcome).toEqual({
      kind: 'refused',
      status: 401,
      reason: 'the phone asks for a password and there is none',
    })
  })
})

describe('a NOTIFY that is not answered', () => {
  it('is silent after Timer F, sent eleven times', async () => {
    const site = makeSite(() => undefined)
    const outcome = site.notifier.notify(request)
    for (let ms = 0; ms < 32_000; ms += 500) {
      site.lan.drain()
      await vi.advanceTimersByTimeAsync(500)
    }
    expect(await outcome).toEqual({ kind: 'silent', attempts: 11 })
    expect(new Set(site.raw).size).toBe(1)
    expect(site.raw).toHaveLength(11)
  })

  it('passes over answers to another branch, CSeq or from another host', async () => {
    const site = makeSite(() => undefined)
    const outcome = site.notifier.notify(request)
    await site.lan.settle()
    const [first] = site.got
    const port = Number(/192\.0\.2\.1:(\d+)/.exec(site.raw[0] ?? '')?.[1])
    const to = { address: parseIpv4('192.0.2.1'), port }
    const ok = first === undefined ? '' : latin1(response(first, ['200 OK']))
    const other = site.lan.host('other', [{ name: 'eth0', segment: 'office', address: '192.0.2.66/24' }])
    const bytes = (text: string) => Uint8Array.from(text, (char) => char.charCodeAt(0))
    site.socket.send(bytes(ok.replace(/branch=z9hG4bK\w/, 'branch=z9hG4bKx')), to)
    site.socket.send(bytes(ok.replace('1 NOTIFY', '2 NOTIFY')), to)
    site.socket.send(bytes('nonsense'), to)
    other.openUdp({ port: 5062, onDatagram() {} }).send(bytes(ok), to)
    await site.lan.settle()
    expect([site.counters.get('notify.stray'), site.counters.get('notify.malformed')]).toEqual([3, 1])
    site.socket.send(bytes(ok), to)
    await site.lan.settle()
    expect(await outcome).toMatchObject({ kind: 'accepted' })
  })

  it('is given up by the signal, before and after it was sent', async () => {
    const site = makeSite(() => undefined)
    const life = new AbortController()
    const outcome = site.notifier.notify(request, life.signal)
    const rejected = expect(outcome).rejects.toThrow(NotifyAbortedError)
    await site.lan.settle()
    life.abort()
    await rejected
    expect(vi.getTimerCount()).toBe(0)
    await expect(site.notifier.notify(request, life.signal)).rejects.toThrow(NotifyAbortedError)
    expect(site.raw).toHaveLength(1)
  })

  it('is given up when the notifier is closed', async () => {
    const site = makeSite(() => undefined)
    const rejected = expect(site.notifier.notify(request)).rejects.toThrow(NotifyAbortedError)
    await site.notifier[Symbol.asyncDispose]()
    await rejected
  })
})

it('keeps several apart that are under way at once', async () => {
  const site = makeSite((notify) => (notify.uri.includes('202') ? ['481 No'] : ['200 OK']))
  const all = ['201', '202', '203'].map((user) => site.notifier.notify({ ...request, user }))
  await site.lan.settle()
  expect((await Promise.all(all)).map(({ kind }) => kind)).toEqual(['accepted', 'refused', 'accepted'])
})

it('refuses an event that would make a line of its own', async () => {
  const site = makeSite(() => ['200 OK'])
  await expect(site.notifier.notify({ ...request, event: 'check-sync\r\nEvil: yes' })).rejects.toThrow(
    /control character/,
  )
  expect(site.raw).toEqual([])
})
