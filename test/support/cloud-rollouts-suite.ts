import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { CloudDatabase } from '../../cloud/database/open.ts'
import { feedOfSite } from '../../cloud/enrolment/site-feed.ts'
import { makeRolloutWorker } from '../../cloud/rollouts/worker.ts'
import { silentLog } from '../../services/core/log.ts'
import type { JsonObject } from '../../services/records/contract.ts'
import { makeReportingBox, phone } from './cloud-boxes.ts'
import { type Browser, type CloudDesk, makeCloudDesk } from './cloud-desk.ts'

const CALLER = { actor: 'test', name: 'test', address: '' }
const MINUTE = 60_000
const FILE = 'T46U(T43U,T46U,T41U,T48U,T42U)-108.86.0.90.rom'

type Box = ReturnType<typeof makeReportingBox> & { readonly site: string }

/** Files and rollouts over sites, on a database. */
export function describeRollouts(database: string, open: () => Promise<CloudDatabase>): void {
  describe(`rollouts on ${database}`, () => {
    let desk: CloudDesk
    let account: string
    let owner: Browser
    let boxes: Box[]
    let count = 0
    beforeAll(async () => {
      desk = await makeCloudDesk({ database: await open() })
    })
    afterAll(() => desk[Symbol.asyncDispose]())
    beforeEach(async () => {
      account = await desk.account('Office')
      const person = await desk.person(`ada${++count}@example.net`)
      await desk.member(account, person, 'owner')
      owner = await desk.signedIn(person)
      await desk.deps.files.put(account, FILE, new TextEncoder().encode(`firmware ${count}`), {
        ...{ contentType: 'x', replace: false, caller: CALLER },
      })
      boxes = []
      for (const name of ['a', 'b', 'c']) boxes.push(await newSite(name))
    })

    const api = (method: string, path: string, body?: unknown) =>
      owner.call(method, `/api/v1/accounts/${account}${path}`, body)
    async function newSite(name: string, withBox = true): Promise<Box> {
      const site = (await desk.deps.sites.create(account, { name, timeZone: 'Europe/Berlin', note: '#all' }, CALLER)).id
      const box = { ...makeReportingBox(desk.deps.database, `${name}-${count}`), site }
      if (withBox) await claim(box)
      return box
    }
    async function claim(box: Box): Promise<void> {
      await desk.box({ boxId: box.boxId, orgId: account, siteId: box.site, identityKey: `k${box.boxId}` })
      await box.seen(desk.clock.now())
    }
    const record = async ({ site }: Box, kind: string, id: string) => {
      const feed = await feedOfSite(desk.deps.database.db, site)
      const found = await desk.deps.boxes.feeds.read((reader) => reader.record(feed, kind, id))
      return found === undefined || found.deleted ? undefined : found.body
    }
    async function start(input: object = {}) {
      const { status, body } = await api('POST', '/rollouts', {
        name: 'May',
        file: FILE,
        target: { all: true },
        ...input,
      })
      expect([status, body]).toEqual([201, expect.anything()])
      return body as { id: string; status: string; text: string; ring: number }
    }
    const look = async (id: string) => {
      await desk.deps.rolloutWorker.look(id)
      return (await api('GET', `/rollouts/${id}`)).body
    }
    /** A box tells how far it is. */
    async function tells(
      box: Box,
      id: string,
      state: string,
      given: { done?: number; failed?: number; attempt?: number } = {},
    ) {
      desk.clock.advance(1_000)
      await box.seen(desk.clock.now())
      const { done = 0, failed = 0, attempt = 1 } = given
      const counts = { waiting: 0, updating: 0, done, already: 0, failed, refused: 0, skipped: 0 }
      const phones = [{ mac: '80:5e:c0:00:53:01', state: failed > 0 ? 'failed' : 'done' }]
      const body = { attempt, state, text: `told ${state}`, counts, phones } as JsonObject
      await box.status('rollout', id, body, desk.clock.now())
      return look(id)
    }
    const allSeen = () => Promise.all(boxes.map((box) => box.seen(desk.clock.now())))

    describe('a file', () => {
      it('is given to all sites or to some by records, says who has it, and is taken away again', async () => {
        const [a, b] = boxes as [Box, Box]
        const all = await api('PUT', `/given-files/${encodeURIComponent('fw/T46U.rom')}`, { file: FILE, version: '9' })
        expect(all.body).toMatchObject({
          id: 'fw/t46u.rom',
          name: 'fw/T46U.rom',
          kind: 'firmware',
          version: '9',
          all: true,
          sites: [],
        })
        const given = `/given-files/${encodeURIComponent('fw/t46u.rom')}`
        expect((await api('DELETE', `/files/${encodeURIComponent(FILE)}`)).body.error.message).toContain(
          'the file fw/t46u.rom of all sites',
        )
        await api('PUT', `/given-files/${encodeURIComponent('fw/T46U.rom')}`, { file: FILE, sites: [a.site] })
        expect(await record(a, 'file', 'fw/t46u.rom')).toMatchObject({ name: 'fw/T46U.rom', kind: 'firmware' })
        expect(await record(b, 'file', 'fw/t46u.rom')).toBeUndefined()
        const { body } = await api('GET', `${given}/sites`)
        expect(
          body.sites.map((one: { wanted?: string; state: string }) => [one.wanted !== undefined, one.state]),
        ).toEqual([
          [true, 'unknown'],
          [false, 'unknown'],
          [false, 'unknown'],
        ])
        expect((await api('DELETE', given)).status).toBe(204)
        expect(await record(a, 'file', 'fw/t46u.rom')).toBeUndefined()
        expect((await api('DELETE', given)).status).toBe(404)
      })

      it('no box would take is refused with the reason, and a site of others does not exist', async () => {
        expect((await api('PUT', '/given-files/x', { file: FILE, models: ['y'.repeat(90)] })).status).toBe(400)
        expect((await api('PUT', `/given-files/${encodeURIComponent('../x')}`, { file: FILE })).status).toBe(400)
        expect((await api('PUT', '/given-files/x', { file: FILE, sites: ['nobody'] })).status).toBe(404)
        expect((await api('PUT', '/given-files/x', { file: 'none.rom' })).status).toBe(404)
      })
    })

    it('a preview says which phones of which sites, ring by ring, and stores nothing', async () => {
      const [a] = boxes as [Box]
      await desk.deps.boxes.sync.write(
        await feedOfSite(desk.deps.database.db, a.site),
        [{ kind: 'device', id: '805ec0005301', body: { name: 'desk', vendor: 'yealink', model: 'SIP-T46U' } }],
        { by: 'test' },
      )
      await a.status('device', '80:5e:c0:00:53:01', phone('configured'), desk.clock.now())
      const { body } = await api('POST', '/rollouts/preview', { name: 'May', file: FILE, target: { all: true } })
      expect(body).toMatchObject({
        version: '108.86.0.90',
        models: [{ model: 'yealink/T46U', firmware: '108.86.0.20', phones: 1 }],
      })
      expect(body.rings).toMatchObject([
        { waitMinutes: 60, sites: [{ name: 'a', box: 'online', phones: 1, have: 0 }] },
        { sites: [{ name: 'b' }, { name: 'c' }] },
      ])
      expect((await api('GET', '/rollouts')).body.rollouts).toEqual([])
    })

    it.each([
      ['a version that nobody can know', { file: 'x.rom' }, 400, 'nobody said which version'],
      ['nobody', { target: { match: 'zzz' } }, 400, 'no site is meant'],
      ['two targets', { target: { all: true, match: 'x' } }, 400, 'exactly one'],
      ['a site of others', { target: { ids: ['zzz'] } }, 404, 'no site zzz'],
      ['no such file', { file: 'none.rom' }, 404, 'no such file'],
    ])('%s is refused', async (_, input, status, message) => {
      await desk.deps.files.put(account, 'x.rom', new Uint8Array(3), {
        contentType: 'x',
        replace: true,
        caller: CALLER,
      })
      const answer = await api('POST', '/rollouts', { name: 'May', file: FILE, target: { all: true }, ...input })
      expect([answer.status, answer.body.error.message]).toEqual([status, expect.stringContaining(message)])
    })

    it('goes ring by ring, each box by a record of what is wanted, until all are through', async () => {
      const [a, b, c] = boxes as [Box, Box, Box]
      const { id } = await start({ window: { from: '22:00', to: '05:00' } })
      expect(await record(a, 'rollout', id)).toMatchObject({
        ...{ state: 'run', attempt: 1, file: FILE, version: '108.86.0.90', what: 'firmware' },
        ...{ window: { from: '22:00', to: '05:00' }, zone: 'Europe/Berlin' },
      })
      expect(await record(a, 'file', FILE.toLowerCase())).toMatchObject({ name: FILE, kind: 'firmware' })
      expect(await record(b, 'rollout', id)).toBeUndefined()
      expect((await tells(a, id, 'running')).text).toBe('ring 1: 1 of 1 sites under way')
      expect((await tells(a, id, 'done', { done: 1 })).text).toBe('watches ring 1 for 60 min more')
      expect(await record(a, 'rollout', id), 'what is done is wished no more').toBeUndefined()
      desk.clock.advance(60 * MINUTE)
      await allSeen()
      expect(await look(id)).toMatchObject({ ring: 2, sites: { going: 2, done: 1 } })
      await tells(b, id, 'done', { done: 1 })
      expect(await tells(c, id, 'done', { done: 1 })).toMatchObject({
        status: 'completed',
        sites: { done: 3 },
        text: 'completed',
      })
      const { body } = await api('GET', `/rollouts/${id}/sites/${c.site}`)
      expect(body.told.phones).toEqual([{ mac: '80:5e:c0:00:53:01', state: 'done' }])
      const audit = (await api('GET', '/audit')).body.entries.map(({ action }: { action: string }) => action)
      expect(audit.filter((action: string) => action.startsWith('rollout.'))).toEqual([
        ...['rollout.end', 'rollout.ring', 'rollout.ring', 'rollout.start'],
      ])
    })

    it('halts by itself, pauses those under way, and goes on when somebody has looked', async () => {
      const [a, b] = boxes as [Box, Box]
      const { id } = await start({ rings: [{ sites: 2 }] })
      const halted = await tells(a, id, 'running', { done: 1, failed: 3 })
      expect(halted).toMatchObject({ status: 'halted', reason: 'ring 1: 3 phones failed', phones: { failed: 3 } })
      expect([await record(a, 'rollout', id), await record(b, 'rollout', id)]).toMatchObject([
        { state: 'pause' },
        { state: 'pause' },
      ])
      expect((await api('POST', `/rollouts/${id}/act`, { act: 'pause' })).status).toBe(409)
      expect((await api('POST', `/rollouts/${id}/act`, { act: 'resume' })).body).toMatchObject({ status: 'running' })
      expect(await record(a, 'rollout', id)).toMatchObject({ state: 'run', attempt: 1 })
      // The same failures do not halt it again, one more does: three were let be.
      expect((await tells(a, id, 'running', { done: 1, failed: 3 })).status).toBe('running')
      expect((await tells(a, id, 'running', { done: 1, failed: 6 })).status).toBe('halted')
    })

    it('a box that stopped by itself halts it; resumed, it makes another attempt, and what the first told counts no more', async () => {
      const [a] = boxes as [Box]
      const { id } = await start()
      expect(await tells(a, id, 'stopped', { failed: 1 })).toMatchObject({
        status: 'halted',
        reason: 'ring 1: a: told stopped',
      })
      await api('POST', `/rollouts/${id}/act`, { act: 'resume' })
      expect(await record(a, 'rollout', id)).toMatchObject({ state: 'run', attempt: 2 })
      expect((await tells(a, id, 'stopped', { failed: 1 })).status).toBe('running')
      expect(await tells(a, id, 'done', { done: 1, attempt: 2 })).toMatchObject({ sites: { done: 1 } })
    })

    it('failed phones get another chance also when all is over', async () => {
      const [a] = boxes as [Box]
      const { id } = await start({ target: { ids: [a.site] } })
      expect(await tells(a, id, 'done', { done: 1, failed: 1 })).toMatchObject({
        status: 'completed',
        sites: { failed: 1 },
      })
      expect(await record(a, 'rollout', id)).toBeUndefined()
      expect((await api('POST', `/rollouts/${id}/act`, { act: 'retry' })).body).toMatchObject({ status: 'running' })
      expect(await record(a, 'rollout', id)).toMatchObject({ attempt: 2 })
      expect(await tells(a, id, 'done', { done: 2, attempt: 2 })).toMatchObject({
        status: 'completed',
        sites: { done: 1 },
      })
      expect((await api('POST', `/rollouts/${id}/act`, { act: 'retry' })).status).toBe(409)
    })

    it('ended by a person: those under way hear of it, the others never begin', async () => {
      const [a, b] = boxes as [Box, Box]
      const { id } = await start()
      const ended = (await api('POST', `/rollouts/${id}/act`, { act: 'abort' })).body
      expect(ended).toMatchObject({ status: 'cancelled', sites: { going: 1, skipped: 2 } })
      expect([await record(a, 'rollout', id), await record(b, 'rollout', id)]).toMatchObject([
        { state: 'cancel' },
        undefined,
      ] as never)
      expect(await tells(a, id, 'cancelled')).toMatchObject({ sites: { cancelled: 1, skipped: 2 }, text: 'cancelled' })
      expect(await record(a, 'rollout', id)).toBeUndefined()
    })

    it('a site that is away or has no box yet is shown as waiting, holds nobody up, and picks up when it comes', async () => {
      const [a, b] = boxes as [Box, Box]
      const late = await newSite('late', false)
      const { id } = await start({ rings: [{ ids: [a.site, b.site, late.site] }] })
      desk.clock.advance(20 * MINUTE)
      await tells(a, id, 'done', { done: 1 })
      expect(await look(id)).toMatchObject({ ring: 2 })
      const rows = (await api('GET', `/rollouts/${id}/sites`)).body.sites
      expect(rows.map(({ site, state, box }: Record<string, string>) => [site, state, box])).toEqual(
        expect.arrayContaining([
          ['b', 'going', 'offline'],
          ['late', 'waiting', 'none'],
        ]),
      )
      // Weeks later.
      desk.clock.advance(30 * 24 * 60 * MINUTE)
      await claim(late)
      expect(await record(late, 'rollout', id)).toBeUndefined()
      await look(id)
      expect(await record(late, 'rollout', id)).toMatchObject({ state: 'run', attempt: 1 })
      expect(await record(b, 'rollout', id)).toMatchObject({ state: 'run', attempt: 1 })
    })

    it('the same request by its key makes one, and another one by it is refused', async () => {
      const first = await start({ key: 'may-2026-1' })
      const [again, third] = await Promise.all([start({ key: 'may-2026-1' }), start({ key: 'may-2026-1' })])
      expect([again.id, third.id]).toEqual([first.id, first.id])
      expect(
        (await api('POST', '/rollouts', { name: 'June', file: FILE, target: { all: true }, key: 'may-2026-1' })).status,
      ).toBe(409)
      expect((await api('GET', '/rollouts')).body.rollouts).toHaveLength(1)
    })

    it('two processes that look at the same moment do each step once', async () => {
      const [a] = boxes as [Box]
      const { id } = await start({ rings: [] })
      const workers = [1, 2, 3, 4].map(() => makeRolloutWorker({ ...desk.deps, log: silentLog }))
      const seq = async () => {
        const feed = await feedOfSite(desk.deps.database.db, a.site)
        return (await desk.deps.boxes.feeds.read((reader) => reader.record(feed, 'rollout', id)))?.rev
      }
      await Promise.all(workers.map((worker) => worker.look(id)))
      expect(await seq()).toBe(1)
      await desk.deps.database.db.updateTable('rollout').set({ status: 'halted' }).where('id', '=', id).execute()
      await Promise.all(workers.map((worker) => worker.run()))
      expect(await seq()).toBe(2)
      const audit = await desk.deps.database.db
        .selectFrom('audit')
        .select('action')
        .where('target', '=', `rollout:${id}`)
        .execute()
      expect(audit.map(({ action }) => action).sort()).toEqual(['rollout.ring', 'rollout.start'])
    })

    it('what a box tells that cannot be read is no news', async () => {
      const [a] = boxes as [Box]
      const { id } = await start()
      await a.status('rollout', id, { attempt: 1, state: 'exploded', phones: 'many' }, desk.clock.now())
      expect(await look(id)).toMatchObject({ status: 'running', sites: { going: 1 } })
    })
  })
}
