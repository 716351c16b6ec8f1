import { beforeEach, describe, expect, it } from 'vitest'
import { type Browser, type CloudDesk, makeCloudDesk } from '../../test/support/cloud-desk.ts'

const BY = { by: 'box:page:local' }
const SECRET = 'http://user:hush@192.0.2.9/'
const LAN = { name: 'Büro', subnet: '192.0.2.0/24', pools: ['192.0.2.100-192.0.2.149'], interface: 'eth0' }

let desk: CloudDesk
let account: string
let site: string
let admin: Browser
let base: string
beforeEach(async () => {
  desk = await makeCloudDesk()
  account = await desk.account('Office')
  const caller = { actor: 'test', name: 'test', address: '' }
  site = (await desk.deps.sites.create(account, { name: 'lobby', timeZone: 'UTC', note: '' }, caller)).id
  base = `/api/v1/accounts/${account}/sites/${site}`
  admin = await somebody('admin')
  return () => desk[Symbol.asyncDispose]()
})

async function somebody(role: 'admin' | 'installer' | 'viewer'): Promise<Browser> {
  const person = await desk.person(`${role}@example.net`)
  await desk.member(account, person, role, role === 'installer' ? [site] : undefined)
  return desk.signedIn(person)
}

async function withBox(): Promise<void> {
  await desk.box({ boxId: 'x1', orgId: account, siteId: site, identityKey: 'k1' })
  const body = {
    ...{ version: '1', startedAt: 0, clock: 0, addresses: [], services: [], dhcp: [], packs: [] },
    interfaces: [{ name: 'eth0', addresses: ['192.0.2.1/24'] }],
    fixedNetworks: [{ id: 'voice', subnet: '203.0.113.0/24', pools: [] }],
  }
  const items = [{ seq: 1, kind: 'box', id: 'box', body }]
  await desk.deps.boxes.sync.status({ boxId: 'x1', orgId: account }, { version: 1, epoch: { n: 1, id: 'e1' }, items })
}

const faultsOf = ({ body }: { body: { error: { faults: { path: string; message: string }[] } } }) =>
  body.error.faults.map(({ path, message }) => `${path}: ${message}`)
const post = (input: object) => admin.call('POST', `${base}/networks`, input)

describe('networks of a site', () => {
  it('are added under a name of their own, shown whole, and removed', async () => {
    const made = await post(LAN)
    expect([made.status, made.body]).toMatchObject([
      201,
      { id: 'buro', rev: 1, lease: 43_200, dns: [], reached: false },
    ])
    expect((await post({ subnet: '198.51.100.0/24' })).body.id).toBe('198.51.100.0-24')
    expect(faultsOf(await post({ id: 'buro', subnet: '203.0.113.0/24' }))).toEqual([
      'id: there is a network buro already',
    ])
    const { networks } = (await admin.call('GET', `${base}/networks`)).body
    expect(networks.map(({ id, name }: { id: string; name?: string }) => [id, name])).toEqual([
      ['198.51.100.0-24', undefined],
      ['buro', undefined],
    ])
    expect((await admin.call('DELETE', `${base}/networks/buro`, undefined, { 'if-match': '"1"' })).status).toBe(204)
  })

  it('are judged beside one another before there is a box, and by what it says once it is there', async () => {
    await post(LAN)
    expect(faultsOf(await post({ subnet: '192.0.2.128/25', interface: 'eth7' }))).toEqual([
      'subnet: 192.0.2.128/25 overlaps network buro (192.0.2.0/24)',
    ])
    await withBox()
    expect(faultsOf(await post({ name: 'lab', subnet: '203.0.113.0/25', interface: 'eth7' }))).toEqual([
      'subnet: 203.0.113.0/25 overlaps network voice (203.0.113.0/24)',
      'interface: no interface eth7; there are eth0',
    ])
    expect(faultsOf(await post({ id: 'voice', subnet: '198.51.100.0/24' }))).toEqual([
      'id: the box’s configuration file has a network voice',
    ])
    const own = await admin.call('PATCH', `${base}/networks/buro`, { pools: ['192.0.2.1-192.0.2.9'] })
    expect(faultsOf(own)).toEqual(['pools.0: range holds 192.0.2.1, the box’s own address on eth0'])
  })

  it('tell whether the box has read them', async () => {
    await withBox()
    const made = await post(LAN)
    const reached = async () => (await admin.call('GET', `${base}/networks/buro`)).body.reached
    expect([made.body.reached, await reached()]).toEqual([false, false])
    const { seq = 0 } = (await desk.deps.boxes.feeds.read((reader) => reader.record('box:x1', 'network', 'buro'))) ?? {}
    const row = { box_id: 'x1', feed: 'box:x1', seq, at: desk.clock.now() }
    await desk.deps.database.db.insertInto('box_pulled').values(row).execute()
    expect(await reached()).toBe(true)
    await admin.call('PATCH', `${base}/networks/buro`, { lease: 3600 })
    expect(await reached()).toBe(false)
    await desk.deps.boxes.sync.write('box:x1', [{ kind: 'network', id: 'buro', body: { id: 'buro', subnet: 'x' } }], BY)
    const odd = (await admin.call('GET', `${base}/networks`)).body.networks[0]
    expect(odd).toMatchObject({
      reached: true,
      subnet: 'x',
      pools: [],
      fault: expect.stringContaining('subnet: not an'),
    })
  })

  it('are for administrators; what an option says is for those who may change it', async () => {
    const option = { code: 160, type: 'text', value: SECRET }
    await post({ ...LAN, options: [option] })
    const layer = `${base}/layers/group/hall`
    await admin.call('PUT', layer, { dhcpOptions: [option] })
    const [installer, viewer] = [await somebody('installer'), await somebody('viewer')]
    const seen = async (who: Browser, path: string) => JSON.stringify((await who.call('GET', path)).body)
    for (const [who, path, open] of [
      [admin, `${base}/networks`, true],
      [installer, `${base}/networks`, false],
      [viewer, `${base}/networks/buro`, false],
      [installer, layer, true],
      [viewer, layer, false],
    ] as const) {
      const text = await seen(who, path)
      expect(text, path).toContain('160')
      expect(text.includes('hush'), path).toBe(open)
    }
    expect((await installer.call('PATCH', `${base}/networks/buro`, { lease: 60 })).status).toBe(403)
    expect((await installer.call('DELETE', `${base}/networks/buro`)).status).toBe(403)
  })

  it('are settled by administrators alone when both sides changed them, options hidden from the others', async () => {
    await desk.box({ boxId: 'x1', orgId: account, siteId: site, identityKey: 'k1' })
    const name = { mutationId: 'm1', boxId: 'x1', feed: 'box:x1', kind: 'network', id: 'lan', group: 'field:options' }
    const value = { options: [{ code: 160, type: 'text', value: SECRET }] }
    const loser = { fields: ['options'], side: 'cloud', value, alert: true, by: 'page', at: 1 } as const
    await desk.deps.boxes.feeds.write((writer) => writer.putConflict({ ...name, ...loser } as never))
    const installer = await somebody('installer')
    const other = async (who: Browser) => (await who.call('GET', `${base}/conflicts`)).body.conflicts[0].other
    expect(await other(admin)).toEqual(value)
    expect(await other(installer)).toEqual({ options: [{ code: 160, type: 'text', value: { set: true } }] })
    const settle = await installer.call('POST', `${base}/conflicts/m1/settle`, { take: true })
    expect(settle.status).toBe(403)
  })
})
