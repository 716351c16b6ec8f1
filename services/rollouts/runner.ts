import type { Clock, EpochMs } from '../core/clock.ts'
import { windowAt } from '../core/daily-window.ts'
import { messageOf } from '../core/errors.ts'
import type { Log } from '../core/log.ts'
import type { Mac } from '../core/mac.ts'
import type { Active, Book } from './book.ts'
import type { RolloutDevice, RolloutPorts } from './contract.ts'
import { type Admission, admit, judge } from './policy.ts'
import { prospect } from './request.ts'

export interface RunnerDependencies {
  readonly book: Book
  readonly ports: RolloutPorts
  readonly clock: Clock
  readonly log: Log
}

export interface Runner {
  /** Looks at everything again, now or as soon as the look under way is over. */
  kick(): void
  /** Resolves when nothing is being looked at or told. */
  settled(): Promise<void>
  close(): void
}

/** A device that was busy is asked again after so long, one that could not be told is told again. */
const BUSY_MS = 15_000
const RETRY_MS = 60_000
/**
 * The box ended while it told a device: it may or may not know. One that does is seen fetching in this time, and what was
 * heard of it just before the end may not have reached the disk.
 */
const GRACE_MS = 30_000

/** Carries out what the policy decides: one look at a time, on disk before a device is told anything. */
export function makeRunner({ book, ports, clock, log }: RunnerDependencies): Runner {
  const notBefore = new Map<Mac, EpochMs>()
  const telling = new Map<Mac, Promise<void>>()
  let wanted = false
  let closed = false
  let looking: Promise<void> = Promise.resolve()
  let busy = false

  async function look(): Promise<void> {
    busy = true
    try {
      while (wanted && !closed) {
        wanted = false
        for (const active of [...book.active.values()]) {
          try {
            await step(active)
          } catch (thrown) {
            log.error('rollout cannot go on', { rollout: active.record.name, error: messageOf(thrown) })
          }
        }
      }
    } finally {
      busy = false
    }
  }

  async function step(active: Active): Promise<void> {
    const again = judgeAll(active)
    const next = admission(active)
    if (next.kind === 'stop') {
      log.warn('rollout stopped', { rollout: active.record.name, reason: next.reason })
      book.commit(active, { status: 'stopped', reason: next.reason })
    } else if (next.kind === 'end') end(active)
    else if (next.kind === 'go') await letGo(active, next.room)
    if (again.length > 0) await tellAgain(active, again)
  }

  const admission = (active: Active): Admission => admit(active.record, [...active.devices.values()], clock.now())

  /** Notes who is through; returns those who may be told once more. */
  function judgeAll(active: Active): readonly RolloutDevice[] {
    const { record } = active
    const now = clock.now()
    // Whoever is under way in a cancelled rollout is not told again.
    const plan = record.status === 'cancelled' ? { ...record.plan, attempts: 0 } : record.plan
    const ended: RolloutDevice[] = []
    const again: RolloutDevice[] = []
    for (const device of active.devices.values()) {
      if (device.state !== 'updating' && device.state !== 'failed') continue
      const version = ports.subject(device.mac)?.version
      const seen = { same: ports.sameVersion, ...(version !== undefined && { version }) }
      const verdict = judge(plan, device, seen, now)
      const { reason: _reason, ...rest } = device
      if (verdict.kind === 'done') ended.push({ ...rest, state: 'done', endedAt: now })
      else if (verdict.kind === 'failed') ended.push({ ...rest, state: 'failed', reason: verdict.reason, endedAt: now })
      else if (verdict.kind === 'again' || interrupted(device, now)) again.push(device)
    }
    if (ended.length === 0) return again
    book.commit(active, {}, ended)
    for (const device of ended)
      note(active, device, device.state === 'done' ? `has firmware ${device.version}` : `failed: ${device.reason}`)
    return again
  }

  /** Nobody knows whether it was told, and it has done nothing since. */
  function interrupted({ mac, state, answer, toldAt = 0 }: RolloutDevice, now: EpochMs): boolean {
    if (state !== 'updating' || answer !== undefined || telling.has(mac)) return false
    return now - toldAt >= GRACE_MS && (ports.subject(mac)?.lastSeen ?? 0) <= toldAt
  }

  /** The devices among these that may be disturbed now, as many as are wanted. */
  async function undisturbed(active: Active, devices: readonly RolloutDevice[], most: number): Promise<Mac[]> {
    const found: Mac[] = []
    for (const { mac } of devices) {
      if (found.length >= most) break
      if ((notBefore.get(mac) ?? 0) > clock.now()) continue
      if (active.record.plan.busy === 'wait' && (await ports.isIdle(mac)) === 'busy')
        notBefore.set(mac, clock.now() + BUSY_MS)
      else found.push(mac)
    }
    return found
  }

  async function letGo(active: Active, room: number): Promise<void> {
    const waiting = [...active.devices.values()].filter(({ state }) => state === 'waiting')
    const macs = await undisturbed(active, waiting, room)
    // Somebody may have paused it while the phones were asked.
    const next = admission(active)
    if (next.kind !== 'go') return
    const { plan } = active.record
    if (plan.file !== undefined && ports.file(plan.file)?.hash !== plan.hash) {
      book.commit(active, {
        status: 'stopped',
        reason: `${plan.file} is not the file any more that it was started with`,
      })
      return
    }
    const now = clock.now()
    const changed: RolloutDevice[] = []
    for (const mac of macs.slice(0, next.room)) {
      const device = prospect(mac, plan, ports)
      const attempts = active.devices.get(mac)?.attempts ?? 0
      changed.push(
        device.state === 'waiting'
          ? { ...device, state: 'updating', attempts: attempts + 1, letGoAt: now, toldAt: now }
          : { ...device, attempts, endedAt: now },
      )
    }
    if (changed.length === 0) return
    book.commit(active, {}, changed)
    for (const device of changed) {
      if (device.state === 'updating') {
        note(active, device, `may install firmware ${device.version}`)
        tell(active, device.mac)
      } else note(active, device, `left out: ${device.reason ?? 'it has the version already'}`)
    }
    // A device that was left out makes room.
    if (changed.some(({ state }) => state !== 'updating')) wanted = true
  }

  async function tellAgain(active: Active, devices: readonly RolloutDevice[]): Promise<void> {
    const { plan } = active.record
    const shut = plan.window !== undefined && !windowAt({ ...plan.window, zone: plan.zone }, clock.now()).open
    if (active.record.status !== 'running' || shut) return
    for (const mac of await undisturbed(active, devices, devices.length)) {
      const device = active.devices.get(mac)
      if (device?.state !== 'updating' || active.record.status !== 'running') continue
      const { answer, ...rest } = device
      const attempts = device.attempts + (answer === undefined ? 0 : 1)
      book.commit(active, {}, [{ ...rest, attempts, toldAt: clock.now() }])
      tell(active, mac)
    }
  }

  function tell(active: Active, mac: Mac): void {
    const running = tellNow(active, mac)
      .catch((thrown: unknown) =>
        log.error('rollout cannot note an answer', { rollout: active.record.name, error: messageOf(thrown) }),
      )
      .finally(() => telling.delete(mac))
    telling.set(mac, running)
  }

  async function tellNow(active: Active, mac: Mac): Promise<void> {
    const by = `rollout:${active.record.name}`
    const outcome = await ports.tell(mac, { by }).then(
      (said) =>
        said.kind === 'refused'
          ? { kind: 'not' as const, reason: `it refused to fetch again: ${said.status} ${said.reason}` }
          : { kind: said.kind },
      (thrown: unknown) => ({ kind: 'not' as const, reason: messageOf(thrown) }),
    )
    const device = active.devices.get(mac)
    if (device?.state !== 'updating') return
    if (outcome.kind !== 'not') book.commit(active, {}, [{ ...device, answer: outcome.kind }])
    else if ((ports.subject(mac)?.lastSeen ?? 0) > (device.letGoAt ?? 0)) {
      // It did something since it was let go and may have fetched the target by itself: its place is not free.
      book.commit(active, {}, [{ ...device, answer: 'silent' }])
    } else giveBack(active, device, outcome.reason)
    kick()
  }

  /** It certainly knows of nothing. */
  function giveBack(active: Active, device: RolloutDevice, reason: string): void {
    const now = clock.now()
    const { letGoAt: _letGoAt, toldAt: _toldAt, answer: _answer, ...rest } = device
    if (device.attempts >= active.record.plan.attempts) {
      book.commit(active, {}, [{ ...rest, state: 'failed', reason, endedAt: now }])
      note(active, device, `failed: ${reason}`)
    } else {
      notBefore.set(device.mac, now + RETRY_MS)
      book.commit(active, {}, [{ ...rest, state: 'waiting', reason }])
    }
  }

  function end(active: Active): void {
    const { record } = active
    const all = [...active.devices.values()]
    const items = all.flatMap(({ mac, state, file, version }) =>
      state === 'done' && file !== undefined && version !== undefined ? [{ mac, file, version }] : [],
    )
    try {
      ports.keep(items, layerOf(active), { by: `rollout:${record.name}` })
    } catch (thrown) {
      log.error('rollout cannot be written into the records', { rollout: record.name, error: messageOf(thrown) })
      book.commit(active, { status: 'stopped', reason: `its settings cannot be kept: ${messageOf(thrown)}` })
      return
    }
    const status = record.status === 'cancelled' ? record.status : 'completed'
    book.commit(active, { status, endedAt: clock.now() })
    log.info('rollout ended', { rollout: record.name, status })
  }

  /** A rollout to the whole of one model or group, in which all went well, holds for those that come later too. */
  function layerOf({ record, devices }: Active): Parameters<RolloutPorts['keep']>[1] {
    const { devices: single = [], groups = [], models = [], all = false } = record.plan.select
    const well = [...devices.values()].every(({ state }) => state === 'done' || state === 'already')
    if (!well || all || single.length > 0 || record.plan.file === undefined || record.status === 'cancelled')
      return undefined
    const [group] = groups
    const [model] = models
    if (group !== undefined && groups.length === 1 && models.length === 0) return { kind: 'group', id: group }
    return model !== undefined && models.length === 1 && groups.length === 0 ? { kind: 'model', id: model } : undefined
  }

  function note(active: Active, { mac }: RolloutDevice, what: string): void {
    ports.note(mac, what, { by: `rollout ${active.record.name}` })
  }

  function kick(): void {
    wanted = true
    if (!busy && !closed) looking = look()
  }

  return {
    kick,
    async settled() {
      do {
        await looking
        await Promise.all(telling.values())
      } while (busy || telling.size > 0)
    },
    close() {
      closed = true
    },
  }
}
