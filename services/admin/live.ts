import type { Mac } from '../core/mac.ts'
import { formatMac } from '../core/mac.ts'
import type { Happening } from '../journey/contract.ts'
import type { AdminDeps } from './contract.ts'
import type { LiveEvent } from './schema.ts'
import { alarmView, happeningView, sightingView } from './views.ts'
import { cloudView } from './views-cloud.ts'
import { rolloutRow } from './views-rollouts.ts'

type Deps = Pick<
  AdminDeps,
  | ('journeys' | 'alarms' | 'records' | 'rollouts' | 'devices' | 'workbench' | 'cloud')
  | ('tell' | 'clock' | 'every' | 'counters')
>
/** An event, or what is put into words when a page reads it: most are never read. */
type Entry = LiveEvent | Happening
interface Client {
  /** Whether who opened it may still see it. */
  readonly allowed: () => boolean
  push(text: string): void
  end(): void
}

/** How many events are kept for clients that come back. */
const RING = 2000
/** Events a slow client may have unread before it is hung up on; it comes back and resumes. */
const QUEUE = 512
const MAX_CLIENTS = 32
/** Devices with news while no page is open; past it the past is forgotten, and pages load afresh. */
const MAX_RESTLESS = 5000
const BEAT_MS = 15_000
/** Verdicts are worked out once for all that happened in this time: a booting site makes thousands. */
const SETTLE_MS = 250

export interface Live {
  /** A stream of server-sent events, or undefined when too many are open. It ends soon after `allowed` says no. */
  open(lastEventId: string | undefined, allowed: () => boolean): Response | undefined
  readonly clients: number
  close(): void
}

