import { z } from '@hono/zod-openapi'
import type { makePace } from './pace.ts'
import { type AdminRouter, makeRouter, read } from './route.ts'

const count = z.number().int()
export const PaceView = z
  .object({
    minutes: z.array(
      z.object({
        at: z.number().openapi({ description: 'When the minute began.' }),
        leased: count,
        configured: count.openapi({ description: 'Phones’ own configurations that arrived whole.' }),
        files: count,
        failed: count.openapi({ description: 'Refusals, and files that broke off.' }),
      }),
    ),
  })
  .openapi('Pace')
export type PaceView = z.infer<typeof PaceView>

/** How much phones did, minute by minute. */
export function paceRoutes(pace: ReturnType<typeof makePace>): AdminRouter {
  const app = makeRouter()
  app.openapi(
    read(
      '/pace',
      'Box',
      'What phones did in the last two hours, by the minute; minutes of rest are left out',
      PaceView,
    ),
    (c) => c.json({ minutes: pace.minutes().map((minute) => ({ ...minute })) }, 200),
  )
  return app
}
