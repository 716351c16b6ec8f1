import { beforeEach, describe, expect, it } from 'vitest'
import type { FeedName } from '../../services/sync/contract.ts'
import { type Browser, type CloudDesk, makeCloudDesk } from '../../test/support/cloud-desk.ts'
import { draftOf } from '../enrolment/site-feed.ts'

const MAC = '00005e005301'
const BY = { by: 'test' }

let desk: CloudDesk
let account: string
let site: string
let owner: Browser
let base: string
beforeEach(async () => {
  desk = await makeCloudDesk()
  account = await desk.account('Office')
  const caller = { actor: 'test', name: 'test', address: '' }
  site = (await desk.deps.sites.create(account, { name: 'lobby', timeZone: 'UTC', note: '' }, caller)).id
  const person = await desk.person('ada@example.net')
  await desk.member(account, person, 'owner')
  owner = await desk.signedIn(person)
  base = `/api/v1/accounts/${account}/sites/${site}`
  return () => desk[Symbol.asyncDispose]()
})

async function installer(): Promise<Browser> {
  const person = await desk.person('ivy@example.net')
  await desk.member(account, person, 'installer', [site])
  return desk.signedIn(person)
}
const stored = (feed: FeedName, kind: string, id: string) =>
  desk.deps.boxes.feeds.read((reader) => reader.record(feed, kind, id))

describe('an edit', () => {
  it('that a box would refuse is refused with the same faults, and nothing is written', async () => {
    const bad = {
      vendor: 'nobody',
      lines: [
        { index: 1, user: '' },
        { index: 1, user: '2', password: 'x' },
      ],
    }
    const { status, body } = await owner.call('PUT', `${base}/devices/${MAC}`, bad)
    expect([status, body.error.code]).toEqual([400, 'bad-input'])
    expect(body.error.faults.map((fault: { path: string }) => fault.path)).toContain('lines.1.index')
    const vendor = await owner.call('PUT', `${base}/devices/${MAC}`, { vendor: 'nobody' })
    expect(vendor.body.error.faults).toEqual([{ path: 'vendor', message: 'no vendor is called nobody' }])
    const network = { subnet: '192.0.2.0/24', pools: ['198.51.100.1-198.51.100.9'] }
    const range = await owner.call('PUT', `${base}/networks/lan`, network)
    expect(range.body.error.faults).toEqual([{ path: 'pools.0', message: 'range lies outside 192.0.2.0/24' }])
    const layer = await owner.call('PUT', `${base}/layers/group/hall`, { settings: { nonsense: 1 } })
    expect(layer.body.error.faults).toEqual([{ path: 'settings.nonsense', message: 'no such setting' }])
    const name = await owner.call('PUT', `${base}/layers/group/${encodeURIComponent(' x')}`, {})
    expect([name.status, name.body.error.message]).toEqual([400, expect.stringContaining('group id " x"')])
    expect(await stored(draftOf(site), 'device', MAC)).toBeUndefined()
  })

  it('is based on a revision: another one is told with what stands', async () => {
    const path = `${base}/devices/${MAC}`
    const made = await owner.call('PUT', path, { rev: 0, name: 'desk' })
    expect([made.status, made.headers.get('etag')]).toEqual([201, '"1"'])
    expect((await owner.call('PUT', path, { rev: 0, name: 'again' })).status).toBe(409)
    await owner.call('PATCH', path, { name: 'hall' }, { 'if-match': '"1"' })
    const { status, body } = await owner.call('PATCH', path, { name: 'late' }, { 'if-match': '"1"' })
    expect([status, body.error.code, body.current]).toMatchObject([409, 'conflict', { name: 'hall', rev: 2 }])
    expect((await owner.call('DELETE', path, undefined, { 'if-match': '"1"' })).status).toBe(409)
    expect((await owner.call('DELETE', path, undefined, { 'if-match': '"2"' })).status).toBe(204)
    expect((await owner.call('GET', path)).status).toBe(404)
    const { changes } = (await owner.call('GET', `${path}/history`)).body
    expect(changes.map((change: { action: string; by: string; fields: string[] }) => change)).toMatchObject([
      { action: 'record.edit', by: 'ada@example.net', fields: expect.arrayContaining(['name']) },
      { action: 'record.edit', fields: ['name'] },
      { action: 'record.remove' },
    ])
  })

  it('that changes nothing writes nothing', async () => {
    const path = `${base}/people/ann`
    await owner.call('PUT', path, { name: 'Ann', line: { user: '101', secret: 'hush' } })
    const again = await owner.call('PUT', path, { name: 'Ann', line: { user: '101', secret: 'hush' } })
    expect([again.status, again.body.rev]).toEqual([200, 1])
  })

  it('of many kinds of name finds its way: a model has a slash', async () => {
    const path = `${base}/layers/model/${encodeURIComponent('yealink/SIP-T46U')}`
    expect((await owner.call('PUT', path, { settings: { language: 'de' } })).body).toMatchObject({
      ...{ kind: 'model', id: 'yealink/SIP-T46U', rev: 1, shared: false },
    })
    expect((await owner.call('GET', `${base}/layers/model`)).body.layers).toHaveLength(1)
  })
})

