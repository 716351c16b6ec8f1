import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Browser, type CloudDesk, makeCloudDesk } from '../../test/support/cloud-desk.ts'

let desk: CloudDesk
let account: string
let sites: readonly string[]
let admin: Browser
let installer: Browser
const A = () => `/api/v1/accounts/${account}`

beforeAll(async () => {
  desk = await makeCloudDesk()
  account = await desk.account('acme')
  const caller = { actor: 'test', name: 'test', address: '' }
  sites = await Promise.all(
    ['berlin', 'paris', 'rome'].map(
      async (name) => (await desk.deps.sites.create(account, { name, timeZone: 'UTC', note: '' }, caller)).id,
    ),
  )
  const [ann, ivo] = [await desk.person('ann@example.net'), await desk.person('ivo@example.net')]
  await desk.member(account, ann, 'admin')
  await desk.member(account, ivo, 'installer', [sites[1] ?? ''])
  admin = await desk.signedIn(ann)
  installer = await desk.signedIn(ivo)
  for (const [i, site] of sites.entries())
    for (const n of [1, 2])
      await admin.call('PUT', `${A()}/sites/${site}/devices/805ec00000${i}${n}`, {
        ...{ name: `${i}-${n}`, vendor: 'yealink', model: n === 1 ? 'T46U' : 'T31P' },
        lines: [{ index: 1, user: `20${n}`, secret: 'hunter2hunter2' }],
      })
})
afterAll(() => desk[Symbol.asyncDispose]())

const preview = (edit: object, who = admin) => who.call('POST', `${A()}/fleet/edit/preview`, edit)
const apply = (edit: object, who = admin) => who.call('POST', `${A()}/fleet/edit`, edit)
const device = async (site: number, mac: string) =>
  (await admin.call('GET', `${A()}/sites/${sites[site]}/devices/${mac}`)).body

describe('an edit of many devices', () => {
  it('shows what changes on which phones, and writes nothing', async () => {
    const edit = {
      target: { kind: 'devices', filter: { model: 'T46U' } },
      patch: { settings: { 'sip.server': 'pbx.example.net', adminPassword: 'correct-horse-9' }, group: 'sales' },
    }
    const { status, body } = await preview(edit)
    expect([status, body.faults]).toEqual([200, []])
    expect([body.sites, body.looked, body.affected, body.records]).toEqual([3, 3, 3, 3])
    expect(body.effects[0]).toEqual({
      ...{ siteId: sites[0], mac: '80:5e:c0:00:00:01', name: '0-1', fields: ['group'] },
      changes: [
        { what: 'setting', name: 'adminPassword', secret: true },
        expect.objectContaining({ what: 'setting', name: 'sip.server', after: 'pbx.example.net' }),
      ],
    })
    expect(JSON.stringify(body)).not.toContain('correct-horse-9')
    expect((await device(0, '805ec0000001')).settings).toEqual({})
  })

  it('is made as it was shown, with an entry for each record, and keeps the secrets of the lines', async () => {
    const edit = { target: { kind: 'devices', filter: { model: 'T46U' } }, patch: { settings: { language: 'fr' } } }
    const { stamp } = (await preview(edit)).body
    expect(await apply({ ...edit, stamp })).toMatchObject({ status: 200, body: { records: 3 } })
    for (const [i] of sites.entries()) {
      const now = await device(i, `805ec00000${i}1`)
      expect([now.settings.language, now.lines[0].hasSecret]).toEqual(['fr', true])
      const { body } = await admin.call('GET', `${A()}/sites/${sites[i]}/devices/805ec00000${i}1/history`)
      expect(body.changes.at(-1)).toMatchObject({ action: 'record.edit', fields: ['settings'] })
    }
    // What is so already is no change, and writes nothing.
    expect((await preview(edit)).body).toMatchObject({ affected: 0, records: 0 })
  })

  it('is refused whole when somebody changed one of them since the preview', async () => {
    const edit = { target: { kind: 'devices' }, patch: { settings: { language: 'it' } } }
    const { stamp } = (await preview(edit)).body
    await admin.call('PATCH', `${A()}/sites/${sites[2]}/devices/805ec0000022`, { notes: 'moved' })
    const { status, body } = await apply({ ...edit, stamp })
    expect([status, body.error.code]).toEqual([409, 'conflict'])
    // With what stands now, so that it can be shown again at once.
    expect(body.current.stamp).not.toBe(stamp)
    expect((await device(0, '805ec0000001')).settings.language).toBe('fr')
    expect((await apply({ ...edit, stamp: body.current.stamp })).status).toBe(200)
  })

  it('names each that it does not fit, and changes none', async () => {
    const devices = [
      { site: sites[0], mac: '80:5e:c0:00:00:01' },
      { site: sites[1], mac: '00:00:00:00:00:99' },
    ]
    const edit = { target: { kind: 'devices', devices }, patch: { settings: { 'sip.port': 99_999_999 } } }
    const shown = (await preview(edit)).body
    expect(shown.faults.map(({ record }: { record: string }) => record)).toEqual([
      'device 80:5e:c0:00:00:01',
      'device 00:00:00:00:00:99',
    ])
    expect(shown.faults[0].message).toContain('sip.port')
    expect(await apply({ ...edit, stamp: shown.stamp })).toMatchObject({ status: 400 })
  })

  it('takes no names, lines or fields that nobody knows', async () => {
    for (const patch of [{ name: 'all alike' }, { lines: [] }, { colour: 'red' }])
      expect((await preview({ target: { kind: 'devices' }, patch })).status).toBe(400)
    const target = { kind: 'devices', devices: [{ site: 'nowhere', mac: '80:5e:c0:00:00:01' }] }
    expect((await preview({ target, patch: { group: 'x' } })).body.error.faults[0].message).toContain('nowhere')
  })

  it('reaches the sites of who asks alone', async () => {
    const edit = { target: { kind: 'devices' }, patch: { settings: { language: 'es' } } }
    const shown = (await preview(edit, installer)).body
    expect(shown.effects.map(({ siteId }: { siteId: string }) => siteId)).toEqual([sites[1], sites[1]])
    const foreign = { target: { kind: 'devices', devices: [{ site: sites[0], mac: '80:5e:c0:00:00:01' }] } }
    expect((await preview({ ...foreign, patch: { group: 'x' } }, installer)).status).toBe(400)
  })
})

