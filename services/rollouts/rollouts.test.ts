import { beforeEach, describe, expect, it } from 'vitest'
import { memoryDatabase } from '../../test/support/database.ts'
import { ConflictError, NotFoundError, OperatorError } from '../core/errors.ts'
import { silentLog } from '../core/log.ts'
import { type Mac, parseMac } from '../core/mac.ts'
import type { NamedFile } from '../files/contract.ts'
import type { RolloutPorts, RolloutRequest, RolloutSubject } from './contract.ts'
import { makeOverlay } from './overlay.ts'
import { makeRollouts, type RolloutService } from './rollouts.ts'

const NOW = Date.UTC(2026, 5, 1, 12)
const MINUTE = 60_000

const mac = (index: number): Mac => parseMac(`00005e0053${index.toString(16).padStart(2, '0')}`)

function file(name: string, fields: Partial<NamedFile> = {}): NamedFile {
  return {
    ...{ name, hash: `hash of ${name}`, size: 9, contentType: 'a/b', addedAt: 0, by: 'x', kind: 'firmware' },
    ...{ models: [], hardware: [], ...fields },
  }
}

type Told = Awaited<ReturnType<RolloutPorts['tell']>>

/** A site of phones that a test moves by hand, and the rollouts over it; `reopen` is a restart of the box. */
function makeSite(count: number) {
  const db = memoryDatabase()
  const subjects = new Map<Mac, RolloutSubject>(
    Array.from({ length: count }, (_, i) => [
      mac(i),
      { enabled: true, group: i % 2 === 0 ? 'even' : 'odd', model: 'acme/A1', version: '1.0', lastSeen: NOW - 1000 },
    ]),
  )
  const stored = new Map([['fw.rom', file('fw.rom', { version: '2.0' })]])
  const site = {
    ...{ now: NOW, subjects, stored, overlay: makeOverlay(), told: [] as string[], busy: new Set<Mac>() },
    ...{ kept: [] as object[], notes: [] as string[], answers: new Map<Mac, Told | Error | Promise<Told>>() },
    ...{ misfits: new Map<Mac, string>(), keeping: undefined as Error | undefined },
    rollouts: undefined as unknown as RolloutService,
  }
  let heard: (mac: Mac) => void = () => undefined
  let ids = 0
  const ports: RolloutPorts = {
    devices: () => [...subjects.keys()],
    subject: (one) => subjects.get(one),
    file: (name) => stored.get(name),
    files: () => [...stored.values()],
    versionIn: ({ name }) => /-(\d[\d.]*)\.rom$/.exec(name)?.[1],
    misfit: (one) => site.misfits.get(one),
    sameVersion: (one, other) => one === other,
    zone: () => 'Europe/Berlin',
    isIdle: async (one) => (site.busy.has(one) ? 'busy' : 'unknown'),
    async tell(one) {
      site.told.push(one)
      const answer = await site.answers.get(one)
      if (answer instanceof Error) throw answer
      return answer ?? { kind: 'accepted' }
    },
    keep(items, layer, { by }) {
      if (site.keeping) throw site.keeping
      site.kept.push({ items: items.map((item) => item.mac), layer, by })
    },
    note: (one, what) => void site.notes.push(`${one} ${what}`),
    onVersion(listener) {
      heard = listener
      return () => undefined
    },
  }
  const reopen = () => {
    site.rollouts?.[Symbol.dispose]()
    site.overlay = makeOverlay()
    const { overlay } = site
    site.rollouts = makeRollouts({
      ...{ db, overlay, ports, clock: { now: () => site.now }, log: silentLog },
      ...{ newId: () => `id${ids++}`, every: () => () => undefined },
    })
    site.rollouts.begin()
  }
  reopen()
  return {
    site,
    reopen,
    /** A phone comes back and says which version it has. */
    async says(one: Mac, version: string) {
      subjects.set(one, { ...(subjects.get(one) as RolloutSubject), version, lastSeen: site.now })
      heard(one)
      await site.rollouts.settled()
    },
    async pass(minutes: number) {
      site.now += minutes * MINUTE
      // What the timer of the box does each second.
      heard(mac(0))
      site.rollouts.list()
      for (const { mac: one } of site.rollouts.list().flatMap(({ id }) => site.rollouts.get(id).devices)) heard(one)
      await site.rollouts.settled()
    },
  }
}

