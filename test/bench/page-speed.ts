import { readdirSync, readFileSync } from 'node:fs'
import { gzipSync } from 'node:zlib'
import type { CDPSession, Page } from 'playwright-core'
import { OperatorError } from '../../services/core/errors.ts'
import { DemoBox } from '../support/box-process.ts'
import { BUILT, buildPage, HAS_BROWSER, PageBrowser } from '../support/page-browser.ts'

// How soon the page is there for somebody with a slow mobile, and how smoothly a long list scrolls. Figures, not a test:
// they depend on the machine.

const PHONES = Number(process.argv[2] ?? 1000)
const ROUNDS = 5
const CPU_SLOWER = 4
/** Slow 4G as Lighthouse has it: 1.6 Mbit/s down, 750 kbit/s up, 150 ms there and back. */
const SLOW_4G = { offline: false, latency: 150, downloadThroughput: 200_000, uploadThroughput: 93_750 }

interface Load {
  readonly firstPaint: number
  readonly largestPaint: number
  readonly listThere: number
  readonly bytes: number
}

async function main(): Promise<void> {
  if (!HAS_BROWSER) throw new OperatorError('/usr/bin/chromium is not installed')
  await buildPage()
  const gzip = (name: string) => gzipSync(readFileSync(`${BUILT}${name}`)).length
  const names = readdirSync(BUILT)
  const sum = (list: readonly string[]) => list.reduce((total, name) => total + gzip(name), 0)
  await using box = await DemoBox.start()
  await fill(box)
  await using browser = await PageBrowser.start(box.page)
  const loads: Load[] = []
  for (let round = 0; round < ROUNDS; round++) loads.push(await load(browser, box.page))
  const scroll = await scrolling(browser)
  const middle = (of: (load: Load) => number) => Math.round(loads.map(of).sort((a, b) => a - b)[ROUNDS >> 1] ?? 0)
  const rows = [
    ['first load, gzip', `${(sum(names.filter((name) => !name.startsWith('part-'))) / 1000).toFixed(1)} kB`],
    ['parts for later, gzip', `${(sum(names.filter((name) => name.startsWith('part-'))) / 1000).toFixed(1)} kB`],
    [`phones in the list`, String(PHONES)],
    ['first contentful paint', `${middle((it) => it.firstPaint)} ms`],
    ['largest contentful paint', `${middle((it) => it.largestPaint)} ms`],
    ['list of phones is there', `${middle((it) => it.listThere)} ms`],
    ['received for it', `${(middle((it) => it.bytes) / 1000).toFixed(0)} kB`],
    ['scrolled through', `${scroll.steps} steps`],
    ['longest task', `${scroll.longest} ms`],
    ['tasks over 100 ms', String(scroll.over)],
    ['work for one step, middle', `${scroll.middle} ms`],
    ['most work for one step', `${scroll.most} ms`],
  ]
  process.stdout.write(
    `CPU ${CPU_SLOWER} times slower, slow 4G, middle of ${ROUNDS} loads without a cache\n` +
      `${rows.map(([name = '', value]) => `  ${name.padEnd(30)} ${value}`).join('\n')}\n`,
  )
}

async function fill(box: DemoBox): Promise<void> {
  const mac = (n: number) =>
    `80:5e:c0:01:${(n >> 8).toString(16).padStart(2, '0')}:${(n & 255).toString(16).padStart(2, '0')}`
  const lines = Array.from(
    { length: PHONES },
    (_, n) => `${mac(n)},Desk ${n},Yealink,T46U,${5000 + n},secret-${n}-long`,
  )
  const response = await box.ask('/api/v1/devices/import?dryRun=0', {
    method: 'POST',
    headers: { 'content-type': 'text/csv' },
    body: `mac,name,vendor,model,user,secret\n${lines.join('\n')}\n`,
  })
  if (!response.ok) throw new OperatorError(`the phones were not entered: ${await response.text()}`)
}

async function slowed(page: Page): Promise<CDPSession> {
  const session = await page.context().newCDPSession(page)
  await session.send('Emulation.setCPUThrottlingRate', { rate: CPU_SLOWER })
  return session
}

