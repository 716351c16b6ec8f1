import type { JsonObject } from '../../services/records/contract.ts'
import type { FeedName, Patch } from '../../services/sync/contract.ts'
import type { SyncChecks } from '../../services/sync/policy-checks.ts'
import { valueText } from '../../services/sync/policy-value.ts'
import { decidesEdits } from '../../services/sync/policy-version.ts'
import { inForce, type SimBox } from './sim-box.ts'
import { LATER, SENTINEL } from './sim-edits.ts'
import { missing } from './sim-lanes.ts'
import { plainOf } from './sim-secrets.ts'
import { knownAt } from './sim-versions.ts'
import { makeWorld, type Troubles, type World } from './sim-world.ts'

const STEPS = 70
/** Of a run that is repeated once for each moment at which power can be lost. */
export const FEW_STEPS = 15
const SETTLING = 30

export interface RunResult {
  readonly failures: readonly string[]
  readonly stats: Readonly<Record<string, number>>
}

/** One run: trouble, then calm, then everything must be the same on both sides and nothing may be missing. */
export async function run(
  seed: number,
  switched: Partial<SyncChecks> = {},
  focus: Partial<Troubles> = {},
  { steps = STEPS, cutAt = 0 } = {},
): Promise<RunResult> {
  const world = await makeWorld(seed, switched, focus, cutAt)
  const seenSentinels = new Set<string>()
  try {
    for (let i = 0; i < steps; i++) {
      watch(world, await world.step(), seenSentinels)
    }
    world.calm()
    if (world.boxes.length === 3 && world.boxes.some((box) => !served(world, box))) {
      await settle(world)
      for (const box of world.boxes) checkApart(world, box)
    }
    await world.meet()
    await settle(world)
    for (const box of world.boxes) check(world, box)
    for (const key of world.owed)
      if (![...world.cloud.audit.decided].some((id) => id.startsWith(`${key}:`))) world.failures.add('an edit was lost')
    return { failures: [...world.failures], stats: world.stats }
  } finally {
    world.close()
  }
}

async function settle(world: World): Promise<void> {
  const twins = world.boxes.length > 3 ? world.boxes.filter(({ boxId }) => boxId === world.boxes[3]?.boxId) : []
  // Two live copies that both work must be noticed before long.
  for (let i = 0; i < 5 && twins.length > 0; i++)
    for (const box of twins) {
      world.edit(box)
      await world.cycle(box)
    }
  const [twin] = twins
  if (twin !== undefined && world.cloud.data.inboxes.get(twin.boxId)?.halted !== true)
    world.failures.add('two live copies went unnoticed')
  await world.settleClone()
  for (let i = 0; i < SETTLING; i++) {
    world.advance(60_000)
    let moved = false
    for (const box of world.boxes) moved = (await world.cycle(box)) || moved
    if (i >= 1 && !moved && world.boxes.every((box) => box.sync.state().waiting === 0 || !served(world, box))) break
  }
}

/** What must hold at every moment. */
function watch(world: World, box: SimBox, sentinels: Set<string>): void {
  const live = inForce(box)
  const knows = knownAt(() => box.version)
  for (const key of live.keys()) if (key.includes(SENTINEL)) sentinels.add(`${box.boxId} ${key}`)
  for (const known of sentinels) {
    const [boxId, ...key] = known.split(' ')
    // A disk that was put back may be older than the first page.
    if (boxId === box.boxId && !live.has(key.join(' ')) && !world.troubles.boxRestore && !world.troubles.clone)
      world.failures.add('a record that never changed was gone for a while')
  }
  const edits = box.db
    .query<{ kind: string; id: string; patch: string | null }>(
      `SELECT kind, id, patch FROM sync_outbox WHERE ord IN (SELECT max(ord) FROM sync_outbox WHERE taken = 0 AND released = 0 GROUP BY kind, id)`,
    )
    .all()
  const changed = box.db
    .query<{ kind: string; id: string }>('SELECT kind, id FROM change WHERE seq > (SELECT change_seq FROM sync_state)')
    .all()
  const fresh = new Set(changed.map(({ kind, id }) => `${kind} ${id}`))
  for (const { kind, id, patch } of edits) {
    if (fresh.has(`${kind} ${id}`) || patch === null || !knows(kind)) continue
    const body = live.get(`${kind} ${id}`)
    const { set, unset } = JSON.parse(patch) as Patch
    const shown = Object.entries(set).every(([name, value]) => text(body?.[name] ?? null) === text(value))
    if (body === undefined || !shown || unset.some((name) => body[name] !== undefined))
      world.failures.add('an edit that waits was not in force')
  }
}

