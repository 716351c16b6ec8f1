import { render } from 'preact'
import { act } from 'preact/test-utils'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { connection } from '../state.ts'
import { Away, Connection } from './connection.tsx'
import { follow } from './followers.ts'
import { followAccount } from './live.ts'

/** The streams that the page opened, driven by the test. */
class Source extends EventTarget {
  static readonly CLOSED = 2
  static all: Source[] = []
  readyState = 1
  readonly url: string
  constructor(url: string) {
    super()
    this.url = url
    Source.all.push(this)
  }
  close(): void {
    this.readyState = Source.CLOSED
  }
  say(name: string, data: object = {}): void {
    this.dispatchEvent(new MessageEvent(name, { data: JSON.stringify(data) }))
  }
  /** The answer was no stream. */
  refuse(): void {
    this.close()
    this.dispatchEvent(new Event('error'))
  }
}

const devices = (site?: string) => ({ changes: [{ ...(site && { site }), what: ['devices'] }] })
const newest = () => Source.all.at(-1) as Source
let hidden = false
let stop: () => void
let reachable: boolean
const asked = { berlin: 0, all: 0, alerts: 0 }
let takes = 0
const stops: (() => void)[] = []

async function answered(what: keyof typeof asked): Promise<void> {
  asked[what]++
  await new Promise((resolve) => setTimeout(resolve, takes))
}

function look(value: boolean): void {
  hidden = !value
  document.dispatchEvent(new Event('visibilitychange'))
}
const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms)

beforeEach(() => {
  vi.useFakeTimers()
  hidden = false
  reachable = true
  Source.all = []
  vi.stubGlobal('EventSource', Source)
  vi.stubGlobal('fetch', async () => {
    if (!reachable) throw new TypeError('refused')
    return Response.json({})
  })
  vi.spyOn(document, 'hidden', 'get').mockImplementation(() => hidden)
  takes = 0
  Object.assign(asked, { berlin: 0, all: 0, alerts: 0 })
  stops.push(
    follow({ what: ['devices'], site: 'berlin' }, () => answered('berlin')),
    follow({ what: ['devices', 'box'] }, () => answered('all')),
    follow({ what: ['alerts'] }, () => answered('alerts')),
  )
  stop = followAccount('a')
})
afterEach(() => {
  stop()
  for (const end of stops.splice(0)) end()
  vi.restoreAllMocks()
  vi.unstubAllGlobals()
  vi.useRealTimers()
})

describe('a page that follows its account', () => {
  it('asks again for what changed, where it is shown, once a second at most', async () => {
    newest().say('hello')
    await pass(1_500)
    expect([newest().url, connection.value.state]).toEqual(['/api/v1/accounts/a/events', 'live'])
    expect(asked).toEqual({ berlin: 1, all: 1, alerts: 1 })
    newest().say('changed', devices('paris'))
    await pass(1_500)
    expect(asked).toEqual({ berlin: 1, all: 2, alerts: 1 })
    for (let n = 0; n < 30; n++) {
      newest().say('changed', devices())
      await pass(100)
    }
    await pass(1_500)
    expect(asked.berlin).toBeLessThanOrEqual(5)
    expect([asked.berlin > 2, asked.alerts]).toEqual([true, 1])
  })

  it('asks more seldom for what takes the account long', async () => {
    takes = 500
    newest().say('hello')
    for (let n = 0; n < 300; n++) {
      newest().say('changed', devices())
      await pass(100)
    }
    expect(asked.berlin).toBeGreaterThanOrEqual(6)
    expect(asked.berlin).toBeLessThanOrEqual(8)
  })

  it('keeps no stream while nobody looks, and asks for what was missed when somebody does', async () => {
    newest().say('hello')
    await pass(1_500)
    look(false)
    expect(newest().readyState).toBe(Source.CLOSED)
    await pass(300_000)
    expect(asked.berlin).toBe(1)
    look(true)
    expect(Source.all.length).toBe(2)
    newest().say('hello')
    await pass(1_500)
    expect(asked.berlin).toBe(2)
  })

  it('says that the stream is lost, asks for everything meanwhile, and tries again ever more seldom', async () => {
    newest().say('hello')
    await pass(1_500)
    newest().refuse()
    expect(connection.value.state).toBe('lost')
    await pass(60_000)
    expect(asked.alerts).toBeGreaterThanOrEqual(3)
    for (let n = 0; n < 8; n++) {
      newest().refuse()
      await pass(20_000)
    }
    // Not one for each try that failed.
    expect(Source.all.length).toBeLessThan(10)
    const root = document.createElement('div')
    void act(() => render(<Connection />, root))
    expect(root.querySelector('.connection-word')?.textContent).toBe('Not live')
    expect(root.textContent).toContain('every 20 s')
    await pass(120_000)
    newest().say('hello')
    expect(connection.value.state).toBe('live')
  })

  it('takes silence for a lost stream', async () => {
    newest().say('hello')
    await pass(30_000)
    newest().say('beat')
    await pass(30_000)
    expect(connection.value.state).toBe('live')
    await pass(20_000)
    expect([connection.value.state, Source.all.length]).toEqual(['lost', 2])
  })

  it('says across the page that the account cannot be reached at all', async () => {
    newest().say('hello')
    await pass(1_500)
    const root = document.createElement('div')
    reachable = false
    newest().refuse()
    await pass(100)
    void act(() => render(<Away />, root))
    expect(root.textContent).toContain('The account cannot be reached.')
    await pass(10_000)
    newest().say('hello')
    void act(() => render(<Away />, root))
    expect(root.textContent).toBe('')
  })
})