describe('secrets', () => {
  it('never come out, stay when they are not mentioned, and keep their name while they are the same', async () => {
    const path = `${base}/devices/${MAC}`
    const first = { lines: [{ index: 1, user: '101', secret: 'hush' }], settings: { adminPassword: 'pssst' } }
    const made = await owner.call('PUT', path, first)
    expect(made.body).toMatchObject({ lines: [{ hasSecret: true }], secrets: ['settings.adminPassword'] })
    type Body = { lines: { secret: { sealed: string; id: string } }[]; settings: Record<string, { id: string }> }
    const body = async () => (await stored(draftOf(site), 'device', MAC))?.body as unknown as Body
    const before = await body()
    await owner.call('PUT', path, { name: 'desk', lines: [{ index: 1, user: '101' }] })
    const after = await body()
    expect([after.lines, after.settings]).toEqual([before.lines, before.settings])
    const { sealed, id } = after.lines[0]?.secret ?? { sealed: '', id: '' }
    expect((await desk.deps.boxes.keys.of(account)).open(sealed)).toBe('hush')
    await owner.call('PATCH', path, { lines: [{ index: 1, user: '101', secret: 'other' }] })
    expect((await body()).lines[0]?.secret.id).not.toBe(id)
    const seen = JSON.stringify([
      (await owner.call('GET', path)).body,
      (await owner.call('GET', `${base}/devices`)).body,
      (await owner.call('GET', `${path}/history`)).body,
      (await owner.call('GET', `/api/v1/accounts/${account}/audit`)).body,
      await desk.deps.database.db.selectFrom('audit').selectAll().execute(),
    ])
    expect(seen).not.toMatch(/hush|pssst|sealed/)
  })

  it('of a conflict only say that they are set', async () => {
    await desk.box({ boxId: 'x1', orgId: account, siteId: site, identityKey: 'k1' })
    const value = {
      lines: [{ user: '1', secret: { sealed: 'x1:a:b', id: 's' } }],
      extra: { acme: { password: 'raw' } },
    }
    const conflict = {
      mutationId: 'm1',
      boxId: 'x1',
      feed: 'box:x1',
      kind: 'device',
      id: MAC,
      group: 'accounts',
    } as const
    const loser = { fields: ['lines'], side: 'box', value, alert: false, by: 'page', at: 1 } as const
    await desk.deps.boxes.feeds.write((writer) => writer.putConflict({ ...conflict, ...loser }))
    const { conflicts } = (await owner.call('GET', `${base}/conflicts`)).body
    expect(conflicts[0].other).toEqual({
      lines: [{ user: '1', secret: { set: true } }],
      extra: { acme: { password: { set: true } } },
    })
    expect(conflicts[0].stands).toBeNull()
  })
})

