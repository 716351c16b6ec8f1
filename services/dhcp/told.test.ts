import { describe, expect, it } from 'vitest'
import { network } from '../../test/support/dhcp-kit.ts'
import type { OfferedOption } from './contract.ts'
import { networkSchema } from './network-schema.ts'
import { toldOptions } from './told.ts'

const OWN: readonly OfferedOption[] = [
  { code: 66, type: 'text', value: 'http://u:p@192.0.2.9/?t=1' },
  { code: 132, type: 'text', value: '20', always: true },
  { code: 26, type: 'uint16', value: 1400 },
]
const ADVISED: readonly OfferedOption[] = [{ code: 66, type: 'text', value: 'http://192.0.2.1/', always: true }]
const codes = (of: readonly { code: number }[]) => of.map(({ code }) => code)

describe('what a device is told', () => {
  it('is what it asks for in its order, the mask first, then what is sent in any case', () => {
    const told = toldOptions(network({ options: OWN }), [], [66, 3, 26])
    expect(codes(told)).toEqual([1, 66, 3, 26, 132])
  })

  it('is everything to one that never asked', () => {
    expect(codes(toldOptions(network({ options: OWN }), [], [])).sort((a, b) => a - b)).toEqual([
      1, 3, 6, 26, 28, 66, 132,
    ])
  })

  it('says who decided: what is known of the device stands before what the network says', () => {
    const [, told] = toldOptions(network({ options: OWN }), ADVISED, [66])
    expect(told).toEqual({
      code: 66,
      type: 'text',
      text: 'http://192.0.2.1/',
      from: 'device',
      always: true,
      plain: false,
    })
  })

  it('shows no password of a URL', () => {
    expect(toldOptions(network({ options: OWN }), [], [66])[1]?.text).toBe('http://192.0.2.9/?…')
  })

  it('leaves out what cannot be encoded, as the answer does', () => {
    expect(codes(toldOptions(network(), [{ code: 43, type: 'hex', value: 'xyz' }], [43]))).toEqual([1, 3])
  })
})

describe('options of a network, as a person gives them', () => {
  it.each<[string, object, string, RegExp]>([
    ['odd hexadecimal', { code: 43, type: 'hex', value: '012' }, 'options.0.value', /option 43: not hexadecimal: 012/],
    ['a number too large', { code: 23, type: 'uint8', value: 256 }, 'options.0.value', /256 is not a whole number/],
    ['no address', { code: 150, type: 'ipv4', value: ['192.0.2'] }, 'options.0.value.0', /192\.0\.2/],
    ['the lease time', { code: 51, type: 'uint32', value: 60 }, 'options.0.code', /set by the protocol itself/],
    ['an unknown type', { code: 51, type: 'float', value: 60 }, 'options.0.type', /./],
    ['a sub-option too long', sub('a'.repeat(256)), 'options.0.value', /sub-option 1 is longer than 255 bytes/],
  ])('%s is refused where it stands', (_what, option, path, message) => {
    const parsed = networkSchema.safeParse({ id: 'office', subnet: '192.0.2.0/24', options: [option] })
    const [issue] = parsed.error?.issues ?? []
    expect(issue?.path.join('.')).toBe(path)
    expect(issue?.message).toMatch(message)
  })

  it('are there once each', () => {
    const options = [OWN[0], { code: 66, type: 'hex', value: '00' }]
    const parsed = networkSchema.safeParse({ id: 'office', subnet: '192.0.2.0/24', options })
    expect(parsed.error?.issues).toMatchObject([{ path: ['options', 1, 'code'], message: 'option 66 is there twice' }])
  })
})

function sub(text: string): object {
  return { code: 43, type: 'sub', value: [{ code: 1, type: 'text', value: text }] }
}
