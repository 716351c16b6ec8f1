import { randomBytes } from 'node:crypto'
import { sql } from 'kysely'
import type { CloudEnrolment } from '../services/enrolment/cloud-deps.ts'
import { makeCloudEnrolment } from '../services/enrolment/cloud-enrolment.ts'
import { makeCloudSync } from '../services/sync/cloud-sync.ts'
import type { CloudSync, FeedName } from '../services/sync/contract.ts'
import type { FeedStorage } from '../services/sync/storage.ts'
import type { CloudContext } from './context.ts'
import { type AccountKeys, makeAccountKeys } from './enrolment/account-keys.ts'
import { openCloudKeys } from './enrolment/cloud-keys.ts'
import { makeEnrolmentStorage } from './enrolment/enrolment-storage.ts'
import { makePulled } from './fleet/pulled.ts'
import { type Live, makeLive } from './live/live.ts'
import { makePageHub, type PageHub } from './live/page-hub.ts'
import { type BoxSeals, makeBoxSeals } from './sync/box-seals.ts'
import { type BoxSeen, makeBoxSeen } from './sync/box-seen.ts'
import { type FanOut, makeFanOut } from './sync/fan-out.ts'
import { makeFeedStorage } from './sync/feed-storage.ts'
import { type Hub, makeHub } from './sync/hub.ts'

const DAY = 86_400_000
const TOMBSTONE_MS = 90 * DAY
/** Forgetting mutations looks at all of them, so it is not done at each tidying. */
const COMPACT_MS = 6 * 3_600_000
/** Feeds that one tidying compacts. */
const FEEDS = 50

/** What boxes are to the cloud: how they get in, and what is said with them. */
export interface Boxes extends AsyncDisposable {
  readonly enrolment: CloudEnrolment
  readonly keys: AccountKeys
  readonly feeds: FeedStorage
  readonly sync: CloudSync
  readonly seals: BoxSeals
  readonly seen: BoxSeen
  readonly hub: Hub
  readonly fanOut: FanOut
  /** Pages that follow their account, and where they are told from. */
  readonly pages: PageHub
  readonly live: Live
  /** Before a write that does not go through `sync`: the generation that is valid now has begun. */
  ready(): Promise<void>
  /** Tells a box, whichever process it is connected to, that something is to be done there. */
  wake(boxId: string): void
  /** Forgets what has ended. */
  tidy(): Promise<void>
}

/** `generation`: the number that is valid now, see `watchDatabase`. */
export async function openBoxes(ctx: CloudContext, generation: () => number): Promise<Boxes> {
  const { database, clock, log, secrets, publicUrl } = ctx
  const keys = makeAccountKeys({ database, secrets, clock })
  const { mac, configKeys } = await openCloudKeys(database, secrets)
  const hub = makeHub()
  const pages = makePageHub()
  const fanOut = makeFanOut({ database, hub, pages, log })
  const live = makeLive((changes) => fanOut.tell({ changes }))
  const changed = (account: string) => live.tell(account, { what: ['box', 'sites', 'devices'] })
  const enrolment = makeCloudEnrolment({
    ...{ storage: makeEnrolmentStorage({ database, keys, clock, changed }), key: mac, clock },
    ...{ apiBase: publicUrl, claimPage: `${publicUrl}/claim` },
    configKeys: () => configKeys,
    random: (length) => new Uint8Array(randomBytes(length)),
  })
  const feeds = makeFeedStorage(database)
  const seals = makeBoxSeals({ keys })
  let started = generation()
  const inner = await makeCloudSync({
    ...{ storage: feeds, clock, log, generation: String(started), sealFor: seals.sealFor },
    onPulled: makePulled({ ...ctx, noted: (account, site) => live.tell(account, { site, what: ['devices'] }) }),
  })
  /** The database may have lost a part of its past while it was away: nothing is said in the old generation any more. */
  async function current(): Promise<CloudSync> {
    const now = generation()
    if (now !== started) {
      await feeds.write((writer) => writer.startGeneration(String(now)))
      started = now
    }
    return inner
  }
  const sync: CloudSync = {
    pull: async (box, request) => (await current()).pull(box, request),
    push: async (box, request) => (await current()).push(box, request),
    heartbeat: async (box, request) => (await current()).heartbeat(box, request),
    status: async (box, request) => (await current()).status(box, request),
    events: async (box, request) => (await current()).events(box, request),
    write: async (feed, changes, options) => (await current()).write(feed, changes, options),
    settle: async (boxId, mutationId, choice) => (await current()).settle(boxId, mutationId, choice),
    resume: (boxId) => inner.resume(boxId),
    compact: async (feed) => (await current()).compact(feed),
    onPoke: (listener) => inner.onPoke(listener),
  }
  const seen = makeBoxSeen({
    ...{ database, clock },
    back: (account, site) => live.tell(account, { site, what: ['box', 'sites', 'devices'] }),
  })
  const stop = inner.onPoke((poke) => fanOut.tell(poke))
  let compactedAt = clock.now()

  async function tidy(): Promise<void> {
    await enrolment.sweep()
    await fanOut.forget()
    const now = clock.now()
    const { rows } = await sql<{ feed: FeedName }>`SELECT DISTINCT feed FROM feed_record
      WHERE deleted = 1 AND updated_at < ${now - TOMBSTONE_MS} LIMIT ${sql.lit(FEEDS)}`.execute(database.db)
    for (const { feed } of rows) await sync.compact(feed)
    if (now - compactedAt < COMPACT_MS) return
    compactedAt = now
    await sync.compact('catalogue')
    // What strangers did at the door belongs to no account and would pile up.
    await database.db
      .deleteFrom('audit')
      .where('account_id', 'is', null)
      .where('at', '<', now - 90 * DAY)
      .execute()
  }

  return {
    ...{ enrolment, keys, feeds, sync, seals, seen, hub, fanOut, pages, live, tidy },
    async ready() {
      await current()
    },
    wake: (boxId) => fanOut.tell({ jobs: [boxId] }),
    async [Symbol.asyncDispose]() {
      stop()
      live[Symbol.dispose]()
      hub.close()
      pages.close()
      await fanOut.close()
      await seen.flush()
    },
  }
}
