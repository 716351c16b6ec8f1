import { printable } from '../core/bytes.ts'
import type { Clock, EpochMs } from '../core/clock.ts'
import type { Counters } from '../core/counters.ts'
import { messageOf } from '../core/errors.ts'
import type { Log } from '../core/log.ts'
import type { JsonObject } from '../records/contract.ts'
import type { BoxJobs } from './box-store.ts'
import {
  type GivenJob,
  type JobReport,
  type JobSpec,
  REMOTE_PATHS,
  type RemoteSwitches,
  type RemoteTransport,
} from './contract.ts'
import { LIMITS, objectionTo, onGiven } from './policy.ts'
import { jobSpec, resultAnswer, takeAnswer, VERSION } from './schema.ts'

/** What came of a job that went well. */
export interface Outcome {
  /** One line for people. */
  readonly text: string
  readonly result?: JsonObject
}

/** What a job is done with. */
export interface Doing {
  readonly id: string
  /** Who wants it, for journeys and logs. */
  readonly by: string
  /** How far the account's clock is ahead of the box's own. */
  readonly skewMs: number
  /** Says how far it is; lost words cost nothing. */
  tell(text: string, progress: number): void
  readonly signal: AbortSignal
}

export interface RemoteRunnerDeps {
  readonly store: BoxJobs
  readonly transport: RemoteTransport
  readonly switches: RemoteSwitches
  /** Does it, or throws with a message for people. */
  readonly execute: (spec: JobSpec, doing: Doing) => Promise<Outcome>
  readonly clock: Clock
  readonly log: Log
  readonly counters: Counters
  /** Calls `work` in `ms`; returns the way to stop it. */
  readonly after: (ms: number, work: () => void) => () => void
}

/** The box's half of remote hands. */
export interface RemoteRunner extends AsyncDisposable {
  /** Tells what is to be told and fetches what is to be done. Never throws; calls at the same time are one. */
  look(): Promise<void>
}

/** So many are under way at most; the others wait in the account. */
const MOST_UNDER_WAY = 8
/** What could not be told is tried again after this, and after ever longer. */
const RETRY_MS = 5_000
const LONGEST_RETRY_MS = 300_000
/** What no version of this release understands is remembered by this name. */
const UNKNOWN = 'unknown'

