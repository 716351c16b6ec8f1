import { beforeEach, describe, expect, it } from 'vitest'
import { parseMac } from '../core/mac.ts'
import { makeTestBox } from './box.fixture.ts'

const MAC = parseMac('805ec0005301')
const AGENT = 'Yealink SIP-T46U 108.86.0.90 80:5e:c0:00:53:01'
const by = 'test'

let box: ReturnType<typeof makeTestBox>
beforeEach(() => {
  box = makeTestBox()
  box.lease('192.0.2.101', MAC)
})

const files = () => box.inspector.explain(MAC).files
const names = () => files().map((file) => file.name)

describe('the files of an explanation', () => {
  it.each(['T46U', 'SIP-T46U', 'sip t46u', 'Yealink SIP-T46U', 'yealink T46U'])(
    'have their own names when the record calls the model %s',
    (model) => {
      box.devices.put(MAC, { vendor: 'yealink', model }, { by })
      expect(names()).toEqual(['805ec0005301.boot', 'y000000000000.boot', 'y000000000108.cfg', '805ec0005301.cfg'])
      expect(files()[2]?.problem).toBeUndefined()
    },
  )

  it.each([
    ['says no model', {}],
    ['says a model that nobody knows', { model: 'the big one' }],
  ])('have their own names when the record %s and the phone told its own', (_, more) => {
    box.devices.put(MAC, { vendor: 'yealink', ...more }, { by })
    expect(names()).toContain('y000000000{code:3}.cfg')
    box.ask('/yealink/y000000000108.cfg', '192.0.2.101', { userAgent: AGENT })
    expect(names()).toContain('y000000000108.cfg')
  })

  it('tell what is never made from what should be made and is not', () => {
    box.devices.put(MAC, { vendor: 'yealink' }, { by })
    expect(files()).toEqual([
      { name: '805ec0005301.boot', secret: false, own: false, absent: expect.stringContaining('boot file') },
      { name: 'y000000000000.boot', secret: false, own: false, absent: expect.stringContaining('boot file') },
      { name: 'y000000000{code:3}.cfg', secret: false, own: false, problem: 'the model is not known yet' },
      { name: '805ec0005301.cfg', secret: true, own: true },
    ])
    box.devices.put(MAC, { vendor: 'yealink', model: 'T46U', enabled: false }, { by })
    expect(files()[3]?.problem).toBe('the device is switched off in its record')
    box.devices.put(MAC, { vendor: 'yealink', model: 'T99' }, { by })
    expect(files()[2]?.problem).toBe('what stands for the model T99 in this name is not known')
    box.devices.put(MAC, { vendor: 'grandstream', model: 'GXP2160' }, { by })
    expect(files().filter((file) => file.problem !== undefined)).toEqual([])
    expect(files().filter((file) => file.absent === undefined)).toEqual([
      { name: 'cfg805ec0005301.xml', secret: true, own: true },
    ])
  })

  it('are those of a device that is not registered, with what is missing', () => {
    expect(files()[3]).toMatchObject({ name: '805ec0005301.cfg', problem: 'the device is not registered' })
  })
})

describe('the phone book of this box', () => {
  const shown = (settings: object, ldap?: number) => {
    const box = makeTestBox(ldap === undefined ? {} : { ldap })
    const mac = parseMac('805ec0005301')
    box.devices.put(mac, { vendor: 'yealink', model: 'T46U', settings }, { by: 'test' })
    const { effective } = box.inspector.explain(mac)
    return (name: string) => effective.settings[name]
  }
  it('is shown where nobody named another', () => {
    const own = { value: 'http://192.0.2.1/yealink/directory.xml', layer: 'built-in', of: 'this box' }
    expect(shown({})('phonebook.url')).toEqual(own)
    expect(shown({ 'phonebook.url': '' })('phonebook.url')).toMatchObject({ value: '', layer: 'device' })
  })
  it('is named by LDAP when the server is on and the setting says so', () => {
    expect(shown({ 'directory.ldap': true })('ldap.server')).toBeUndefined()
    expect(shown({}, 389)('ldap.server')).toBeUndefined()
    const on = shown({ 'directory.ldap': true, 'ldap.tls': 'ldaps', 'ldap.base': 'dc=other' }, 10_389)
    expect(['server', 'port', 'tls', 'base'].map((name) => on(`ldap.${name}`)?.value)).toEqual([
      ...['192.0.2.1', 10_389, 'off', 'ou=people,dc=branchline'],
    ])
    const other = shown({ 'directory.ldap': true, 'ldap.server': 'ldap.example.net' }, 389)
    expect(other('ldap.server')?.value).toBe('ldap.example.net')
  })
})
