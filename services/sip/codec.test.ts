import { describe, expect, it } from 'vitest'
import { makeRandom } from '../../test/support/random.ts'
import { SIP_SAMPLES, sipText } from '../../test/support/sip-samples.ts'
import { fromLatin1, latin1 } from '../core/bytes.ts'
import { InvariantError, MalformedPacketError } from '../core/errors.ts'
import { headerOf, isKeepAlive, MAX_MESSAGE, parseMessage, writeMessage } from './codec.ts'
import { escapeUser, parseNameAddress, parseTokenWithParameters, parseVia, splitOutside } from './codec-header.ts'
import { findMacs } from './policy-mac.ts'

const yealink = SIP_SAMPLES[0]?.lines ?? []

function subscribe(lines: readonly string[], end?: string) {
  const message = parseMessage(sipText(lines, end))
  if (message.kind !== 'request') throw new InvariantError('the sample is a request')
  return message
}

describe.each(SIP_SAMPLES)('the SUBSCRIBE of $vendor', (sample) => {
  it.each(['\r\n', '\n'])('is read with line end %j', (end) => {
    const message = subscribe(sample.lines, end)
    const event = parseTokenWithParameters(headerOf(message, 'event') ?? '')
    expect(event.token).toBe('ua-profile')
    expect(event.parameters.get('model')).toBe(sample.model)
    expect(findMacs(message).named).toEqual(sample.mac === undefined ? [] : [sample.mac])
  })

  it('throws the typed error for every truncation', () => {
    const bytes = sipText(sample.lines)
    for (let length = 0; length < bytes.length; length++)
      expect(() => parseMessage(bytes.subarray(0, length)), `${length} bytes`).toThrow(MalformedPacketError)
  })

  it('is the same message after it was written and read again', () => {
    const message = subscribe(sample.lines)
    const again = parseMessage(writeMessage(message))
    const rest = message.headers.filter(({ name }) => name !== 'content-length')
    expect(again).toEqual({ ...message, headers: [...rest, { name: 'content-length', value: '0' }] })
  })
})

describe('parseMessage', () => {
  const cut = (name: string) => yealink.filter((line) => !line.startsWith(`${name}:`))
  it.each([
    ['no Via', cut('Via')],
    ['no Call-ID', cut('Call-ID')],
    ['two From', [...yealink, 'From: <sip:a@b>']],
    ['two From, one compact', [...yealink, 'f: <sip:a@b>']],
    ['CSeq of another method', [...cut('CSeq'), 'CSeq: 1 NOTIFY']],
    ['CSeq of 2**31', [...cut('CSeq'), 'CSeq: 2147483648 SUBSCRIBE']],
    ['a line without colon', [...yealink, 'nonsense']],
    ['a control character', [...yealink, 'Subject: a\u0000b']],
    ['a lone CR', [...yealink, 'Subject: a\rEvil: b']],
    ['over 128 headers', [...yealink, ...Array.from({ length: 128 }, () => 'X: y')]],
    ['a line over 8192', [...yealink, `X: ${'y'.repeat(8192)}`]],
    ['a body shorter than told', [...cut('Content-Length'), 'Content-Length: 3']],
    ['a negative length', [...cut('Content-Length'), 'Content-Length: -1']],
    ['another protocol', ['GET / HTTP/1.1', ...yealink.slice(1)]],
    ['another version', ['SUBSCRIBE sip:a SIP/3.0', ...yealink.slice(1)]],
  ])('refuses %s', (_, lines) => {
    expect(() => parseMessage(sipText(lines))).toThrow(MalformedPacketError)
  })

  it('refuses what no datagram can carry', () => {
    expect(() => parseMessage(new Uint8Array(MAX_MESSAGE + 1))).toThrow(/65508 bytes/)
  })

  it('takes the rest of the datagram as body where no length is told, and cuts what is past the length', () => {
    const body = (lines: readonly string[]) =>
      latin1(parseMessage(fromLatin1(`${latin1(sipText(lines))}http://x`)).body)
    expect(body(cut('Content-Length'))).toBe('http://x')
    expect(body([...cut('Content-Length'), 'l:4'])).toBe('http')
  })

  it('passes over line ends before the message and reads a response', () => {
    const lines = ['SIP/2.0 200', ...yealink.slice(1)]
    const message = parseMessage(fromLatin1(`\r\n\r\n${latin1(sipText(lines))}`))
    expect(message).toMatchObject({ kind: 'response', status: 200, reason: '', cseq: { number: 1 } })
  })

  it('survives 100,000 seeded mutations: a message or the typed error', () => {
    const random = makeRandom(5060)
    const pick = (below: number) => Math.floor(random() * below)
    const originals = SIP_SAMPLES.map(({ lines }) => sipText(lines))
    let read = 0
    for (let round = 0; round < 100_000; round++) {
      const bytes = originals[round % originals.length]?.slice() ?? new Uint8Array()
      for (let change = 0; change <= pick(4); change++) bytes[pick(bytes.length)] = pick(256)
      try {
        const message = parseMessage(bytes)
        if (message.kind === 'request') findMacs(message)
        parseMessage(writeMessage(message))
        read++
      } catch (thrown) {
        if (!(thrown instanceof MalformedPacketError)) throw thrown
      }
    }
    expect(read).toBeGreaterThan(10_000)
    expect(read).toBeLessThan(99_000)
  }, 60_000)
})