function served(world: World, box: SimBox): boolean {
  return decidesEdits(world.cloud.version, box.version)
}

/** A box whose edits the cloud does not take says so, and has all that the cloud has. */
function checkApart(world: World, box: SimBox): void {
  if (served(world, box)) return
  const { upgrade, waiting } = box.sync.state()
  if (waiting > 0 && !upgrade) world.failures.add('edits wait for an update, and the box does not say so')
  compare(world, box)
}

/** What must hold when everything has arrived. */
function check(world: World, box: SimBox): void {
  const { failures, cloud } = world
  if (box.sync.state().waiting > 0) failures.add('the outbox is stuck')
  const expected = compare(world, box)
  const live = inForce(box)
  const same = live.size === expected.size && [...live].every(([key, body]) => expected.get(key) === text(body))
  if (!same) failures.add('what is in force is not what the cloud has')
  if (!world.troubles.damage && digestEvents(world, box) > 0) failures.add('a digest differed')
  const { cloudRestore, boxRestore, clone, away } = world.troubles
  for (const failure of missing(cloud, box.boxId, box.told, !(cloudRestore || boxRestore || clone || away)))
    failures.add(failure)
}

/** Compares each feed on both sides; returns what is to be in force, by the text of its value. */
function compare({ failures, cloud }: World, box: SimBox): ReadonlyMap<string, string> {
  const knows = knownAt(() => box.version)
  const feeds: readonly FeedName[] = [`box:${box.boxId}`, `org:${box.orgId}`, 'catalogue']
  const expected = new Map<string, string>()
  for (const feed of feeds) {
    const theirs = [...(cloud.data.records.get(feed)?.values() ?? [])].filter(({ deleted }) => !deleted)
    const ours = box.db
      .query<{ kind: string; id: string; rev: number; body: string }>(
        'SELECT kind, id, rev, body FROM sync_confirmed WHERE feed = ? AND deleted = 0',
      )
      .all(feed)
    const line = (kind: string, id: string, rev: number, body: JsonObject) => `${kind} ${id} ${rev} ${text(body)}`
    const cloudHas = theirs.map(({ kind, id, rev, body }) => line(kind, id, rev, body)).sort()
    const boxHas = ours.map(({ kind, id, rev, body }) => line(kind, id, rev, JSON.parse(body))).sort()
    if (cloudHas.join('\n') !== boxHas.join('\n')) failures.add('box and cloud differ')
    const later = theirs.filter(({ body }) => body.later !== undefined)
    const whole = later.every(({ body }) => text(body.later ?? null) === text(LATER))
    if (!whole || later.length < (feed.startsWith('box:') ? 2 : 1)) failures.add('a field or kind of later was lost')
    for (const { kind, id, body } of theirs)
      if (knows(kind) && !expected.has(`${kind} ${id}`)) expected.set(`${kind} ${id}`, text(body))
  }
  return expected
}

function digestEvents(world: World, box: SimBox): number {
  const sent = [...world.cloud.data.events.values()].filter(
    ({ boxId, kind }) => boxId === box.boxId && kind === 'sync.digest-differs',
  ).length
  const waiting = box.db
    .query<{ n: number }>("SELECT count(*) AS n FROM sync_event WHERE kind = 'sync.digest-differs'")
    .get()
  return sent + (waiting?.n ?? 0)
}

/** Secrets are the same here when they say the same, however they are sealed. */
function text(value: Parameters<typeof valueText>[0]): string {
  return valueText(value, ({ sealed }) => plainOf(sealed))
}
