import { beforeEach, describe, expect, it } from 'vitest'
import { silentLog } from '../../services/core/log.ts'
import { type Mac, parseMac } from '../../services/core/mac.ts'
import type { NamedFile } from '../../services/files/contract.ts'
import type { JsonObject } from '../../services/records/contract.ts'
import { makeRecords } from '../../services/records/records.ts'
import { makeUlids } from '../../services/records/ulid.ts'
import { type RolloutStatusReport, rolloutStatus } from '../../services/rollouts/assigned.ts'
import type { RolloutPorts, RolloutSubject } from '../../services/rollouts/contract.ts'
import { makeOverlay } from '../../services/rollouts/overlay.ts'
import { makeRollouts, type RolloutService } from '../../services/rollouts/rollouts.ts'
import { memoryDatabase } from '../../test/support/database.ts'
import type { Given } from './given.ts'
import { type AccountRollouts, followRollouts } from './rollouts.ts'

const SHA = 'a'.repeat(64)
const macs = [1, 2, 3].map((n) => parseMac(`00005e00530${n}`))
const ROLLOUT = {
  ...{ name: 'May', by: 'ada', what: 'firmware', state: 'run', attempt: 1, file: 'fw.rom', sha256: SHA, size: 9 },
  ...{ version: '2.0', models: ['acme'], pace: { canaries: 0 } },
}

let db: ReturnType<typeof memoryDatabase>
let records: ReturnType<typeof makeRecords>
let rollouts: RolloutService
let account: AccountRollouts
let subjects: Map<Mac, RolloutSubject>
let stored: Map<string, NamedFile>
let given: Given[]
let told: Map<string, RolloutStatusReport | null>
let heardBy: ((mac: Mac) => void)[]
let fetches: Mac[]
let allowed: boolean
let now: number
let timers: Set<() => void>

/** The box's own rollouts and what follows the account, over the same database: again after `close` is a start of the box. */
function open(): void {
  const ports: RolloutPorts = {
    devices: () => [...subjects.keys()],
    subject: (mac) => subjects.get(mac),
    file: (name) => stored.get(name),
    files: () => [...stored.values()],
    versionIn: () => undefined,
    misfit: () => undefined,
    sameVersion: (one, other) => one === other,
    zone: () => 'Etc/UTC',
    isIdle: async () => 'unknown',
    async tell(mac) {
      fetches.push(mac)
      return { kind: 'accepted' }
    },
    keep: () => undefined,
    note: () => undefined,
    onVersion(listener) {
      heardBy.push(listener)
      return () => undefined
    },
  }
  heardBy = []
  const clock = { now: () => now }
  rollouts = makeRollouts({
    ...{ db, overlay: makeOverlay(), ports, clock, log: silentLog, newId: () => 'own', every: () => () => undefined },
    isHeld: (id) => id.startsWith('account-'),
  })
  rollouts.begin()
  account = followRollouts({
    ...{ records, rollouts, log: silentLog, given: () => given, allowed: () => allowed },
    files: { find: (name) => stored.get(name), onChange: () => () => undefined },
    candidates: (models) => (models[0] === 'acme' ? macs : []),
    system: { step: () => ({}) as never, keep: () => undefined, [Symbol.asyncDispose]: async () => undefined },
    report: (id, body) => void told.set(id, body === null ? null : rolloutStatus.parse(body)),
    later(_ms, work) {
      timers.add(work)
      return () => void timers.delete(work)
    },
  })
}
async function close(): Promise<void> {
  await account[Symbol.asyncDispose]()
  rollouts[Symbol.dispose]()
}

beforeEach(() => {
  db = memoryDatabase()
  let tick = 1000
  const clock = { now: () => tick++ }
  records = makeRecords({ db, clock, newId: makeUlids({ clock, random: (length) => new Uint8Array(length) }) })
  const subject = { enabled: true, model: 'acme/A1', version: '1.0', lastSeen: 1 }
  subjects = new Map(macs.map((mac) => [mac, subject]))
  const file = {
    name: 'fw.rom',
    hash: SHA,
    size: 9,
    contentType: 'x',
    addedAt: 0,
    by: 'account',
    kind: 'firmware' as const,
  }
  stored = new Map([['fw.rom', { ...file, models: [], hardware: [] }]])
  ;[given, told, fetches, allowed, now, timers] = [[], new Map(), [], true, 1_000_000, new Set()]
  open()
  return close
})

/** Lets everything happen that is due. */
async function settle(): Promise<void> {
  for (let n = 0; n < 4; n++) {
    for (const work of [...timers]) {
      timers.delete(work)
      work()
    }
    await rollouts.settled()
  }
}
async function wants(change: object = {}): Promise<RolloutStatusReport | null | undefined> {
  records.put('rollout', 'r1', { ...ROLLOUT, ...change } as JsonObject, { by: 'cloud' })
  await settle()
  return told.get('r1')
}
async function says(mac: Mac | undefined, version: string): Promise<void> {
  if (mac === undefined) return
  subjects.set(mac, { ...(subjects.get(mac) as RolloutSubject), version, lastSeen: now })
  for (const listener of heardBy) listener(mac)
  await settle()
}
const own = () => rollouts.list().map(({ id, status }) => `${id} ${status}`)

