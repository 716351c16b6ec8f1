import { sql } from 'kysely'
import { alarmEvent, deviceEvent } from '../../services/sync/site-report.ts'
import type { FeedStorage } from '../../services/sync/storage.ts'
import type { CloudDatabase } from '../database/open.ts'
import type { BoxesSeen, SeenBox } from './boxes-seen.ts'
import { haltsOf } from './halts.ts'
import type { SiteFacts } from './policy-signals.ts'
import { isNotConfigured, readSummary } from './site-summary.ts'

/** Events that were stored while the run before looked may have become visible after it. */
const OVERLAP_MS = 2 * 60_000
const WINDOW_MS = 60 * 60_000
/** Of one account in one look; more of them say nothing more. */
const MOST_EVENTS = 20_000
const BOXES_AT_ONCE = 200
const NETWORK_KINDS = ['network', 'interface-mode']

type Reported = Pick<SiteFacts, 'disk' | 'phones'>
type Events = Pick<SiteFacts, 'starts' | 'alarms'>
type Halts = SiteFacts['halts']

export interface FactsDeps {
  readonly database: CloudDatabase
  readonly storage: FeedStorage
  readonly boxes: BoxesSeen
}

/** Gathers the facts of an account's sites. What boxes reported is read again only when they reported something. */
export function makeFacts({ database, storage, boxes }: FactsDeps) {
  const known = new Map<string, { readonly mark: string; readonly reported: Reported }>()

  async function reportedOf(boxId: string): Promise<Reported> {
    return storage.read(async (reader) => {
      const { seq, voidBelow } = await reader.statusProgress(boxId)
      const mark = `${(await reader.inbox(boxId)).epoch?.id ?? ''} ${seq} ${voidBelow}`
      const before = known.get(boxId)
      if (before?.mark === mark) return before.reported
      const { box, devices } = await readSummary(reader, boxId)
      const reported = {
        ...(box?.storage && { disk: box.storage }),
        ...(seq > 0 && { phones: { all: devices.length, notConfigured: devices.filter(isNotConfigured).length } }),
      }
      known.set(boxId, { mark, reported })
      return reported
    })
  }

  async function eventsOf(boxIds: readonly string[], after: number): Promise<ReadonlyMap<string, Events>> {
    const found = new Map<string, { starts: { mac: string; at: number }[]; alarms: SiteFacts['alarms'][number][] }>()
    for (let i = 0; i < boxIds.length; i += BOXES_AT_ONCE) {
      const some = boxIds.slice(i, i + BOXES_AT_ONCE)
      const { rows } = await sql<{ box_id: string; kind: string; body: string; stored_at: number }>`
        SELECT box_id, kind, body, stored_at FROM box_event
        WHERE box_id IN (${sql.join(some)}) AND stored_at > ${after} AND kind IN ('alarm', 'device')
        ORDER BY stored_at DESC LIMIT ${MOST_EVENTS}`.execute(database.db)
      for (const { box_id, kind, body, stored_at: at } of rows) {
        const mine = found.get(box_id) ?? { starts: [], alarms: [] }
        found.set(box_id, mine)
        if (kind === 'alarm') {
          const { data } = alarmEvent.safeParse(JSON.parse(body))
          if (data !== undefined) mine.alarms.push({ ...data, at })
        } else {
          const { data } = deviceEvent.safeParse(JSON.parse(body))
          if (data?.to === 'under-way') mine.starts.push({ mac: data.mac, at })
        }
      }
    }
    return found
  }

  async function factsOf(
    box: SeenBox,
    { halts = [], events }: { halts?: Halts; events?: Events },
    since: Since,
  ): Promise<SiteFacts> {
    const [reported, halted, networkConflicts] = [
      await reportedOf(box.boxId),
      await storage.read(async (reader) => (await reader.inbox(box.boxId)).halted),
      await storage.read(async (reader) => {
        const conflicts = await reader.conflicts({ boxId: box.boxId })
        return conflicts.filter(({ kind, resolvedBy }) => NETWORK_KINDS.includes(kind) && resolvedBy === undefined)
          .length
      }),
    ]
    const { siteId, seenAt } = box
    return {
      ...{ siteId, seenAt, listeningSince: since.listening, halted, networkConflicts, halts },
      ...reported,
      starts: events?.starts ?? [],
      // An alarm of long ago must not open what was ended since.
      alarms: (events?.alarms ?? []).filter(({ at }) => at > since.alarms),
    }
  }

  return {
    /** By site. */
    async ofAccount(accountId: string, now: number, { lastAt, listening }: { lastAt: number; listening: number }) {
      const seen = await boxes.ofAccount(accountId)
      const events = await eventsOf(
        seen.map(({ boxId }) => boxId),
        now - WINDOW_MS,
      )
      const since = { listening, alarms: Math.max(lastAt - OVERLAP_MS, now - WINDOW_MS) }
      const facts = new Map<string, SiteFacts>()
      const halts = await haltsOf(database, accountId)
      for (const box of seen) {
        const [its, happened] = [halts.get(box.siteId), events.get(box.boxId)]
        facts.set(
          box.siteId,
          await factsOf(box, { ...(its && { halts: its }), ...(happened && { events: happened }) }, since),
        )
      }
      return facts as ReadonlyMap<string, SiteFacts>
    },
  }
}

interface Since {
  readonly listening: number
  readonly alarms: number
}
