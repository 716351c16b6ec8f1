// Thousands of boxes and their account on this machine: `npm run cloud-bench -- [--boxes 3000] [--postgres]`.
// docs/scale.md has what came out, and what it means.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { openCloudDatabase } from '../../cloud/database/open.ts'
import { firstOwner } from '../support/cloud-client.ts'
import { startCloud } from '../support/cloud-process.ts'
import { startPostgres } from '../support/postgres.ts'
import { MARKED } from './farm.ts'
import { startFarms } from './farms.ts'
import { change, expectBoxes, fill, openDesk } from './seed.ts'

const text = { type: 'string' } as const
const { values } = parseArgs({
  options: {
    boxes: { ...text, default: '3000' },
    devices: { ...text, default: '30' },
    farms: { ...text, default: '2' },
    processes: { ...text, default: '1' },
    edits: { ...text, default: '500' },
    rate: { ...text, default: '25' },
    spread: { ...text, default: '0' },
    postgres: { type: 'boolean', default: false },
  },
})
const number = (name: Exclude<keyof typeof values, 'postgres'>) => Number(values[name])
const boxes = number('boxes')
const devices = number('devices')
const farmCount = number('farms')

await using stack = new AsyncDisposableStack()
const folder = mkdtempSync(join(tmpdir(), 'bl-scale-'))
stack.defer(() => rmSync(folder, { recursive: true, force: true }))
const cluster = values.postgres ? stack.use(startPostgres()) : undefined
const url = await cluster?.create('scale')
const flags = url === undefined ? [`--data=${folder}`] : [`--database-url=${url}`, `--key-file=${join(folder, 'key')}`]
const first = stack.use(await startCloud(flags))
const clouds = [first]
for (let i = 1; i < number('processes'); i++) clouds.push(stack.use(await startCloud(flags)))
// A process that starts ends the link of the one before.
const owner = await firstOwner(clouds.at(-1) ?? first)
const database = stack.use(
  openCloudDatabase(
    url === undefined ? { kind: 'sqlite', path: join(folder, 'cloud.db') } : { kind: 'postgres', url, connections: 4 },
  ),
)
const farms = stack.use(startFarms(farmCount))
const of = Math.ceil(boxes / farmCount)

/** CPU seconds and MB of the cloud's processes. */
function usage(): { readonly cpu: number; readonly rss: number; readonly peak: number } {
  const total = { cpu: 0, rss: 0, peak: 0 }
  for (const { pid } of clouds) {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    const status = readFileSync(`/proc/${pid}/status`, 'utf8')
    const mb = (name: string) => Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(status)?.[1] ?? 0) / 1024
    total.cpu += (Number(fields[11]) + Number(fields[12])) / 100
    total.rss += mb('VmRSS')
    total.peak += mb('VmHWM')
  }
  return total
}

async function count() {
  const heard = farms.hear('counted')
  farms.tell({ do: 'count' })
  const all = await heard
  const failures: Record<string, number> = {}
  for (const each of all)
    for (const [reason, times] of Object.entries(each.failures)) failures[reason] = (failures[reason] ?? 0) + times
  const sum = (name: 'requests' | 'live') => all.reduce((total, each) => total + each[name], 0)
  return { requests: sum('requests'), live: sum('live'), failures }
}

const at = (sorted: readonly number[], share: number) =>
  sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN
const say = (what: string, figures: Readonly<Record<string, string | number>>) =>
  console.log(
    `${what}: ${Object.entries(figures)
      .map(([name, value]) => `${name} ${value}`)
      .join(', ')}`,
  )