/** One load of the list of phones, with an empty cache. */
async function load(browser: PageBrowser, url: string): Promise<Load> {
  const page = await browser.openAnyway()
  const session = await slowed(page)
  await session.send('Network.enable')
  await session.send('Network.setCacheDisabled', { cacheDisabled: true })
  await session.send('Network.emulateNetworkConditions', SLOW_4G)
  let bytes = 0
  session.on('Network.loadingFinished', ({ encodedDataLength }) => {
    bytes += encodedDataLength
  })
  await page.addInitScript(() => {
    const seen = globalThis as unknown as { largest: number }
    seen.largest = 0
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) seen.largest = entry.startTime
    }).observe({ type: 'largest-contentful-paint', buffered: true })
  })
  await page.goto('about:blank')
  bytes = 0
  await page.goto(`${url}#/phones`)
  await page.locator('tbody tr[data-key]').first().waitFor()
  const [firstPaint, largestPaint, listThere] = await page.evaluate(() => [
    performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? 0,
    (globalThis as unknown as { largest: number }).largest,
    performance.now(),
  ])
  await page.close()
  return { firstPaint, largestPaint, listThere, bytes } as Load
}

interface Scroll {
  readonly steps: number
  readonly longest: number
  readonly over: number
  readonly middle: number
  readonly most: number
}

/**
 * Scrolls the list from top to bottom as a person with a wheel does. Counted is what the page's own thread works, task by
 * task (a long one keeps the page from answering) and step by step, by its processor time: what else runs on the machine
 * does not count. A phone's processor takes so much longer.
 */
async function scrolling(browser: PageBrowser): Promise<Scroll> {
  const page = await browser.open('#/phones')
  await page.locator('tbody tr[data-key]').first().waitFor()
  await page.waitForTimeout(2000)
  const session = await page.context().newCDPSession(page)
  await session.send('Performance.enable', { timeDomain: 'threadTicks' })
  const worked = async () => {
    const { metrics } = await session.send('Performance.getMetrics')
    return (metrics.find(({ name }) => name === 'TaskDuration')?.value ?? 0) * 1000 * CPU_SLOWER
  }
  await page.locator('.table').hover()
  const tasks = await tasksOf(session)
  const steps: number[] = []
  let before = await worked()
  for (let step = 0; step < 400; step++) {
    await page.mouse.wheel(0, 400)
    // Two frames: the event, and what is drawn because of it.
    const left = await page.evaluate(
      () =>
        new Promise<number>((resolve) => {
          requestAnimationFrame(() =>
            requestAnimationFrame(() => {
              const it = document.querySelector('.table')
              resolve(it === null ? 0 : it.scrollHeight - it.scrollTop - it.clientHeight)
            }),
          )
        }),
    )
    const now = await worked()
    steps.push(now - before)
    before = now
    if (left < 2) break
  }
  const long = await tasks()
  await page.close()
  return {
    steps: steps.length,
    longest: Math.round(Math.max(0, ...long)),
    over: long.filter((ms) => ms > 100).length,
    middle: Math.round(steps.toSorted((a, b) => a - b)[steps.length >> 1] ?? 0),
    most: Math.round(Math.max(0, ...steps)),
  }
}

/** What Chromium's trace says of one piece of work; `tdur`: processor time in microseconds. */
interface TraceEvent {
  readonly name: string
  readonly ph: string
  readonly pid: number
  readonly tid: number
  readonly tdur?: number
}

/** Follows the tasks of the page's thread; the function that comes back ends it and gives the time of each. */
async function tasksOf(session: CDPSession): Promise<() => Promise<number[]>> {
  const events: TraceEvent[] = []
  session.on('Tracing.dataCollected', ({ value }) => events.push(...(value as unknown as TraceEvent[])))
  const traceConfig = { includedCategories: ['toplevel', 'devtools.timeline'] }
  await session.send('Tracing.start', { transferMode: 'ReportEvents', traceConfig })
  return async () => {
    const complete = new Promise((resolve) => session.once('Tracing.tracingComplete', resolve))
    await session.send('Tracing.end')
    await complete
    const thread = (it: TraceEvent) => `${it.pid} ${it.tid}`
    // The thread that lays the page out.
    const own = events.find(({ name }) => name === 'UpdateLayoutTree')
    return events
      .filter((it) => own && it.name === 'ThreadControllerImpl::RunTask' && it.ph === 'X' && thread(it) === thread(own))
      .map(({ tdur = 0 }) => (tdur / 1000) * CPU_SLOWER)
  }
}

await main()
process.exit(0)
