import { type Context, Hono } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import type { z } from 'zod'
import { errorBody } from '../../services/admin/errors.ts'
import type { Clock } from '../../services/core/clock.ts'
import type { PageAnswered, PageTakeAnswer, ResultAnswer, TakeAnswer } from '../../services/remote/contract.ts'
import { LIMITS } from '../../services/remote/policy.ts'
import { pageAnswer, pageTakeRequest, resultRequest, takeRequest, VERSION } from '../../services/remote/schema.ts'
import { type AsBoxDeps, asBox, type BoxEnv } from '../api/as-box.ts'
import type { BoxJobs } from './box-jobs.ts'
import type { PageHub } from './hub.ts'
import type { Pages } from './pages.ts'

export interface BoxJobRoutesDeps extends AsBoxDeps {
  readonly boxJobs: BoxJobs
  readonly pages: Pick<Pages, 'isCarriedBy'>
  readonly hub: PageHub
  readonly clock: Clock
}

/** How long a box waits for browsers' requests: shorter than proxies and the box itself have patience. */
const HOLD_MS = 20_000
/** The largest is what came of a job: a character of JSON is three bytes at most. */
const MAX_BODY = 3 * LIMITS.result + 4 * 1024

/** What boxes call to learn what is to be done and to say what came of it. Below the account's public URL. */
export function boxJobRoutes(deps: BoxJobRoutesDeps): Hono<BoxEnv> {
  const { boxJobs, pages, hub, clock, counters } = deps
  const app = new Hono<BoxEnv>()
  const guard = asBox(deps)
  const limit = bodyLimit({
    maxSize: MAX_BODY,
    onError: (c) => c.json(errorBody('too-large', `more than ${MAX_BODY} bytes`), 413),
  })

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

  app.post('/v1/jobs/take', guard, limit, async (c) => {
    const { box } = c.var
    const body = await read(c, takeRequest)
    if (body instanceof Response) return body
    const answer: TakeAnswer = { answer: 'jobs', jobs: await boxJobs.take(box.boxId, body.limit), now: clock.now() }
    return c.json(answer, 200)
  })

  app.post('/v1/jobs/:id/result', guard, limit, async (c) => {
    const { box } = c.var
    const body = await read(c, resultRequest)
    if (body instanceof Response) return body
    const { version: _version, ...report } = body
    const answer: ResultAnswer = { answer: await boxJobs.report(box.boxId, c.req.param('id'), report) }
    return c.json(answer, 200)
  })

  app.post('/v1/pages/:page/take', guard, limit, async (c) => {
    const { box } = c.var
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

  app.post('/v1/pages/:page/answer', guard, limit, async (c) => {
    const { box } = c.var
    const body = await read(c, pageAnswer)
    if (body instanceof Response) return body
    const page = c.req.param('page')
    const open = await pages.isCarriedBy(box.boxId, page)
    const answer: PageAnswered = { answer: open ? hub.answer(page, body) : 'gone' }
    return c.json(answer, 200)
  })
  return app
}
