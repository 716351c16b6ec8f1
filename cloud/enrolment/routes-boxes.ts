import { createRoute, z } from '@hono/zod-openapi'
import { json } from '../../services/admin/route.ts'
import { NotFoundError } from '../../services/core/errors.ts'
import { note } from '../accounts/audit.ts'
import { type Standing, seesSite } from '../accounts/policy.ts'
import {
  accountParams,
  act,
  type CloudRouter,
  callerOf,
  DONE,
  idParam,
  makeCloudRouter,
  ok,
  pathProblems,
} from '../api/route.ts'
import type { CloudDeps } from '../deps.ts'
import { type BoxView, findBox, listBoxes } from './boxes.ts'

const Box = z
  .object({
    ...{ id: z.string(), siteId: z.string(), state: z.enum(['active', 'released', 'revoked']) },
    ...{ model: z.string(), serial: z.string().optional(), fingerprint: z.string() },
    ...{ claimedAt: z.number(), claimedBy: z.string(), endedAt: z.number().optional() },
    online: z.boolean().openapi({ description: 'Heard of within the last seven minutes' }),
    ...{ lastSeen: z.number().optional(), address: z.string().optional() },
    halted: z.boolean().openapi({ description: 'Two live boxes hold this identity: nothing is taken until `resume`' }),
    copies: z
      .array(z.object({ bootId: z.string(), current: z.boolean() }))
      .optional()
      .openapi({ description: 'Two hold its key: choose one by `POST /boxes/{id}/keep`' }),
  })
  .openapi('Box')

const Expected = z
  .object({ fingerprint: z.string(), siteId: z.string(), by: z.string(), at: z.number() })
  .openapi('ExpectedBox')

/** The boxes of an account. What is done with one by its id alone is in `services/enrolment/routes-claims.ts`. */
export function boxesRoutes(deps: CloudDeps): CloudRouter {
  const { database, boxes, clock } = deps
  const tags = ['Boxes']
  const app = makeCloudRouter()
  const seen = (standing: Standing) => (box: BoxView) => seesSite(standing, box.siteId)

  app.openapi(
    createRoute({
      ...{
        method: 'get',
        path: '/accounts/{account}/boxes',
        tags,
        summary: 'The boxes of an account, and how they are',
      },
      ...act(deps, 'boxes.read'),
      request: { params: accountParams },
      responses: { 200: json(z.object({ boxes: z.array(Box) }), 'Boxes'), ...pathProblems },
    }),
    async (c) => {
      const list = await listBoxes(database.db, c.req.valid('param').account, clock.now())
      return c.json({ boxes: list.filter(seen(c.var.standing)) }, 200)
    },
  )
  app.openapi(
    createRoute({
      ...{ method: 'get', path: '/accounts/{account}/expected-boxes', tags },
      summary: 'Boxes that will be the account’s as soon as they are plugged in',
      ...act(deps, 'boxes.read'),
      request: { params: accountParams },
      responses: { 200: json(z.object({ expected: z.array(Expected) }), 'Expected boxes'), ...pathProblems },
    }),
    async (c) => {
      const rows = await database.db
        .selectFrom('expected_box')
        .select(['fingerprint', 'site_id', 'by_whom', 'at'])
        .where('account_id', '=', c.req.valid('param').account)
        .orderBy('fingerprint')
        .execute()
      const expected = rows.map(({ site_id, by_whom, ...row }) => ({ ...row, siteId: site_id, by: by_whom }))
      return c.json({ expected: expected.filter(({ siteId }) => seesSite(c.var.standing, siteId)) }, 200)
    },
  )
  app.openapi(
    createRoute({
      ...{ method: 'post', path: '/accounts/{account}/boxes/{box}/resume', tags },
      summary: 'Of two live boxes with one identity the wrong one is gone: take edits again',
      ...act(deps, 'boxes.release'),
      request: { params: accountParams.extend({ box: idParam('box') }) },
      responses: { 200: json(ok, 'Edits are taken again'), ...pathProblems },
    }),
    async (c) => {
      const { account, box: id } = c.req.valid('param')
      const box = await findBox(database.db, account, id, clock.now())
      if (box === undefined || !seen(c.var.standing)(box)) throw new NotFoundError('there is no such box')
      await boxes.sync.resume(id)
      const entry = { accountId: account, action: 'box.resume', target: `box:${id}` }
      await database.transaction((trx) => note(trx, clock.now(), callerOf(c), entry))
      return c.json(DONE, 200)
    },
  )
  return app
}
