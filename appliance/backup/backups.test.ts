import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Backups } from '../../services/backup/contract.ts'
import { messageOf } from '../../services/core/errors.ts'
import { silentLog } from '../../services/core/log.ts'
import { openDatabase } from '../../services/program/sqlite.ts'
import { migrate } from '../database/migrate.ts'
import { openBackups } from './backups.ts'
import { openRestores } from './restores.ts'

const DAY = 86_400_000
const PATIENTLY = { timeout: 20_000 }
const ADDRESS = { address: '192.0.2.1/24', gateway: '192.0.2.254', dns: [], ntp: [], ports: ['eth0'] }

let folder: string
let now: number
let looks: (() => void)[]
let alarms: string[]
const open: Disposable[] = []
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'branchline-backups-'))
  now = Date.UTC(2026, 10, 26, 12)
  looks = []
  alarms = []
  using db = openDatabase(join(folder, 'branchline.db'))
  migrate(db, { path: join(folder, 'branchline.db'), now })
  writeFileSync(join(folder, 'secret.key'), 'the key of the box')
})
afterEach(() => {
  for (const one of open.splice(0)) one[Symbol.dispose]()
  rmSync(folder, { recursive: true, force: true })
})

const parts = () => ({
  clock: { now: () => now },
  log: silentLog,
  systemFolder: undefined,
  every(_ms: number, work: () => void) {
    looks.push(work)
    return () => undefined
  },
})
function backups(): Backups {
  const made = openBackups({
    ...parts(),
    config: { dataFolder: folder, file: undefined, templates: undefined },
    account: () => undefined,
    address: () => ADDRESS,
    alarms: { raise: (_kind, _subject, text) => void alarms.push(text) },
  })
  open.push(made)
  return made
}
function withKey(): { readonly made: Backups; readonly key: string } {
  const made = backups()
  const { key } = made.newKey({ by: 'test' })
  made.confirmKey(key, { by: 'test' })
  return { made, key }
}
const ended = async (made: Backups) => {
  await expect.poll(() => made.state().job.phase, PATIENTLY).not.toBe('running')
  return made.state()
}
/** Restores on a machine that asks for its address by DHCP, with one port. */
function restoresOf(made: Backups, restart: () => void = () => undefined, port = 'eth0') {
  const restores = openRestores({
    ...parts(),
    ...{ dataFolder: folder, backups: made, losses: () => expect.fail('not asked'), restart },
    ...{ problems: () => [], arrived: () => expect.fail('not restored yet'), ports: () => [port] },
    boxNetwork: { state: () => ({ setting: { dns: [], ntp: [] }, source: 'built-in' }) },
    tookBack: (reason) => expect.fail(reason),
  })
  open.push(restores)
  return restores
}
function thrown(act: () => unknown): string {
  try {
    act()
    return ''
  } catch (error) {
    return messageOf(error)
  }
}

describe('backups', () => {
  it('wait for a recovery key that somebody kept, and nothing of it stays here', () => {
    const made = backups()
    expect(thrown(() => made.make({ by: 'test', firmware: true }))).toContain('there is no recovery key yet')
    const { key } = made.newKey({ by: 'test' })
    expect(thrown(() => made.make({ by: 'test', firmware: true }))).toContain('there is no recovery key yet')
    const other = backups().newKey({ by: 'test' }).key
    expect(thrown(() => backups().confirmKey(key, { by: 'test' }))).toContain('another recovery key')
    backups().confirmKey(other, { by: 'test' })
    const kept = readdirSync(folder).map((name) => readFileSync(join(folder, name), 'latin1'))
    for (const text of kept) expect(text.includes(other) || text.includes(key)).toBe(false)
  })

  it('are made aside, listed with whose they are, and removed by names of ours alone', async () => {
    const { made } = withKey()
    expect(made.make({ by: 'test', firmware: true }).job.phase).toBe('running')
    expect(thrown(() => made.make({ by: 'test', firmware: true }))).toContain('is being made')
    const [one] = (await ended(made)).backups
    expect(one).toMatchObject({ place: 'box', ours: true, content: 'all' })
    expect(readdirSync(join(folder, 'backup'))).toEqual([one?.name ?? ''])
    for (const name of ['../secret.key', 'branchline-x.backup', ''])
      expect(thrown(() => made.remove(name, { by: 'test' }))).toContain('there is no backup')
    made.remove(one?.name ?? '', { by: 'test' })
    expect(made.state().backups).toEqual([])
  })

  it('come every day by themselves, the newest stay, and one that fails raises an alarm', async () => {
    const { made } = withKey()
    const schedule = { on: true, at: '02:30', zone: 'UTC', keep: 2, firmware: false }
    expect(thrown(() => made.setSchedule({ ...schedule, at: 'noon' }, { by: 'test' }))).toContain('no time of day')
    made.setSchedule(schedule, { by: 'test' })
    await ended(made)
    for (let day = 0; day < 2; day++) {
      now += DAY
      looks[0]?.()
      looks[0]?.()
      await ended(made)
    }
    const kept = made.state().backups.map(({ at }) => new Date(at).getUTCDate())
    expect(kept).toEqual([28, 27])
    rmSync(join(folder, 'branchline.db'))
    mkdirSync(join(folder, 'branchline.db'))
    now += DAY
    looks[0]?.()
    expect(await ended(made)).toMatchObject({ job: { phase: 'failed' } })
    expect(alarms).toHaveLength(1)
    expect(readdirSync(join(folder, 'backup')).filter((name) => !name.endsWith('-daily.backup'))).toEqual([])
  })
})