describe('writeMessage', () => {
  const write = (name: string, value: string) =>
    writeMessage({ kind: 'response', status: 200, reason: 'OK', headers: [{ name, value }], body: fromLatin1('abc') })

  it('sets the length and spells the names', () => {
    expect(latin1(write('call-id', 'x'))).toBe('SIP/2.0 200 OK\r\nCall-ID: x\r\nContent-Length: 3\r\n\r\nabc')
    expect(latin1(write('content-length', '99'))).not.toContain('99')
  })

  it.each(['a\r\nEvil: b', 'a\nb', 'a\rb', 'a\u0000b'])('refuses the value %j', (value) => {
    expect(() => write('subject', value)).toThrow(InvariantError)
  })

  it('refuses a name that is no token, and a body that no datagram carries', () => {
    expect(() => write('a: b', 'c')).toThrow(InvariantError)
    const headers: never[] = []
    const body = new Uint8Array(MAX_MESSAGE)
    expect(() => writeMessage({ kind: 'response', status: 200, reason: 'OK', headers, body })).toThrow(InvariantError)
  })
})

describe('header values', () => {
  it('splits outside of quotes and brackets', () => {
    expect(splitOutside('"a,\\"b" <sip:c,d@e>, <f>', ',')).toEqual(['"a,\\"b" <sip:c,d@e>', '<f>'])
  })
  it('reads addresses in each form', () => {
    expect(parseNameAddress('"A; B" <sip:a@b;x=y>;tag=t').uri).toBe('sip:a@b;x=y')
    expect(parseNameAddress('sip:a@b;tag=t').parameters.get('tag')).toBe('t')
    expect(parseNameAddress('"<sip:no@no>" <sip:yes@yes>').uri).toBe('sip:yes@yes')
  })
  it('reads Via with blanks and upper case', () => {
    expect(parseVia('SIP / 2.0 / UDP  H : 5060 ;Branch=z9')).toMatchObject({ sentBy: 'h:5060' })
    expect(parseVia('nonsense')).toBeUndefined()
  })
  it('escapes a user that would end the address', () => {
    expect(escapeUser('a@b>c\r\n;d')).toBe('a%40b%3Ec%0D%0A;d')
  })
  it.each([
    ['a keep-alive', [13, 10, 13, 10], true],
    ['nothing', [], true],
    ['text', [65, 10], false],
  ])('knows %s', (_, bytes, expected) => expect(isKeepAlive(Uint8Array.from(bytes))).toBe(expected))
})
