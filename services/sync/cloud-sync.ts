import type { Clock } from '../core/clock.ts'
import { ConflictError, messageOf, NotFoundError, OperatorError } from '../core/errors.ts'
import { type Log, silentLog } from '../core/log.ts'
import type { JsonObject } from '../records/contract.ts'
import { makePen } from './cloud-feed.ts'
import { makeFeedServer } from './cloud-pull.ts'
import { resumed, takePush } from './cloud-push.ts'
import type { BoxIdentity, CloudSync, FeedName, Poke, PullAnswer, Refused, Status } from './contract.ts'
import { ALL_CHECKS, type SyncChecks } from './policy-checks.ts'
import { inboxOf } from './policy-inbox.ts'
import { MAX_BODY, taken } from './policy-merge.ts'
import { feedsOf } from './policy-ownership.ts'
import { mapBodySecrets } from './policy-value.ts'
import { decidesEdits, SYNC_VERSION } from './policy-version.ts'
import {
  decode,
  eventsSchema,
  heartbeatSchema,
  isTame,
  LIMITS,
  pullSchema,
  pushSchema,
  statusSchema,
} from './schema.ts'
import type { FeedStorage } from './storage.ts'

const DAY = 86_400_000
const TOMBSTONE_DAYS = 90
/** Longer than a box keeps what was taken, or a mutation could be taken twice. */
const MUTATION_DAYS = 90
/**
 * These are kept of each box however old: a box sends a push only when it has heard the outcome of the one before, so
 * one that was away for a year may ask for the outcomes of its last push, and no more than that.
 */
const MUTATIONS_KEPT = 1_000
const EVENT_DAYS = 90
/** What is of no one feed is looked through once for all feeds that are compacted within this time. */
const TIDY_MS = 3_600_000

export interface CloudSyncDeps {
  readonly storage: FeedStorage
  readonly clock: Clock
  /** Unique for ever: a new one at each start of a process, so that a database that went back in time is noticed. */
  readonly generation: string
  /** From the seal of the cloud to the one that this box can open. Throws when the text cannot be opened. */
  readonly sealFor: (boxId: string, sealed: string) => string
  /** Told, before a pull is answered, how far the box has applied the feed by its own word. Never waited for. */
  readonly onPulled?: (boxId: string, feed: FeedName, seq: number) => void
  readonly log?: Log
  /** Mutations that are remembered of each box whatever their age: 1,000, less in the simulation. */
  readonly keepMutations?: number
  /** All unless the simulation switches one off. */
  readonly checks?: SyncChecks
  /** Another number than this release's, for the simulation. */
  readonly version?: number
}

