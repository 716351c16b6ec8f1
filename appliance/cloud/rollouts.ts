import { ConflictError, messageOf, OperatorError } from '../../services/core/errors.ts'
import type { Log } from '../../services/core/log.ts'
import type { Mac } from '../../services/core/mac.ts'
import { mark } from '../../services/files/assigned.ts'
import type { Files, NamedFile } from '../../services/files/contract.ts'
import { foldName } from '../../services/files/name.ts'
import type { JsonObject, Records } from '../../services/records/contract.ts'
import { type AssignedRollout, assignedRollout, type RolloutStatusReport } from '../../services/rollouts/assigned.ts'
import type { RolloutSummary, Rollouts } from '../../services/rollouts/contract.ts'
import type { Given } from './given.ts'
import { actorOf, localId, pausedByAccount, reportOf, reportOfLocal, requestOf, rolloutOf } from './policy-rollouts.ts'

/** What happens in this time is looked at once. */
const SETTLE_MS = 500
/** What stood in the way (another rollout, a window) goes without anybody saying so. */
const LOOK_MS = 20_000

/** Updates of the box itself, as the account rolls them out. */
export interface SystemRollouts extends AsyncDisposable {
  step(id: string, wish: AssignedRollout): RolloutStatusReport
  /** The account wants these and no others. */
  keep(ids: ReadonlySet<string>): void
}

export interface AccountRolloutsDeps {
  readonly records: Pick<Records, 'list' | 'onChange'>
  readonly rollouts: Rollouts
  readonly files: Pick<Files, 'find' | 'onChange'>
  /** How far the files are that the account gives. */
  readonly given: () => readonly Given[]
  /** The phones here that it is meant for; with no model named those that the file is for. */
  readonly candidates: (models: readonly string[], file: NamedFile) => readonly Mac[]
  /** Whether the branch lets its account act here. */
  readonly allowed: () => boolean
  readonly system: SystemRollouts
  readonly report: (id: string, body: JsonObject | null) => void
  readonly later: (ms: number, work: () => void) => () => void
  readonly log: Log
}

export interface AccountRollouts extends AsyncDisposable {
  /** Something changed that it may have waited for. */
  look(): void
}

/**
 * Makes the box's rollouts agree with what its account wants, from now on, in the background. What is wanted is a record, so
 * it is read again after any break; an attempt has a name of its own, so reading it again starts nothing.
 */
