import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type CloudDatabase, openCloudDatabase } from '../../cloud/database/open.ts'
import { feedOfSite } from '../../cloud/enrolment/site-feed.ts'
import type { JsonObject } from '../../services/records/contract.ts'
import type { FeedName } from '../../services/sync/contract.ts'
import { type CloudDesk, makeCloudDesk } from '../support/cloud-desk.ts'
import { type Cluster, noPostgres, startPostgres } from '../support/postgres.ts'

const CALLER = { actor: 'test', name: 'test', address: '' }
const SECRET = { sealed: 'x1:ciphertext-of-a-secret', id: 'secret-1' }

async function makeOffice(database?: CloudDatabase) {
  const desk = await makeCloudDesk({ mail: true, ...(database === undefined ? {} : { database }) })
  const account = await desk.account('Office')
  const owner = await desk.person('owner@example.net')
  await desk.member(account, owner, 'owner')
  const browser = await desk.signedIn(owner)
  const path = `/api/v1/accounts/${account}`
  /** As it comes: the desk's own browser would read it as JSON. */
  async function file(query = ''): Promise<string> {
    const cookie = [...browser.cookies].map(([key, value]) => `${key}=${value}`).join('; ')
    const request = new Request(`http://localhost:8090${path}/export${query}`, { headers: { cookie } })
    return (await desk.app.fetch(request, { address: '192.0.2.1' })).text()
  }
  return { desk, account, owner, browser, path, file, [Symbol.asyncDispose]: () => desk[Symbol.asyncDispose]() }
}

/** Sends text as it is; the desk's own browser sends JSON. */
async function importText(
  office: Awaited<ReturnType<typeof makeOffice>>,
  text: string,
  query = '',
  account = office.account,
) {
  const cookie = [...office.browser.cookies].map(([name, value]) => `${name}=${value}`).join('; ')
  const request = new Request(`http://localhost:8090/api/v1/accounts/${account}/import${query}`, {
    method: 'POST',
    body: text,
    headers: { cookie, 'x-branchline': '1', 'content-type': 'application/x-ndjson' },
  })
  const response = await office.desk.app.fetch(request, { address: '192.0.2.1' })
  return {
    status: response.status, // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of every shape
    body: (await response.json()) as any,
  }
}

async function records(desk: CloudDesk, feed: FeedName): Promise<Record<string, JsonObject>> {
  const range = { after: 0, upTo: Number.MAX_SAFE_INTEGER, limit: 5000, living: true }
  const page = await desk.deps.boxes.feeds.read((reader) => reader.page(feed, range))
  return Object.fromEntries(page.map(({ kind, id, body }) => [`${kind} ${id}`, body]))
}

const write = (desk: CloudDesk, feed: FeedName, kind: string, id: string, body: JsonObject) =>
  desk.deps.boxes.sync.write(feed, [{ kind, id, body }], { by: 'test' })

/** An account with one of everything. */
async function fill(office: Awaited<ReturnType<typeof makeOffice>>) {
  const { desk, account, browser, path } = office
  const { deps } = desk
  const make = (name: string) => deps.sites.create(account, { name, timeZone: 'Europe/Berlin', note: 'n' }, CALLER)
  const [berlin, bonn] = [await make('Berlin'), await make('Bonn')]
  await write(desk, `org:${account}`, 'layer', 'account', { settings: { timezone: 'Europe/Berlin' } })
  const feed = await feedOfSite(deps.database.db, berlin.id)
  const hex = (n: number) => n.toString(16).padStart(2, '0')
  const phones = Array.from({ length: 600 }, (_, i) => ({
    ...{ kind: 'device', id: `00:00:5e:00:${hex(i >> 8)}:${hex(i & 255)}` },
    body: { label: `phone ${i}` },
  }))
  await deps.boxes.sync.write(feed, phones, { by: 'test' })
  await write(desk, feed, 'device', '00:00:5e:00:53:ff', {
    label: 'door',
    lines: [{ index: 1, user: '100', secret: SECRET }],
  })
  await write(desk, await feedOfSite(deps.database.db, bonn.id), 'network', 'lan', {
    ...{ id: 'lan', subnet: '192.0.2.0/24', pools: ['192.0.2.10-192.0.2.20'] },
  })
  await browser.call('PUT', `${path}/alert-rules`, {
    kind: 'disk-low',
    rev: 0,
    enabled: false,
    settings: { percent: 20 },
  })
  await browser.call('POST', `${path}/alert-channels`, { kind: 'email', name: 'night', target: 'night@example.net' })
  const hook = await browser.call('POST', `${path}/alert-channels`, {
    kind: 'webhook',
    name: 'hook',
    target: 'https://hooks.example.net/',
  })
  await browser.call('POST', `${path}/report-schedules`, {
    name: 'weekly',
    every: 'week',
    recipients: ['a@example.net'],
    sites: [bonn.id],
  })
  await deps.files.put(account, 'rom', new TextEncoder().encode('content'), {
    contentType: 'x/y',
    replace: false,
    caller: CALLER,
  })
  return { berlin, bonn, hookSecret: hook.body.secret as string }
}

