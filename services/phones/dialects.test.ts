import { beforeEach, describe, expect, it } from 'vitest'
import { parseMac } from '../core/mac.ts'
import { makeTestBox } from './box.fixture.ts'

// One vendor whose firmware reads three dialects under one name: the firmware that the phone tells decides.

const MAC = '0c383e005301'
const ADDRESS = '192.0.2.60'
let box: ReturnType<typeof makeTestBox>
beforeEach(() => {
  box = makeTestBox()
  box.lease(ADDRESS, MAC)
})

function device(model: string, extra: Record<string, string> = {}): void {
  const lines = [{ index: 1, user: '101', secret: 'x', server: 'pbx.example.net' }]
  box.devices.put(parseMac(MAC), { vendor: 'fanvil', model, lines, extra: { fanvil: extra } }, { by: 'test' })
}

function asked(model: string, firmware: string): string {
  const answer = box.ask(`/fanvil/${MAC}.cfg`, ADDRESS, { userAgent: `Fanvil ${model} ${firmware} ${MAC}` })
  if (answer.kind !== 'content') throw new TypeError(answer.reason)
  return new TextDecoder().decode(answer.bytes)
}

it.each([
  ['X4', '1.4.1.4006', '<<VOIP CONFIG FILE>>'],
  ['X4', '2.10.2.6887', '<?xml version="1.0" encoding="UTF-8"?>\n<VOIP_CONFIG_FILE>'],
  ['X5S', '1.0.5', '<?xml version="1.0" encoding="UTF-8"?>\n<VOIP_CONFIG_FILE>'],
  ['X5S', '2.12.1', '<?xml version="1.0" encoding="UTF-8"?>\n<sysConf>'],
  ['X5U', '2.12.16', '<?xml version="1.0" encoding="UTF-8"?>\n<sysConf>'],
])('a %s with firmware %s gets its dialect', (model, firmware, begin) => {
  device(model)
  expect(asked(model, firmware).slice(0, begin.length)).toBe(begin)
})

describe('text modules', () => {
  it('begin with a line of 64 octets, and end every line with CR LF', () => {
    device('X4')
    const text = asked('X4', '1.4.1')
    expect(text.indexOf('\n')).toBe(63)
    expect(text.replaceAll('\r\n', '')).not.toMatch(/[\r\n]/)
    expect(text.trimEnd().endsWith('<<END OF FILE>>')).toBe(true)
  })

  it('let a raw parameter win where it stands, and put a new one at the end of its section', () => {
    device('X4', {
      'SIP1 Register TTL': '77',
      'SIP CONFIG MODULE/SIP1 Sub Expire': '300',
      'AAA CONFIG MODULE/Syslog port': '515',
    })
    const lines = asked('X4', '1.4.1').split('\r\n')
    const section = (name: string) => {
      const from = lines.indexOf(`<${name}>`)
      return lines.slice(
        from + 1,
        lines.findIndex((line, i) => i > from && line.startsWith('<')),
      )
    }
    expect(lines.filter((line) => line.startsWith('SIP1 Register TTL'))).toEqual(['SIP1 Register TTL  :77'])
    expect(section('SIP CONFIG MODULE').at(-1)).toBe('SIP1 Sub Expire:300')
    expect(section('AAA CONFIG MODULE').filter((line) => line.startsWith('Syslog port'))).toEqual([
      'Syslog port        :515',
    ])
  })

  it('know the names of raw parameters with and without a section', () => {
    device('X4', { 'SIP CONFIG MODULE/SIP1 Sub Expire': '300', 'SIP1 Sub Expires': '300' })
    const { warnings } = box.inspector.explain(parseMac(MAC))
    expect(warnings.filter((text) => text.includes('raw parameter'))).toEqual([
      expect.stringContaining(
        'SIP1 Sub Expires (from device) is not a known parameter of Fanvil; is it SIPX Sub Expire?',
      ),
    ])
  })
})
