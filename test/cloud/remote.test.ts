import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type CloudDatabase, openCloudDatabase } from '../../cloud/database/open.ts'
import type { Mac } from '../../services/core/mac.ts'
import { makeCloudDesk, PAGES } from '../support/cloud-desk.ts'
import { type Cluster, noPostgres, startPostgres } from '../support/postgres.ts'

// Jobs and phones' pages as both databases keep them.

const MAC = '00005e005301' as Mac
const SPEC = { kind: 'explain', mac: MAC } as const
const DONE = { state: 'done', text: 'configured', result: { a: 1 } } as const

async function office(database?: CloudDatabase) {
  const desk = await makeCloudDesk(database === undefined ? {} : { database })
  const { deps, clock } = desk
  const account = await desk.account('Harbour')
  const ada = await desk.person('ada@example.net')
  await desk.member(account, ada, 'admin')
  const caller = { actor: `person:${ada}`, name: 'ada@example.net', address: '198.51.100.7' }
  const site = (await deps.sites.create(account, { name: 'Berlin', timeZone: 'UTC', note: '' }, caller)).id
  const boxAt = async (siteId: string) => {
    const boxId = crypto.randomUUID()
    await desk.box({ boxId, orgId: account, siteId, identityKey: `key of ${boxId}` })
    return boxId
  }
  const box = await boxAt(site)
  const asked = { account, site, standing: { role: 'owner' as const }, caller }
  const audit = async () => {
    const rows = await deps.database.db
      .selectFrom('audit')
      .selectAll()
      .where('action', 'like', 'remote.%')
      .orderBy('id')
      .execute()
    return rows.map(({ actor, action, detail }) => [actor.replace(ada, 'ada'), action, JSON.parse(detail).state])
  }
  return { desk, boxAt, deps, clock, ada, account, asked, site, box, audit, ...deps.remote }
}