describe('what the account wants rolled out', () => {
  it('is begun once, however often it is read and the box is started, and told to its end', async () => {
    expect(await wants()).toMatchObject({ attempt: 1, state: 'running', counts: { updating: 3 } })
    account.look()
    await settle()
    await close()
    open()
    await settle()
    expect(own()).toEqual(['account-r1-1 running'])
    for (const mac of macs) await says(mac, '2.0')
    expect(told.get('r1')).toMatchObject({ state: 'done', text: '3 updated', counts: { done: 3 } })
    await close()
    open()
    await settle()
    expect([own(), fetches.length]).toEqual([['account-r1-1 completed'], 3])
  })

  it('waits for its file, says how far that is, and why it will not come', async () => {
    stored.clear()
    given = [{ kind: 'file', name: 'FW.rom', version: SHA.slice(0, 40), state: 'under-way', percent: 40 }]
    expect(await wants()).toMatchObject({ state: 'downloading', text: 'fetches fw.rom: 40 %' })
    given = [{ kind: 'file', name: 'FW.rom', version: SHA.slice(0, 40), state: 'refused', reason: 'no room' }]
    account.look()
    await settle()
    expect(told.get('r1')).toMatchObject({ state: 'refused', text: 'no room' })
    expect(own()).toEqual([])
  })

  it('is paused and goes on, but a pause of a person at the branch is theirs to end', async () => {
    await wants()
    expect(await wants({ state: 'pause' })).toMatchObject({ state: 'paused', text: 'paused: by ada (account)' })
    expect(await wants()).toMatchObject({ state: 'running' })
    rollouts.pause('account-r1-1', { by: 'installer' })
    await settle()
    expect(told.get('r1')).toMatchObject({ state: 'paused', text: 'paused: by installer' })
    expect(await wants()).toMatchObject({ state: 'paused' })
  })

  it('stops by itself; another attempt ends the first and takes those that are left', async () => {
    await wants({ pace: { canaries: 1 } })
    await says(macs[0], '0.9')
    expect(told.get('r1')).toMatchObject({ state: 'stopped', counts: { failed: 1, waiting: 2 } })
    expect(told.get('r1')?.phones[0]).toMatchObject({ mac: '00:00:5e:00:53:01', state: 'failed' })
    await wants({ attempt: 2 })
    account.look()
    await settle()
    expect(own()).toEqual(['account-r1-2 running', 'account-r1-1 cancelled'])
    for (const mac of macs) await says(mac, '2.0')
    expect(told.get('r1')).toMatchObject({ attempt: 2, state: 'done', counts: { done: 3 } })
  })

  it('is cancelled: those under way are followed, nobody else is let go; also when the record is gone', async () => {
    await wants({ pace: { canaries: 0, atOnce: 1 } })
    expect(await wants({ state: 'cancel' })).toMatchObject({ state: 'running', counts: { updating: 1, skipped: 2 } })
    await says(macs[0], '2.0')
    expect(told.get('r1')).toMatchObject({ state: 'cancelled', counts: { done: 1, skipped: 2 } })
    records.put('rollout', 'r2', { ...ROLLOUT, name: 'June', version: '3.0' }, { by: 'cloud' })
    await settle()
    records.remove('rollout', 'r2', { by: 'cloud' })
    await settle()
    expect(own()[0]).toBe('account-r2-1 cancelled')
    expect(told.get('r2')).toBeNull()
  })

  it('a wish to cancel what never began begins nothing', async () => {
    expect(await wants({ state: 'cancel' })).toMatchObject({ state: 'cancelled' })
    expect(own()).toEqual([])
  })

  it('is refused where the branch does not let its account act', async () => {
    allowed = false
    expect(await wants()).toMatchObject({ state: 'refused', text: expect.stringContaining('cloud.remote') })
    expect(own()).toEqual([])
  })

  it('is over at once where no phone is meant, or none can get it', async () => {
    expect(await wants({ models: ['other'] })).toMatchObject({ state: 'done', text: 'there is no such phone here' })
    for (const mac of macs) subjects.set(mac, { enabled: true, model: 'acme/A1' })
    expect(await wants()).toMatchObject({ state: 'done', counts: { refused: 3 } })
    expect(told.get('r1')?.phones[0]?.reason).toContain('never said which firmware')
  })

  it('waits for a rollout of people here that has the phones, and takes another name than theirs', async () => {
    const mine = rollouts.start(
      { name: 'May', select: { all: true }, file: 'fw.rom', version: '1.5' },
      { by: 'installer' },
    )
    await settle()
    expect(await wants()).toMatchObject({ state: 'waiting', text: expect.stringContaining('is in the rollout May') })
    rollouts.cancel(mine.id, { by: 'installer' })
    for (const mac of macs) await says(mac, '1.5')
    account.look()
    await settle()
    expect(rollouts.list().map(({ name }) => name)).toContain('May r1')
  })

  it('that makes no sense here is refused in words, and others go on', async () => {
    stored.set('a b.rom', { ...(stored.get('fw.rom') as NamedFile), name: 'a b.rom' })
    records.put('rollout', 'r0', { ...ROLLOUT, file: 'a b.rom' }, { by: 'cloud' })
    expect(await wants()).toMatchObject({ state: 'running' })
    expect(told.get('r0')).toMatchObject({ state: 'refused', text: expect.stringContaining('plainer name') })
  })
})