/** Turns what the services report into one numbered stream for any number of pages. */
export function makeLive(deps: Deps): Live {
  // A new run of the box starts a new count: an id of the run before must not be taken for one of ours.
  const run = deps.clock.now().toString(36)
  /** The entry of number n stands at n % RING. */
  const ring: (Entry | undefined)[] = new Array(RING).fill(undefined)
  /** Whether any page can come back and ask for what it missed. */
  let followed = false
  const clients = new Set<Client>()
  const restless = new Set<Mac>()
  let seq = 0
  /** The newest number that was forgotten with the ring. */
  let forgotten = 0
  let alarms = ''
  let cloud = ''
  let settling: (() => void) | undefined
  let beating: (() => void) | undefined

  function emit(entry: Entry): void {
    seq++
    ring[seq % RING] = entry
    if (clients.size === 0) return
    const text = frameOf(entry, seq)
    for (const client of clients) client.push(text)
  }

  function frameOf(entry: Entry, number: number): string {
    const event: LiveEvent = 'event' in entry ? entry : { event: 'happening', data: happeningView(entry, deps.tell) }
    return frame(event, `${run}.${number}`)
  }

  /** What came after `since`, oldest first. */
  function missedSince(since: number): string[] {
    const missed: string[] = []
    for (let number = since + 1; number <= seq; number++) {
      const entry = ring[number % RING]
      if (entry) missed.push(frameOf(entry, number))
    }
    return missed
  }

  function settle(): void {
    const list = restless.size > 20 ? new Map(deps.journeys.list().map((row) => [row.mac, row])) : undefined
    for (const mac of restless) {
      const summary = list ? list.get(mac) : summaryOf(mac)
      if (!summary) continue
      const held = deps.workbench.held(mac) !== undefined
      emit({ event: 'verdict', data: sightingView(summary, deps.devices.get(mac) !== undefined, held) })
    }
    restless.clear()
    // Alarms have no listener of their own; they are raised together with happenings.
    const now = JSON.stringify(deps.alarms.list().map(alarmView))
    if (now !== alarms) {
      alarms = now
      emit({ event: 'alarms', data: JSON.parse(now) })
    }
  }

  function stir(mac: Mac | undefined): void {
    if (mac) restless.add(mac)
    if (clients.size > 0) settling ??= deps.every(SETTLE_MS, settleOnce)
    else if (restless.size > MAX_RESTLESS) forget()
  }

  /** Nobody comes back for more than this: from here on nothing is kept until a page is opened. */
  function forget(): void {
    ring.fill(undefined)
    seq++
    forgotten = seq
    restless.clear()
    followed = false
  }

  function summaryOf(mac: Mac) {
    const journey = deps.journeys.of(mac)
    return journey && { ...journey, verdict: deps.journeys.verdictOf(mac) }
  }

  function beat(): void {
    settle()
    for (const client of [...clients]) {
      if (client.allowed()) client.push(frame({ event: 'beat', data: { at: deps.clock.now() } }))
      else client.end()
    }
  }

  const stops = [
    deps.journeys.onHappening((happening) => {
      if (!followed) return
      emit(happening)
      stir(happening.mac)
    }),
    deps.records.onChange((change) => {
      if (!followed) return
      const id = change.kind === 'device' && /^[0-9a-f]{12}$/.test(change.id) ? formatMac(change.id as Mac) : change.id
      emit({ event: 'record', data: { kind: change.kind, id } })
      // With a record, or without one, the same journey has another verdict.
      if (id !== change.id) stir(change.id as Mac)
    }),
    deps.rollouts.onChange((rollout) => {
      if (followed) emit({ event: 'rollout', data: rolloutRow(rollout) })
    }),
    deps.cloud.onChange(() => {
      if (followed) tellCloud()
    }),
  ]

  /** Most of what the link with the account does changes nothing that people see. */
  function tellCloud(): void {
    const data = cloudView(deps.cloud)
    const now = JSON.stringify(data)
    if (now === cloud) return
    cloud = now
    emit({ event: 'cloud', data })
  }

  function settleOnce(): void {
    settling?.()
    settling = undefined
    settle()
  }

  function open(lastEventId: string | undefined, allowed: () => boolean): Response | undefined {
    if (clients.size >= MAX_CLIENTS) return undefined
    settle()
    followed = true
    const since = sinceOf(lastEventId)
    const { body, client } = makeClient(allowed, () => {
      clients.delete(client)
      if (clients.size === 0) {
        beating?.()
        beating = undefined
      }
    })
    clients.add(client)
    beating ??= deps.every(BEAT_MS, beat)
    // The id stands on the greeting too, so that a page that saw nothing else can resume.
    const resumed = since !== undefined && seq - since < QUEUE
    client.push(frame({ event: 'hello', data: { resumed } }, resumed ? `${run}.${since}` : `${run}.${seq}`))
    if (resumed) for (const text of missedSince(since)) client.push(text)
    return new Response(body, {
      headers: {
        'content-type': 'text/event-stream; charset=utf-8',
        'cache-control': 'no-store',
        'x-accel-buffering': 'no',
      },
    })
  }

  /** The number to go on after, when nothing since was forgotten. */
  function sinceOf(lastEventId: string | undefined): number | undefined {
    const [of, number, rest] = (lastEventId ?? '').split('.')
    if (of !== run || number === undefined || rest !== undefined || !/^\d{1,15}$/.test(number)) return undefined
    const since = Number(number)
    return since <= seq && since >= Math.max(forgotten, seq - RING) ? since : undefined
  }

  function makeClient(allowed: () => boolean, gone: () => void): { body: ReadableStream<Uint8Array>; client: Client } {
    const encoder = new TextEncoder()
    let controller: ReadableStreamDefaultController<Uint8Array> | undefined
    const body = new ReadableStream<Uint8Array>(
      {
        start: (it) => {
          controller = it
        },
        cancel: () => end(),
      },
      { highWaterMark: QUEUE },
    )
    function end(): void {
      if (!controller) return
      const it = controller
      controller = undefined
      gone()
      try {
        it.close()
      } catch {
        deps.counters.add('admin.events.closed-by-reader')
      }
    }
    function push(text: string): void {
      if (!controller) return
      if ((controller.desiredSize ?? 0) <= 0) {
        deps.counters.add('admin.events.slow-client')
        end()
        return
      }
      controller.enqueue(encoder.encode(text))
    }
    return { body, client: { allowed, push, end } }
  }

  function close(): void {
    for (const stop of stops) stop()
    settling?.()
    beating?.()
    for (const client of [...clients]) client.end()
  }

  return {
    open,
    get clients() {
      return clients.size
    },
    close,
  }
}

/** One event on the wire. JSON holds no raw line break, so the data is one line whatever a phone is called. */
function frame(event: LiveEvent, id?: string): string {
  return `${id === undefined ? '' : `id: ${id}\n`}event: ${event.event}\ndata: ${JSON.stringify(event.data)}\n\n`
}
