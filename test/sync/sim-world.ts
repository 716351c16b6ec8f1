import type { BoxIdentity, FeedName } from '../../services/sync/contract.ts'
import { ALL_CHECKS, type SyncChecks } from '../../services/sync/policy-checks.ts'
import { decidesEdits } from '../../services/sync/policy-version.ts'
import { makeRandom } from '../support/random.ts'
import { changesOnDisk, makeSimBox, type SimBox } from './sim-box.ts'
import { makeSimCloud, type SimCloud } from './sim-cloud.ts'
import { PowerCutError } from './sim-database.ts'
import { type Dice, editAtBox, editInCloud, sentinels } from './sim-edits.ts'
import { tell } from './sim-lanes.ts'
import { BrokenLinkError, makeSimTransport, type Straggler, type Weather } from './sim-transport.ts'
import { meeting, NEWEST, OLDEST, USUAL } from './sim-versions.ts'

const MINUTE = 60_000
const DAY = 86_400_000
/** 2026-01-01. */
const START = 1_767_225_600_000

/** Two boxes share an organisation's feed, the third belongs to somebody else. */
const BOXES: readonly BoxIdentity[] = [
  { boxId: 'b1', orgId: 'o1' },
  { boxId: 'b2', orgId: 'o1' },
  { boxId: 'b3', orgId: 'o2' },
]
export const FEEDS: readonly FeedName[] = ['box:b1', 'box:b2', 'box:b3', 'org:o1', 'org:o2', 'catalogue']

/** What may go wrong in one run: not everything in each, so that one thing does not hide another. */
export interface Troubles {
  readonly network: boolean
  readonly power: boolean
  readonly boxRestore: boolean
  readonly cloudRestore: boolean
  readonly clone: boolean
  readonly clocks: boolean
  readonly away: boolean
  readonly versions: boolean
  readonly damage: boolean
}

export interface World {
  readonly troubles: Troubles
  readonly cloud: SimCloud
  /** Running copies of boxes; a clone stands beside the one that it was made of. */
  readonly boxes: readonly SimBox[]
  /** Changes that a person made and that nothing excuses from getting an outcome. */
  readonly owed: ReadonlySet<string>
  readonly failures: Set<string>
  readonly stats: Record<string, number>
  now(): number
  advance(ms: number): void
  /** Something random happens. Returns the box that it happened to. */
  step(): Promise<SimBox>
  /** One cycle of a box, and whether it moved anything; a broken link or a lost power is part of the game. */
  cycle(box: SimBox): Promise<boolean>
  edit(box: SimBox): void
  /** The network works and nothing dies any more. */
  calm(): void
  /** Box and cloud are updated until the cloud takes the edits of every box. */
  meet(): Promise<void>
  /** A person chooses which copy of a cloned box stays. */
  settleClone(): Promise<void>
  close(): void
}

/**
 * `switched`: checks that are off. `focus`: troubles that are on, and frequent, or off, whatever the seed says. `cutAt`:
 * power is lost at this one of all the moments around a commit (`stats.moments`).
 */