describe('a restore', () => {
  it('speaks to its account in an epoch of its own: the box that it was made of may still live', async () => {
    const { made, key } = withKey()
    {
      using db = openDatabase(join(folder, 'branchline.db'))
      db.query(
        `INSERT INTO sync_state (id, epoch_n, epoch_id, last_seq, change_seq, halted, upgrade, dropped)
         VALUES (1, 4, 'abcd', 0, 0, 0, 0, 0)`,
      ).run()
    }
    made.make({ by: 'test', firmware: true })
    const [one] = (await ended(made)).backups
    const restores = restoresOf(made)
    restores.choose(one?.name ?? '')
    restores.check(key)
    await expect.poll(() => restores.state().phase, PATIENTLY).toBe('ready')
    using db = openDatabase(join(folder, 'restore/staged/data/branchline.db'))
    const state = db.query<{ n: number; id: string }>('SELECT epoch_n AS n, epoch_id AS id FROM sync_state').get()
    expect(state).toEqual({ n: 5, id: expect.stringMatching(/^[0-9a-f]{16}$/) })
  })

  it('changes nothing until it is applied, and what was checked is forgotten when it is put aside', async () => {
    const { made, key } = withKey()
    made.make({ by: 'test', firmware: true })
    const [one] = (await ended(made)).backups
    let restarted = 0
    const restores = restoresOf(made, () => void restarted++)
    expect(thrown(() => restores.apply({ by: 'test' }))).toContain('no backup was checked')
    restores.choose(one?.name ?? '')
    restores.check(key)
    await expect.poll(() => restores.state().phase, PATIENTLY).toBe('ready')
    expect(restores.state().preview).toMatchObject({ devices: 0, accounts: 0, filesWithout: 0 })
    expect(existsSync(join(folder, 'restore/staged/data/secret.key'))).toBe(true)
    expect(restores.discard()).toMatchObject({ phase: 'none' })
    expect([existsSync(join(folder, 'restore/staged')), restarted]).toEqual([false, 0])
    expect(existsSync(made.find(one?.name ?? '').path)).toBe(true)
    restores.choose(one?.name ?? '')
    restores.check(key)
    await expect.poll(() => restores.state().phase, PATIENTLY).toBe('ready')
    expect([restores.apply({ by: 'test' }).phase, restarted]).toEqual(['restarting', 1])
  })

  it.each([
    ['on the same port it is taken', 'eth0', undefined, true],
    ['unless somebody says otherwise', 'eth0', false, false],
    ['on other hardware it is not', 'enp1s0', undefined, false],
    ['unless somebody says so', 'enp1s0', true, true],
  ])('has the address of that machine: %s', async (_, port, said, taken) => {
    const { made, key } = withKey()
    // Whoever put this there was no person at this machine.
    writeFileSync(join(folder, 'wanted-address.json'), '{"address":"198.51.100.1/24","dns":[],"ntp":[]}')
    made.make({ by: 'test', firmware: true })
    const [one] = (await ended(made)).backups
    const restores = restoresOf(made, undefined, port)
    restores.choose(one?.name ?? '')
    restores.check(key)
    await expect.poll(() => restores.state().phase, PATIENTLY).toBe('ready')
    const { ports: _ports, ...setting } = ADDRESS
    expect(restores.state().address).toEqual({ ...setting, suggested: port === 'eth0' })
    restores.apply({ by: 'test', ...(said !== undefined && { address: said }) })
    const file = join(folder, 'restore/staged/data/wanted-address.json')
    expect(existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : undefined).toEqual(taken ? setting : undefined)
  })
})
