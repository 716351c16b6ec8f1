import type { Clock, EpochMs } from '../../services/core/clock.ts'
import { windowAt, windowText } from '../../services/core/daily-window.ts'
import { ConflictError, messageOf, NotFoundError, OperatorError } from '../../services/core/errors.ts'
import type { Log } from '../../services/core/log.ts'
import type { SqlDatabase } from '../../services/core/sql.ts'
import { DiskFullError } from '../../services/files/contract.ts'
import type { AssignedRollout, RolloutStatusReport } from '../../services/rollouts/assigned.ts'
import type { StartWindow, Updates } from '../../services/updates/contract.ts'
import { isBusy } from '../../services/updates/policy.ts'
import type { Downloads } from './download.ts'
import { actorOf, reportOf } from './policy-rollouts.ts'
import type { SystemRollouts } from './rollouts.ts'

/** A line that broke is tried again after so long. */
const RETRY_MS = 60_000

/** Written before what it names is done: a power cut in between is found by it. */
type Stage = 'installing' | 'restarting' | 'done' | 'failed'
interface Row {
  readonly stage: Stage
  readonly text: string
  readonly at: EpochMs
}

export interface SystemRolloutsDeps {
  readonly db: SqlDatabase
  readonly updates: Updates
  /** Of bundles alone, in a folder of their own. */
  readonly downloads: Downloads
  readonly allowed: () => boolean
  /** Zone of the site. */
  readonly zone: () => string
  readonly clock: Clock
  /** When this program began. */
  readonly startedAt: EpochMs
  readonly log: Log
  /** Something changed: there is more to do, or to tell. */
  readonly onChange: () => void
}

/**
 * Updates of the box itself, as its account rolls them out. What is a good update (signature, machine, no older version) is
 * decided by the system that installs it; here it is only fetched, handed over in its window, and started.
 */
