import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { CloudView } from '../../services/admin/schema-cloud.ts'
import { BoxUnderTest, office, PATIENTLY } from '../support/box-under-test.ts'
import { CLOUD_URL, CloudInNamespace } from '../support/cloud-in-namespace.ts'
import { describeOrSkip, Namespaces } from '../support/netns.ts'
import { inFolder, madeUpVendor, packKey, packOf } from '../support/vendor-packs.ts'

const MAC = '02005e005321'
const ours = packKey('ours')
const strangers = packKey('strangers')

interface Progress {
  readonly state: string
  readonly wanted?: string
  readonly version?: string
  readonly reason?: string
}

// The account and the box as programs: what is known of vendors reaches the branch without an update of the box.
describeOrSkip('what an account gives to its boxes', ['namespaces', 'curl'], () => {
  const lab = new Namespaces()
  let box: BoxUnderTest
  let cloud: CloudInNamespace
  let site = ''

  beforeAll(async () => {
    await office(lab, {})
    box = await BoxUnderTest.make(lab, { cloud: { url: CLOUD_URL }, packKeys: [ours.key.key] })
    cloud = new CloudInNamespace(lab, box.folder)
    await cloud.start()
    await cloud.own()
    await box.start()
  }, 60_000)
  afterAll(async () => {
    await cloud[Symbol.asyncDispose]()
    await lab[Symbol.asyncDispose]()
    await box[Symbol.asyncDispose]()
  })

  const file = () => box.rendered(MAC).catch((thrown: Error) => thrown.message)
  const becomes = (text: string) => expect.poll(file, PATIENTLY).toContain(text)
  async function give(version: string, text: string, pem = ours.pem): Promise<void> {
    const path = join(box.folder, 'given.pack')
    const content = packOf(pem, inFolder('gadget', madeUpVendor(text, '02:00:5F')), { name: 'gadget', version })
    await writeFile(path, content)
    await cloud.upload(`gadget-${version}.pack`, path)
    await cloud.inAccount('PUT', '/packs/gadget', { file: `gadget-${version}.pack` })
  }
  const progress = async () =>
    (await cloud.inAccount<{ sites: readonly Progress[] }>('GET', '/packs/gadget/sites')).sites[0]
  const reaches = (expected: object) => expect.poll(progress, PATIENTLY).toMatchObject(expected)
  const device = (change: object) => cloud.inAccount('PUT', `/sites/${site}/devices/${MAC}`, change)

  it('come together', async () => {
    site = (await cloud.inAccount<{ id: string }>('POST', '/sites', { name: 'Lobby' })).id
    type Unclaimed = Extract<CloudView, { state: 'unclaimed' }>
    const shown = () => box.api<Unclaimed>('/cloud')
    await expect.poll(async () => (await shown()).code, PATIENTLY).toBeDefined()
    const { code, phrase } = await shown()
    const { claimToken } = await cloud.api<{ claimToken: string }>('POST', '/claims', { code })
    await cloud.api('POST', '/claims/confirm', { claimToken, siteId: site, phrase })
  }, 60_000)

  it('a text of the account is in force at the branch, until the site has its own', async () => {
    await cloud.inAccount('PUT', '/templates/acme', { files: madeUpVendor('from = account\n') })
    await expect.poll(() => box.told('templates', 'list'), PATIENTLY).toContain('acme')
    await box.api(`/devices/${MAC}`, { vendor: 'acme', model: 'A1' })
    await becomes('from = account')
    await cloud.inAccount('PUT', `/sites/${site}/templates/acme/device.liquid`, { text: 'from = site\n' })
    await becomes('from = site')
    await cloud.inAccount('DELETE', `/sites/${site}/templates/acme/device.liquid`)
    await becomes('from = account')
  }, 60_000)

  it('a pack is fetched, checked and in use without a start, and the account sees it', async () => {
    await give('1', 'one')
    await reaches({ state: 'in-use', wanted: '1', version: '1' })
    expect(await box.told('packs', 'list')).toMatch(/gadget\s+1\b/)
    expect(await box.told('packs', 'verify')).toContain('good')
  }, 60_000)

  it('one that a stranger signed is refused in words, and the queue moves on', async () => {
    await give('2', 'two', strangers.pem)
    await reaches({ state: 'refused', wanted: '2', version: '1', reason: expect.stringContaining('does not trust') })
    expect(await box.told('packs', 'list')).toMatch(/gadget\s+1\b/)
    await cloud.inAccount('PUT', '/templates/acme/device.liquid', { text: 'from = later\n' })
    await becomes('from = later')
  }, 60_000)

  it('the box dies again and again while one comes, and has it in the end', async () => {
    await give('3', 'three')
    for (let round = 0; round < 3; round++) {
      await Bun.sleep(round * 200)
      await box.kill()
      await box.start()
    }
    await reaches({ state: 'in-use', version: '3' })
    expect(await box.told('packs', 'verify')).toContain('good')
    await cloud.stop()
    await box.kill()
    await box.start()
    expect(await box.told('packs', 'list')).toMatch(/gadget\s+3\b/)
    await cloud.start()
  }, 120_000)

  it('taken away it is gone from the branch, whose own edits go on', async () => {
    await cloud.inAccount('DELETE', '/packs/gadget')
    await expect.poll(() => box.told('packs', 'list'), PATIENTLY).not.toContain('gadget')
    await device({ name: 'Hall', vendor: 'acme', model: 'A1' })
    await expect.poll(() => box.api(`/devices/${MAC}`), PATIENTLY).toMatchObject({ name: 'Hall' })
  }, 60_000)
})
