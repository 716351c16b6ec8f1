import { describe, expect, it } from 'vitest'
import { encodeOption } from '../../services/dhcp/codec-options.ts'
import { OWN_OPTIONS } from '../../services/dhcp/contract.ts'
import { networkSchema } from '../../services/dhcp/network-schema.ts'
import { KNOWN_OPTIONS } from './known.ts'
import { draftOf, NEW_OPTION, type OptionDraft, type OptionType, optionText, readOption } from './value.ts'

const typed = (type: OptionType, text: string, more: Partial<OptionDraft> = {}): OptionDraft => ({
  ...NEW_OPTION,
  ...{ code: '160', type, text },
  ...more,
})
const sub = (code: string, type: OptionType, text: string): OptionDraft => typed(type, text, { code })

const GOOD: readonly OptionDraft[] = [
  typed('text', 'http://192.0.2.1/'),
  typed('hex', '01:0a ff'),
  typed('ipv4', '192.0.2.1, 192.0.2.2'),
  typed('uint8', '255'),
  typed('uint16', '1500', { always: true }),
  typed('uint32', '4294967295'),
  typed('int32', '-3600'),
  typed('boolean', 'true'),
  typed('sip-servers', 'a.example, b.example'),
  typed('sip-servers', '192.0.2.1'),
  typed('sub', '', { code: '43', subs: [sub('1', 'text', 'http://x/'), sub('2', 'uint16', '20')] }),
  typed('vendor-identifying', '', { code: '125', enterprise: '13885', subs: [sub('1', 'hex', '7f')] }),
]

describe('an option as it is typed', () => {
  it.each(GOOD.map((draft) => [`${draft.type} ${draft.text}`, draft] as const))(
    '%s becomes one that the server takes, and is typed the same again',
    (_name, draft) => {
      const read = readOption(draft)
      expect(read).toHaveProperty('option')
      if (!('option' in read)) return
      const network = { id: 'office', subnet: '192.0.2.0/24', options: [read.option] }
      const parsed = networkSchema.parse(network).options[0]
      expect(parsed && encodeOption(parsed).length).toBeGreaterThan(0)
      expect(readOption(draftOf(read.option))).toEqual(read)
      expect(optionText(read.option)).not.toBe('')
    },
  )

  it.each<[string, OptionDraft, string, RegExp]>([
    ['no number', typed('text', 'x', { code: 'x' }), 'code', /1 to 254/],
    ['255', typed('text', 'x', { code: '255' }), 'code', /1 to 254/],
    ['nothing', typed('text', '  '), 'text', /missing/],
    ['odd digits', typed('hex', '012'), 'text', /Two hexadecimal digits/],
    ['too many bytes', typed('text', 'ä'.repeat(600)), 'text', /1200 bytes are more than the 1024/],
    ['half an address', typed('ipv4', '192.0.2.1 192.0.2'), 'text', /192\.0\.2 is no IPv4 address/],
    ['a byte of 256', typed('uint8', '256'), 'text', /256 is no whole number from 0 to 255/],
    ['a fraction', typed('uint16', '1.5'), 'text', /1\.5 is no whole number/],
    ['names among addresses', typed('sip-servers', '192.0.2.1 a.example'), 'text', /not both/],
    ['a name with a blank sign', typed('sip-servers', 'a!b'), 'text', /a!b is no host name/],
    ['no sub-option', typed('sub', ''), 'subs', /at least one/],
    ['a bad sub-option', typed('sub', '', { subs: [sub('1', 'uint8', 'x')] }), 'subs.0.text', /x is no whole number/],
    ['no enterprise', typed('vendor-identifying', '', { subs: [sub('1', 'hex', '7f')] }), 'enterprise', /IANA/],
  ])('%s: the fault says where and what', (_name, draft, at, message) => {
    const read = readOption(draft)
    expect('faults' in read ? read.faults[0] : undefined).toMatchObject({ at, message: expect.stringMatching(message) })
  })

  it('is refused when the protocol sets it, or when it is there already', () => {
    for (const code of OWN_OPTIONS)
      expect(readOption(typed('hex', '00', { code: String(code) }))).toMatchObject({ faults: [{ at: 'code' }] })
    expect(readOption(typed('hex', '00', { code: '66' }), new Set([66]))).toMatchObject({ faults: [{ at: 'code' }] })
  })
})

describe('the options that are offered by name', () => {
  it('are there once each, and none is the protocol’s', () => {
    const codes = KNOWN_OPTIONS.map(({ code }) => code)
    expect(new Set(codes).size).toBe(codes.length)
    expect(codes.filter((code) => OWN_OPTIONS.has(code))).toEqual([])
  })
})
