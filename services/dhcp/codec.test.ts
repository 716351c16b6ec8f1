import { describe, expect, it } from 'vitest'
import { CAPTURES } from '../../test/support/dhcp-captures.ts'
import { clientBytes, clientMessage, hex } from '../../test/support/dhcp-kit.ts'
import { makeRandom } from '../../test/support/random.ts'
import { toHex } from '../core/bytes.ts'
import { MalformedPacketError } from '../core/errors.ts'
import { DEFAULT_LIMIT, type DhcpMessage, decode, encode, sizeLimit } from './codec.ts'

const empty = clientMessage({})

describe('real packets', () => {
  it.each(Object.entries(CAPTURES))('%s: reads its own words', (name, capture) => {
    const message = decode(hex(capture))
    expect(message).toMatchObject({ op: 1, htype: 1, hops: 0, ciaddr: 0, giaddr: 0, cookie: true })
    expect(toHex(message.chaddr)).toBe('00005e005302')
    expect(toHex(message.options.get(53) ?? hex(''))).toBe('01')
    expect(toHex(message.options.get(61) ?? hex(''))).toBe(
      { udhcpc: '0100005e005302', dhclient: '', dhcpcd: 'ff5e005302000100013295652e00005e005302' }[name],
    )
  })

  it.each(Object.entries(CAPTURES))('%s: encodes to what was decoded', (_name, capture) => {
    const bytes = hex(capture)
    const again = encode(decode(bytes))
    const end = capture.lastIndexOf('ff') + 2
    expect(toHex(again).slice(0, end)).toBe(capture.slice(0, end))
    expect(/^0*$/.test(toHex(again).slice(end))).toBe(true)
    expect(again.length).toBeGreaterThanOrEqual(300)
  })
})

describe('decode', () => {
  it('joins the pieces of an option in the order options, file, sname (RFC 3396 §5)', () => {
    const bytes = new Uint8Array(260)
    bytes.set(encode(empty).subarray(0, 240))
    bytes.set([43, 2, 1, 2, 52, 1, 3, 43, 1, 3, 255], 240)
    bytes.set([43, 1, 4, 255], 108)
    bytes.set([43, 1, 5, 200, 1, 9, 255], 44)
    const { options, sname, file } = decode(bytes)
    expect([...(options.get(43) ?? [])]).toEqual([1, 2, 3, 4, 5])
    expect([...(options.get(200) ?? [])]).toEqual([9])
    expect(options.has(52)).toBe(false)
    expect([sname, file]).toEqual(['', ''])
  })

  it('passes pads and stops at the end option', () => {
    const bytes = encode(empty)
    bytes.set([0, 0, 53, 1, 1, 0, 255, 12, 200], 240)
    expect([...decode(bytes).options.keys()]).toEqual([53])
  })

  it('reads sname and file as text when they are not overloaded', () => {
    const message: DhcpMessage = { ...empty, sname: 'boot', file: 'a'.repeat(127) }
    expect(decode(encode(message))).toMatchObject({ sname: 'boot', file: 'a'.repeat(127) })
  })

  it('takes BOOTP without the magic cookie', () => {
    expect(decode(new Uint8Array(300))).toMatchObject({ cookie: false, options: new Map() })
  })

  it.each([
    ['shorter than the fixed fields', new Uint8Array(235)],
    ['longer than any frame', new Uint8Array(4097)],
    ['a hardware address of 17 bytes', Object.assign(new Uint8Array(300), { 2: 17 })],
    ['an option past the end', withOptions([12, 200, 1])],
    ['an option without its length', withOptions([12])],
    ['overload 0', withOptions([52, 1, 0, 255])],
    ['overload 4', withOptions([52, 1, 4, 255])],
    ['overload of two bytes', withOptions([52, 2, 1, 1, 255])],
  ])('refuses %s', (_what, bytes) => {
    expect(() => decode(bytes)).toThrow(MalformedPacketError)
  })

  it.each(Object.entries(CAPTURES))('%s: every truncation is refused or ends between two options', (_name, capture) => {
    const bytes = hex(capture)
    const whole = decode(bytes)
    for (let length = 0; length < bytes.length; length++) {
      let cut: DhcpMessage
      try {
        cut = decode(bytes.slice(0, length))
      } catch (thrown) {
        expect(thrown).toBeInstanceOf(MalformedPacketError)
        continue
      }
      const entries = [...cut.options].map(([code, value]) => `${code} ${toHex(value)}`)
      expect([...whole.options].map(([code, value]) => `${code} ${toHex(value)}`).slice(0, entries.length)).toEqual(
        entries,
      )
    }
  })

  it('survives 100,000 mutations: a message or the typed error, and what is a message encodes', () => {
    const random = makeRandom(2131)
    const seeds = [...Object.values(CAPTURES).map(hex), clientBytes({ type: 'request', wants: '192.0.2.9' })]
    let read = 0
    for (let round = 0; round < 100_000; round++) {
      const bytes = mutate(seeds[round % seeds.length] ?? new Uint8Array(), random)
      try {
        encode(decode(bytes), 1472)
        read++
      } catch (thrown) {
        if (!(thrown instanceof MalformedPacketError)) throw thrown
      }
    }
    expect(read).toBeGreaterThan(1000)
    expect(read).toBeLessThan(100_000)
  })
})

