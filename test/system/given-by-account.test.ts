import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { CloudView } from '../../services/admin/schema-cloud.ts'
import { BoxUnderTest, office, PATIENTLY } from '../support/box-under-test.ts'
import { CLOUD_URL, CloudInNamespace } from '../support/cloud-in-namespace.ts'
import { describeOrSkip, Namespaces } from '../support/netns.ts'
import { PhoneFarm, plugIn } from '../support/phone-farm.ts'
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

interface Rollout {
  readonly id: string
  readonly status: string
  readonly text: string
  readonly reason?: string
  readonly sites: Readonly<Record<string, number>>
  readonly phones: { readonly total: number; readonly failed: number }
}

const PHONES = [1, 2, 3].map((n) => ({ mac: `805ec001530${n}`, address: `192.0.2.6${n}` }))
const firmware = (version: string) => ({ name: `T46U(T43U,T46U)-${version}.rom`, content: `VERSION ${version}\n` })

// The account and the box as programs: what is known of vendors reaches the branch without an update of the box.
describeOrSkip('what an account gives to its boxes', ['namespaces', 'curl', 'sysctl'], () => {
  const lab = new Namespaces()
  let box: BoxUnderTest
  let cloud: CloudInNamespace
  let site = ''

  beforeAll(async () => {
    await office(lab, { bench: {} })
    box = await BoxUnderTest.make(lab, { cloud: { url: CLOUD_URL }, packKeys: [ours.key.key] })
    cloud = new CloudInNamespace(lab, box.folder)
    await cloud.start()
    await cloud.own()
    await plugIn(lab, 'bench', box.folder, PHONES)
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
  const progress = async () => {
    // The box tells what it has now rather than with its next report.
    await box.branchline('cloud', 'sync')
    return (await cloud.inAccount<{ sites: readonly Progress[] }>('GET', '/packs/gadget/sites')).sites[0]
  }
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

  describe('rolls out', () => {
    let farm: PhoneFarm
    let second = ''
    async function store({ name, content }: ReturnType<typeof firmware>): Promise<string> {
      const path = join(box.folder, 'given.rom')
      await writeFile(path, content.padEnd(300_000, 'x'))
      await cloud.upload(name, path)
      return name
    }
    const start = (input: object) =>
      cloud.inAccount<Rollout>('POST', '/rollouts', { models: ['yealink/T46U'], target: { ids: [site] }, ...input })
    const rollout = (id: string) => cloud.inAccount<Rollout>('GET', `/rollouts/${id}`)
    const act = (id: string, what: string) => cloud.inAccount<Rollout>('POST', `/rollouts/${id}/act`, { act: what })
    const gets = (id: string, expected: object) =>
      expect.poll(() => rollout(id), { timeout: 60_000, interval: 500 }).toMatchObject(expected)

    it('firmware to phones, and nothing twice though both sides are killed when it begins', async () => {
      for (const [n, { mac }] of PHONES.entries())
        await cloud.inAccount('PUT', `/sites/${site}/devices/${mac}`, {
          ...{ vendor: 'yealink', model: 'T46U', lines: [{ index: 1, user: `20${n}`, server: 'pbx.example' }] },
        })
      // Its stream may have opened only after they were written: then it would ask within a minute.
      await box.told('cloud', 'sync')
      await expect.poll(() => box.api(`/devices/${PHONES[2]?.mac}`).catch(() => undefined), PATIENTLY).toBeDefined()
      farm = new PhoneFarm(lab, 'bench', ['192.0.2.1', 'Yealink SIP-T46U VERSION MAC', '108.86.0.20'])
      await farm.boot(PHONES)
      // What phones say is written within a second; a stop in order writes it at once.
      await box.stop()
      await box.start()
      const file = await store(firmware('108.86.0.90'))
      const { id } = await start({ name: 'May', file })
      // The box has heard of it or not, fetches the file or has it: after the start it finds what is wanted.
      await Promise.all([box.kill(), cloud.kill()])
      await Promise.all([box.start(), cloud.start()])
      await gets(id, { status: 'completed', sites: { done: 1 }, phones: { total: 3, failed: 0 } })
      const report = await farm.report()
      expect(report.phones.map(({ installed }) => installed)).toEqual(PHONES.map(() => ['108.86.0.90']))
      expect(report.twice).toBe(0)
      expect(
        await box.api<{ origin?: string; uses: readonly string[] }>(`/files/${encodeURIComponent(file)}`),
      ).toMatchObject({
        origin: 'account',
      })
      const how = () => cloud.inAccount<{ sites: object[] }>('GET', `/given-files/${encodeURIComponent(file)}/sites`)
      await expect.poll(async () => (await how()).sites[0], PATIENTLY).toMatchObject({ site: 'Lobby', state: 'in-use' })
      const removed = await box.branchline('files', 'remove', file, '--force')
      expect([removed.code === 0, removed.err]).toEqual([
        false,
        expect.stringContaining('given by the central account'),
      ])
    }, 120_000)

    it('to no further ring when phones come back wrong, until somebody has looked', async () => {
      second = (await cloud.inAccount<{ id: string }>('POST', '/sites', { name: 'Second' })).id
      await farm.do({ mode: Object.fromEntries(PHONES.map(({ mac }) => [mac, 'wrong'])) })
      const file = await store(firmware('108.86.0.95'))
      const rings = [{ ids: [site] }]
      const { id } = await start({ name: 'June', file, target: { ids: [site, second] }, rings })
      await gets(id, { status: 'halted', reason: expect.stringContaining('came back with'), ring: 1 })
      const { told } = await cloud.inAccount<{ told: { phones: readonly object[] } }>(
        'GET',
        `/rollouts/${id}/sites/${site}`,
      )
      expect(told.phones[0]).toMatchObject({ state: 'failed', reason: expect.stringContaining('came back with') })
      await farm.do({ mode: Object.fromEntries(PHONES.map(({ mac }) => [mac, 'good'])) })
      await act(id, 'resume')
      await gets(id, { status: 'running', ring: 2, sites: { done: 1, waiting: 1 }, text: '1 site has no box' })
      expect((await farm.report()).phones.map(({ version }) => version)).toEqual(PHONES.map(() => '108.86.0.95'))
      expect(await act(id, 'abort')).toMatchObject({ status: 'cancelled', sites: { done: 1, skipped: 1 } })
    }, 120_000)

    it('an update of the box itself: one that was installed as a package says that it cannot', async () => {
      const { name } = firmware('1')
      const path = join(box.folder, 'given.raucb')
      await writeFile(path, name)
      await cloud.upload('branchline.raucb', path)
      const { id } = await start({
        name: 'System',
        what: 'system',
        file: 'branchline.raucb',
        version: '9.9.9',
        models: [],
      })
      await gets(id, { status: 'halted', reason: expect.stringContaining('installed as a package') })
    }, 60_000)
  })
})
