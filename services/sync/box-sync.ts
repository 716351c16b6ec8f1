import { toHex } from '../core/bytes.ts'
import type { EpochMs } from '../core/clock.ts'
import { silentLog } from '../core/log.ts'
import { KINDS, type RecordWriter } from '../records/contract.ts'
import { allKeys, type Key } from './box-confirmed-store.ts'
import type { BoxSyncDeps } from './box-deps.ts'
import { effective, reconcile } from './box-effective.ts'
import { leaveFormer } from './box-former.ts'
import { adopt, ingest, offer, passOwnChanges } from './box-ingest.ts'
import { makeEventLane, makeStatusLane } from './box-lanes.ts'
import { countWaiting, notices } from './box-outbox-store.ts'
import { makePuller } from './box-pull.ts'
import { makePusher } from './box-push.ts'
import { findState, readState, writeState } from './box-store.ts'
import type { BoxSync, CycleResult, Unusable } from './contract.ts'
import { ALL_CHECKS } from './policy-checks.ts'
import { feedsOf } from './policy-ownership.ts'
import { SYNC_VERSION } from './policy-version.ts'

/** More edits than that waiting: a person is asked before making more. */
export const CROWDED = 50_000
/** Times that one cycle starts again because the two sides had to be brought in line. */
const ROUNDS = 4
const NOTICES = 100

/**
 * The box's half of sync. At the first start what the box has is offered to the cloud; at each start what the cloud
 * gave is brought in force again, so that a release which knows more kinds of record finds them.
 *
 * One cycle at a time: a second call while one runs waits for that one.
 */
export function makeBoxSync(given: BoxSyncDeps): BoxSync {
  const { db, records } = given
  const log = given.log ?? silentLog
  const checks = given.checks ?? ALL_CHECKS
  const holder = toHex(given.random(12))
  const feeds = feedsOf(given.boxId, given.orgId)
  const deps = { ...given, log, checks, holder, version: given.version ?? SYNC_VERSION }
  const unusable = new Map<string, Unusable>()

  /** What is in force of these records, written where it differs. */
  function enforce(writer: RecordWriter, keys: readonly Key[]): void {
    const { objection, knows, secrets: courier } = given
    const { overlay } = checks
    const optional = { ...(objection && { objection }), ...(knows && { knows }) }
    reconcile({ db, writer, overlay, courier, unusable, ...optional }, feeds, keys)
  }

  records.transact((writer) => {
    const left = leaveFormer(db, feeds, (length) => toHex(given.random(length)))
    if (findState(db) === undefined) {
      const epoch = { n: 1, id: toHex(given.random(8)) }
      writeState(db, {}, { epoch, lastSeq: 0, changeSeq: 0, halted: false, upgrade: false, dropped: 0 })
      adopt(deps, feeds)
    }
    // Before what was changed since: those changes are of records that the new organisation has not yet.
    offer(deps, feeds, withoutHome(left), `${given.orgId ?? given.boxId}~`)
    ingest(deps, feeds)
    enforce(writer, everything())
    passOwnChanges(deps)
  })

  const events = makeEventLane(db, given.transport, deps.version)
  const status = makeStatusLane(given.transport, deps.version)
  const pusher = makePusher(deps)
  const puller = makePuller({ ...deps, enforce }, feeds, (kind, body) =>
    events.append([{ kind, at: given.clock.now(), body }]),
  )
  let running: Promise<CycleResult> | undefined
  let syncedAt: EpochMs | undefined

  /** What sync knows of, and what is in none of its tables: the cloud removed it while a release ran here that did not know the kind. */
  function everything(): readonly Key[] {
    const known = allKeys(db)
    if (!checks.relearn) return known
    const there = new Set(known.map(({ kind, id }) => `${kind} ${id}`))
    const stored = KINDS.flatMap((kind) => records.list(kind))
    return [...known, ...stored.filter(({ kind, id }) => !there.has(`${kind} ${id}`))]
  }

  /** Those that no feed of this account has. */
  function withoutHome(keys: readonly Key[]): readonly Key[] {
    return keys.filter((key) => effective(db, feeds, key) === undefined)
  }

  /** What people changed since becomes mutations, and what only looked changed here is put back. */
  function collect(): void {
    if (records.changesAfter(readState(db).changeSeq, 1).length === 0) return
    records.transact((writer) => {
      const keys = ingest(deps, feeds)
      if (keys.length === 0) return
      enforce(writer, keys)
      passOwnChanges(deps)
    })
  }

  async function round(): Promise<{ statusSeq: number; pushed: number; pulled: number; aligned: boolean }> {
    collect()
    const heart = await pusher.heartbeat()
    const pushed = await pusher.push()
    let pulled = 0
    let aligned = true
    for (const feed of feeds) {
      const { end, items } = await puller.pull(feed)
      pulled += items
      if (end === 'misaligned') {
        aligned = false
        break
      }
    }
    return { statusSeq: heart?.statusSeq ?? 0, pushed, pulled, aligned }
  }

  async function cycle(): Promise<CycleResult> {
    let pushed = 0
    let pulled = 0
    for (let i = 0; i < ROUNDS; i++) {
      const one = await round()
      pushed += one.pushed
      pulled += one.pulled
      const { halted, upgrade, epoch } = readState(db)
      const rest = countWaiting(db)
      if (!one.aligned || (rest > 0 && !halted && !upgrade)) continue
      await status.send(epoch, one.statusSeq)
      await events.send()
      syncedAt = given.clock.now()
      break
    }
    return { pushed, pulled, busy: pushed + pulled > 0 }
  }

  return {
    cycle() {
      running ??= cycle().finally(() => {
        running = undefined
      })
      return running
    },
    state() {
      const { epoch, halted, upgrade } = readState(db)
      const unsent = countWaiting(db)
      return {
        ...{ epoch, halted, upgrade, waiting: unsent, crowded: unsent > CROWDED, notices: notices(db, NOTICES) },
        unusable: [...unusable.values()].slice(0, NOTICES),
        withoutSecrets: given.secrets.isOpen?.() === false,
        ...(syncedAt === undefined ? {} : { syncedAt }),
      }
    },
    report: (kind, id, body) => status.report(kind, id, body),
    record: (list) => db.write(() => events.append(list)),
    resync: (feed) => puller.reset(feed),
  }
}