describe('encode', () => {
  it('pads to 300 bytes and puts option 82 last', () => {
    const bytes = encode({
      ...empty,
      options: new Map([
        [82, Uint8Array.of(1, 1, 7)],
        [53, Uint8Array.of(2)],
      ]),
    })
    expect(bytes.length).toBe(300)
    expect([...bytes.subarray(240, 249)]).toEqual([53, 1, 2, 82, 3, 1, 1, 7, 255])
  })

  it('splits a value over 255 bytes (RFC 3396)', () => {
    const value = Uint8Array.from({ length: 300 }, (_, i) => i)
    const bytes = encode({ ...empty, options: new Map([[43, value]]) }, 1472)
    expect([bytes[240], bytes[241], bytes[497], bytes[498]]).toEqual([43, 255, 43, 45])
    expect(decode(bytes).options.get(43)).toEqual(value)
  })

  it.each([300, 400, 548])('overflows into file and sname within %d bytes, and reads back the same', (limit) => {
    const options = new Map([
      [53, Uint8Array.of(2)],
      [82, Uint8Array.of(1, 1, 7)],
    ])
    for (let code = 128; code < 140; code++) options.set(code, new Uint8Array(20 + ((limit - 300) >> 4)).fill(code))
    const left: number[] = []
    const bytes = encode({ ...empty, options }, limit, left)
    expect(bytes.length).toBeLessThanOrEqual(limit)
    for (const code of left) options.delete(code)
    expect(decode(bytes).options).toEqual(options)
  })

  it('splits a value over all fields where it fits none, and names what fits nowhere', () => {
    const long = Uint8Array.from({ length: 400 }, (_, i) => i)
    const left: number[] = []
    const options = new Map([
      [53, Uint8Array.of(2)],
      [43, long],
      [66, new Uint8Array(200)],
    ])
    const bytes = encode({ ...empty, options }, DEFAULT_LIMIT, left)
    expect(decode(bytes).options.get(43)).toEqual(long)
    expect(left).toEqual([66])
  })

  it('leaves a file name alone when options overflow', () => {
    const options = new Map([
      [43, new Uint8Array(260)],
      [66, new Uint8Array(50)],
    ])
    const bytes = encode({ ...empty, file: 'boot.cfg', options }, DEFAULT_LIMIT)
    expect(decode(bytes)).toMatchObject({ file: 'boot.cfg' })
  })
})

describe('sizeLimit', () => {
  it.each([
    ['none', undefined, 548],
    ['576', '0240', 548],
    ['less than the least', '0100', 548],
    ['1472', '05c0', 1444],
    ['65535', 'ffff', 1472],
    ['of one byte', '05', 548],
  ])('option 57 %s', (_what, value, limit) => {
    expect(sizeLimit(clientMessage(value === undefined ? {} : { options: { 57: value } }))).toBe(limit)
  })
})

function withOptions(options: number[]): Uint8Array {
  const bytes = new Uint8Array(240 + options.length)
  bytes.set(encode(empty).subarray(0, 240))
  bytes.set(options, 240)
  return bytes
}

/** Changes some bytes, mostly among the options, and now and then the length. */
function mutate(seed: Uint8Array, random: () => number): Uint8Array {
  const bytes = seed.slice(0, random() < 0.2 ? Math.floor(random() * seed.length) : seed.length)
  for (let i = Math.floor(random() * 6); i >= 0; i--) {
    const at = random() < 0.7 ? 236 + Math.floor(random() * (bytes.length - 236)) : Math.floor(random() * bytes.length)
    if (at >= 0 && at < bytes.length) bytes[at] = Math.floor(random() * 256)
  }
  return bytes
}
