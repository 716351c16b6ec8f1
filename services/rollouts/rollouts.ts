import type { Clock } from '../core/clock.ts'
import { ConflictError, NotFoundError, OperatorError } from '../core/errors.ts'
import type { Log } from '../core/log.ts'
import { formatMac } from '../core/mac.ts'
import type { SqlDatabase } from '../core/sql.ts'
import { type Active, makeBook } from './book.ts'
import type { RolloutDetail, RolloutPorts, RolloutRecord, RolloutSummary, Rollouts } from './contract.ts'
import type { OverlayBook } from './overlay.ts'
import { countsOf, textOf } from './policy.ts'
import { chosen, planOf, prospect } from './request.ts'
import { makeRunner } from './runner.ts'

export interface RolloutsDependencies {
  readonly db: SqlDatabase
  readonly overlay: OverlayBook
  readonly ports: RolloutPorts
  readonly clock: Clock
  readonly log: Log
  readonly newId: () => string
  /** Whether somebody may start the rollout of this id again: it is never forgotten. */
  readonly isHeld?: (id: string) => boolean
  /** Calls `work` every `ms` until the returned function is called. */
  readonly every: (ms: number, work: () => void) => () => void
}

export interface RolloutService extends Rollouts, Disposable {
  /** Goes on where the box was when it ended. */
  begin(): void
  /** Resolves when nothing is being looked at or told, for tests. */
  settled(): Promise<void>
}

/** Windows open and deadlines pass without anybody saying so. */
const LOOK_MS = 1000

export function makeRollouts(deps: RolloutsDependencies): RolloutService {
  const { ports, clock, log } = deps
  const listeners = new Set<(rollout: RolloutSummary) => void>()
  const book = makeBook({ ...deps, changed: (id) => void changed(id) })
  const runner = makeRunner({ book, ports, clock, log })
  const stops = [
    deps.every(LOOK_MS, () => {
      if (book.active.size > 0) runner.kick()
    }),
    ports.onVersion((mac) => {
      for (const { devices } of book.active.values())
        if (['updating', 'failed'].includes(devices.get(mac)?.state ?? '')) runner.kick()
    }),
  ]

  function changed(id: string): void {
    if (listeners.size === 0) return
    const summary = summaryOf(recordOf(id))
    for (const listener of listeners) listener(summary)
  }

  function recordOf(id: string): RolloutRecord {
    const record = book.active.get(id)?.record ?? book.records().find((one) => one.id === id)
    if (record === undefined) throw new NotFoundError(`no rollout has the id ${JSON.stringify(id.slice(0, 60))}`)
    return record
  }

  function summaryOf(record: RolloutRecord): RolloutSummary {
    const devices = book.devicesOf(record.id)
    return { ...record, counts: countsOf(devices), text: textOf(record, devices, clock.now()) }
  }

  function detailOf(id: string): RolloutDetail {
    return { ...summaryOf(recordOf(id)), devices: book.devicesOf(id) }
  }

  function activeOf(id: string): Active {
    const active = book.active.get(id)
    if (active !== undefined) return active
    const { name, status } = recordOf(id)
    throw new ConflictError(`rollout ${name} is over: ${status}`)
  }

  const preview: Rollouts['preview'] = (request) => {
    const plan = planOf(request, ports)
    return chosen(request.select, ports).map((mac) => prospect(mac, plan, ports))
  }

  return {
    list: () => book.records().map(summaryOf),
    get: detailOf,
    preview,
    start(request, { by, id = deps.newId() }) {
      if (book.records().some((one) => one.id === id)) return detailOf(id)
      if (book.records().some(({ name }) => name === request.name))
        throw new ConflictError(`there is a rollout called ${JSON.stringify(request.name)} already`)
      const devices = preview(request)
      const out = devices.filter(({ state }) => state === 'refused' || state === 'skipped')
      if (out.length === devices.length)
        throw new OperatorError(
          `no device can get it; the first, ${out[0] && formatMac(out[0].mac)}: ${out[0]?.reason}`,
        )
      for (const { record, devices: held } of book.active.values()) {
        const taken = devices.find(
          ({ mac, state }) =>
            state === 'waiting' && ['waiting', 'updating', 'done'].includes(held.get(mac)?.state ?? ''),
        )
        if (taken !== undefined)
          throw new ConflictError(`${formatMac(taken.mac)} is in the rollout ${record.name}, which is not over`)
      }
      const at = clock.now()
      const record: RolloutRecord = {
        ...{
          id,
          name: request.name,
          plan: planOf(request, ports),
          status: 'running',
          createdAt: at,
          by,
          countedFrom: at,
        },
      }
      book.add(record, devices)
      for (const { mac, reason } of out) ports.note(mac, `left out: ${reason}`, { by: `rollout ${record.name}` })
      log.info('rollout started', { rollout: record.name, devices: devices.length, by })
      runner.kick()
      return detailOf(id)
    },
    pause(id, { by }) {
      const active = activeOf(id)
      if (active.record.status !== 'running') throw new ConflictError(`rollout is ${active.record.status}, not running`)
      book.commit(active, { status: 'paused', reason: `by ${by}` })
      return detailOf(id)
    },
    resume(id, { by, failed = false }) {
      const active = activeOf(id)
      const { status } = active.record
      if (status !== 'paused' && status !== 'stopped')
        throw new ConflictError(`rollout is ${status}, not paused or stopped`)
      const ends = [...active.devices.values()].map(({ endedAt = 0 }) => endedAt)
      const countedFrom = Math.max(clock.now(), ...ends.map((at) => at + 1))
      const again = [...active.devices.values()].filter(({ state }) => failed && state === 'failed')
      const rows = again.map(({ reason: _reason, endedAt: _endedAt, ...device }) => ({
        ...{ ...device, attempts: 0, state: 'waiting' as const },
      }))
      book.commit(active, { status: 'running', reason: undefined, countedFrom }, rows)
      log.info('rollout resumed', { rollout: active.record.name, by })
      runner.kick()
      return detailOf(id)
    },
    cancel(id, { by }) {
      const active = activeOf(id)
      if (active.record.status === 'cancelled') throw new ConflictError('rollout is cancelled already')
      const rows = [...active.devices.values()]
        .filter(({ state }) => state === 'waiting')
        .map((device) => ({ ...device, state: 'skipped' as const, reason: 'the rollout was cancelled' }))
      book.commit(active, { status: 'cancelled', reason: `by ${by}` }, rows)
      runner.kick()
      return detailOf(id)
    },
    approve(id, { by }) {
      const active = activeOf(id)
      if (!active.record.plan.approval) throw new ConflictError('this rollout asks for no approval')
      if (active.record.approvedAt === undefined) book.commit(active, { approvedAt: clock.now(), approvedBy: by })
      runner.kick()
      return detailOf(id)
    },
    usesOf: (file) =>
      [...book.active.values()].flatMap(({ record, devices }) => {
        const held = [...devices.values()].some(
          (device) =>
            device.file?.toLowerCase() === file.toLowerCase() && ['waiting', 'updating', 'done'].includes(device.state),
        )
        return held ? [{ text: `rollout ${record.name}` }] : []
      }),
    onChange(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    begin: () => runner.kick(),
    settled: () => runner.settled(),
    [Symbol.dispose]() {
      for (const stop of stops) stop()
      runner.close()
    },
  }
}