export async function makeWorld(
  seed: number,
  switched: Partial<SyncChecks> = {},
  focus: Partial<Troubles> = {},
  cutAt = 0,
): Promise<World> {
  const checks: SyncChecks = { ...ALL_CHECKS, ...switched }
  const random = makeRandom(seed)
  const chance = (share: number) => random() < share
  let words = 0
  const dice: Dice = {
    roll: random,
    pick: (items) => items[Math.floor(random() * items.length)] ?? items[0],
    word: (prefix) => `${prefix}${++words}`,
  }
  const troubles: Troubles = {
    network: chance(0.85),
    power: chance(0.5),
    boxRestore: chance(0.45),
    cloudRestore: chance(0.45),
    clone: chance(0.12),
    clocks: chance(0.3),
    away: chance(0.35),
    damage: chance(0.1),
    versions: chance(0.3),
    ...focus,
  }
  const failures = new Set<string>()
  const stats: Record<string, number> = {}
  const count = (name: string) => {
    stats[name] = (stats[name] ?? 0) + 1
  }
  const fail = (what: string) => void failures.add(what)
  let now = START
  // The beginning is calm: both sides are set up.
  let rough = false
  let busy: SimBox | undefined
  const cut = () => {
    if (!rough) return false
    count('moments')
    return stats.moments === cutAt || (troubles.power && chance(0.01))
  }
  const cloudNow = () => now + cloudSkew
  let cloudSkew = 0
  const keys = new Map<string, number>()
  const keyOf = (boxId: string) => keys.get(boxId) ?? 1
  const bytes = (length: number) => Uint8Array.from({ length }, () => Math.floor(random() * 256))
  const stragglers: Straggler[] = []
  /** Box and change → owed an outcome. */
  const owed = new Set<string>()
  /** Box and mutation → when, by the cloud's clock, the box was last told that it is taken. */
  const heard = new Map<string, number>()

  const cloud = await makeSimCloud({ version: USUAL, checks, now: cloudNow, cut, keyOf, fail })
  for (const feed of FEEDS) await inCloud(() => cloud.sync.write(feed, sentinels(feed), { by: 'maker' }))
  cloud.backup()
  rough = true

  async function inCloud(work: () => Promise<void>): Promise<void> {
    try {
      await work()
    } catch (thrown) {
      if (!(thrown instanceof PowerCutError)) throw thrown
      await cloud.restart()
    }
  }

  const weather: Weather = {
    random,
    trouble: () => (rough && troubles.network ? 1 : 0),
    cloud: () => cloud.sync,
    died: () => cloud.restart(),
    meanwhile: async () => {
      const about = busy
      if (about !== undefined && chance(0.5)) edit(about)
      else if (about !== undefined && chance(0.15))
        about.sync.resync(chance(0.5) ? `box:${about.boxId}` : `org:${about.orgId}`)
      else await editCloud()
    },
    stragglers,
    given(method, version, { answer }) {
      const refused = answer === 'refused'
      if (method !== 'push') {
        if (refused) fail(`a ${method} was refused`)
      } else if (refused === decidesEdits(cloud.version, version)) {
        fail(refused ? 'edits of a version that is served were refused' : 'edits of a version that is not served')
      }
      if (method === 'push' && refused) count('upgrade asked')
    },
    wait: async () => {
      if (troubles.away) await goAway()
    },
    seen(box, method, answer) {
      if (method === 'push') seeTaken(box, answer)
      seeTenant(box, answer)
    },
    // Small, so that a snapshot takes several pages and many a cursor stands in the middle of a feed.
    pageSize: 1 + Math.floor(random() * 4),
  }

  /** How long a box has kept for certain what was taken, whatever the cloud's clock said. */
  const kept = troubles.clocks ? 27 * DAY : 30 * DAY

  function seeTaken({ boxId }: BoxIdentity, answer: unknown): void {
    const { outcomes = [], now: at = 0 } = answer as { outcomes?: readonly { mutationId: string }[]; now?: number }
    for (const { mutationId } of outcomes) heard.set(`${boxId} ${mutationId}`, at)
  }

  /** No record of another tenant may be in an answer. */
  function seeTenant(box: BoxIdentity, answer: unknown): void {
    const own = [`box:${box.boxId}`, `org:${box.orgId}`, 'catalogue']
    const { items = [] } = answer as { items?: readonly { body?: { tenant?: string } }[] }
    for (const { body } of items)
      if (body?.tenant !== undefined && !own.includes(body.tenant)) fail('a record of another tenant in an answer')
  }

  function newBox({ boxId, orgId, version = USUAL }: BoxIdentity & { version?: number }, image?: Uint8Array): SimBox {
    return makeSimBox(
      {
        ...{ boxId, orgId, checks, cut, random: bytes, version },
        now: () => now,
        key: () => keyOf(boxId),
        transport: (box) => makeSimTransport(box, weather),
        onMade: (id) => void owed.add(`${boxId} ${id}`),
      },
      image,
    )
  }

  const boxes = BOXES.map((identity) => newBox(identity))
  const backups = new Map<string, Uint8Array>()
  let clone: SimBox | undefined

  const edit = (box: SimBox): void => act(box, 'edits', () => editAtBox(box, dice))

  /** Something that a person or a service does at a box. */
  function act(box: SimBox, name: string, work: () => void): void {
    try {
      work()
      count(name)
    } catch (thrown) {
      if (!(thrown instanceof PowerCutError)) throw thrown
      // The program dies; a cycle that it was in the middle of must not go on.
      if (busy === box) throw thrown
      box.start()
    }
  }

  async function editCloud(): Promise<void> {
    const feed = dice.pick(FEEDS as [FeedName, ...FeedName[]])
    const rows = cloud.data.records.get(feed)
    const change = editInCloud(
      feed,
      (kind, id) => {
        const found = rows?.get(JSON.stringify([kind, id]))
        return found === undefined || found.deleted ? undefined : found.body
      },
      dice,
    )
    await inCloud(() => cloud.sync.write(feed, [change], { by: 'admin' }))
    count('cloud edits')
  }

  async function cycle(box: SimBox): Promise<boolean> {
    busy = box
    try {
      const result = await box.sync.cycle()
      count('cycles')
      return result.busy
    } catch (thrown) {
      if (thrown instanceof PowerCutError) {
        count('power cuts')
        box.start()
      } else if (!(thrown instanceof BrokenLinkError)) throw thrown
      else count('broken')
      return true
    } finally {
      busy = undefined
    }
  }

  /** What this disk does not have, and no copy of the box, is lost by nature and owed no more. */
  function forgive(boxId: string): void {
    const copies = [...boxes, ...(clone === undefined ? [] : [clone])].filter((box) => box.boxId === boxId)
    const there = new Set(copies.flatMap((box) => [...changesOnDisk(box)]))
    for (const key of owed) {
      const [owner, id] = key.split(' ')
      if (owner === boxId && id !== undefined && !there.has(id)) owed.delete(key)
    }
  }

  /** A box that asks for what is not its own. */
  async function pry(): Promise<void> {
    const box = dice.pick(BOXES as [BoxIdentity, ...BoxIdentity[]])
    const feed = dice.pick(FEEDS as [FeedName, ...FeedName[]])
    const answer = await cloud.sync.pull(box, { version: NEWEST, feed, limit: 9 })
    seeTenant(box, answer)
  }

  async function late(): Promise<void> {
    // Pushes do the most harm.
    const pushes = chance(0.6) ? stragglers.filter(({ method }) => method === 'push') : stragglers
    const straggler = pushes[Math.floor(random() * pushes.length)]
    if (straggler !== undefined) stragglers.splice(stragglers.indexOf(straggler), 1)
    if (straggler === undefined) return
    count('late')
    try {
      await cloud.sync[straggler.method](straggler.box, JSON.parse(straggler.text))
    } catch (thrown) {
      if (!(thrown instanceof PowerCutError)) throw thrown
      await cloud.restart()
    }
  }

  async function restoreCloud(): Promise<void> {
    const lost = await cloud.restore()
    count('cloud restored')
    // Counted from what the box heard: a late message may have brought back what a restore took, unheard of by the box.
    for (const key of lost ?? []) if ((heard.get(key) ?? now) < now - kept) owed.delete(key.slice(0, key.indexOf(':')))
  }

  async function goAway(): Promise<void> {
    now += dice.pick([DAY, 8 * DAY, 29 * DAY, 100 * DAY])
    for (const feed of FEEDS) await inCloud(() => cloud.sync.compact(feed))
    count('away')
  }

  function restoreBox(box: SimBox): void {
    const image = backups.get(box.boxId)
    if (image === undefined) return
    count('box restored')
    box.load(image)
    forgive(box.boxId)
    // People do again what they miss, before the box is back in touch.
    for (let edits = Math.floor(random() * 6); edits > 0; edits--) edit(box)
  }

  function cloneBox(box: SimBox): void {
    if (clone !== undefined) return
    clone = newBox(box, box.image())
    count('cloned')
  }

  function setClock(box: SimBox): void {
    if (chance(0.3)) cloudSkew = dice.pick([0, -DAY, DAY])
    box.skew = dice.pick([0, -START, 73 * 365 * DAY, -3 * DAY, 40 * DAY])
  }

  /** A new program, or the one before from the other slot. */
  async function changeVersion(box: SimBox): Promise<void> {
    const step = chance(0.7) ? 1 : -1
    const whose = chance(0.3) ? cloud : box
    whose.version = Math.min(NEWEST, Math.max(OLDEST, whose.version + (chance(0.3) ? 2 : 1) * step))
    if (whose === box) box.start()
    else await cloud.restart()
    count('versions')
  }

  /** What may happen, how often, and whether it needs a trouble to be on. What is looked at closely happens more. */
  const happenings: readonly [number, (box: SimBox) => unknown, (keyof Troubles)?][] = [
    [24, (box) => edit(box)],
    [18, () => editCloud()],
    [30, (box) => cycle(box)],
    [5, () => late(), 'network'],
    [3, (box) => backups.set(box.boxId, box.image()), 'boxRestore'],
    [4, (box) => restoreBox(box), 'boxRestore'],
    [2, () => cloud.backup(), 'cloudRestore'],
    [2, () => restoreCloud(), 'cloudRestore'],
    [1, () => cloud.restart()],
    [1, (box) => box.start()],
    [2, (box) => setClock(box), 'clocks'],
    [2, () => goAway(), 'away'],
    [1, (box) => damage(box), 'damage'],
    [1, (box) => void keys.set(box.boxId, keyOf(box.boxId) + 1)],
    [2, (box) => cloneBox(box), 'clone'],
    [2, () => pry()],
    [5, (box) => changeVersion(box), 'versions'],
    [4, (box) => act(box, 'told', () => tell(box.sync, box.told, dice))],
  ]
  const possible = happenings
    .filter(([, , needs]) => needs === undefined || troubles[needs])
    .map(
      ([weight, happen, needs]) =>
        [needs !== undefined && focus[needs] === true ? weight * 3 : weight, happen] as const,
    )
  const total = possible.reduce((sum, [weight]) => sum + weight, 0)

  async function step(): Promise<SimBox> {
    now += Math.floor(random() * 3 * MINUTE)
    const box = dice.pick(boxes as [SimBox, ...SimBox[]])
    const copy = clone !== undefined && chance(0.4) ? clone : box
    let rest = random() * total
    for (const [weight, happen] of possible) {
      rest -= weight
      if (rest >= 0) continue
      await happen(copy)
      break
    }
    return copy
  }

  /** A fault of the disk, or of ours: something is gone that the box believes to have. */
  function damage(box: SimBox): void {
    const rows = box.db
      .query<{ feed: string; kind: string; id: string }>(
        `SELECT feed, kind, id FROM sync_confirmed WHERE deleted = 0 AND id NOT LIKE 'sentinel%' ORDER BY feed, kind, id`,
      )
      .all()
    const row = rows[Math.floor(random() * rows.length)]
    if (row === undefined) return
    count('damaged')
    box.db
      .query('UPDATE sync_confirmed SET rev = rev + 1000 WHERE feed = ? AND kind = ? AND id = ?')
      .run(row.feed, row.kind, row.id)
  }

  return {
    ...{ troubles, cloud, owed, failures, stats, step, cycle, edit },
    get boxes() {
      return clone === undefined ? boxes : [...boxes, clone]
    },
    now: () => now,
    advance(ms) {
      now += ms
    },
    calm() {
      rough = false
      cloudSkew = 0
    },
    async meet() {
      for (const box of clone === undefined ? boxes : [...boxes, clone]) {
        box.version = meeting(cloud.version, box.version)
        box.start()
      }
    },
    async settleClone() {
      if (clone === undefined) return
      const gone = clone
      clone = undefined
      gone.close()
      forgive(gone.boxId)
      await cloud.sync.resume(gone.boxId)
    },
    close() {
      for (const box of boxes) box.close()
      clone?.close()
    },
  }
}
