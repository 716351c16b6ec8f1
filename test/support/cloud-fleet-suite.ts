import { beforeAll, describe, expect, it } from 'vitest'
import type { CloudDatabase } from '../../cloud/database/open.ts'
import { makeFleet } from '../../cloud/fleet/fleet.ts'
import { DRIFT_STATES, driftOf, OFFLINE_AFTER_MS } from '../../cloud/fleet/policy-drift.ts'
import { makeFeedStorage } from '../../cloud/sync/feed-storage.ts'
import type { JsonObject } from '../../services/records/contract.ts'
import type { FeedName } from '../../services/sync/contract.ts'
import type { DeviceStatus } from '../../services/sync/site-report.ts'
import { makeTestClock } from './clock.ts'

const NOW = 2_000_000_000_000
const HASH = { a: 'a'.repeat(64), b: 'b'.repeat(64) }
const ALL = { role: 'admin' } as const
const PAGE = { limit: 200 }

/** The index of devices on a database: kept in step with what is written, searched, counted, apart for each account. */
export function describeFleet(name: string, open: () => Promise<CloudDatabase>): void {
  describe(`fleet on ${name}`, () => {
    let database: CloudDatabase
    let fleet: ReturnType<typeof makeFleet>
    beforeAll(async () => {
      database = await open()
      fleet = makeFleet({ database, clock: makeTestClock(NOW) })
      await addSite('acme', 'berlin', 'b1')
      await addSite('acme', 'paris', undefined)
      await addSite('other', 'rome', 'b9')
    })

    async function addSite(account: string, site: string, box: string | undefined): Promise<void> {
      const { db } = database
      const owner = { id: account, parent_id: null, kind: 'customer', name: account, rev: 1, created_at: 1 } as const
      await db
        .insertInto('account')
        .values({ ...owner, disabled_at: null })
        .onConflict((oc) => oc.doNothing())
        .execute()
      const row = { id: site, account_id: account, name: site, time_zone: 'UTC', note: '', rev: 1, created_at: 1 }
      await db.insertInto('site').values(row).execute()
      if (box === undefined) return
      const keys = { identity_key: box, next_key: null, sealing_key: 'x' }
      await db
        .insertInto('box')
        .values({ id: box, account_id: account, site_id: site, state: 'active', ...keys, json: '{}' })
        .execute()
      await db
        .insertInto('site_feed')
        .values({ site_id: site, feed: `box:${box}` })
        .execute()
      await db.insertInto('box_seen').values({ box_id: box, seen_at: NOW, address: '' }).execute()
    }

    let seq = 0
    const put = (feed: FeedName, id: string, body: JsonObject | null) =>
      makeFeedStorage(database).write((writer) =>
        writer.putRecord(feed, {
          ...{ kind: 'device', id, seq: ++seq, rev: 1, deleted: body === null, body: body ?? {} },
          ...{ updatedBy: 'ann', updatedAt: NOW },
        }),
      )
    const report = (box: string, id: string, body: DeviceStatus | null, number = ++seq) =>
      makeFeedStorage(database).write((writer) =>
        writer.putStatuses(box, [{ kind: 'device', id, seq: number, body: body as JsonObject | null }], NOW),
      )
    const status = (more: Partial<DeviceStatus> = {}): DeviceStatus => ({
      verdict: { state: 'configured', text: 'configured 12 s ago' },
      ...more,
    })
    const find = async (filter: Parameters<typeof fleet.page>[2], account = 'acme') =>
      (await fleet.page(account, ALL, filter, PAGE)).devices.map(({ mac }) => mac)

    it('holds what is recorded and what is reported in one row, and forgets it with both', async () => {
      await put('box:b1', '805ec0000001', { name: 'Front desk', vendor: 'yealink', lines: [{ index: 1, user: '201' }] })
      await report('b1', '80:5e:c0:00:00:01', status({ model: 'T46U', firmware: '108.86.0.20', address: '192.0.2.7' }))
      const { devices } = await fleet.page('acme', ALL, { text: 'front' }, PAGE)
      expect(devices).toEqual([
        expect.objectContaining({
          ...{ siteId: 'berlin', mac: '80:5e:c0:00:00:01', name: 'Front desk', vendor: 'yealink', model: 'T46U' },
          ...{ extension: '201', firmware: '108.86.0.20', address: '192.0.2.7', verdict: 'configured' },
          ...{ drift: 'never-asked', fetched: null },
        }),
      ])
      await put('box:b1', '805ec0000001', null)
      expect(await find({})).toEqual([])
      await report('b1', '80:5e:c0:00:00:01', null)
      expect(await database.db.selectFrom('fleet_device').selectAll().execute()).toEqual([])
    })

    it('keeps the newest report, and drops what a full report leaves out', async () => {
      await put('box:b1', '805ec0000002', { name: 'Lobby' })
      await report('b1', '805ec0000002', status({ firmware: 'new' }), 100)
      await report('b1', '805ec0000002', status({ firmware: 'old' }), 99)
      expect(await find({ firmware: 'new' })).toEqual(['80:5e:c0:00:00:02'])
      await makeFeedStorage(database).write((writer) => writer.dropStatusBelow('b1', 101))
      const [device] = (await fleet.page('acme', ALL, {}, PAGE)).devices
      expect(device).toMatchObject({ name: 'Lobby', firmware: null, verdict: null })
      await put('box:b1', '805ec0000002', null)
    })

    it('takes a report that nobody understands for none', async () => {
      await put('box:b1', '805ec0000003', { name: 5, lines: 'none', notes: ['x'] })
      await report('b1', '805ec0000003', { verdict: { state: 'glorious' } } as unknown as DeviceStatus)
      const [device] = (await fleet.page('acme', ALL, {}, PAGE)).devices
      expect(device).toMatchObject({ name: '', verdict: null, drift: 'never-asked' })
      await put('box:b1', '805ec0000003', null)
    })

    it('counts and filters drift in the database as the policy says it', async () => {
      const boxes = [undefined, NOW, NOW - OFFLINE_AFTER_MS - 1, null] as const
      const hashes = [undefined, HASH.a, HASH.b] as const
      const times = [undefined, 1_000, 2_000] as const
      const expected: { mac: string; state: string }[] = []
      let made = 0
      for (const [i, seen] of boxes.entries()) {
        const box = seen === undefined ? undefined : `d${i}`
        await addSite('drift', `site${i}`, box)
        const feed: FeedName = box === undefined ? `box:draft-site${i}` : `box:${box}`
        if (box !== undefined) {
          if (seen === null) await database.db.deleteFrom('box_seen').where('box_id', '=', box).execute()
          else await database.db.updateTable('box_seen').set({ seen_at: seen }).where('box_id', '=', box).execute()
          await database.db.insertInto('box_pulled').values({ box_id: box, feed, seq: 1_000_000, at: 1 }).execute()
        }
        for (const fetched of hashes)
          for (const changed of times)
            for (const behind of [false, true]) {
              const mac = `805ec01${(++made).toString(16).padStart(5, '0')}`
              await put(feed, mac, { name: mac })
              const record = behind ? 2_000_000 : 5
              await database.db.updateTable('fleet_device').set({ record_seq: record }).where('mac', '=', mac).execute()
              if (box !== undefined)
                await report(
                  box,
                  mac,
                  status({
                    wanted: { hash: HASH.a, since: 1 },
                    ...(fetched && { fetched: { hash: fetched, at: 1_500, file: 'x', protocol: 'http' } }),
                    ...(changed && { changedAtPhone: { at: changed, file: 'x' } }),
                  }),
                )
              const facts = {
                ...{ boxId: box ?? null, boxSeenAt: seen ?? null, recordSeq: record, pulledSeq: 1_000_000 },
                ...{ wantedHash: HASH.a, fetchedHash: fetched ?? null, fetchedAt: fetched ? 1_500 : null },
                changedAt: changed ?? null,
              }
              expected.push({ mac, state: driftOf(facts, NOW).state })
            }
      }
      expect(new Set(expected.map(({ state }) => state))).toEqual(new Set(DRIFT_STATES))
      const digits = (mac: string) => mac.replaceAll(':', '')
      const { drift } = await fleet.counts('drift', ALL, {})
      for (const state of DRIFT_STATES) {
        const wanted = expected.filter((one) => one.state === state).map(({ mac }) => mac)
        const { devices } = await fleet.page('drift', ALL, { drift: state }, PAGE)
        expect(devices.map(({ mac }) => digits(mac))).toEqual(wanted.sort())
        expect(devices.every((device) => device.drift === state)).toBe(true)
        expect(drift.find(({ value }) => value === state)?.devices).toBe(wanted.length)
      }
    })

    it('finds by every word, however a MAC address is written, and takes no sign for a wildcard', async () => {
      await put('box:b1', '805ec0000010', { name: 'Café 100%', group: 'sales', lines: [{ index: 1, user: '310' }] })
      await put('box:b1', '805ec0000011', { name: 'Cafe_two', group: 'sales' })
      const one = ['80:5e:c0:00:00:10']
      for (const text of ['café', 'CAFÉ 310', '80:5e:c0:00:00:10', '80-5E-C0-00-00-10', '805ec0000010', '100%'])
        expect([text, await find({ text })]).toEqual([text, one])
      expect(await find({ text: 'cafe_' })).toEqual(['80:5e:c0:00:00:11'])
      expect(await find({ text: '%' })).toEqual(one)
      expect(await find({ text: "' OR 1=1 --" })).toEqual([])
      expect(await find({ group: 'sales' })).toHaveLength(2)
    })

    it('shows an account its own, and somebody with sites those', async () => {
      await put('box:b9', '805ec0000010', { name: 'Café of another' })
      await put('box:draft-paris', '805ec0000012', { name: 'Planned' })
      expect(await find({ text: 'another' })).toEqual([])
      expect(await find({ text: 'another' }, 'other')).toHaveLength(1)
      const installer = { role: 'installer', sites: ['paris'] } as const
      const seen = await fleet.page('acme', installer, {}, PAGE)
      expect(seen.devices.map(({ name, drift }) => [name, drift])).toEqual([['Planned', 'no-box']])
      expect((await fleet.sites('acme', installer)).map(({ siteId }) => siteId)).toEqual(['paris'])
      expect(await fleet.sites('acme', { role: 'installer', sites: [] })).toEqual([])
    })

    it('goes through all pages, each device once', async () => {
      const seen: string[] = []
      for (let after: string | undefined; ; ) {
        const page = await fleet.page('drift', ALL, {}, { limit: 7, ...(after !== undefined && { after }) })
        seen.push(...page.devices.map(({ mac }) => mac))
        if (page.next === null) break
        after = page.next
      }
      expect(seen).toHaveLength(72)
      expect(new Set(seen).size).toBe(72)
    })

    it('lists the worst site first', async () => {
      await addSite('ranks', 'fine', 'r1')
      await addSite('ranks', 'gone', 'r2')
      await addSite('ranks', 'sick', 'r3')
      await database.db.updateTable('box_seen').set({ seen_at: 1 }).where('box_id', '=', 'r2').execute()
      await put('box:r3', '805ec0000020', { name: 'x' })
      await report('r3', '805ec0000020', status({ verdict: { state: 'trouble', text: 'refused' } }))
      const sites = await fleet.sites('ranks', ALL)
      expect(sites.map(({ siteId, offline, trouble }) => [siteId, offline, trouble])).toEqual([
        ['gone', true, 0],
        ['sick', false, 1],
        ['fine', false, 0],
      ])
    })
  })
}