const linesOf = (text: string) =>
  text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line))

function describeTransfer(name: string, open: () => Promise<CloudDatabase | undefined>): void {
  describe(`export and import on ${name}`, () => {
    it('take an account to another installation: first only told, then done, and once more without effect', async () => {
      await using here = await makeOffice(await open())
      await using there = await makeOffice()
      const { hookSecret } = await fill(here)
      const text = await here.file()
      const lines = linesOf(text)
      expect(lines[0]).toMatchObject({
        line: 'head',
        format: 'branchline-account',
        version: 1,
        account: { name: 'Office' },
      })
      const { line, counts } = lines.at(-1)
      expect([line, counts.site, counts.record, counts.person, counts['alert-channel']]).toEqual(['end', 2, 603, 1, 2])
      for (const secret of [SECRET.sealed, hookSecret]) expect(text).not.toContain(secret)

      const dry = await importText(there, text, '?dryRun=1')
      expect(
        dry.body.places.map((place: Record<string, unknown>) => [place.name, place.action, place.added, place.done]),
      ).toEqual([
        ['Office', 'keep', 1, false],
        ['Berlin', 'create', 601, false],
        ['Bonn', 'create', 1, false],
      ])
      const { deps } = there.desk
      expect(await deps.sites.list(there.account, { role: 'owner' })).toEqual([])

      const done = await importText(there, text)
      expect(done.body.places.every((place: { done: boolean }) => place.done)).toBe(true)
      const sites = await deps.sites.list(there.account, { role: 'owner' })
      expect(sites.map((site) => [site.name, site.timeZone, site.note])).toEqual([
        ['Berlin', 'Europe/Berlin', 'n'],
        ['Bonn', 'Europe/Berlin', 'n'],
      ])
      const phones = await records(there.desk, await feedOfSite(deps.database.db, sites[0]?.id ?? ''))
      expect(phones['device 00:00:5e:00:00:00']).toEqual({ label: 'phone 0' })
      expect(await records(there.desk, `org:${there.account}`)).toEqual({
        'layer account': { settings: { timezone: 'Europe/Berlin' } },
      })
      expect((await deps.alertRules.list(there.account)).find(({ kind }) => kind === 'disk-low')).toMatchObject({
        enabled: false,
        settings: { percent: 20 },
      })
      expect(await deps.channels.list(there.account)).toMatchObject([{ kind: 'email', target: 'night@example.net' }])
      expect(await deps.schedules.list(there.account)).toMatchObject([{ name: 'weekly', sites: [sites[1]?.id] }])
      const left = done.body.leftOut.map((one: { what: string }) => one.what)
      expect(left).toEqual(
        expect.arrayContaining(['1 secrets of device 00:00:5e:00:53:ff', 'webhook hook', 'file rom']),
      )

      const again = await importText(there, text)
      expect(
        again.body.places.map((place: Record<string, unknown>) => [place.action, place.added, place.same]),
      ).toEqual([
        ['keep', 0, 1],
        ['keep', 0, 601],
        ['keep', 0, 1],
      ])
      expect(await deps.sites.list(there.account, { role: 'owner' })).toEqual(sites)
      expect(await deps.schedules.list(there.account)).toHaveLength(1)
    })

    it('bring back what was lost, with its secrets, into the same account alone', async () => {
      await using here = await makeOffice(await open())
      const { desk, account } = here
      const { berlin } = await fill(here)
      const sealed = await here.file('?sealed=1')
      expect(sealed).toContain(SECRET.sealed)
      const feed = await feedOfSite(desk.deps.database.db, berlin.id)
      const id = '00:00:5e:00:53:ff'
      await desk.deps.boxes.sync.write(feed, [{ kind: 'device', id, body: undefined }], { by: 'test' })
      const back = await importText(here, sealed)
      expect(back.body.places[1]).toMatchObject({ siteId: berlin.id, added: 1, same: 600, done: true })
      expect((await records(desk, feed))[`device ${id}`]).toMatchObject({ lines: [{ secret: SECRET }] })
      // The file without secrets says nothing against them.
      expect((await importText(here, await here.file())).body.places[1]).toMatchObject({ same: 601, done: true })
      // Whoever brings it elsewhere, of the same cloud too, gets none.
      const other = await desk.account('Other')
      await desk.member(other, here.owner, 'owner')
      const moved = await importText(here, sealed, '', other)
      const ours = moved.body.places[1]
      expect(ours.siteId).not.toBe(berlin.id)
      expect((await records(desk, await feedOfSite(desk.deps.database.db, ours.siteId)))[`device ${id}`]).toEqual({
        label: 'door',
        lines: [{ index: 1, user: '100' }],
      })
      expect(moved.body.leftOut).toContainEqual(expect.objectContaining({ what: `secrets of device ${id}` }))
      expect(account).not.toBe(other)
    })

    it('write a site whole or not at all, and say what to do', async () => {
      await using here = await makeOffice(await open())
      await using there = await makeOffice()
      await fill(here)
      const text = await here.file()
      await importText(there, text)
      const { deps } = there.desk
      const [berlin] = await deps.sites.list(there.account, { role: 'owner' })
      const feed = await feedOfSite(deps.database.db, berlin?.id ?? '')
      await write(there.desk, feed, 'device', '00:00:5e:00:00:00', { label: 'changed here' })
      await deps.boxes.sync.write(feed, [{ kind: 'device', id: '00:00:5e:00:00:01', body: undefined }], { by: 'test' })
      const refused = await importText(there, text)
      const [, first, second] = refused.body.places
      expect([first.action, first.done, second.done]).toEqual(['refused', false, true])
      expect(first.faults).toEqual([
        {
          path: expect.stringMatching(/^line \d+$/),
          message: expect.stringContaining(
            'device 00:00:5e:00:00:00: it is there already with other content: import with replace=1',
          ),
        },
      ])
      const before = await records(there.desk, feed)
      expect([before['device 00:00:5e:00:00:00'], before['device 00:00:5e:00:00:01']]).toEqual([
        { label: 'changed here' },
        undefined,
      ])
      expect((await importText(there, text, '?replace=1')).body.places[1]).toMatchObject({
        replaced: 1,
        added: 1,
        done: true,
      })
      expect((await records(there.desk, feed))['device 00:00:5e:00:00:00']).toEqual({ label: 'phone 0' })
    })

    it('take no record that a box would refuse', async () => {
      await using here = await makeOffice(await open())
      await using there = await makeOffice()
      const { berlin } = await fill(here)
      const feed = await feedOfSite(here.desk.deps.database.db, berlin.id)
      await write(here.desk, feed, 'device', '00:00:5e:00:00:07', { enabled: 'perhaps' })
      const { body } = await importText(there, await here.file(), '?dryRun=1')
      expect(body.places.map(({ action }: { action: string }) => action)).toEqual(['keep', 'refused', 'create'])
      expect(body.places[1].faults).toEqual([
        {
          path: expect.stringMatching(/^line \d+$/),
          message: expect.stringMatching(/^device 00:00:5e:00:00:07: enabled: .*: no box could use it/),
        },
      ])
    })

    it('refuse a file that is not what was exported, before anything is written', async () => {
      await using here = await makeOffice(await open())
      await fill(here)
      const text = await here.file()
      const other = await here.desk.account('Other')
      await here.desk.member(other, here.owner, 'owner')
      const rows = text.trimEnd().split('\n')
      const cases: readonly [string, string][] = [
        [rows.slice(0, -1).join('\n'), 'the file has no end: it was cut off, export it again'],
        [text.replace('phone 5"', 'phone five"'), 'the lines before are not those that were exported'],
        [rows.toSpliced(3, 1).join('\n'), 'the lines before are not those that were exported'],
        [rows.slice(1).join('\n'), 'the file does not begin with its head'],
        [text.replace('"version":1', '"version":9'), 'version: this program reads version 1'],
        ['hello', '"hello" is not JSON'],
        [text + text, 'the file goes on after its end'],
        ['', 'is not JSON'],
      ]
      for (const [bad, why] of cases) {
        const dry = await importText(here, bad, '?dryRun=1', other)
        expect([why, dry.body.faults.some((fault: { message: string }) => fault.message.includes(why))]).toEqual([
          why,
          true,
        ])
        expect((await importText(here, bad, '', other)).status).toBe(400)
      }
      expect(await here.desk.deps.sites.list(other, { role: 'owner' })).toEqual([])
    })
  })
}

describeTransfer('SQLite', async () => undefined)

const missing = noPostgres()
describe.skipIf(missing !== undefined)(`on PostgreSQL${missing === undefined ? '' : ` (${missing})`}`, () => {
  let cluster: Cluster
  let made = 0
  beforeAll(() => {
    cluster = startPostgres()
  })
  afterAll(() => cluster[Symbol.asyncDispose]())
  describeTransfer('PostgreSQL', async () =>
    openCloudDatabase({ kind: 'postgres', url: await cluster.create(`transfer${++made}`), connections: 6 }),
  )
})
