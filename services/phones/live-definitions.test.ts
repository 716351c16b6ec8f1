import { describe, expect, it } from 'vitest'
import { parseIpv4 } from '../core/ipv4.ts'
import { parseMac } from '../core/mac.ts'
import { BOX, makeTestBox } from './box.fixture.ts'
import type { VendorFile } from './compile.ts'
import type { Definitions } from './definition.ts'
import { derivedFrom, makeLiveDefinitions } from './live-definitions.ts'
import { loadDefinitions } from './load.ts'
import { makeNaming } from './naming.ts'

const MAC = '00005e005301'
const DEVICE = { lines: [{ index: 1, user: '101', secret: 'pw' }] }

/** A vendor as its describer has it on one day. */
function acme(
  version: string,
  {
    file = 'a',
    text = 'one',
    option = 'url-1',
    agent = 'Acme',
  }: Partial<Record<'file' | 'text' | 'option' | 'agent', string>>,
): Definitions {
  const yaml = `vendor: Acme
recognise:
  oui: [00:00:5E]
  userAgent: [{ pattern: '^${agent} (?<model>\\S+)$', samples: [{ text: ${agent} A1, model: A1 }] }]
  vendorClass: [{ pattern: '^${agent}$', samples: [{ text: ${agent} }] }]
models: [{ model: A1, lines: 1 }, { model: A2, lines: 1 }]
unlisted: { lines: 1 }
dhcp: [{ options: [{ code: 66, type: text, value: "${option}", always: true }] }]
pnp: { url: "http://{{ box.address }}/${option}" }
format: keyvalue
files: [{ name: "{mac}.${file}", scope: device, from: device.liquid }]
resync: { reload: { event: check-sync;${option}, reboots: false } }
`.replace('{{ box.address }}', '192.0.2.1')
  const files = new Map<string, VendorFile>([
    ['vendor.yaml', { text: yaml, file: 'acme/vendor.yaml' }],
    ['device.liquid', { text: `v = ${text}\n`, file: 'acme/device.liquid' }],
  ])
  return loadDefinitions(new Map([['acme', files]]), version)
}

function office(first: Definitions) {
  const live = makeLiveDefinitions(first)
  const box = makeTestBox({ definitions: live })
  box.devices.put(parseMac(MAC), { vendor: 'acme', ...DEVICE }, { by: 'test' })
  box.lease('192.0.2.50', MAC)
  const got = (path: string, userAgent = 'Acme A1') => {
    const answer = box.ask(path, '192.0.2.50', { userAgent })
    return answer.kind === 'content' ? new TextDecoder().decode(answer.bytes) : answer.kind
  }
  const client = { mac: parseMac(MAC), vendorClass: 'Acme', serverAddress: BOX, parameters: [] }
  const told = () => box.dhcp.advise(client).options.map(({ code, value }) => `${code} ${value}`)
  return { live, box, got, told }
}

describe('descriptions that are replaced', () => {
  it('tell who listens, once for each change, and stop when they are told to', () => {
    const live = makeLiveDefinitions(acme('1', {}))
    const heard: string[] = []
    const stop = live.onChange(() => void heard.push(live.version))
    live.swap(acme('2', {}))
    live.swap(acme('2', { text: 'the same version is the same data' }))
    stop()
    live.swap(acme('3', {}))
    expect(heard).toEqual(['2'])
  })

  it('what is derived is made once, and anew after a change', () => {
    const live = makeLiveDefinitions(acme('1', {}))
    let made = 0
    const titles = derivedFrom(live, (all) => [++made, all.map(({ title }) => title)])
    expect([titles(), titles()]).toEqual([
      [1, ['Acme']],
      [1, ['Acme']],
    ])
    live.swap(acme('2', {}))
    expect([titles(), titles()]).toEqual([
      [2, ['Acme']],
      [2, ['Acme']],
    ])
  })

  it('files: the next request has the new text', () => {
    const { live, got, box } = office(acme('1', {}))
    expect(got(`/acme/${MAC}.a`)).toBe('v = one\n')
    live.swap(acme('2', { text: 'two' }))
    expect(got(`/acme/${MAC}.a`)).toBe('v = two\n')
    expect(new TextDecoder().decode(box.inspector.render(parseMac(MAC)).bytes)).toBe('v = two\n')
  })

  it('names: a file that is called otherwise is found, the old one no more', () => {
    const { live, got, box } = office(acme('1', {}))
    live.swap(acme('2', { file: 'b' }))
    expect([got(`/acme/${MAC}.a`), got(`/acme/${MAC}.b`)]).toEqual(['missing', 'v = one\n'])
    expect(box.inspector.files(parseMac(MAC)).map(({ name }) => name)).toEqual([`${MAC}.b`])
  })

  it('DHCP: the advice is not the one that is kept', () => {
    const { live, told } = office(acme('1', {}))
    expect(told()).toEqual(['66 url-1'])
    live.swap(acme('2', { option: 'url-2' }))
    expect(told()).toEqual(['66 url-2'])
  })

  it('PnP and fetching again', () => {
    const { live, box } = office(acme('1', {}))
    live.swap(acme('2', { option: 'url-2' }))
    expect(box.pnp.urlFor({ mac: parseMac(MAC) }, parseIpv4('192.0.2.1'))?.url).toBe('http://192.0.2.1/url-2')
    expect(JSON.stringify(box.refetch.adviceFor(parseMac(MAC), { reboot: false }))).toContain('check-sync;url-2')
  })

  it('recognition: a class that was nobody’s, and an agent that is nobody’s any more', () => {
    const { live, box, got } = office(acme('1', { agent: 'Other' }))
    got(`/acme/${MAC}.a`, 'Acme A2')
    expect(box.memory.recall(parseMac(MAC))?.model).toBeUndefined()
    live.swap(acme('2', {}))
    got(`/acme/${MAC}.a`, 'Acme A2')
    expect(box.memory.recall(parseMac(MAC))).toMatchObject({ vendor: 'acme', model: 'A2' })
  })

  it('memory: a device of a vendor that is gone is of no vendor', () => {
    const { live, box, got } = office(acme('1', {}))
    got(`/acme/${MAC}.a`, 'Acme A2')
    live.swap({ version: '2', all: [], get: () => undefined })
    expect(box.memory.recall(parseMac(MAC))).toBeUndefined()
    expect(box.inspector.explain(parseMac(MAC)).files).toEqual([])
  })

  it('records: a vendor that is new may be given to a device', () => {
    const { live, box } = office(acme('1', {}))
    const give = () => box.devices.put(parseMac(MAC), { vendor: 'beta', ...DEVICE }, { by: 'test' })
    expect(give).toThrow('no vendor is called beta')
    const { all } = acme('2', {})
    const beta = { ...(all[0] as Definitions['all'][number]), id: 'beta' }
    live.swap({ version: '2', all: [beta], get: (id) => (id === 'beta' ? beta : undefined) })
    expect(give().vendor).toBe('beta')
  })

  it('naming: people’s names for vendors', () => {
    const live = makeLiveDefinitions({ version: '0', all: [], get: () => undefined })
    const naming = makeNaming(live)
    expect(naming.vendor('ACME')).toBeUndefined()
    live.swap(acme('1', {}))
    expect([naming.vendor('ACME'), naming.model('a2')?.vendor, naming.vendorTitle('acme')]).toEqual([
      'acme',
      'acme',
      'Acme',
    ])
  })
})
