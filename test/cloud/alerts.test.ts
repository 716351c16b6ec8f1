import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { makeBoxesSeen } from '../../cloud/alerts/boxes-seen.ts'
import { makeEvaluation } from '../../cloud/alerts/evaluate.ts'
import { type CloudDatabase, openCloudDatabase } from '../../cloud/database/open.ts'
import type { Posted, PostOptions } from '../../cloud/deliveries/post.ts'
import { makeDeliveryWorker } from '../../cloud/deliveries/worker.ts'
import { makeFeedStorage } from '../../cloud/sync/feed-storage.ts'
import { makeTurn } from '../../cloud/work/turn.ts'
import { OperatorError } from '../../services/core/errors.ts'
import { makeReportingBox, phone } from '../support/cloud-boxes.ts'
import { makeCloudDesk } from '../support/cloud-desk.ts'
import { type Cluster, noPostgres, startPostgres } from '../support/postgres.ts'

const MINUTE = 60_000
const CALLER = { actor: 'test', name: 'test', address: '' }

/** A desk with one account, one site and its box, and the work that the cloud does by itself. */
async function makeOffice(database?: CloudDatabase) {
  const desk = await makeCloudDesk({ mail: true, ...(database === undefined ? {} : { database }) })
  const { deps, clock } = desk
  const account = await desk.account('Office & Sons')
  const owner = await desk.person('owner@example.net')
  await desk.member(account, owner, 'owner')
  const site = await deps.sites.create(account, { name: 'Berlin <b>', timeZone: 'UTC', note: '' }, CALLER)
  const box = makeReportingBox(deps.database, `box-${account}`)
  await box.claim(account, site.id)
  await box.seen(clock.now())
  const posts: PostOptions[] = []
  let answer: () => Posted = () => ({ status: 200, answer: '' })
  const worker = makeDeliveryWorker({
    ...deps,
    allowPrivate: false,
    post: async (options) => {
      posts.push(options)
      return answer()
    },
  })
  const evaluation = () =>
    makeEvaluation({
      ...{ ...deps, live: deps.boxes.live },
      ...{ storage: makeFeedStorage(deps.database), boxes: makeBoxesSeen(deps.database) },
    })
  const mine = evaluation()
  let lastAt = clock.now() - MINUTE
  return {
    ...{ desk, deps, clock, account, site, box, owner, posts, worker, evaluation },
    answerWith(next: () => Posted) {
      answer = next
    },
    /** Looks once a minute for so long; the box is heard each time unless it is silent. */
    async pass(minutes: number, silent = false) {
      for (let i = 0; i < minutes; i++) {
        clock.advance(MINUTE)
        if (!silent) await box.seen(clock.now())
        await mine.run({ lastAt })
        lastAt = clock.now()
        await worker.run()
      }
    },
    browser: () => desk.signedIn(owner),
    open: async () => await deps.alerts.list(account, { role: 'owner' }, { state: 'open', limit: 100 }),
    [Symbol.asyncDispose]: () => desk[Symbol.asyncDispose](),
  }
}