const ALL: RolloutRequest = { name: 'May', select: { all: true }, file: 'fw.rom', canaries: 0 }

let made: ReturnType<typeof makeSite>
let site: ReturnType<typeof makeSite>['site']
beforeEach(() => {
  made = makeSite(12)
  site = made.site
})

async function start(request: Partial<RolloutRequest> = {}) {
  const { id } = site.rollouts.start({ ...ALL, ...request }, { by: 'cli:x' })
  await site.rollouts.settled()
  return id
}
const counts = (id: string) =>
  Object.fromEntries(Object.entries(site.rollouts.get(id).counts).filter(([, number]) => number > 0))
const underWay = (id: string) =>
  site.rollouts
    .get(id)
    .devices.filter(({ state }) => state === 'updating')
    .map((device) => device.mac)

describe('a rollout', () => {
  it('lets a few go, the next when one is through, and keeps the version at the end', async () => {
    const id = await start({ atOnce: 3 })
    expect(counts(id)).toEqual({ updating: 3, waiting: 9 })
    expect(site.told).toEqual([mac(0), mac(1), mac(2)])
    expect(site.overlay.of(mac(0))).toMatchObject({ of: 'rollout May', settings: { 'firmware.file': 'fw.rom' } })
    expect(site.overlay.of(mac(3))).toBeUndefined()
    for (let i = 0; i < 12; i++) {
      expect(underWay(id).length).toBeLessThanOrEqual(3)
      await made.says(mac(i), '2.0')
    }
    expect(site.rollouts.get(id)).toMatchObject({ status: 'completed', text: 'completed', counts: { done: 12 } })
    expect(site.told).toEqual(Array.from({ length: 12 }, (_, i) => mac(i)))
    expect(site.kept).toEqual([{ items: site.told, layer: undefined, by: 'rollout:May' }])
    expect(site.overlay.of(mac(0))).toBeUndefined()
    expect(site.notes).toContain(`${mac(0)} has firmware 2.0`)
  })

  it('begins with canaries, waits for approval and then goes on', async () => {
    const id = await start({ canaries: 2, approval: true })
    expect(underWay(id)).toEqual([mac(0), mac(1)])
    await made.says(mac(0), '2.0')
    await made.says(mac(1), '2.0')
    expect(site.rollouts.get(id).text).toBe('its canaries are done; waits for approval')
    expect(counts(id)).toEqual({ done: 2, waiting: 10 })
    site.rollouts.approve(id, { by: 'page:y' })
    await site.rollouts.settled()
    expect(counts(id)).toEqual({ done: 2, updating: 5, waiting: 5 })
  })

  it('stops after the third failure, lets those under way end, and goes on when it is resumed', async () => {
    const id = await start()
    for (const i of [0, 1, 2]) await made.says(mac(i), '1.5')
    expect(site.rollouts.get(id)).toMatchObject({
      status: 'stopped',
      reason: expect.stringContaining('3 devices failed, the last'),
    })
    const before = site.told.length
    expect(site.overlay.of(mac(0)), 'what failed gets what its record says').toBeUndefined()
    for (const one of underWay(id)) await made.says(one, '2.0')
    expect(site.told.length).toBe(before)
    site.rollouts.resume(id, { by: 'cli:x' })
    await site.rollouts.settled()
    expect(underWay(id).length).toBe(5)
    for (;;) {
      const [next] = underWay(id)
      if (next === undefined) break
      await made.says(next, '2.0')
    }
    expect(counts(id)).toEqual({ done: 9, failed: 3 })
    expect(site.kept).toMatchObject([{ items: { length: 9 } }])
    expect(() => site.rollouts.resume(id, { by: 'x' })).toThrow(ConflictError)
  })

  it('gives those that failed another chance when asked, and hears of one that comes round late', async () => {
    const id = await start({ atOnce: 12, attempts: 1 })
    await made.pass(31)
    expect(counts(id)).toEqual({ failed: 12 })
    expect(site.rollouts.get(id).devices[0]?.reason).toBe('still says 1.0 30 min after it was told, once')
    expect(site.rollouts.get(id).status).toBe('completed')

    const again = await start({ name: 'June', atOnce: 2 })
    await made.says(mac(0), '1.5')
    await made.says(mac(0), '2.0')
    expect(counts(again)).toEqual({ done: 1, updating: 2, waiting: 9 })
    await made.says(mac(1), '1.5')
    site.rollouts.pause(again, { by: 'x' })
    site.rollouts.resume(again, { by: 'x', failed: true })
    await site.rollouts.settled()
    expect(counts(again)).toMatchObject({ done: 1, updating: 2, waiting: 9 })
  })

  it('tells a device once more when its time is up, in the same place', async () => {
    const id = await start({ atOnce: 1 })
    await made.pass(30)
    expect(site.told).toEqual([mac(0), mac(0)])
    expect(underWay(id)).toEqual([mac(0)])
    await made.pass(30)
    expect(counts(id)).toEqual({ failed: 1, updating: 1, waiting: 10 })
    expect(site.rollouts.get(id).devices[0]?.reason).toContain('after it was told, 2 times')
  })

  it('waits for a phone in a call, and takes the next one meanwhile', async () => {
    site.busy.add(mac(0))
    const id = await start({ atOnce: 2 })
    expect(underWay(id)).toEqual([mac(1), mac(2)])
    site.busy.clear()
    await made.pass(1)
    await made.says(mac(1), '2.0')
    expect(underWay(id)).toEqual([mac(0), mac(2)])
    site.busy.add(mac(3))
    await start({ name: 'never', select: { devices: [mac(5)] } }).catch(() => undefined)
  })

  it('gives the place of a phone that could not be told to another, and comes back to it', async () => {
    site.answers.set(mac(0), new OperatorError('has no address'))
    site.answers.set(mac(1), { kind: 'refused', status: 489, reason: 'Bad Event' })
    site.answers.set(mac(2), { kind: 'silent' })
    const id = await start({ atOnce: 3 })
    expect(underWay(id)).toEqual([mac(2), mac(3), mac(4)])
    expect(site.rollouts.get(id).devices.slice(0, 3)).toMatchObject([
      { state: 'waiting', reason: 'has no address', attempts: 1 },
      { state: 'waiting', reason: 'it refused to fetch again: 489 Bad Event' },
      { state: 'updating', answer: 'silent' },
    ])
    await made.pass(2)
    await made.says(mac(3), '2.0')
    expect(site.rollouts.get(id).devices[0]).toMatchObject({ state: 'failed', attempts: 2 })
  })

  it('keeps the place of one that was not told but did something since it was let go', async () => {
    site.answers.set(mac(0), new OperatorError('has no address'))
    site.subjects.set(mac(0), { ...(site.subjects.get(mac(0)) as RolloutSubject), lastSeen: NOW + 5 })
    const id = await start({ atOnce: 1 })
    expect(underWay(id)).toEqual([mac(0)])
  })

  it('pauses, and when it is cancelled follows those under way and keeps what is done', async () => {
    const id = await start({ atOnce: 2 })
    site.rollouts.pause(id, { by: 'cli:x' })
    await made.says(mac(0), '2.0')
    expect(counts(id)).toEqual({ done: 1, updating: 1, waiting: 10 })
    expect(site.rollouts.get(id).text).toBe('paused: by cli:x')
    site.rollouts.cancel(id, { by: 'cli:x' })
    await site.rollouts.settled()
    expect(counts(id)).toEqual({ done: 1, updating: 1, skipped: 10 })
    expect(site.rollouts.get(id).endedAt).toBeUndefined()
    await made.says(mac(1), '2.0')
    expect(site.rollouts.get(id)).toMatchObject({ status: 'cancelled', endedAt: NOW })
    expect(site.kept).toEqual([{ items: [mac(0), mac(1)], layer: undefined, by: 'rollout:May' }])
    expect(() => site.rollouts.cancel(id, { by: 'x' })).toThrow('is over: cancelled')
  })

  it.each([
    [{ models: ['acme/A1'] }, { kind: 'model', id: 'acme/A1' }],
    [{ groups: ['even'] }, { kind: 'group', id: 'even' }],
    [{ groups: ['even', 'odd'] }, undefined],
    [{ models: ['acme/A1'], devices: [mac(0)] }, undefined],
  ])('to %j is kept in the layer %j when all went well', async (select, layer) => {
    const id = await start({ select, atOnce: 12 })
    for (const one of underWay(id)) await made.says(one, '2.0')
    expect(site.kept).toMatchObject([{ layer }])
  })

  it('stops when the settings cannot be kept, and ends when they can', async () => {
    const id = await start({ select: { devices: [mac(0)] } })
    site.keeping = new OperatorError('no such setting')
    await made.says(mac(0), '2.0')
    expect(site.rollouts.get(id)).toMatchObject({
      status: 'stopped',
      reason: 'its settings cannot be kept: no such setting',
    })
    expect(site.overlay.of(mac(0)), 'it keeps its version').toBeDefined()
    site.keeping = undefined
    site.rollouts.resume(id, { by: 'x' })
    await site.rollouts.settled()
    expect(site.rollouts.get(id).status).toBe('completed')
  })

  it('stops when its file is another one, leaves out what changed meanwhile', async () => {
    const id = await start({ atOnce: 1 })
    site.subjects.delete(mac(1))
    site.subjects.set(mac(2), { ...(site.subjects.get(mac(2)) as RolloutSubject), version: '2.0' })
    site.misfits.set(mac(3), 'fw.rom is for hardware 9')
    await made.says(mac(0), '2.0')
    expect(site.rollouts.get(id).devices.slice(0, 5)).toMatchObject([
      { state: 'done' },
      { state: 'skipped', reason: 'its record was removed' },
      { state: 'already' },
      { state: 'refused', reason: 'fw.rom is for hardware 9' },
      { state: 'updating' },
    ])
    site.stored.set('fw.rom', file('fw.rom', { hash: 'other' }))
    await made.says(mac(4), '2.0')
    expect(site.rollouts.get(id)).toMatchObject({
      status: 'stopped',
      reason: expect.stringContaining('not the file any more'),
    })
  })
})

