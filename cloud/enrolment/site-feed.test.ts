import { describe, expect, it } from 'vitest'
import type { FeedName } from '../../services/sync/contract.ts'
import { type CloudDesk, makeCloudDesk } from '../../test/support/cloud-desk.ts'
import { makeEnrolmentStorage } from './enrolment-storage.ts'
import { draftOf, feedOfSite } from './site-feed.ts'

const BY = { by: 'test' }

async function site(desk: CloudDesk, account: string, name: string): Promise<string> {
  const caller = { actor: 'test', name: 'test', address: '' }
  return (await desk.deps.sites.create(account, { name, timeZone: 'UTC', note: '' }, caller)).id
}

async function names(desk: CloudDesk, feed: FeedName): Promise<Record<string, unknown>> {
  const range = { after: 0, upTo: 1e9, limit: 100, living: true }
  const page = await desk.deps.boxes.feeds.read((reader) => reader.page(feed, range))
  return Object.fromEntries(page.map(({ id, body }) => [id, body.name]))
}

const device = (id: string, name: string, more: object = {}) => ({ kind: 'device', id, body: { name, ...more } })

describe('a site and its feed', () => {
  it('what was drafted becomes the box’s; what the box has already stays', async () => {
    await using desk = await makeCloudDesk()
    const account = await desk.account('Office')
    const lobby = await site(desk, account, 'lobby')
    const { sync } = desk.deps.boxes
    expect(await feedOfSite(desk.deps.database.db, lobby)).toBe(draftOf(lobby))
    await sync.write(draftOf(lobby), [device('a', 'drafted'), device('b', 'drafted')], BY)
    await sync.write('box:x1', [device('b', 'own')], BY)
    await desk.box({ boxId: 'x1', orgId: account, siteId: lobby, identityKey: 'k1' })
    expect(await feedOfSite(desk.deps.database.db, lobby)).toBe('box:x1')
    expect(await names(desk, 'box:x1')).toEqual({ a: 'drafted', b: 'own' })
  })

  it('a box that moves to another account leaves a copy behind, and its secrets are sealed for its new account', async () => {
    await using desk = await makeCloudDesk()
    const [ours, theirs] = [await desk.account('Ours'), await desk.account('Theirs')]
    const [lobby, harbour] = [await site(desk, ours, 'lobby'), await site(desk, theirs, 'harbour')]
    const { sync, keys, feeds } = desk.deps.boxes
    const { database } = desk.deps
    await desk.box({ boxId: 'x1', orgId: ours, siteId: lobby, identityKey: 'k1' })
    const secret = { sealed: (await keys.of(ours)).seal('hush'), id: 's1' }
    await sync.write('box:x1', [device('a', 'desk', { lines: [{ secret }] }), device('c', 'kept')], BY)
    await sync.write(draftOf(lobby), [device('old', 'gone'), device('c', 'older')], BY)
    await sync.write(draftOf(harbour), [device('d', 'drafted')], BY)
    await makeEnrolmentStorage({ database, keys, clock: desk.clock }).write((writer) =>
      writer.place({ boxId: 'x1', orgId: theirs, siteId: harbour }, { boxId: 'x1', orgId: ours, siteId: lobby }),
    )
    expect(await feedOfSite(database.db, lobby)).toBe(draftOf(lobby))
    expect(await feedOfSite(database.db, harbour)).toBe('box:x1')
    expect(await names(desk, draftOf(lobby))).toEqual({ a: 'desk', c: 'kept' })
    expect(await names(desk, 'box:x1')).toEqual({ a: 'desk', c: 'kept', d: 'drafted' })
    const sealedIn = async (feed: FeedName) => {
      const record = await feeds.read((reader) => reader.record(feed, 'device', 'a'))
      const [line] = (record?.body.lines ?? []) as { secret: { sealed: string; id: string } }[]
      return line?.secret ?? { sealed: '', id: '' }
    }
    const moved = await sealedIn('box:x1')
    expect([(await keys.of(theirs)).open(moved.sealed), moved.id]).toEqual(['hush', 's1'])
    expect((await keys.of(ours)).open((await sealedIn(draftOf(lobby))).sealed)).toBe('hush')
  })
})