/** Runs a phase and says what it took of the cloud. */
async function phase(what: string, work: () => Promise<readonly number[]>): Promise<void> {
  const [before, counted, started] = [usage(), await count(), performance.now()]
  const ms = [...(await work())].sort((a, b) => a - b)
  const seconds = (performance.now() - started) / 1000
  const [after, now] = [usage(), await count()]
  const requests = now.requests - counted.requests
  const cpu = after.cpu - before.cpu
  say(what, {
    ...{ seconds: seconds.toFixed(1), median: (at(ms, 0.5) / 1000).toFixed(1), requests },
    ...{
      'requests/s': (requests / seconds).toFixed(0),
      'cpu s': cpu.toFixed(1),
      'cpu %': ((cpu / seconds) * 100).toFixed(0),
    },
    ...{ 'ms cpu/request': ((cpu / Math.max(1, requests)) * 1000).toFixed(2), 'MB now': after.rss.toFixed(0) },
    ...{ 'MB peak': after.peak.toFixed(0), streams: now.live, failures: JSON.stringify(now.failures) },
  })
}

async function synced(mark: string, overMs: number, hours: number): Promise<readonly number[]> {
  const heard = farms.hear('synced')
  farms.tell({ do: 'await', mark })
  farms.tell({ do: 'connect', overMs, hours })
  return (await heard).flatMap(({ ms }) => ms)
}

const made = farms.hear('made')
farms.tell((i) => ({
  ...{ do: 'make', urls: clouds.map((cloud) => cloud.url), from: i * of, count: Math.min(of, boxes - i * of) },
}))
await expectBoxes(
  database,
  owner.account,
  (await made).flatMap(({ fingerprints }) => fingerprints),
)
const joined = farms.hear('joined')
await phase(`${boxes} boxes are claimed, 20 at a time`, async () => {
  farms.tell({ do: 'join', atOnce: Math.ceil(20 / farmCount) })
  await joined
  return []
})
const all = (await joined).flatMap((farm) => farm.boxes)
const desk = await openDesk(database)
await fill(desk, all, devices, 'first')
await phase(`first sync of ${devices} phones each, all at once`, () => synced('first', 0, 0))

const cut = farms.hear('cut')
farms.tell({ do: 'cut' })
await cut
await change(desk, all, 'second')
const live = farms.hear('live')
farms.tell({ do: 'live', mark: 'after', edited: Math.ceil(of / 5), statuses: devices, events: 5 })
await live
const spread = number('spread')
const how = spread === 0 ? 'all at once' : `over ${spread / 1000} s`
await phase(`after an hour's outage, ${how}`, () => synced('second', spread, 1))
for (let tries = 0; (await count()).live < boxes && tries < 240; tries++) await Bun.sleep(500)

const arrived: number[] = []
farms.onArrived = ({ ms }) => void arrived.push(ms)
async function poked(what: string, expected: number, work: () => Promise<void>): Promise<void> {
  arrived.length = 0
  await phase(what, async () => {
    await work()
    for (let tries = 0; arrived.length < expected && tries < 400; tries++) await Bun.sleep(50)
    return arrived
  })
  const ms = [...arrived].sort((a, b) => a - b)
  say('  reached', {
    boxes: `${ms.length} of ${expected}`,
    'p50 ms': at(ms, 0.5),
    'p95 ms': at(ms, 0.95),
    'p99 ms': at(ms, 0.99),
    'max ms': at(ms, 1),
  })
}
const edits = number('edits')
const asked: Promise<unknown>[] = []
await poked(`${edits} edits by the API, ${values.rate}/s, each of one phone at one branch`, edits, async () => {
  for (let n = 0; n < edits; n++) {
    const one = all[(n * 7919) % all.length]
    const path = `/accounts/${one?.orgId}/sites/${one?.siteId}/devices/${MARKED}`
    const ask = clouds[n % clouds.length]?.url ?? first.url
    asked.push(owner.at(ask).call('PATCH', path, { notes: `sent ${Date.now()}` }))
    await Bun.sleep(1000 / number('rate'))
  }
})
for (const answer of await Promise.all(asked)) {
  const { status } = answer as { status: number }
  if (status !== 200) say('  an edit was answered', { status })
}
const org = all[0]?.orgId
const members = all.filter((box) => box.orgId === org).length
await poked(`one edit of what ${members} boxes share`, members, async () => {
  const path = `/accounts/${org}/layers/vendor/yealink`
  const { status, body } = await owner.call('PATCH', path, { notes: `sent ${Date.now()}` })
  if (status !== 200) say('  the edit was answered', { status, body: JSON.stringify(body) })
})
