import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import type { Clock } from '../../services/core/clock.ts'
import { messageOf } from '../../services/core/errors.ts'
import type { Log } from '../../services/core/log.ts'
import type { SecretBox } from '../../services/core/secret.ts'
import type { SqlDatabase } from '../../services/core/sql.ts'
import type { BoxEnrolment } from '../../services/enrolment/box-enrolment.ts'
import type { Files, FileUse } from '../../services/files/contract.ts'
import type { Alarm, Alarms } from '../../services/journey/contract.ts'
import type { RecordLog, Records } from '../../services/records/contract.ts'
import type { RemoteRunner } from '../../services/remote/box-runner.ts'
import type { RemoteTransport } from '../../services/remote/contract.ts'
import type { Rollouts } from '../../services/rollouts/contract.ts'
import { makeBoxCaller } from '../../services/sync/box-caller.ts'
import { makeBoxLoop } from '../../services/sync/box-loop.ts'
import { followStream } from '../../services/sync/box-stream.ts'
import { makeBoxSync } from '../../services/sync/box-sync.ts'
import type { SyncStatus } from '../../services/sync/contract.ts'
import { STREAM_PATH } from '../../services/sync/paths.ts'
import { makeHttpTransport } from '../../services/sync/transport-http.ts'
import type { Packs } from '../../services/templates/contract.ts'
import type { Updates } from '../../services/updates/contract.ts'
import { makeCourier } from './courier.ts'
import { makeDownloads } from './download.ts'
import { followFiles } from './files.ts'
import { followPacks } from './packs.ts'
import { makeReports, type Reports, type ReportsDeps } from './reports.ts'
import { type AccountRolloutsDeps, followRollouts } from './rollouts.ts'
import { makeSystemRollouts } from './system-rollouts.ts'
import { objectionTo } from './usable.ts'

/**
 * A stream that was away may have missed a poke: the next cycle is no later than this. Streams come back spread over many
 * seconds already (policy-pace.ts), so an account that starts anew is not asked by all boxes at once.
 */
const AFTER_STREAM_MS = 10_000
/** What phones do during a rollout goes up together. */
const REPORT_MS = 1_000
/** What a report has room for. */
const MOST_GIVEN = 200

/** What the box gives to sync. */
export interface SiteFacts extends Pick<ReportsDeps, 'devices' | 'inspector' | 'journeys' | 'onTemplates' | 'box'> {
  readonly db: SqlDatabase
  readonly records: Records & RecordLog
  readonly secretBox: SecretBox
  readonly packs: Packs
  readonly files: Files
  /** What keeps a stored file from being taken away. */
  readonly fileUses: (name: string) => readonly FileUse[]
  readonly rollouts: Rollouts
  readonly updates: Updates
  readonly candidates: AccountRolloutsDeps['candidates']
  /** Whether the branch lets its account act here. */
  readonly allowed: () => boolean
  /** Zone of the site. */
  readonly zone: () => string
  readonly startedAt: number
  /** Where what is under way from the account waits. */
  readonly incoming: string
  readonly alarms: Pick<Alarms, 'raise'>
  readonly clock: Clock
  readonly log: Log
  readonly version: string
  /** Does what the account wants done here. */
  readonly remote: (transport: RemoteTransport) => RemoteRunner
}

/** One account that the box belongs to. */
export interface Account {
  readonly enrolment: BoxEnrolment
  readonly boxId: string
  readonly orgId: string
  readonly apiBase: string
  /** Told when `status()` may say something else. */
  readonly onChange: () => void
}

/** Sync with one account, as long as the box belongs to it. Disposing ends what is under way. */
export interface Session extends AsyncDisposable {
  status(): SyncStatus
  /** A cycle that begins now; what became of it is in `status()`. */
  now(): Promise<void>
  alarm(alarm: Alarm): void
}