describe('what an account shares', () => {
  it('is in force at a site until it has its own, and is changed for all where branches change it for all', async () => {
    const shared = `/api/v1/accounts/${account}/layers/group/hall`
    await owner.call('PUT', shared, { settings: { language: 'de', adminPassword: 'pssst' } })
    const path = `${base}/layers/group/hall`
    const seen = (await owner.call('GET', path)).body
    expect(seen).toMatchObject({ shared: true, rev: 0, settings: { language: 'de' } })
    expect((await owner.call('DELETE', path)).status).toBe(409)
    const own = await owner.call('PATCH', path, { rev: 0, settings: { language: 'fr' } })
    expect(own.body).toMatchObject({ shared: false, rev: 1, secrets: ['settings.adminPassword'] })
    expect((await owner.call('GET', shared)).body).toMatchObject({ rev: 1, settings: { language: 'de' } })
    expect((await owner.call('DELETE', path)).status).toBe(204)
    expect((await owner.call('GET', path)).body).toMatchObject({ shared: true })
  })

  it('of people is not for those who have some sites alone', async () => {
    const ann = await owner.call('POST', `${base}/people`, { name: 'Ann' })
    expect([ann.status, ann.body.shared]).toEqual([201, true])
    const ivy = await installer()
    const path = `${base}/people/${ann.body.id}`
    expect((await ivy.call('GET', path)).body.name).toBe('Ann')
    expect((await ivy.call('PATCH', path, { name: 'Eve' })).status).toBe(403)
    expect((await ivy.call('DELETE', path)).status).toBe(403)
    const bob = await ivy.call('POST', `${base}/people`, { name: 'Bob' })
    expect([bob.status, bob.body.shared]).toEqual([201, false])
    expect((await owner.call('PATCH', path, { name: 'Anna' })).body).toMatchObject({
      name: 'Anna',
      shared: true,
      rev: 2,
    })
  })
})

describe('what a branch reports', () => {
  it('is shown by its schema; what does not fit is unknown, and counted', async () => {
    await desk.box({ boxId: 'x1', orgId: account, siteId: site, identityKey: 'k1' })
    const box = { boxId: 'x1', orgId: account }
    const epoch = { n: 1, id: 'e1' }
    const good = { verdict: { state: 'configured', text: 'configured' }, later: 1 }
    const items = [
      { seq: 1, kind: 'device', id: '00:00:5e:00:53:01', body: good },
      { seq: 2, kind: 'device', id: '00:00:5e:00:53:02', body: { verdict: { state: '<b>' } } },
      { seq: 3, kind: 'of-tomorrow', id: 'x', body: {} },
    ]
    await desk.deps.boxes.sync.status(box, { version: 1, epoch, items })
    const { devices, newDevices } = (await owner.call('GET', `${base}/status`)).body
    expect(devices).toEqual([
      { id: '00:00:5e:00:53:01', at: desk.clock.now(), status: { verdict: good.verdict } },
      { id: '00:00:5e:00:53:02', at: desk.clock.now() },
    ])
    expect(newDevices).toEqual([])
    expect(desk.deps.counters.all().get('sync.unreadable-report')).toBe(1)
  })

  it('makes its box online, and halted when two are alive', async () => {
    await desk.box({ boxId: 'x1', orgId: account, siteId: site, identityKey: 'k1' })
    const { seen, feeds } = desk.deps.boxes
    const list = async () => (await owner.call('GET', `/api/v1/accounts/${account}/boxes`)).body.boxes[0]
    expect(await list()).toMatchObject({ id: 'x1', online: false, halted: false })
    seen.note('x1', '192.0.2.1')
    await seen.flush()
    expect(await list()).toMatchObject({ online: true, lastSeen: desk.clock.now(), address: '192.0.2.1' })
    desk.clock.advance(8 * 60_000)
    await feeds.write(async (writer) => writer.putInbox('x1', { ...(await writer.lockInbox('x1')), halted: true }))
    expect(await list()).toMatchObject({ online: false, halted: true })
    expect((await owner.call('POST', `/api/v1/accounts/${account}/boxes/x1/resume`)).status).toBe(200)
    expect(await list()).toMatchObject({ halted: false })
  })
})

it('a site with a box is not removed', async () => {
  await desk.box({ boxId: 'x1', orgId: account, siteId: site, identityKey: 'k1' })
  const refused = await owner.call('DELETE', base)
  expect([refused.status, refused.body.error.message]).toEqual([
    409,
    'the site has box x1: release it or move it first',
  ])
  await desk.deps.boxes.sync.write('box:x1', [{ kind: 'device', id: MAC, body: { name: 'a' } }], BY)
  expect((await owner.call('GET', `${base}/devices`)).body.devices).toHaveLength(1)
})