describe('after the box was killed', () => {
  it('those under way still count, are not told again, and the rest goes on', async () => {
    const id = await start({ atOnce: 3 })
    made.reopen()
    await site.rollouts.settled()
    expect(underWay(id)).toEqual([mac(0), mac(1), mac(2)])
    expect(site.told.length).toBe(3)
    expect(site.overlay.of(mac(1))).toMatchObject({ of: 'rollout May' })
    await made.says(mac(1), '2.0')
    expect(site.told).toEqual([mac(0), mac(1), mac(2), mac(3)])
  })

  it('those of whom it is not known whether they were told are told, unless they did something since', async () => {
    for (const i of [0, 1]) site.answers.set(mac(i), new Promise<Told>(() => undefined))
    site.rollouts.start({ ...ALL, atOnce: 2 }, { by: 'x' })
    await expect.poll(() => site.told.length).toBe(2)
    site.answers.clear()
    site.subjects.set(mac(1), { ...(site.subjects.get(mac(1)) as RolloutSubject), lastSeen: NOW + 1 })
    made.reopen()
    await site.rollouts.settled()
    expect(site.told, 'one that is at it must not be told in the middle').toEqual([mac(0), mac(1)])
    await made.pass(2)
    expect(site.told).toEqual([mac(0), mac(1), mac(0)])
    await made.pass(2)
    expect(site.told.length).toBe(3)
  })

  it('a pause and a stop last', async () => {
    const id = await start({ atOnce: 2 })
    site.rollouts.pause(id, { by: 'x' })
    made.reopen()
    await made.says(mac(0), '2.0')
    expect(counts(id)).toEqual({ done: 1, updating: 1, waiting: 10 })
  })
})