describe('an edit of a layer at many sites', () => {
  it('shows a DHCP option that a layer is given', async () => {
    const dhcpOptions = [{ code: 160, type: 'text', value: 'http://192.0.2.9/' }]
    const target = { kind: 'layer', layer: 'vendor', id: 'yealink', sites: [sites[1]] }
    const { status, body } = await preview({ target, patch: { dhcpOptions } })
    expect([status, body.affected]).toEqual([200, 2])
    expect(body.effects[0].changes).toEqual([{ what: 'option', name: 'option 160', secret: false }])
  })

  it('makes the layer where there is none, and shows which phones it reaches', async () => {
    const edit = {
      target: { kind: 'layer', layer: 'site', id: 'site', sites: sites.slice(0, 2) },
      patch: { settings: { ntpServers: ['time.example.net'] } },
    }
    const shown = (await preview(edit)).body
    expect([shown.records, shown.affected]).toEqual([2, 4])
    expect((await apply({ ...edit, stamp: shown.stamp })).status).toBe(200)
    const { body } = await admin.call('GET', `${A()}/sites/${sites[1]}/layers/site/site`)
    expect(body.settings).toEqual({ ntpServers: ['time.example.net'] })
    expect((await admin.call('GET', `${A()}/sites/${sites[2]}/layers/site/site`)).status).toBe(404)
  })

  it('of what the account shares is looked at where it holds alone, and never made so', async () => {
    // The first two sites have their own in its place by now.
    const target = { kind: 'layer', layer: 'site', id: 'site', shared: true }
    const edit = { target, patch: { settings: { ntpServers: ['other.example.net'] } } }
    const { status, body } = await preview(edit)
    expect([status, body.looked, body.affected]).toEqual([200, 2, 2])
    expect(body.effects.map(({ siteId }: { siteId: string }) => siteId)).toEqual([sites[2], sites[2]])
    expect((await apply({ ...edit, stamp: body.stamp })).status).toBe(400)
  })
})