/** Takes jobs from the account, does each once in its life, and tells what came of it until it was heard. */
export function makeRemoteRunner(deps: RemoteRunnerDeps): RemoteRunner {
  const { store, transport, switches, clock, log, counters } = deps
  const stop = new AbortController()
  const underWay = new Map<string, Promise<void>>()
  let looking: Promise<void> | undefined
  let again = false
  let failures = 0
  let stopRetry = () => {}

  // How far they got nobody knows, so none is begun a second time.
  for (const { id, kind, by } of store.begun()) {
    const text = 'the box was started again while it was under way; it was not done a second time'
    store.end(id, { state: 'failed', text }, { kind, by, at: clock.now() })
  }
  store.forgetOld(clock.now())

  async function look(): Promise<void> {
    try {
      await tellAll()
      if (switches.remote === 'off') await refuseAll()
      else await take()
      failures = 0
    } catch (thrown) {
      if (stop.signal.aborted) return
      counters.add('remote.failed')
      log.debug('no word from the account about jobs', { reason: messageOf(thrown) })
      retry()
    }
  }

  function retry(): void {
    stopRetry()
    stopRetry = deps.after(Math.min(LONGEST_RETRY_MS, RETRY_MS * 2 ** failures++), () => void runner.look())
  }

  async function tellAll(): Promise<void> {
    for (const { id, report } of store.untold()) await tell(id, report)
  }

  /** Only what the account has acknowledged is told. */
  async function tell(id: string, report: JobReport): Promise<void> {
    const answer = await transport.post(REMOTE_PATHS.result(id), { version: VERSION, ...report }, stop.signal)
    resultAnswer.parse(answer)
    if (report.state !== 'running') store.told(id)
  }

  async function ask(limit: number) {
    const sent = await transport.post(REMOTE_PATHS.take, { version: VERSION, limit }, stop.signal)
    const { jobs, now } = takeAnswer.parse(sent)
    return { jobs, skewMs: now - clock.now() }
  }

  async function take(): Promise<void> {
    const room = MOST_UNDER_WAY - underWay.size
    if (room <= 0) return
    const { jobs, skewMs } = await ask(LIMITS.take)
    for (const job of jobs) handle(job, skewMs)
    await tellAll()
  }

  /** The account is told why, so that nobody waits for nothing. */
  async function refuseAll(): Promise<void> {
    const { jobs } = await ask(LIMITS.take)
    for (const job of jobs) handle(job, 0)
    await tellAll()
  }

  function handle(job: GivenJob, skewMs: number): void {
    const { id, by, expiresInMs } = job
    const at = clock.now()
    const found = onGiven(store.remembered(id), { underWay: underWay.has(id), expiresInMs })
    if (found === 'report') store.tellAgain(id)
    if (found === 'report' || found === 'wait') return
    const { spec, objection } = judge(job, found)
    const kind = spec?.kind ?? UNKNOWN
    if (spec === undefined || objection !== undefined) {
      store.end(id, { state: 'failed', text: shown(objection ?? '') }, { kind, by, at })
      return
    }
    if (underWay.size >= MOST_UNDER_WAY) return
    store.begin(id, { kind, by, at })
    counters.add(`remote.${kind}`)
    log.info('the account wants something done', { job: id, kind, by: printable(by) })
    underWay.set(id, run(spec, { id, by, at, skewMs }))
  }

  function judge(job: GivenJob, found: 'run' | 'give-up' | 'too-late'): { spec?: JobSpec; objection?: string } {
    const parsed = jobSpec.safeParse(job.spec)
    const spec = parsed.success ? { spec: parsed.data } : {}
    if (found === 'give-up')
      return { ...spec, objection: 'the box broke off while it was under way; it was not done a second time' }
    if (found === 'too-late') return { ...spec, objection: 'it came too late' }
    if (parsed.success) {
      const objection = objectionTo(parsed.data.kind, switches)
      return objection === undefined ? spec : { ...spec, objection }
    }
    counters.add('remote.malformed')
    const { path, message } = parsed.error.issues[0] ?? { path: [], message: '' }
    return { objection: `this box cannot do that: ${['spec', ...path.map(String)].join('.')}: ${message}` }
  }

  async function run(spec: JobSpec, given: { id: string; by: string; at: EpochMs; skewMs: number }): Promise<void> {
    const { id, by, at, skewMs } = given
    const report = await outcomeOf(spec, {
      ...{ id, by: shown(by), skewMs, signal: stop.signal },
      tell(text, progress) {
        tell(id, { state: 'running', text: shown(text), progress }).catch((thrown: unknown) =>
          log.debug('progress of a job was not heard', { job: id, reason: messageOf(thrown) }),
        )
      },
    })
    underWay.delete(id)
    // The program ends: what it broke off is told at its next start.
    if (stop.signal.aborted) return
    try {
      store.end(id, report, { kind: spec.kind, by, at })
    } catch (thrown) {
      log.error('the outcome of a job cannot be kept', { job: id, reason: messageOf(thrown) })
    }
    log.info('a job of the account ended', { job: id, kind: spec.kind, state: report.state })
    await runner.look()
  }

  async function outcomeOf(spec: JobSpec, doing: Doing): Promise<JobReport> {
    try {
      const { text, result } = await deps.execute(spec, doing)
      const size = result === undefined ? 0 : JSON.stringify(result).length
      if (size > LIMITS.result)
        return {
          state: 'failed',
          text: `the answer has ${size} characters, more than the ${LIMITS.result} that travel`,
        }
      return { state: 'done', text: shown(text), ...(result !== undefined && { result }) }
    } catch (thrown) {
      return { state: 'failed', text: shown(messageOf(thrown)) }
    }
  }

  const runner: RemoteRunner = {
    look() {
      if (stop.signal.aborted) return Promise.resolve()
      if (looking !== undefined) {
        again = true
        return looking
      }
      looking = (async () => {
        do {
          again = false
          await look()
        } while (again && !stop.signal.aborted)
      })().finally(() => {
        looking = undefined
      })
      return looking
    },
    async [Symbol.asyncDispose]() {
      stop.abort()
      stopRetry()
      await Promise.allSettled([looking, ...underWay.values()])
    },
  }
  return runner
}

/** Texts of devices and of templates stand in what is told: made fit to show, and cut. */
function shown(text: string): string {
  return printable(text, LIMITS.text).replace(/[\p{Cf}\p{Zl}\p{Zp}]/gu, '.')
}