function describeAlerts(name: string, open: () => Promise<CloudDatabase | undefined>): void {
  describe(`alerts on ${name}`, () => {
    it('tell the owners of a silent box once, and of its return', async () => {
      await using office = await makeOffice(await open())
      const { desk, pass } = office
      await pass(16)
      expect(desk.letters).toEqual([])
      await pass(14, true)
      expect(desk.letters).toEqual([])
      await pass(30, true)
      expect(desk.letters.map(({ to, subject }) => [to, subject])).toEqual([
        ['owner@example.net', '[Branchline] Box offline: Berlin <b>'],
      ])
      expect(desk.letters[0]?.html).toContain('Berlin &lt;b&gt;')
      await pass(10)
      expect(desk.letters.map(({ subject }) => subject)).toEqual([
        '[Branchline] Box offline: Berlin <b>',
        '[Branchline] Ended: Box offline: Berlin <b>',
      ])
      expect(await office.open()).toEqual([])
    })

    it('do not count the time in which the cloud was away', async () => {
      await using office = await makeOffice(await open())
      await office.pass(3)
      office.clock.advance(600 * MINUTE)
      await office.pass(10, true)
      expect(await office.open()).toEqual([])
      await office.pass(6, true)
      expect(await office.open()).toMatchObject([{ kind: 'box-offline' }])
    })

    it('are opened by what boxes report, and never by what cannot be read', async () => {
      await using office = await makeOffice(await open())
      const { box, clock, pass } = office
      await pass(1)
      for (let i = 0; i < 4; i++)
        await box.status('device', `00:00:5e:00:53:0${i}`, phone(i === 0 ? 'configured' : 'trouble'), clock.now())
      await box.status('device', '00:00:5e:00:53:09', { verdict: 'nonsense' }, clock.now())
      await box.event('alarm', { kind: 'foreign-dhcp', subject: '192.0.2.9', text: 'another server' }, clock.now())
      await box.event('alarm', { kind: 17 }, clock.now())
      await box.halt(true)
      await pass(29)
      expect((await office.open()).map(({ kind, subject }) => [kind, subject])).toEqual([
        ['sync-halted', ''],
        ['foreign-dhcp', '192.0.2.9'],
      ])
      await pass(3)
      const opened = await office.open()
      expect(opened).toHaveLength(3)
      const text = '3 of 4 phones are not configured'
      expect(opened.find(({ kind }) => kind === 'phones-not-configured')?.text).toBe(text)
      for (let i = 0; i < 4; i++) await box.status('device', `00:00:5e:00:53:0${i}`, phone('configured'), clock.now())
      await box.halt(false)
      await pass(12)
      expect((await office.open()).map(({ kind }) => kind)).toEqual(['foreign-dhcp'])
      await box.release()
      await pass(1)
      expect(await office.open()).toEqual([])
      const ended = await office.deps.alerts.list(office.account, { role: 'owner' }, { state: 'ended', limit: 9 })
      expect(Object.fromEntries(ended.map(({ kind, endedBy }) => [kind, endedBy]))).toEqual({
        'phones-not-configured': 'condition',
        'sync-halted': 'condition',
        'foreign-dhcp': 'gone',
      })
    })

    it('tell of a rollout that halted by itself at the site that failed, once, until it goes on', async () => {
      await using office = await makeOffice(await open())
      const { deps, account, site, clock, pass } = office
      const { db } = deps.database
      const other = (await deps.sites.create(account, { name: 'Other', timeZone: 'UTC', note: '' }, CALLER)).id
      const id = crypto.randomUUID()
      await db
        .insertInto('rollout')
        .values({
          ...{ id, account_id: account, name: 'May', what: 'firmware', sha256: '', plan: '{}', status: 'halted' },
          ...{ reason: 'ring 1: 3 phones failed', ring_n: 0, ring_at: null, rev: 1, created_at: clock.now() },
          ...{ by_actor: 'test', by_name: 'test', ended_at: null, idempotency_key: null },
        })
        .execute()
      const row = (site_id: string, position_n: number, failed_n: number, excused_n = 0) => ({
        ...{ rollout_id: id, site_id, position_n, ring_n: 0, state: 'failed' as const, attempt_n: 1, failed_n },
        ...{ total_n: 5, excused_n, hard_n: 0, written: null, reason: null, let_go_at: null, ended_at: null },
        ...{ told: null, told_at: null },
      })
      // What somebody has looked at counts no more.
      await db
        .insertInto('rollout_site')
        .values([row(other, 0, 2, 2), row(site.id, 1, 3)])
        .execute()
      await pass(3)
      const text = 'ring 1: 3 phones failed'
      expect(await office.open()).toMatchObject([{ kind: 'rollout-halted', subject: 'May', text, siteId: site.id }])
      await db.updateTable('rollout').set({ status: 'running' }).where('id', '=', id).execute()
      await pass(2)
      expect(await office.open()).toEqual([])
    })

    it('are opened once by processes that look at the same moment', async () => {
      await using office = await makeOffice(await open())
      await office.box.halt(true)
      await Promise.all(Array.from({ length: 4 }, () => office.evaluation().run({ lastAt: office.clock.now() })))
      expect(await office.open()).toHaveLength(1)
      await Promise.all(Array.from({ length: 4 }, () => office.worker.run()))
      expect(office.desk.letters).toHaveLength(1)
    })

    it('are acknowledged, put off, and ended by people who may see their site', async () => {
      await using office = await makeOffice(await open())
      const { desk, account, box, pass, deps } = office
      await box.halt(true)
      await pass(1)
      const [alert] = await office.open()
      const path = `/api/v1/accounts/${account}/alerts`
      const browser = await office.browser()
      const stranger = await desk.person('installer@example.net')
      const other = await deps.sites.create(account, { name: 'other', timeZone: 'UTC', note: '' }, CALLER)
      await desk.member(account, stranger, 'installer', [other.id])
      const installer = await desk.signedIn(stranger)
      expect((await installer.call('GET', path)).body.alerts).toEqual([])
      expect((await installer.call('POST', `${path}/${alert?.id}/end`)).status).toBe(404)
      const acknowledged = await browser.call('POST', `${path}/${alert?.id}/acknowledge`)
      expect(acknowledged.body).toMatchObject({ acknowledgedBy: 'owner@example.net', state: 'open' })
      await browser.call('POST', `${path}/${alert?.id}/snooze`, { minutes: 10 })
      await pass(9)
      expect(desk.letters).toHaveLength(1)
      await pass(2)
      expect(desk.letters.map(({ subject }) => subject)[1]).toContain('Still there: Sync halted')
      expect((await browser.call('POST', `${path}/${alert?.id}/end`)).body).toMatchObject({ state: 'ended' })
      expect((await browser.call('POST', `${path}/${alert?.id}/end`)).status).toBe(404)
      // Its reason stands: it does not open again until that was gone.
      await pass(5)
      expect(await office.open()).toEqual([])
      await box.halt(false)
      await pass(1)
      await box.halt(true)
      await pass(1)
      expect(await office.open()).toHaveLength(1)
      expect(desk.letters).toHaveLength(3)
      const audit = (await browser.call('GET', `/api/v1/accounts/${account}/audit`)).body.entries
      expect(
        audit.map((entry: { action: string }) => entry.action).filter((action: string) => action.startsWith('alert.')),
      ).toEqual(['alert.end', 'alert.snooze', 'alert.acknowledge'])
    })

    it('go by signed webhooks that are tried again under one id, and logged', async () => {
      await using office = await makeOffice(await open())
      const { account, pass, posts, box } = office
      const browser = await office.browser()
      const channels = `/api/v1/accounts/${account}/alert-channels`
      const refused = await browser.call('POST', channels, { kind: 'webhook', name: 'h', target: 'https://10.0.0.1/' })
      expect([refused.status, refused.body.error.faults]).toEqual([
        400,
        [{ path: 'target', message: 'its address is not one of the public internet' }],
      ])
      const made = await browser.call('POST', channels, {
        kind: 'webhook',
        name: 'hook',
        target: 'https://hooks.example.net/',
      })
      expect(made.body.secret).toMatch(/^whsec_/)
      const id = made.body.channel.id
      expect(JSON.stringify((await browser.call('GET', channels)).body)).not.toContain('whsec')
      office.answerWith(() => ({ status: 500, answer: 'no' }))
      await box.halt(true)
      await pass(1)
      office.answerWith(() => {
        throw new OperatorError('the connection was refused')
      })
      await pass(1)
      office.answerWith(() => ({ status: 204, answer: '' }))
      await pass(2)
      const ids = posts.map(({ headers }) => headers['branchline-delivery'])
      expect([ids.length, new Set(ids).size]).toEqual([3, 1])
      const body = JSON.parse(posts[0]?.body ?? '')
      expect(body).toMatchObject({
        id: ids[0],
        event: 'alert.opened',
        account: { id: account },
        alert: { kind: 'sync-halted' },
      })
      const hasher = new Bun.CryptoHasher('sha256', made.body.secret)
      const [, seconds, mac] = /^t=(\d+),v1=([0-9a-f]+)$/.exec(posts[2]?.headers['branchline-signature'] ?? '') ?? []
      expect(mac).toBe(hasher.update(`${seconds}.${posts[2]?.body}`).digest('hex'))
      const log = (await browser.call('GET', `/api/v1/accounts/${account}/deliveries?channel=${id}`)).body.deliveries
      expect(log).toMatchObject([{ state: 'sent', tries: 3, status: 204, event: 'alert.opened', nextAt: null }])
      // Nothing went by mail: the account says where its alerts go.
      expect(office.desk.letters).toEqual([])
    })

    it('switch a channel off that nothing reaches for days, until a person switches it on', async () => {
      await using office = await makeOffice(await open())
      const { account, clock, worker } = office
      const browser = await office.browser()
      const channels = `/api/v1/accounts/${account}/alert-channels`
      const input = { kind: 'webhook', name: 'hook', target: 'https://hooks.example.net/' }
      const { channel } = (await browser.call('POST', channels, input)).body
      office.answerWith(() => ({ status: 301, answer: 'elsewhere' }))
      const states: string[] = []
      for (let day = 0; day < 4; day++) {
        await (await office.browser()).call('POST', `${channels}/${channel.id}/test`)
        for (let i = 0; i < 45; i++) {
          await worker.run()
          clock.advance(36 * MINUTE)
        }
        const log = (await (await office.browser()).call('GET', `/api/v1/accounts/${account}/deliveries`)).body
          .deliveries
        states.push(`${log[0].state} ${log[0].error}`)
      }
      expect(states[0]).toBe('failed answered 301: redirects are not followed')
      const list = async () => (await (await office.browser()).call('GET', channels)).body.channels[0]
      expect(await list()).toMatchObject({ enabled: false, offReason: 'nothing reached it for three days' })
      const tries = office.posts.length
      await office.box.halt(true)
      await office.pass(2)
      expect(office.posts).toHaveLength(tries)
      const again = { rev: (await list()).rev, enabled: true, name: 'hook', target: input.target }
      expect((await (await office.browser()).call('PUT', `${channels}/${channel.id}`, again)).body).toMatchObject({
        enabled: true,
        failingSince: null,
      })
    })

    it('follow rules that an account changes, one change at a time', async () => {
      await using office = await makeOffice(await open())
      const { account, box, pass } = office
      const browser = await office.browser()
      const path = `/api/v1/accounts/${account}/alert-rules`
      const rules = (await browser.call('GET', path)).body.rules
      expect(rules.every((rule: { enabled: boolean; rev: number }) => rule.enabled && rule.rev === 0)).toBe(true)
      const bad = await browser.call('PUT', path, {
        kind: 'disk-low',
        rev: 0,
        enabled: true,
        settings: { percent: 99 },
      })
      expect(bad.body.error.faults).toEqual([
        { path: 'settings.percent', message: '99 is not a whole number from 1 to 50' },
      ])
      await box.halt(true)
      await pass(1)
      const off = { kind: 'sync-halted', rev: 0, enabled: false }
      expect((await browser.call('PUT', path, off)).body).toMatchObject({ enabled: false, rev: 1 })
      expect((await browser.call('PUT', path, off)).status).toBe(409)
      await pass(1)
      expect(await office.open()).toEqual([])
    })

    it('are one process’s work at a time, and another’s when that one ended in the middle of it', async () => {
      await using office = await makeOffice(await open())
      const { deps, clock } = office
      const [one, other] = [makeTurn(deps, 'test'), makeTurn(deps, 'test')]
      const seen: number[] = []
      const first = clock.now()
      expect(await one.run(async ({ lastAt }) => void seen.push(lastAt))).toBe(true)
      await one.run(async ({ lastAt }) => {
        seen.push(lastAt)
        expect(await other.run(async () => {})).toBe(false)
        clock.advance(6 * MINUTE)
        expect(await other.run(async () => {})).toBe(true)
      })
      expect(seen).toEqual([0, first])
      await expect(one.run(async () => Promise.reject(new OperatorError('broken')))).rejects.toThrow('broken')
      expect(await other.run(async () => {})).toBe(true)
    })
  })
}

describeAlerts('SQLite', async () => undefined)

const missing = noPostgres()
describe.skipIf(missing !== undefined)(`on PostgreSQL${missing === undefined ? '' : ` (${missing})`}`, () => {
  let cluster: Cluster
  let made = 0
  beforeAll(() => {
    cluster = startPostgres()
  })
  afterAll(() => cluster[Symbol.asyncDispose]())
  describeAlerts('PostgreSQL', async () =>
    openCloudDatabase({ kind: 'postgres', url: await cluster.create(`alerts${++made}`), connections: 6 }),
  )
})