export function followRollouts(deps: AccountRolloutsDeps): AccountRollouts {
  const { records, rollouts, files, log, later } = deps
  const told = new Map<string, string>()
  let timer: (() => void) | undefined
  let soon = false
  let stopped = false

  function wishes(): readonly { readonly id: string; readonly wish: AssignedRollout }[] {
    return records.list('rollout').flatMap(({ id, body }) => {
      const read = assignedRollout.safeParse(body)
      return read.success ? [{ id, wish: read.data }] : []
    })
  }

  function round(): void {
    const all = wishes()
    const ids = new Set(all.map(({ id }) => id))
    for (const { id, endedAt, status } of rollouts.list()) {
      const of = rolloutOf(id)
      if (of !== undefined && !ids.has(of) && endedAt === undefined && status !== 'cancelled')
        rollouts.cancel(id, { by: 'account' })
    }
    deps.system.keep(ids)
    for (const { id, wish } of all) {
      try {
        tell(id, wish.what === 'system' ? deps.system.step(id, wish) : firmware(id, wish))
      } catch (thrown) {
        log.error('a rollout of the account cannot be looked at', { rollout: id, reason: messageOf(thrown) })
        // A request that makes no sense here makes none at the next look.
        tell(id, reportOf(wish.attempt, thrown instanceof OperatorError ? 'refused' : 'waiting', messageOf(thrown)))
      }
    }
    for (const id of told.keys())
      if (!ids.has(id)) {
        told.delete(id)
        deps.report(id, null)
      }
  }

  function tell(id: string, report: RolloutStatusReport): void {
    const text = JSON.stringify(report)
    if (told.get(id) === text) return
    told.set(id, text)
    deps.report(id, JSON.parse(text) as JsonObject)
  }

  function firmware(id: string, wish: AssignedRollout): RolloutStatusReport {
    const { attempt, state } = wish
    const mine = rollouts.list().filter((one) => rolloutOf(one.id) === id)
    const current = mine.find((one) => one.id === localId(id, attempt))
    const open = mine.filter((one) => one.endedAt === undefined)
    if (state === 'cancel') {
      cancel(open, wish)
      const last = current ?? open[0]
      if (last === undefined) return reportOf(attempt, 'cancelled', 'cancelled before it began here')
      return reportOfLocal(attempt, rollouts.get(last.id))
    }
    if (current !== undefined) return reportOfLocal(attempt, rollouts.get(steer(current, wish)))
    if (!deps.allowed())
      return reportOf(attempt, 'refused', 'the branch does not let its account act here (cloud.remote is not on)')
    if (open.length > 0) {
      cancel(open, wish)
      return reportOf(attempt, 'waiting', 'waits for the end of the attempt before')
    }
    const file = files.find(wish.file)
    if (file?.hash !== wish.sha256) return fetching(wish)
    if (state === 'pause') return reportOf(attempt, 'paused', 'paused before it began here')
    return begin(id, wish, file)
  }

  /** What the account wants of one that has begun. A pause of a person at the branch is theirs to end. */
  function steer({ id, status, reason, endedAt }: RolloutSummary, wish: AssignedRollout): string {
    const by = actorOf(wish)
    if (endedAt !== undefined) return id
    if (wish.state === 'pause' && status === 'running') rollouts.pause(id, { by })
    if (wish.state === 'run' && status === 'paused' && pausedByAccount(reason)) rollouts.resume(id, { by })
    return id
  }

  function cancel(open: readonly RolloutSummary[], wish: AssignedRollout): void {
    for (const { id, status } of open) if (status !== 'cancelled') rollouts.cancel(id, { by: actorOf(wish) })
  }

  function fetching({ attempt, file, sha256 }: AssignedRollout): RolloutStatusReport {
    const given = deps.given().find((one) => foldName(one.name) === foldName(file) && one.version === mark(sha256))
    if (given?.state === 'refused') return reportOf(attempt, 'refused', given.reason ?? 'the file was refused')
    const part = given?.percent === undefined ? '' : `: ${given.percent} %`
    return reportOf(attempt, 'downloading', given?.reason ?? `fetches ${file}${part}`)
  }

  function begin(id: string, wish: AssignedRollout, file: NamedFile): RolloutStatusReport {
    const { attempt } = wish
    const devices = deps.candidates(wish.models, file)
    if (devices.length === 0) return reportOf(attempt, 'done', 'there is no such phone here')
    const request = requestOf(wish, devices)
    // Nobody can get it: each says why. That is no fault of the rollout.
    const prospects = rollouts.preview(request)
    if (prospects.every(({ state }) => state === 'refused' || state === 'skipped'))
      return reportOf(attempt, 'done', 'no phone here can get it', prospects)
    const name = freeName(wish.name, id, attempt)
    try {
      return reportOfLocal(
        attempt,
        rollouts.start({ ...request, name }, { by: actorOf(wish), id: localId(id, attempt) }),
      )
    } catch (thrown) {
      if (!(thrown instanceof ConflictError)) throw thrown
      return reportOf(attempt, 'waiting', thrown.message)
    }
  }

  /** People at the branch name rollouts too. */
  function freeName(name: string, id: string, attempt: number): string {
    const wanted = attempt === 1 ? name : `${name} (${attempt})`
    return rollouts.list().some((one) => one.name === wanted) ? `${wanted} ${id.slice(-8)}` : wanted
  }

  function look(): void {
    if (stopped || soon) return
    soon = true
    timer?.()
    timer = later(SETTLE_MS, run)
  }

  function run(): void {
    soon = false
    if (stopped) return
    try {
      round()
    } catch (thrown) {
      log.error('the rollouts of the account cannot be looked at', { reason: messageOf(thrown) })
    }
    // What the round itself changed is looked at as well.
    if (!soon) timer = later(LOOK_MS, run)
  }

  const stops = [
    records.onChange(({ kind }) => {
      if (kind === 'rollout') look()
    }),
    files.onChange(look),
    rollouts.onChange(({ id }) => {
      if (rolloutOf(id) !== undefined) look()
    }),
  ]
  look()
  return {
    look,
    async [Symbol.asyncDispose]() {
      stopped = true
      for (const stop of stops) stop()
      timer?.()
      await deps.system[Symbol.asyncDispose]()
    },
  }
}
