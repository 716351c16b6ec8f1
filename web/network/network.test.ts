import { describe, expect, it } from 'vitest'
import { addressOf, numberOf, rangeOf } from './data.ts'
import { adviceFor } from './dhcp-mode.tsx'
import { SERVER_KINDS } from './own-server-lines.ts'

describe('addresses', () => {
  it('are numbers and texts of each other', () => {
    for (const address of ['0.0.0.0', '192.0.2.1', '255.255.255.255'])
      expect(addressOf(numberOf(address))).toBe(address)
    expect(rangeOf('192.0.2.10 - 192.0.2.12')).toEqual({ from: numberOf('192.0.2.10'), to: numberOf('192.0.2.12') })
    expect(rangeOf('192.0.2.9')).toEqual({ from: numberOf('192.0.2.9'), to: numberOf('192.0.2.9') })
  })
})

describe('the lines for the server that is there', () => {
  const box = { address: '192.0.2.2', url: 'http://192.0.2.2/' }
  it.each(SERVER_KINDS.map((kind) => [kind.title, kind] as const))(
    'of %s name the box and say where they go',
    (_title, kind) => {
      expect(kind.lines(box)).toContain(box.address)
      expect(kind.where().length).toBeGreaterThan(20)
    },
  )

  it('are what each server reads', () => {
    const of = (id: string) => SERVER_KINDS.find((kind) => kind.id === id)?.lines(box)
    expect(of('isc')).toBe('option tftp-server-name "http://192.0.2.2/";\nnext-server 192.0.2.2;')
    expect(of('dnsmasq')).toBe('dhcp-option-force=66,"http://192.0.2.2/"')
    expect(of('windows')).toBe('Set-DhcpServerv4OptionValue -ScopeId 192.0.2.0 -OptionId 66 -Value "http://192.0.2.2/"')
    expect(of('mikrotik')).toContain('value="s\'http://192.0.2.2/\'"')
    expect(JSON.parse(`{${of('kea')}}`)).toMatchObject({ 'option-data': [{ name: 'tftp-server-name' }] })
  })
})

describe('what is recommended', () => {
  it('is nothing before anybody listened, all where nobody else is, phones only beside another server', () => {
    expect(adviceFor(undefined)).toBeUndefined()
    expect(adviceFor([])?.mode).toBe('full')
    expect(adviceFor(['192.0.2.254'])).toMatchObject({
      mode: 'phones-only',
      why: expect.stringContaining('192.0.2.254'),
    })
  })
})