/** Begins to keep box and account in step, in the background. Throws when the box's own state cannot be used. */
export function openSession(site: SiteFacts, account: Account): Session {
  const { records, alarms, clock, log } = site
  const { enrolment, boxId, orgId } = account
  const stop = new AbortController()
  const monotonic = () => performance.now()
  const common = { clock, log, monotonic, random: Math.random, later }
  const caller = makeBoxCaller({
    apiBase: account.apiBase,
    token: () => enrolment.token(),
    refuse: (token) => enrolment.refuseToken(token),
    now: () => clock.now(),
    signal: stop.signal,
  })
  const sync = makeBoxSync({
    ...{ db: site.db, records, boxId, orgId, clock, log, objection: objectionTo },
    transport: makeHttpTransport(caller),
    secrets: makeCourier(enrolment, site.secretBox),
    random: (length) => new Uint8Array(randomBytes(length)),
  })
  const remote = site.remote(caller)
  const complained = new Map<string, string>()

  /** Outside of any transaction, and once for each fault: an alarm is for people. */
  function complain(): void {
    for (const { kind, id, reason } of sync.state().unusable) {
      const name = `${kind} ${id}`
      if (complained.get(name) === reason) continue
      complained.set(name, reason)
      alarms.raise('unusable-record', name, `the account gave ${name}, which this box cannot use: ${reason}`)
    }
  }

  const loop = makeBoxLoop({
    ...common,
    cycle: () => sync.cycle(),
    now: () => clock.now(),
    onCycle({ recovered }) {
      if (recovered) stream.nudge()
      complain()
      void remote.look()
      account.onChange()
    },
  })
  const stream = followStream({
    ...common,
    open: (signal) => caller.open(STREAM_PATH, signal),
    onEvent({ name }) {
      // Which feeds have news does not matter: a cycle asks for all, and nothing that comes here is believed.
      if (name === 'poke') loop.poke()
      if (name === 'jobs') void remote.look()
    },
    onChange(open) {
      if (open) loop.within(Math.random() * AFTER_STREAM_MS)
      if (open) void remote.look()
      account.onChange()
    },
  })
  const downloadsTo = (name: string) => makeDownloads(join(site.incoming, name), caller)
  const giving = { records, alarms, log, monotonic, later, random: Math.random }
  const packs = followPacks({
    ...{ ...giving, packs: site.packs, downloads: downloadsTo('packs') },
    onChange: () => reports.boxChanged(),
  })
  const files = followFiles({
    ...{ ...giving, files: site.files, fileUses: site.fileUses, downloads: downloadsTo('files') },
    onChange() {
      reports.boxChanged()
      rollouts.look()
    },
  })
  const rollouts = followRollouts({
    ...{ ...site, given: files.status, later },
    system: makeSystemRollouts({ ...site, downloads: downloadsTo('system'), onChange: () => rollouts.look() }),
    report(id, body) {
      sync.report('rollout', id, body)
      loop.within(REPORT_MS)
    },
  })
  const box = () => ({ ...site.box(), given: [...packs.status(), ...files.status()].slice(0, MOST_GIVEN) })
  const reports: Reports = makeReports({ ...site, ...common, box, sync, soon: (ms) => loop.within(ms) })
  reports.event('started', { version: site.version })
  const stopFollowing = records.onChange(({ by }) => {
    if (by !== 'cloud') loop.edited()
  })
  complain()

  return {
    status() {
      const { epoch: _, ...state } = sync.state()
      return { ...state, live: stream.isOpen, ...(loop.failing && { failing: loop.failing }) }
    },
    async now() {
      try {
        await loop.now()
      } catch (thrown) {
        log.info('no sync with the account', { reason: messageOf(thrown) })
      }
    },
    alarm: (alarm) => reports.alarm(alarm),
    async [Symbol.asyncDispose]() {
      stopFollowing()
      stop.abort()
      await rollouts[Symbol.asyncDispose]()
      await files[Symbol.asyncDispose]()
      await packs[Symbol.asyncDispose]()
      reports[Symbol.dispose]()
      await remote[Symbol.asyncDispose]()
      await stream[Symbol.asyncDispose]()
      await loop[Symbol.asyncDispose]()
    },
  }
}

function later(ms: number, work: () => void): () => void {
  const timer = setTimeout(work, ms)
  timer.unref?.()
  return () => clearTimeout(timer)
}
