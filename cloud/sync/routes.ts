import { type Context, Hono, type MiddlewareHandler } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import type { Counters } from '../../services/core/counters.ts'
import { errorOf } from '../../services/enrolment/answers.ts'
import type { CloudSync, Refused } from '../../services/sync/contract.ts'
import { STREAM_PATH, SYNC_PATHS } from '../../services/sync/paths.ts'
import { LIMITS } from '../../services/sync/schema.ts'
import { type AsBoxDeps, asBox, type BoxEnv, type ProvenBox, tokenOf } from '../api/as-box.ts'
import type { Live } from '../live/live.ts'
import { reportedWhat, type What } from '../live/policy-changes.ts'
import type { BoxSeals } from './box-seals.ts'
import type { Hub } from './hub.ts'

/** A character of JSON is three bytes at most. */
const MAX_BODY = 3 * LIMITS.message + 1024
/** Requests that may be under way when a box wants to begin a cycle; what others have begun is finished first. */
const MOST_AT_BEGINNING = 100
/** Requests that may be under way at all. Each more would only be answered when nobody waits for it any more. */
const MOST_AT_ALL = 1_000
/** Seconds until a box that was sent away asks again; it adds as much again at random. */
const COME_BACK = 10

/** Answers below this are sent as they are: one packet holds them. */
const WORTH_PACKING = 1_400
/** At each so many signs of life of a stream it is looked whether its token is still good. */
const LOOKS = 4

export interface SyncRoutesDeps extends AsBoxDeps {
  readonly sync: CloudSync
  readonly seals: BoxSeals
  readonly hub: Hub
  readonly live: Live
}

type Answer = { readonly answer: string }

const STATUS = { upgrade: 426, forbidden: 403, malformed: 400, 'too-large': 413 } as const satisfies Record<
  Refused['code'],
  number
>

/** Where boxes sync (`services/sync/paths.ts`). To be mounted where the claim's `apiBase` points. */
export function syncRoutes(deps: SyncRoutesDeps): Hono<BoxEnv> {
  const { enrolment, sync, seals, seen, hub, live, counters } = deps
  const app = new Hono<BoxEnv>()
  const guard = asBox(deps)
  let underWay = 0
  /** Before anything is looked at: to send somebody away must cost nothing. */
  const unlessBusy = (most: number): MiddlewareHandler<BoxEnv> =>
    async function turnAway(c, next) {
      if (underWay >= most) {
        counters.add('sync.busy')
        c.header('retry-after', String(COME_BACK))
        return c.json(errorOf('busy', 'too many boxes ask at once'), 503)
      }
      underWay += 1
      try {
        await next()
      } finally {
        underWay -= 1
      }
    }
  const limit = bodyLimit({
    maxSize: MAX_BODY,
    onError: (c) => send(c, refusal('too-large', `more than ${MAX_BODY} bytes`), counters),
  })
  const works: Readonly<Record<keyof typeof SYNC_PATHS, (box: ProvenBox, request: unknown) => Promise<Answer>>> = {
    async pull(box, request) {
      await seals.prepare(box)
      return sync.pull(box, request)
    },
    push: sync.push,
    heartbeat: sync.heartbeat,
    status: sync.status,
    events: sync.events,
  }
  for (const name of Object.keys(SYNC_PATHS) as (keyof typeof SYNC_PATHS)[])
    app.post(
      SYNC_PATHS[name],
      unlessBusy(name === 'heartbeat' ? MOST_AT_BEGINNING : MOST_AT_ALL),
      guard,
      limit,
      async (c) => {
        let request: unknown
        try {
          request = JSON.parse(await c.req.text())
        } catch {
          return send(c, refusal('malformed', 'the body is not JSON'), counters)
        }
        const answer = await works[name](c.var.box, request)
        const { orgId, siteId } = c.var.box
        const what = answer.answer === 'refused' ? [] : newsOf(name, request)
        if (what.length > 0) live.tell(orgId, { site: siteId, what })
        return send(c, answer, counters)
      },
    )
  app.get(STREAM_PATH, guard, (c) => {
    const { boxId } = c.var.box
    const [address, token] = [deps.addressOf(c), tokenOf(c)]
    let asked = 0
    return hub.open(c.var.box, async () => {
      seen.note(boxId, address)
      asked++
      if (asked % LOOKS !== 0) return true
      // A box that was let go is told nothing more. While the database is away nobody is sent away.
      const outcome = await enrolment.verifyToken(token).catch(() => undefined)
      return outcome?.kind !== 'refused'
    })
  })
  return app
}

/** What pages have to ask for again after a box said this. Its events are told by what comes of them. */
function newsOf(name: keyof typeof SYNC_PATHS, request: unknown): readonly What[] {
  const { items } = request as { readonly items?: readonly { readonly kind: string }[] }
  if (name === 'push') return items?.length ? ['devices', 'records', 'conflicts'] : []
  return name === 'status' && items !== undefined ? reportedWhat(items.map(({ kind }) => kind)) : []
}

function refusal(code: Refused['code'], message: string): Refused {
  return { answer: 'refused', code, message }
}

function send(c: Context, answer: Answer | Refused, counters: Counters): Response {
  const code = answer.answer === 'refused' && 'code' in answer ? answer.code : undefined
  if (code !== undefined) counters.add(`sync.refused.${code}`)
  const status = code === undefined ? 200 : STATUS[code]
  const text = JSON.stringify(answer)
  const headers = { 'content-type': 'application/json', vary: 'accept-encoding' }
  if (text.length < WORTH_PACKING || !/\bgzip\b/i.test(c.req.header('accept-encoding') ?? ''))
    return c.body(text, status, headers)
  return c.body(Bun.gzipSync(text, { level: 4 }), status, { ...headers, 'content-encoding': 'gzip' })
}
