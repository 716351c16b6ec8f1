import { readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { probe } from '../../services/media/codec.ts'
import { jpeg, wav } from '../../services/media/samples.fixture.ts'
import { BoxUnderTest, office, PATIENTLY } from '../support/box-under-test.ts'
import { colons } from '../support/colons.ts'
import { describeOrSkip, Namespaces } from '../support/netns.ts'

const PHONES = [
  { host: 'snom', mac: '000413005301', address: '192.0.2.41', vendor: 'snom', model: 'D785' },
  { host: 'poly', mac: '0004f2005301', address: '192.0.2.42', vendor: 'poly', model: 'VVX450' },
  { host: 'yealink', mac: '001565005301', address: '192.0.2.43', vendor: 'yealink', model: 'T42G' },
] as const

// A picture and a tone stored once; each phone follows what its own file says, over the wire.
describeOrSkip('pictures and sounds of the whole box', ['namespaces', 'curl'], () => {
  const lab = new Namespaces()
  let box: BoxUnderTest

  beforeAll(async () => {
    const hosts = PHONES.map(
      ({ host, mac, address }) => [host, { mac: colons(mac), address: `${address}/24` }] as const,
    )
    await office(lab, Object.fromEntries(hosts))
    box = await BoxUnderTest.make(lab)
    await box.start()
    for (const { mac, vendor, model } of PHONES)
      await box.told('devices', 'add', mac, '--vendor', vendor, '--model', model, '--user', '101', '--secret', 'x')
    await store('party.jpg', await jpeg(4000, 3000))
    await store('ring.wav', wav(15, { rate: 44_100, channels: 2 }))
  })
  afterAll(async () => {
    await lab[Symbol.asyncDispose]()
    await box[Symbol.asyncDispose]()
  })

  async function store(name: string, content: Uint8Array): Promise<void> {
    const local = join(box.folder, name)
    await writeFile(local, content)
    await box.told('files', 'add', local)
  }

  async function fetched(host: string, url: string): Promise<Uint8Array | undefined> {
    const local = join(box.folder, 'fetched')
    await rm(local, { force: true })
    const { code } = await lab.run(host, ['curl', '-sSf', '--max-time', '30', '-o', local, url])
    return code === 0 ? new Uint8Array(await readFile(local)) : undefined
  }

  it.each(PHONES)('$vendor $model', async ({ host, mac, vendor, model }) => {
    const settings = vendor === 'yealink' ? { 'file.ringTone': 'ring.wav' } : { 'file.wallpaper': 'party.jpg' }
    await box.api(`/devices/${mac}`, { vendor, model, lines: [{ index: 1, user: '101' }], settings })
    const file = vendor === 'poly' ? [`${mac}-settings.cfg`] : []
    const text = await box.rendered(mac, ...file)
    const [url = ''] =
      new RegExp(`http://192\\.0\\.2\\.1/${vendor}/(party|ring)-[0-9a-f]{10}\\.(jpg|png|wav)`).exec(text) ?? []
    await expect.poll(() => fetched(host, url), PATIENTLY).toBeDefined()
    const bytes = (await fetched(host, url)) ?? new Uint8Array(0)
    expect(probe(bytes, bytes.length)).toMatchObject(
      vendor === 'yealink' ? { codec: 'pcmu', rate: 8000, channels: 1 } : { width: 480, height: 272 },
    )
    expect(await box.told('explain', mac)).not.toContain('is left out')
  })

  it('does not make the box itself larger than it may be', async () => {
    const status = await readFile(`/proc/${box.pid}/status`, 'latin1')
    expect(status).toContain('Name:\tbun')
    expect(Number(/VmHWM:\s+(\d+)/.exec(status)?.[1])).toBeLessThan(200 * 1024)
  })
})