export function makeSystemRollouts(deps: SystemRolloutsDeps): SystemRollouts {
  const { db, updates, clock, log } = deps
  const stop = new AbortController()
  let busy: Promise<void> | undefined
  let percent = 0
  let trouble: { readonly text: string; readonly until: EpochMs } | undefined

  function find(id: string, attempt: number): Row | undefined {
    const sql = 'SELECT stage, text, at FROM account_update WHERE rollout = ? AND attempt = ?'
    return db.query<Row>(sql).get(id, attempt) ?? undefined
  }

  function save(id: string, attempt: number, stage: Stage, text = ''): void {
    db.query(
      `INSERT INTO account_update (rollout, attempt, stage, text, at) VALUES (?, ?, ?, ?, ?)
       ON CONFLICT (rollout, attempt) DO UPDATE SET stage = excluded.stage, text = excluded.text, at = excluded.at`,
    ).run(id, attempt, stage, text, clock.now())
  }

  function end(id: string, { attempt, sha256 }: AssignedRollout, stage: 'done' | 'failed', text: string) {
    save(id, attempt, stage, text)
    background(() => deps.downloads.drop(sha256))
    log.info('an update that the account rolls out ended', { rollout: id, stage, reason: text })
    return reportOf(attempt, stage === 'done' ? 'done' : 'refused', text)
  }

  /** One at a time; what it throws is told and tried again. */
  function background(work: () => Promise<void>): void {
    const run = (busy ?? Promise.resolve())
      .then(work)
      .catch((thrown: unknown) => {
        if (stop.signal.aborted) return
        trouble = { text: messageOf(thrown), until: clock.now() + RETRY_MS }
        log.info('an update of the account has to wait', { reason: messageOf(thrown) })
      })
      .finally(() => {
        if (busy === run) busy = undefined
        if (!stop.signal.aborted) deps.onChange()
      })
    busy = run
  }

  /** Fetches it, and hands it over while its window is open. */
  async function bring(id: string, wish: AssignedRollout): Promise<void> {
    percent = 0
    const path = await deps.downloads.fetch(wish, stop.signal, (bytes) => {
      const now = Math.floor((bytes / wish.size) * 10) * 10
      if (now !== percent) deps.onChange()
      percent = now
    })
    if (closed(wish) !== undefined || wish.state !== 'run') return
    save(id, wish.attempt, 'installing')
    try {
      await updates.receive(Bun.file(path).stream(), { by: actorOf(wish), size: wish.size, held: wish.version })
    } catch (thrown) {
      if (thrown instanceof ConflictError || thrown instanceof DiskFullError) throw thrown
      if (thrown instanceof OperatorError) end(id, wish, 'failed', thrown.message)
      else throw thrown
    }
  }

  /** Why nothing may be done now; `own`: the window that counts where the account gave none. */
  function closed({ window: given, zone: where }: AssignedRollout, own?: StartWindow): string | undefined {
    const window = given ?? own
    const zone = given === undefined ? deps.zone() : (where ?? deps.zone())
    if (window === undefined || windowAt({ ...window, zone }, clock.now()).open) return undefined
    return `waits for its window ${windowText(window)} (${zone})`
  }

  function restart(id: string, wish: AssignedRollout): RolloutStatusReport {
    save(id, wish.attempt, 'restarting')
    updates.restart({ by: actorOf(wish) })
    return reportOf(wish.attempt, 'running', 'installed; the box starts again')
  }

  /** After the start of which it was waited for. */
  function started(id: string, wish: AssignedRollout, { at }: Row): RolloutStatusReport {
    const { version, well, fellBack } = updates.state()
    if (version === wish.version && well) return end(id, wish, 'done', `runs ${version}`)
    if (version === wish.version) return reportOf(wish.attempt, 'running', 'started; its checks are under way')
    if (deps.startedAt <= at) return reportOf(wish.attempt, 'running', 'the box starts again')
    return end(id, wish, 'failed', fellBack === undefined ? `came back with ${version}` : `fell back: ${fellBack}`)
  }

  function installing(id: string, wish: AssignedRollout): RolloutStatusReport | undefined {
    const state = updates.state()
    const { attempt } = wish
    if (isBusy(state)) return reportOf(attempt, 'running', `${state.phase}: ${state.percent} %`)
    if (state.phase === 'refused') return end(id, wish, 'failed', state.message ?? 'the system refused it')
    // Idle: a power cut broke it off, and nothing is installed.
    if (state.phase !== 'installed') return undefined
    if (state.bundle !== undefined && state.bundle !== wish.version)
      return end(id, wish, 'failed', `the file is version ${state.bundle}, not ${wish.version}`)
    if (wish.state === 'pause') return reportOf(attempt, 'paused', 'installed; paused before the start')
    const why = closed(wish, state.window)
    return why === undefined ? restart(id, wish) : reportOf(attempt, 'waiting', `installed; ${why}`)
  }

  function step(id: string, wish: AssignedRollout): RolloutStatusReport {
    const { attempt } = wish
    const row = find(id, attempt)
    if (row?.stage === 'done') return reportOf(attempt, 'done', row.text)
    if (row?.stage === 'failed') return reportOf(attempt, 'refused', row.text)
    const { unsupported, version } = updates.state()
    if (unsupported !== undefined) return reportOf(attempt, 'refused', unsupported)
    if (row?.stage === 'restarting') return started(id, wish, row)
    if (wish.state === 'cancel') return reportOf(attempt, 'cancelled', 'cancelled before it was started')
    if (version === wish.version) return reportOf(attempt, 'done', `runs ${version} already`)
    if (!deps.allowed())
      return reportOf(attempt, 'refused', 'the branch does not let its account act here (cloud.remote is not on)')
    if (busy !== undefined) return reportOf(attempt, 'downloading', `fetches ${wish.file}: ${percent} %`)
    const under = row === undefined ? undefined : installing(id, wish)
    if (under !== undefined) return under
    if (wish.state === 'pause') return reportOf(attempt, 'paused', 'paused before it began here')
    if (trouble !== undefined && clock.now() < trouble.until) return reportOf(attempt, 'waiting', trouble.text)
    trouble = undefined
    // What is there already needs no line: until the window opens nothing else is to do.
    const why = fetched.has(wish.sha256) ? closed(wish) : undefined
    if (why !== undefined) return reportOf(attempt, 'waiting', why)
    background(async () => {
      await bring(id, wish).catch((thrown: unknown) => {
        if (thrown instanceof NotFoundError) fetched.delete(wish.sha256)
        throw thrown
      })
      fetched.add(wish.sha256)
    })
    return reportOf(attempt, 'downloading', `fetches ${wish.file}`)
  }
  /** Content that is whole on the disk. */
  const fetched = new Set<string>()

  return {
    step,
    keep(wanted) {
      if (busy === undefined && fetched.size + Number(trouble !== undefined) > 0 && wanted.size === 0) {
        fetched.clear()
        trouble = undefined
        background(() => deps.downloads.clear(new Set()))
      }
    },
    async [Symbol.asyncDispose]() {
      stop.abort()
      await busy
    },
  }
}