function suite(name: string, open: () => Promise<CloudDatabase | undefined>): void {
  describe(`jobs on ${name}`, () => {
    it('are taken by their box alone, given again until they are answered, and answered once', async () => {
      const { desk, boxAt, jobs, boxJobs, asked, account, box, audit, deps } = await office(await open())
      await using _ = desk
      const otherSite = (await deps.sites.create(account, { name: 'Hamburg', timeZone: 'UTC', note: '' }, asked.caller))
        .id
      const other = await boxAt(otherSite)
      const job = await jobs.ask(asked, SPEC)
      expect(job).toMatchObject({ state: 'waiting', by: 'ada@example.net', result: null })
      expect(await boxJobs.take(other, 20)).toEqual([])
      expect(await boxJobs.report(other, job.id, DONE)).toBe('unknown')
      const given = [{ id: job.id, spec: SPEC, by: 'ada@example.net', expiresInMs: 120_000 }]
      expect(await boxJobs.take(box, 20)).toEqual(given)
      expect(await boxJobs.take(box, 20)).toEqual(given)
      expect(await boxJobs.report(box, job.id, { state: 'running', text: 'half', progress: 50 })).toBe('stored')
      expect(await jobs.get(asked, job.id)).toMatchObject({ state: 'taken', text: 'half', progress: 50 })
      expect(await boxJobs.report(box, job.id, DONE)).toBe('stored')
      // Its acknowledgement was lost, or somebody says something else afterwards: the first word stands.
      expect(await boxJobs.report(box, job.id, { state: 'failed', text: 'no' })).toBe('stored')
      expect(await boxJobs.take(box, 20)).toEqual([])
      expect(await jobs.get(asked, job.id)).toMatchObject({
        state: 'done',
        text: 'configured',
        result: { a: 1 },
        progress: 100,
      })
      expect(await audit()).toEqual([
        ['person:ada', 'remote.explain', undefined],
        [`box:${box}`, 'remote.explain.ended', 'done'],
      ])
    })

    it('are made once for one key, however many ask at once', async () => {
      const { desk, jobs, asked, audit } = await office(await open())
      await using _ = desk
      const made = await Promise.all(Array.from({ length: 5 }, () => jobs.ask(asked, SPEC, { key: 'one-click' })))
      expect(new Set(made.map(({ id }) => id)).size).toBe(1)
      expect((await audit()).length).toBe(1)
      await expect(jobs.ask(asked, { kind: 'checks' }, { key: 'one-click' })).rejects.toThrow('used for something else')
    })

    it('end when nobody takes them, and when nobody says what came of them; a late word counts', async () => {
      const { desk, jobs, boxJobs, asked, box, clock, expire, audit } = await office(await open())
      await using _ = desk
      const waited = await jobs.ask(asked, SPEC)
      clock.advance(120_000)
      expect(await boxJobs.take(box, 20)).toEqual([])
      const silent = await jobs.ask(asked, SPEC)
      await boxJobs.take(box, 20)
      clock.advance(120_000)
      // As several processes would.
      await Promise.all([expire(), expire(), expire()])
      expect(await jobs.get(asked, waited.id)).toMatchObject({
        state: 'expired',
        text: 'the box did not fetch it in time',
      })
      expect(await jobs.get(asked, silent.id)).toMatchObject({
        state: 'expired',
        text: 'the box fetched it and has not said what came of it',
      })
      await boxJobs.report(box, silent.id, DONE)
      expect((await jobs.get(asked, silent.id)).state).toBe('done')
      expect((await audit()).map(([actor, , state]) => [actor, state])).toEqual([
        ['person:ada', undefined],
        ['person:ada', undefined],
        ['system', 'expired'],
        ['system', 'expired'],
        [`box:${box}`, 'done'],
      ])
    })

    it('need a box, and do not pile up for one that is away', async () => {
      const { desk, jobs, asked, account, deps } = await office(await open())
      await using _ = desk
      const empty = (await deps.sites.create(account, { name: 'Empty', timeZone: 'UTC', note: '' }, asked.caller)).id
      await expect(jobs.ask({ ...asked, site: empty }, SPEC)).rejects.toThrow('this site has no box')
      for (let i = 0; i < 100; i++) await jobs.ask(asked, SPEC)
      await expect(jobs.ask(asked, SPEC)).rejects.toThrow('too many')
    })

    it('are forgotten after a week, their notes are not', async () => {
      const { desk, jobs, asked, clock, tidy, audit } = await office(await open())
      await using _ = desk
      const job = await jobs.ask(asked, SPEC)
      clock.advance(8 * 86_400_000)
      await tidy()
      await expect(jobs.get(asked, job.id)).rejects.toThrow('no such job')
      expect((await audit()).length).toBe(1)
    })
  })

  describe(`phones’ pages on ${name}`, () => {
    const wish = { mac: MAC, scheme: 'http', minutes: 15 } as const
    async function withPage(database?: CloudDatabase) {
      const all = await office(database)
      await all.pages.allow(all.asked, true)
      const opened = await all.pages.open(all.asked, wish)
      const { host, searchParams } = new URL(opened.url)
      return { ...all, page: opened.page, host, ticket: searchParams.get('ticket') ?? '' }
    }

    it('need leave of the site', async () => {
      const { desk, pages, asked } = await office(await open())
      await using _ = desk
      await expect(pages.open(asked, wish)).rejects.toThrow('does not allow')
      await pages.allow(asked, true)
      await pages.allow(asked, false)
      await expect(pages.open(asked, wish)).rejects.toThrow('does not allow')
    })

    it('let one browser in, once, at one host', async () => {
      const { desk, pages, host, ticket } = await withPage(await open())
      await using _ = desk
      const otherHost = `p${'0'.repeat(25)}${PAGES.suffix}`
      expect(await pages.redeem(otherHost, ticket)).toBeUndefined()
      expect(await pages.redeem(host, 'blp_guess')).toBeUndefined()
      const all = await Promise.all(Array.from({ length: 4 }, () => pages.redeem(host, ticket)))
      const [first, ...more] = all.filter((one) => one !== undefined)
      expect(more).toEqual([])
      const cookie = first?.cookie ?? ''
      expect(await pages.byCookie(host, cookie)).toMatchObject({ mac: MAC })
      expect(await pages.byCookie(otherHost, cookie)).toBeUndefined()
      expect(await pages.byCookie(host, ticket)).toBeUndefined()
    })

    it('show nothing any more to somebody who has lost the right to open them', async () => {
      const { desk, deps, pages, host, ticket, account, ada } = await withPage(await open())
      await using _ = desk
      const { cookie = '' } = (await pages.redeem(host, ticket)) ?? {}
      expect(await pages.byCookie(host, cookie)).toMatchObject({ mac: MAC })
      await deps.database.db
        .updateTable('member')
        .set({ role: 'viewer' })
        .where('account_id', '=', account)
        .where('person_id', '=', ada)
        .execute()
      expect(await pages.byCookie(host, cookie)).toBeUndefined()
    })

    it('a link that nobody followed in time opens nothing', async () => {
      const { desk, pages, host, ticket, clock } = await withPage(await open())
      await using _ = desk
      clock.advance(120_000)
      expect(await pages.redeem(host, ticket)).toBeUndefined()
    })

    it('end by their time, by a person, with the site’s leave and with a box that cannot; the log has each end once', async () => {
      const { desk, deps, pages, host, ticket, page, asked, box, clock, expire, boxJobs, audit } = await withPage(
        await open(),
      )
      await using _ = desk
      const { cookie = '' } = (await pages.redeem(host, ticket)) ?? {}
      expect(await pages.isCarriedBy(box, page.id)).toBe(true)
      expect(await pages.isCarriedBy('other', page.id)).toBe(false)
      clock.advance(15 * 60_000)
      expect([await pages.byCookie(host, cookie), await pages.isCarriedBy(box, page.id)]).toEqual([undefined, false])
      await Promise.all([pages.expire(), pages.expire(), pages.expire()])
      const second = (await pages.open(asked, wish)).page
      await pages.close(asked, second.id)
      await pages.close(asked, second.id)
      const third = (await pages.open(asked, wish)).page
      await pages.allow(asked, false)
      expect(await pages.isCarriedBy(box, third.id)).toBe(false)
      await pages.allow(asked, true)
      const fourth = (await pages.open(asked, wish)).page
      await boxJobs.take(box, 20)
      await boxJobs.report(box, fourth.jobId, { state: 'failed', text: 'no such phone' })
      expect(await pages.list(asked)).toEqual([])
      await expire()
      const closed = (await audit()).filter(([, action]) => action === 'remote.phone-page.closed')
      expect(closed.map(([actor]) => actor)).toEqual(['system', 'person:ada', 'person:ada'])
      const row = await deps.database.db
        .selectFrom('phone_page')
        .select('closed_at')
        .where('id', '=', page.id)
        .executeTakeFirst()
      expect(row?.closed_at).toBe(page.endsAt)
    })
  })
}

suite('SQLite', async () => undefined)

const missing = noPostgres()
describe.skipIf(missing !== undefined)(`PostgreSQL${missing === undefined ? '' : ` (${missing})`}`, () => {
  let cluster: Cluster
  let made = 0
  beforeAll(() => {
    cluster = startPostgres()
  })
  afterAll(() => cluster[Symbol.asyncDispose]())
  suite('PostgreSQL', async () => {
    const url = await cluster.create(`remote${++made}`)
    return openCloudDatabase({ kind: 'postgres', url, connections: 8 })
  })
})
