import type { Log } from '../core/log.ts'
import { alignment, mend, startEpoch } from './box-align.ts'
import type { BoxSyncDeps } from './box-deps.ts'
import { forget, isForgettable, take, waiting } from './box-outbox-store.ts'
import { outgoing } from './box-secrets.ts'
import { readState, writeState } from './box-store.ts'
import type { Epoch, Inbox, Mutation } from './contract.ts'
import type { SyncChecks } from './policy-checks.ts'
import { sameEpoch } from './policy-inbox.ts'
import { nextEpoch } from './policy-outbox.ts'
import { decode, heartbeatAnswerSchema, LIMITS, pushAnswerSchema } from './schema.ts'

const DAY = 86_400_000
/** How long mutations are kept after they were taken, so that a cloud that was restored can get them again. */
export const KEPT_DAYS = 30
/** Room that a message leaves for what stands around its items. */
const ENVELOPE = 4_096

export interface Pusher {
  /** Compares both sides and mends a difference; returns the highest status that the cloud has. */
  heartbeat(): Promise<{ readonly statusSeq: number } | undefined>
  /** Sends everything that waits; returns how many mutations were taken. */
  push(): Promise<number>
}

export function makePusher(
  deps: BoxSyncDeps & {
    readonly version: number
    readonly checks: SyncChecks
    readonly log: Log
    readonly holder: string
  },
): Pusher {
  const { db, transport, checks, log, holder, version } = deps

  /** Mends what differs between the outbox and an inbox that was told in answer to a question of this epoch. */
  function settle(asked: Epoch, inbox: Inbox, forked: boolean): void {
    const { epoch } = readState(db)
    const found = alignment(db, inbox, checks)
    if (!sameEpoch(epoch, asked) || (found.do === 'go-on' && !forked)) return
    db.write(() => {
      if (forked) startEpoch(db, nextEpoch(epoch.n, inbox.epoch?.n), deps)
      else mend(db, found, deps)
    })
    if (forked || found.do === 'new-epoch')
      log.warn('a new epoch of the outbox was begun', { n: readState(db).epoch.n })
  }

  function forgetOld(now: number): void {
    const before = checks.kept ? now - KEPT_DAYS * DAY : Number.MAX_SAFE_INTEGER
    if (isForgettable(db, before)) db.write(() => forget(db, before))
  }

  function batch(): readonly Mutation[] {
    const items: Mutation[] = []
    let room = LIMITS.message - ENVELOPE
    for (const { ord: _, patch, ...row } of waiting(db, LIMITS.push)) {
      const set = patch === null ? {} : outgoing(db, deps.secrets, patch.set)
      const item: Mutation = { ...row, patch: patch === null ? null : { set, unset: patch.unset } }
      room -= JSON.stringify(item).length + 1
      if (room < 0 && items.length > 0) break
      items.push(item)
    }
    return items
  }

  return {
    async heartbeat() {
      const { epoch, lastSeq } = readState(db)
      const request = { version, epoch, holder, lastSeq }
      const answer = decode(heartbeatAnswerSchema, 'heartbeat answer', await transport.heartbeat(request))
      if (answer.answer === 'refused') {
        log.warn('the cloud refuses the heartbeat', { code: answer.code })
        return undefined
      }
      if (readState(db).halted !== answer.halted) db.write(() => writeState(db, { halted: answer.halted }))
      // What the cloud lost is sent again however old. Only a new epoch sends what the cloud may have taken, and by now
      // forgotten to have taken.
      const found = alignment(db, answer.inbox, checks)
      const lost = found.do === 'resend' || (found.do === 'new-epoch' && found.behind)
      if (!lost || !checks.kept) forgetOld(checks.cloudClock ? answer.now : deps.clock.now())
      if (checks.heartbeat && !answer.halted) settle(epoch, answer.inbox, false)
      return { statusSeq: answer.statusSeq }
    },

    async push() {
      let taken = 0
      for (;;) {
        const { epoch } = readState(db)
        const items = batch()
        if (items.length === 0) return taken
        const request = { version, epoch, holder, items }
        const answer = decode(pushAnswerSchema, 'push answer', await transport.push(request))
        if (answer.answer === 'gap' || answer.answer === 'fork') {
          settle(epoch, answer.inbox, answer.answer === 'fork')
          return taken
        }
        if (answer.answer !== 'taken') {
          const upgrade = answer.answer === 'refused' && answer.code === 'upgrade'
          db.write(() => writeState(db, { halted: answer.answer === 'halted', upgrade }))
          log.warn('the cloud takes no edits', { answer: answer.answer })
          return taken
        }
        const now = checks.cloudClock ? answer.now : deps.clock.now()
        const noted = db.write(() => {
          if (!sameEpoch(readState(db).epoch, epoch)) return 0
          const { upgrade, halted } = readState(db)
          if (upgrade || halted) writeState(db, { upgrade: false, halted: false })
          const many = answer.outcomes.filter((outcome) => take(db, outcome, now))
          return many.length
        })
        forgetOld(now)
        if (noted === 0) return taken
        taken += noted
      }
    },
  }
}