describe('a request', () => {
  it('is shown device by device before it starts anything', () => {
    site.misfits.set(mac(0), 'fw.rom is for acme/B2')
    const change = (i: number, fields: Partial<RolloutSubject>) =>
      site.subjects.set(mac(i), { ...(site.subjects.get(mac(i)) as RolloutSubject), ...fields })
    change(1, { version: '2.0' })
    change(2, { enabled: false })
    change(3, { obstacle: 'the site locks the setting firmware.file' })
    const { version: _version, ...silent } = site.subjects.get(mac(4)) as RolloutSubject
    site.subjects.set(mac(4), silent)
    expect(site.rollouts.preview(ALL).slice(0, 6)).toMatchObject([
      { state: 'refused', reason: 'fw.rom is for acme/B2' },
      { state: 'already', version: '2.0' },
      { state: 'skipped', reason: 'it is switched off in its record' },
      { state: 'refused', reason: 'the site locks the setting firmware.file' },
      { state: 'refused', reason: 'it never said which firmware it has' },
      { state: 'waiting', before: '1.0', version: '2.0', file: 'fw.rom' },
    ])
    expect(site.rollouts.list()).toEqual([])
  })

  it.each([
    [{ file: 'other.rom' }, 'no stored file is named "other.rom"'],
    [{ zone: 'Nowhere' }, 'no time zone is called "Nowhere"'],
    [{ select: { groups: ['none'] } }, 'no device is chosen'],
    [{ select: {} }, 'no device is chosen'],
    [{ select: { devices: [mac(99)] } }, 'is not among the devices'],
    [{ file: 'unsaid.rom' }, 'nobody said which version unsaid.rom is'],
    [{ file: 'with blank.rom' }, 'store it under a plainer name'],
  ])('%j is refused', (request, reason) => {
    site.stored.set('unsaid.rom', file('unsaid.rom')).set('with blank.rom', file('with blank.rom'))
    expect(() => site.rollouts.start({ ...ALL, ...request }, { by: 'x' })).toThrow(reason)
    expect(site.rollouts.list()).toEqual([])
  })

  it('for a version takes the one stored file that is for the device', () => {
    const { file: _file, ...byVersion } = { ...ALL, version: '3.1' }
    expect(() => site.rollouts.start(byVersion, { by: 'x' })).toThrow('no stored firmware of version 3.1 is for it')
    site.stored.set('a-3.1.rom', file('a-3.1.rom'))
    expect(site.rollouts.preview(byVersion)[0]).toMatchObject({ state: 'waiting', file: 'a-3.1.rom', version: '3.1' })
    site.stored.set('b.rom', file('b.rom', { version: '3.1' }))
    expect(() => site.rollouts.start(byVersion, { by: 'x' })).toThrow('a-3.1.rom and b.rom are both of version 3.1')
    expect(() => site.rollouts.start({ name: 'x', select: { all: true } }, { by: 'x' })).toThrow('say which file')
  })

  it('for a device in another rollout, or under a name that was used, is a conflict', async () => {
    const id = await start({ select: { groups: ['even'] } })
    expect(() => site.rollouts.start({ ...ALL, name: 'June' }, { by: 'x' })).toThrow('is in the rollout May')
    expect(() => site.rollouts.start({ ...ALL, select: { groups: ['odd'] } }, { by: 'x' })).toThrow(ConflictError)
    await start({ name: 'June', select: { groups: ['odd'] } })
    expect(site.rollouts.usesOf('FW.rom').map(({ text }) => text)).toEqual(['rollout May', 'rollout June'])
    site.rollouts.cancel(id, { by: 'x' })
    expect(() => site.rollouts.get('nobody')).toThrow(NotFoundError)
  })

  it('is told to listeners with each change', async () => {
    const heard: string[] = []
    const stop = site.rollouts.onChange(({ status, counts: { done } }) => void heard.push(`${status} ${done}`))
    await start({ select: { devices: [mac(0)] } })
    await made.says(mac(0), '2.0')
    stop()
    expect(heard[0]).toBe('running 0')
    expect(heard.at(-1)).toBe('completed 1')
  })
})
