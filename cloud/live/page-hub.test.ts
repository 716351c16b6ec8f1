import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { hearing } from '../../test/support/heard.ts'
import type { Standing } from '../accounts/policy.ts'
import { makeLive } from './live.ts'
import { makePageHub, type PageHub } from './page-hub.ts'

let hub: PageHub
beforeEach(() => {
  vi.useFakeTimers()
  hub = makePageHub()
})
afterEach(() => {
  hub.close()
  vi.useRealTimers()
})

const OWNER: Standing = { role: 'owner' }
const settle = () => vi.advanceTimersByTimeAsync(0)

/** What a page has heard so far. */
function listen(account: string, given: { holder?: string; standing?: Standing; renew?: () => Promise<unknown> } = {}) {
  const { holder = crypto.randomUUID(), standing = OWNER, renew = async () => standing } = given
  const response = hub.open({ account, holder, standing, renew: renew as () => Promise<Standing | undefined> })
  return Object.assign(hearing(response?.body), { opened: response !== undefined })
}

it('tells each page of its own account, and only what it may see', async () => {
  const [a, b] = [listen('a'), listen('b')]
  const limited = listen('a', { standing: { role: 'installer', sites: ['s2'] } })
  hub.send([{ account: 'a', changes: [{ site: 's1', what: ['devices'] }] }])
  await settle()
  const hello = /^retry: [3-6]\d{3}\nevent: hello\ndata: \{\}\n\n/
  expect(a.text.replace(hello, '')).toBe(`event: changed\ndata: {"changes":[{"site":"s1","what":["devices"]}]}\n\n`)
  for (const { text } of [b, limited]) expect([hello.test(text), text.replace(hello, '')]).toEqual([true, ''])
})

it('beats, and ends when the session has', async () => {
  let standing: Standing | undefined = OWNER
  const a = listen('a', { renew: async () => standing })
  await vi.advanceTimersByTimeAsync(15_000)
  expect([a.text.includes('event: beat'), a.ended]).toEqual([true, false])
  standing = undefined
  await vi.advanceTimersByTimeAsync(15_000)
  expect([a.ended, hub.size()]).toEqual([true, 0])
})

it('hears no more of what a new role does not see, at once after roles changed', async () => {
  let standing: Standing = { role: 'installer', sites: ['s1'] }
  const a = listen('a', { standing, renew: async () => standing })
  standing = { role: 'installer', sites: ['s2'] }
  hub.send([{ account: 'a', changes: [{ what: ['people'] }] }])
  await settle()
  hub.send([{ account: 'a', changes: [{ site: 's1', what: ['devices'] }] }])
  hub.send([{ account: 'a', changes: [{ site: 's2', what: ['box'] }] }])
  await settle()
  expect(a.text).not.toContain('s1')
  expect(a.text).toContain('"site":"s2"')
})

it('keeps whom the database cannot say anything of while it is away', async () => {
  const a = listen('a', { renew: () => Promise.reject(new RangeError('away')) })
  await vi.advanceTimersByTimeAsync(60_000)
  expect(a.ended).toBe(false)
})

it('opens six of one session, more only when one of them is gone', async () => {
  const holder = 'session'
  const six = Array.from({ length: 6 }, () => listen('a', { holder }))
  expect([listen('a', { holder }).opened, listen('a').opened]).toEqual([false, true])
  await six[0]?.cancel()
  expect(listen('a', { holder }).opened).toBe(true)
})

it('hangs up on who takes nothing', async () => {
  hub.open({ account: 'a', holder: 'slow', standing: OWNER, renew: async () => OWNER })
  for (let n = 0; n < 102; n++) hub.send([{ account: 'a', changes: [{ what: ['box'] }] }])
  expect(hub.size()).toBe(0)
})

it('ends all when the program stops, and opens none any more', async () => {
  const a = listen('a')
  hub.close()
  await settle()
  expect([a.ended, listen('a').opened]).toEqual([true, false])
})

it('thousands of changes in a second are one message', async () => {
  const live = makeLive((all) => hub.send(all))
  const a = listen('a')
  const changed = () => a.text.split('event: changed').length - 1
  for (let ms = 0; ms < 3_000; ms += 10) {
    for (let n = 0; n < 10; n++) live.tell('a', { site: `s${n}`, what: ['devices'] })
    await vi.advanceTimersByTimeAsync(10)
  }
  expect(changed()).toBe(3)
  await vi.advanceTimersByTimeAsync(1_000)
  expect(changed()).toBe(4)
  live[Symbol.dispose]()
})
