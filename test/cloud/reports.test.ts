import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type CloudDatabase, openCloudDatabase } from '../../cloud/database/open.ts'
import { makeDeliveryWorker } from '../../cloud/deliveries/worker.ts'
import { openAlert } from '../support/cloud-alerts.ts'
import { makeReportingBox, phone } from '../support/cloud-boxes.ts'
import { makeCloudDesk } from '../support/cloud-desk.ts'
import { type Cluster, noPostgres, startPostgres } from '../support/postgres.ts'

const DAY = 86_400_000
const CALLER = { actor: 'test', name: 'test', address: '' }

async function makeOffice(database?: CloudDatabase) {
  const desk = await makeCloudDesk({ mail: true, ...(database === undefined ? {} : { database }) })
  const { deps, clock } = desk
  const account = await desk.account('Office')
  const owner = await desk.person('owner@example.net')
  await desk.member(account, owner, 'owner')
  const make = (name: string) => deps.sites.create(account, { name, timeZone: 'Europe/Berlin', note: '' }, CALLER)
  const [berlin, bonn] = [await make('Berlin'), await make('Bonn')]
  const box = makeReportingBox(deps.database, `box-${account}`)
  await box.claim(account, berlin.id)
  await box.seen(clock.now())
  await box.status('device', '00:00:5e:00:53:01', phone('configured'), clock.now())
  await box.status('device', '00:00:5e:00:53:02', phone('trouble', { model: '=1+1' }), clock.now())
  await box.status('new-device', '00:00:5e:00:53:03', { firstSeen: 1, lastSeen: 1 }, clock.now())
  const worker = makeDeliveryWorker({ ...deps, allowPrivate: false })
  const path = `/api/v1/accounts/${account}`
  const browser = () => desk.signedIn(owner)
  return {
    desk,
    deps,
    clock,
    account,
    berlin,
    bonn,
    worker,
    path,
    browser,
    [Symbol.asyncDispose]: () => desk[Symbol.asyncDispose](),
  }
}

function describeReports(name: string, open: () => Promise<CloudDatabase | undefined>): void {
  describe(`reports on ${name}`, () => {
    it('are made on demand, and are there as JSON and as tables', async () => {
      await using office = await makeOffice(await open())
      const { deps, account, berlin, clock, path } = office
      await openAlert(deps.database, { account, site: berlin.id, now: clock.now() - DAY })
      await openAlert(deps.database, {
        account,
        site: berlin.id,
        now: clock.now() - 9 * DAY,
        state: 'ended',
        ended_at: 1,
      })
      const browser = await office.browser()
      const made = await browser.call('POST', `${path}/reports`, { name: 'Now', days: 7 })
      expect(made.body.report).toMatchObject({
        ...{ name: 'Now', timeZone: 'Europe/Berlin' },
        totals: { sites: 2, all: 2, configured: 1, trouble: 1, unknown: 1, alertsOpened: 1, alertsOpen: 1 },
        sites: [
          { name: 'Berlin', box: 'online' },
          { name: 'Bonn', box: 'none' },
        ],
      })
      const one = await browser.call('GET', `${path}/reports/${made.body.id}`)
      expect(one.body).toEqual(made.body.report)
      const csv = await browser.call('GET', `${path}/reports/${made.body.id}/csv?table=firmware`)
      expect(csv.headers.get('content-type')).toBe('text/csv; charset=utf-8')
      expect(csv.body).toContain(`yealink,"'=1+1",108.86.0.20,1\r\n`)
      expect((await browser.call('GET', `${path}/reports`)).body.reports).toMatchObject([
        { id: made.body.id, scheduleId: null },
      ])
      const bad = await browser.call('POST', `${path}/reports`, { sites: ['x'] })
      expect(bad.body.error.faults).toEqual([{ path: 'sites.0', message: '"x" is no site of this account' }])
    })

    it('are made once for each period, however many processes there are, and sent to each recipient once', async () => {
      await using office = await makeOffice(await open())
      const { desk, deps, clock, worker, path, bonn } = office
      const input = {
        name: 'Daily',
        every: 'day',
        hour: 6,
        recipients: ['a@example.net', 'b@example.net'],
        sites: [bonn.id],
      }
      const schedule = (await (await office.browser()).call('POST', `${path}/report-schedules`, input)).body
      expect(schedule).toMatchObject({ timeZone: 'Europe/Berlin', enabled: true })
      const due = schedule.nextAt
      clock.advance(due - clock.now() - 1)
      await deps.reports.run()
      expect(await deps.reports.list(office.account, { limit: 9 })).toEqual([])
      clock.advance(1)
      await Promise.all(Array.from({ length: 4 }, () => deps.reports.run()))
      await Promise.all(Array.from({ length: 4 }, () => worker.run()))
      expect(await deps.reports.list(office.account, { limit: 9 })).toMatchObject([
        { name: 'Daily', scheduleId: schedule.id },
      ])
      expect(desk.letters.map(({ to }) => to).sort()).toEqual(['a@example.net', 'b@example.net'])
      expect(desk.letters[0]?.html).toContain('Bonn')
      expect(desk.letters[0]?.html).not.toContain('Berlin</td>')
      // The hour is put later on the same day: the period has its report already.
      const later = { ...input, hour: 23, rev: 1 }
      expect(
        (await (await office.browser()).call('PUT', `${path}/report-schedules/${schedule.id}`, later)).status,
      ).toBe(200)
      clock.advance(DAY / 2)
      await deps.reports.run()
      expect(await deps.reports.list(office.account, { limit: 9 })).toHaveLength(1)
      // Away for a week: one report about the newest day, not seven.
      clock.advance(7 * DAY)
      await deps.reports.run()
      await deps.reports.run()
      const list = await deps.reports.list(office.account, { limit: 9 })
      expect(list).toHaveLength(2)
      expect(clock.now() - (list[0]?.until ?? 0)).toBeLessThan(2 * DAY)
    })

    it('stop when a schedule is switched off or taken away', async () => {
      await using office = await makeOffice(await open())
      const { deps, clock, path } = office
      const input = { name: 'Monthly', every: 'month', recipients: ['a@example.net'] }
      const browser = await office.browser()
      const { id } = (await browser.call('POST', `${path}/report-schedules`, input)).body
      const change = { ...input, rev: 1, enabled: false }
      expect((await browser.call('PUT', `${path}/report-schedules/${id}`, change)).body.enabled).toBe(false)
      expect((await browser.call('PUT', `${path}/report-schedules/${id}`, change)).status).toBe(409)
      clock.advance(40 * DAY)
      await deps.reports.run()
      expect(await deps.reports.list(office.account, { limit: 9 })).toEqual([])
      const again = await office.browser()
      expect((await again.call('DELETE', `${path}/report-schedules/${id}`)).status).toBe(200)
      expect((await again.call('GET', `${path}/report-schedules`)).body.schedules).toEqual([])
    })
  })
}

describeReports('SQLite', async () => undefined)

const missing = noPostgres()
describe.skipIf(missing !== undefined)(`on PostgreSQL${missing === undefined ? '' : ` (${missing})`}`, () => {
  let cluster: Cluster
  let made = 0
  beforeAll(() => {
    cluster = startPostgres()
  })
  afterAll(() => cluster[Symbol.asyncDispose]())
  describeReports('PostgreSQL', async () =>
    openCloudDatabase({ kind: 'postgres', url: await cluster.create(`reports${++made}`), connections: 6 }),
  )
})
