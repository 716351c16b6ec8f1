import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import type { BoxIdentity } from '../../services/sync/contract.ts'
import { hearing } from '../../test/support/heard.ts'
import { type Hub, makeHub } from './hub.ts'

let hub: Hub
beforeEach(() => {
  vi.useFakeTimers()
  hub = makeHub()
})
afterEach(() => {
  hub.close()
  vi.useRealTimers()
})

const box = (boxId: string, orgId = 'o1'): BoxIdentity => ({ boxId, orgId })

/** What a box has heard so far. */
function listen(of: BoxIdentity, alive: () => Promise<boolean> = async () => true) {
  return hearing(hub.open(of, alive).body)
}
const settle = () => vi.advanceTimersByTimeAsync(0)

it('tells a box of its own feeds, each once, and nobody of others’', async () => {
  const [a, b, c] = [listen(box('a')), listen(box('b')), listen(box('c', 'o2'))]
  hub.poke(['box:a', 'org:o1'])
  hub.poke(['catalogue'])
  await settle()
  const catalogue = 'event: poke\ndata: {"feeds":["catalogue"]}\n\n'
  expect(a.text).toBe(`: welcome\n\nevent: poke\ndata: {"feeds":["box:a","org:o1"]}\n\n${catalogue}`)
  expect(b.text).toBe(`: welcome\n\nevent: poke\ndata: {"feeds":["org:o1"]}\n\n${catalogue}`)
  expect(c.text).toBe(`: welcome\n\n${catalogue}`)
})

it('tells one box that there is something to do', async () => {
  const [a, b] = [listen(box('a')), listen(box('b'))]
  hub.jobs('a')
  hub.jobs('nobody')
  await settle()
  expect([a.text.includes('event: jobs'), b.text.includes('event: jobs')]).toEqual([true, false])
})

it('tells many boxes a part at a time, and those that are gone meanwhile nothing', async () => {
  const many = Array.from({ length: 450 }, (_, i) => listen(box(`b${i}`)))
  hub.poke(['org:o1'])
  const told = () => many.filter(({ text }) => text.includes('poke')).length
  await settle()
  expect(told()).toBe(200)
  await many[449]?.cancel()
  await vi.advanceTimersByTimeAsync(200)
  expect([told(), hub.size()]).toEqual([449, 449])
})

it('shows that it lives, and ends when its token is good no more', async () => {
  let good = true
  const a = listen(box('a'), async () => good)
  await vi.advanceTimersByTimeAsync(25_000)
  expect(a.text).toContain(': still here')
  good = false
  await vi.advanceTimersByTimeAsync(25_000)
  expect([a.ended, hub.size()]).toEqual([true, 0])
})

it('keeps two streams of a box at most, and each for a while only', async () => {
  const [first, second, third] = [listen(box('a')), listen(box('a')), listen(box('a'))]
  await settle()
  expect([first.ended, second.ended, third.ended]).toEqual([true, false, false])
  await vi.advanceTimersByTimeAsync(19 * 60_000)
  expect([third.ended, hub.size()]).toEqual([true, 0])
})

it('ends all when the program stops, and opens none any more', async () => {
  const a = listen(box('a'))
  hub.close()
  await settle()
  expect(a.ended).toBe(true)
  const late = listen(box('b'))
  await settle()
  expect([late.ended, hub.size()]).toEqual([true, 0])
})
