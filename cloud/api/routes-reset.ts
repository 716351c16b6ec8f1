import { createRoute, z } from '@hono/zod-openapi'
import { body, json } from '../../services/admin/route.ts'
import { clientNetwork } from '../../services/core/client-network.ts'
import type { CloudDeps } from '../deps.ts'
import { LIMITS } from '../signin/policy-limits.ts'
import { addressOf, DONE, makeCloudRouter, ok, PUBLIC, problems } from './route.ts'
import { Email } from './schema.ts'

const ResetRequest = z.strictObject({ email: Email })
const ResetConfirm = z.strictObject({ token: z.string().min(1).max(200), password: z.string().min(1).max(1000) })

/** A new password by mail. */
export function resetRoutes(deps: CloudDeps) {
  const { passwordReset, limiter } = deps
  const tags = ['Sign-in']
  const app = makeCloudRouter()
  app.openapi(
    createRoute({
      method: 'post',
      path: '/sign-in/reset',
      tags,
      summary: 'Send a link for a new password, if there is such a person; the answer is the same',
      ...PUBLIC,
      request: { body: body(ResetRequest) },
      responses: { 200: json(ok, 'Sent, if there is such a person'), 400: problems[400], 429: problems[429] },
    }),
    async (c) => {
      await passwordReset.request(c.req.valid('json').email, addressOf(c))
      return c.json(DONE, 200)
    },
  )
  app.openapi(
    createRoute({
      method: 'post',
      path: '/sign-in/reset/confirm',
      tags,
      summary: 'Set a new password by the link; every session ends',
      ...PUBLIC,
      request: { body: body(ResetConfirm) },
      responses: { 200: json(ok, 'Set'), 400: problems[400], 404: problems[404], 429: problems[429] },
    }),
    async (c) => {
      await limiter.take([[`signin:address:${clientNetwork(addressOf(c))}`, LIMITS.address]])
      await passwordReset.confirm(c.req.valid('json'), addressOf(c))
      return c.json(DONE, 200)
    },
  )
  return app
}