/** The cloud's half of sync. Starts a new generation before it answers anything. */
export async function makeCloudSync(deps: CloudSyncDeps): Promise<CloudSync> {
  const { storage, clock, log = silentLog, checks = ALL_CHECKS, version: own = SYNC_VERSION } = deps
  const serveFeed = makeFeedServer({ storage, checks, ...(deps.onPulled && { onPulled: deps.onPulled }) })
  const listeners = new Set<(poke: Poke) => void>()
  let tidiedAt = Number.NEGATIVE_INFINITY
  await storage.write((writer) => writer.startGeneration(deps.generation))

  function poke(feeds: readonly FeedName[]): void {
    if (feeds.length > 0) for (const listener of [...listeners]) listener({ feeds })
  }

  /** Refuses what cannot be read or served; hands the rest on. */
  async function serve<Request extends { version: number }, Answer>(
    schema: Parameters<typeof decode<Request>>[0],
    what: string,
    request: unknown,
    work: (request: Request) => Promise<Answer>,
  ): Promise<Answer | Refused> {
    let read: Request
    try {
      read = decode(schema, what, request)
    } catch (thrown) {
      return { answer: 'refused', code: 'malformed', message: messageOf(thrown) }
    }
    return work(read)
  }

  /** What a message upward may weigh; it came as text, and its size is known to the one who read it too. */
  function tooLarge(request: unknown): Refused | undefined {
    if (JSON.stringify(request).length <= LIMITS.message) return undefined
    return { answer: 'refused', code: 'too-large', message: `more than ${LIMITS.message} characters in one message` }
  }

  const allows = (box: BoxIdentity) => (feed: FeedName) =>
    !checks.tenant || feedsOf(box.boxId, box.orgId).includes(feed)

  function sealed(boxId: string, body: JsonObject): JsonObject {
    return mapBodySecrets(body, (secret) => {
      try {
        return { ...secret, sealed: deps.sealFor(boxId, secret.sealed) }
      } catch (thrown) {
        log.error('a stored secret cannot be sealed for a box', { box: boxId, error: messageOf(thrown) })
        return { ...secret }
      }
    })
  }

  return {
    pull: (box, request) =>
      serve(pullSchema, 'pull', request, async (read): Promise<PullAnswer> => {
        if (!allows(box)(read.feed))
          return { answer: 'refused', code: 'forbidden', message: `${read.feed} is not a feed of this box` }
        return serveFeed(box.boxId, read, (body) => sealed(box.boxId, body))
      }),

    push: (box, request) =>
      serve(pushSchema, 'push', request, async ({ version, epoch, holder, items }) => {
        if (checks.version && !decidesEdits(own, version)) {
          const which = version > own ? `newer than ${own}, which this account speaks` : 'too old to edit'
          return { answer: 'refused', code: 'upgrade', message: `version ${version} is ${which}` } as const
        }
        const refused = tooLarge(request)
        if (refused !== undefined) return refused
        const facts = { box, epoch, holder, items, allows: allows(box), now: clock.now() }
        const { answer, written } = await takePush({ storage, checks }, facts)
        if (answer.answer !== 'taken') log.warn('a push was not taken', { box: box.boxId, answer: answer.answer })
        poke(written)
        return answer
      }),

    heartbeat: (box, request) =>
      serve(heartbeatSchema, 'heartbeat', request, () =>
        storage.read(async (reader) => {
          const state = await reader.inbox(box.boxId)
          const { seq } = await reader.statusProgress(box.boxId)
          const { halted } = state
          return { answer: 'heartbeat', inbox: inboxOf(state), halted, statusSeq: seq, now: clock.now() } as const
        }),
      ),

    status: (box, request) =>
      serve(statusSchema, 'status', request, async ({ items, voidBelow }) => {
        const refused = tooLarge(request)
        if (refused !== undefined) return refused
        const now = clock.now()
        return storage.write(async (writer) => {
          const { boxId } = box
          await writer.lockInbox(boxId)
          const progress = await writer.statusProgress(boxId)
          const floor = Math.max(progress.voidBelow, voidBelow ?? 0)
          if (floor > progress.voidBelow) await writer.dropStatusBelow(boxId, floor)
          await writer.putStatuses(boxId, newest(items, floor), now)
          const seq = items.reduce((most, item) => Math.max(most, item.seq), Math.max(progress.seq, floor - 1))
          await writer.putStatusProgress(boxId, { seq, voidBelow: floor })
          return { answer: 'status', statusSeq: seq } as const
        })
      }),

    events: (box, request) =>
      serve(eventsSchema, 'events', request, async ({ epoch, items }) => {
        const refused = tooLarge(request)
        if (refused !== undefined) return refused
        const now = clock.now()
        await storage.write((writer) => writer.putEvents(box.boxId, epoch, items, now))
        return { answer: 'events', eventSeq: items.reduce((most, item) => Math.max(most, item.seq), 0) } as const
      }),

    async write(feed, changes, { by }) {
      for (const { kind, id, body } of changes) checkBody(`${kind} ${id}`, body)
      const now = clock.now()
      const written = await storage.write(async (writer) => {
        const pen = makePen(writer, by, now)
        await pen.lock([feed])
        for (const { kind, id, body, baseRev } of changes) {
          const stands = await writer.record(feed, kind, id)
          const rev = stands === undefined || stands.deleted ? 0 : stands.rev
          if (baseRev !== undefined && baseRev !== rev)
            throw new ConflictError(`${kind} ${id} is at revision ${rev}, the edit was based on ${baseRev}`)
          await pen.put(feed, { kind, id }, body ?? null)
        }
        return pen.close()
      })
      poke(written)
    },

    async settle(boxId, mutationId, { take, by }) {
      const now = clock.now()
      const written = await storage.write(async (writer) => {
        const pen = makePen(writer, by, now)
        const found = await writer.conflict(boxId, mutationId)
        if (found !== undefined) await pen.lock([found.feed])
        // Again under the lock: two people may settle it at once.
        const conflict = await writer.conflict(boxId, mutationId)
        if (conflict === undefined) throw new NotFoundError(`no conflict ${mutationId} of box ${boxId}`)
        if (conflict.resolvedBy !== undefined)
          throw new ConflictError(`conflict ${mutationId} was settled by ${conflict.resolvedBy}`)
        const { feed, kind, id } = conflict
        if (take) await pen.put(feed, { kind, id }, taken(conflict, await writer.record(feed, kind, id)))
        await writer.putConflict({ ...conflict, resolvedBy: by })
        return pen.close()
      })
      poke(written)
    },

    resume: (boxId) =>
      storage.write(async (writer) => {
        const state = await writer.lockInbox(boxId)
        await writer.putInbox(boxId, resumed(state))
      }),

    async compact(feed) {
      const now = clock.now()
      await storage.write(async (writer) => {
        const counter = await writer.lockCounter(feed)
        const gone = await writer.forgetTombstones(feed, now - TOMBSTONE_DAYS * DAY)
        await writer.putCounter(feed, { ...counter, floor: Math.max(counter.floor, gone) })
        if (now - tidiedAt < TIDY_MS && now >= tidiedAt) return
        await writer.forgetMutations(now - MUTATION_DAYS * DAY, deps.keepMutations ?? MUTATIONS_KEPT)
        await writer.forgetConflicts(now)
        await writer.forgetEvents(now - EVENT_DAYS * DAY)
      })
      if (now - tidiedAt >= TIDY_MS || now < tidiedAt) tidiedAt = now
    },

    onPoke(listener) {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
  }
}

/** The newest of each thing, of those that are not void. */
function newest(items: readonly Status[], floor: number): readonly Status[] {
  const byThing = new Map<string, Status>()
  for (const item of items) {
    const thing = JSON.stringify([item.kind, item.id])
    if (item.seq >= Math.max(floor, byThing.get(thing)?.seq ?? 0)) byThing.set(thing, item)
  }
  return [...byThing.values()]
}

/** What a person or a program in the cloud writes must be storable in every box. */
function checkBody(what: string, body: JsonObject | undefined): void {
  if (body === undefined) return
  if (!isTame(body, LIMITS.depth)) throw new OperatorError(`${what}: not plain JSON, or nested too deep`)
  const { length } = JSON.stringify(body)
  if (length > MAX_BODY) throw new OperatorError(`${what}: ${length} characters of JSON are more than ${MAX_BODY}`)
}
