import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { type CloudDesk, makeCloudDesk } from '../../test/support/cloud-desk.ts'
import { makePulled } from './pulled.ts'

let desk: CloudDesk
beforeEach(async () => {
  desk = await makeCloudDesk()
  vi.useFakeTimers()
})
afterEach(async () => {
  vi.useRealTimers()
  await desk[Symbol.asyncDispose]()
})

it('notes how far a box has read when it had time to tell what that makes, and says where', async () => {
  const account = await desk.account('Harbour')
  const caller = { actor: 'test', name: 'test', address: '' }
  const site = (await desk.deps.sites.create(account, { name: 'Berlin', timeZone: 'UTC', note: '' }, caller)).id
  await desk.box({ boxId: 'b1', orgId: account, siteId: site, identityKey: 'k' })
  const told: string[] = []
  const pulled = makePulled({ ...desk.deps, noted: (of, at) => void told.push(`${of} ${at}`) })
  const seqs = async () =>
    (await desk.deps.database.db.selectFrom('box_pulled').select('seq').execute()).map((r) => r.seq)

  pulled('b1', 'box:b1', 3)
  await vi.advanceTimersByTimeAsync(3_000)
  pulled('b1', 'box:b1', 5)
  expect([await seqs(), told]).toEqual([[], []])
  await vi.advanceTimersByTimeAsync(1_000)
  expect([await seqs(), told]).toEqual([[5], [`${account} ${site}`]])
  // What it says again costs nothing.
  pulled('b1', 'box:b1', 5)
  expect(vi.getTimerCount()).toBe(0)
})
