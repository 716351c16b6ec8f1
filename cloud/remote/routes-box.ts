import { type Context, Hono } from 'hono'
import type { z } from 'zod'
import { errorBody } from '../../services/admin/errors.ts'
import type { Clock } from '../../services/core/clock.ts'
import type { Counters } from '../../services/core/counters.ts'
import type { PageAnswered, PageTakeAnswer, ResultAnswer, TakeAnswer } from '../../services/remote/contract.ts'
import { pageAnswer, pageTakeRequest, resultRequest, takeRequest, VERSION } from '../../services/remote/schema.ts'
import type { BoxJobs } from './box-jobs.ts'
import type { PageHub } from './hub.ts'
import type { Pages } from './pages.ts'

export interface BoxJobRoutesDeps {
  readonly boxJobs: BoxJobs
  readonly pages: Pick<Pages, 'isCarriedBy'>
  readonly hub: PageHub
  readonly clock: Clock
  readonly counters: Counters
  /** The box whose token the request has, or what it is answered instead. */
  readonly boxOf: (c: Context) => Promise<{ readonly boxId: string } | Response>
}

/** How long a box waits for browsers' requests: shorter than proxies and the box itself have patience. */
const HOLD_MS = 20_000

/** What boxes call to learn what is to be done and to say what came of it. Below the account's public URL. */
export function boxJobRoutes(deps: BoxJobRoutesDeps): Hono {
  const { boxJobs, pages, hub, clock, counters } = deps
  const app = new Hono()

  async function read<Body extends { version: number }>(c: Context, schema: z.ZodType<Body>): Promise<Body | Response> {
    c.header('cache-control', 'no-store')
    const tree: unknown = await c.req.json().catch(() => undefined)
    const result = schema.safeParse(tree)
    if (!result.success) {
      counters.add('remote.malformed')
      const faults = result.error.issues
        .slice(0, 5)
        .map(({ path, message }) => ({ path: path.map(String).join('.'), message }))
      return c.json(errorBody('malformed', 'the body is not as documented', faults), 400)
    }
    if (result.data.version <= VERSION) return result.data
    return c.json(errorBody('upgrade', 'this account does not know that version yet'), 426)
  }

  app.post('/v1/jobs/take', async (c) => {
    const box = await deps.boxOf(c)
    if (box instanceof Response) return box
    const body = await read(c, takeRequest)
    if (body instanceof Response) return body
    const answer: TakeAnswer = { answer: 'jobs', jobs: await boxJobs.take(box.boxId, body.limit), now: clock.now() }
    return c.json(answer, 200)
  })

  app.post('/v1/jobs/:id/result', async (c) => {
    const box = await deps.boxOf(c)
    if (box instanceof Response) return box
    const body = await read(c, resultRequest)
    if (body instanceof Response) return body
    const { version: _version, ...report } = body
    const answer: ResultAnswer = { answer: await boxJobs.report(box.boxId, c.req.param('id'), report) }
    return c.json(answer, 200)
  })

  app.post('/v1/pages/:page/take', async (c) => {
    const box = await deps.boxOf(c)
    if (box instanceof Response) return box
    const body = await read(c, pageTakeRequest)
    if (body instanceof Response) return body
    const page = c.req.param('page')
    const carried = () => pages.isCarriedBy(box.boxId, page)
    const requests = (await carried()) ? await hub.take(page, HOLD_MS, c.req.raw.signal) : []
    // Nothing came: it may have been closed meanwhile, in this process or another.
    const closed = requests.length === 0 && !(await carried())
    const answer: PageTakeAnswer = closed ? { answer: 'closed' } : { answer: 'requests', requests }
    return c.json(answer, 200)
  })

  app.post('/v1/pages/:page/answer', async (c) => {
    const box = await deps.boxOf(c)
    if (box instanceof Response) return box
    const body = await read(c, pageAnswer)
    if (body instanceof Response) return body
    const page = c.req.param('page')
    const open = await pages.isCarriedBy(box.boxId, page)
    if (!open) hub.close(page)
    const answer: PageAnswered = { answer: open ? hub.answer(page, body) : 'gone' }
    return c.json(answer, 200)
  })
  return app
}
