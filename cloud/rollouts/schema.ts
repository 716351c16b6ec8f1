import { z } from '@hono/zod-openapi'
import { rolloutStatus } from '../../services/rollouts/assigned.ts'
import { ACTS } from './acts.ts'
import { rolloutInput } from './plan.ts'

const time = z.number().int().openapi({ description: 'milliseconds since 1970' })
const count = z.number().int()

export const RolloutInput = rolloutInput.openapi('RolloutInput')
export const RolloutStart = rolloutInput
  .extend({
    key: z
      .string()
      .regex(/^[\w.-]{8,80}$/, 'a key has 8 to 80 letters, digits, dots and dashes')
      .exactOptional()
      .openapi({ description: 'The same key again gives the rollout that it made, and starts no second one' }),
  })
  .openapi('RolloutStart')
export const RolloutAct = z
  .strictObject({
    act: z.enum(ACTS).openapi({
      description:
        '`resume` goes on after a pause or a halt; `retry` gives failed phones another chance; `abort` ends it',
    }),
    rev: count.min(0).optional(),
  })
  .openapi('RolloutAct')

const summary = {
  ...{ id: z.string(), name: z.string(), what: z.enum(['firmware', 'system']), file: z.string(), version: z.string() },
  status: z.enum(['running', 'paused', 'halted', 'cancelled', 'completed']),
  reason: z.string().optional(),
  ring: count.openapi({ description: 'The ring that is out, counted from 1; 0: none yet' }),
  rings: count,
  sites: z.object({
    ...{ waiting: count, going: count, done: count, failed: count, cancelled: count, skipped: count },
  }),
  phones: z.object({ total: count, failed: count }),
  ...{ rev: count, createdAt: time, by: z.string(), endedAt: time.optional() },
}
export const SummaryView = z.object(summary).openapi('Rollout')
export const DetailView = z
  .object({
    ...summary,
    text: z.string().openapi({ description: 'What it does now, in plain words' }),
    plan: rolloutInput.partial().extend({ waits: z.array(z.number()) }),
  })
  .openapi('RolloutDetail')
export const RolloutList = z.object({ rollouts: z.array(SummaryView) })

const box = z.enum(['online', 'offline', 'none'])
export const SiteRows = z
  .object({
    sites: z.array(
      z.object({
        ...{ siteId: z.string(), site: z.string(), ring: count, box, attempt: count },
        state: z.enum(['waiting', 'going', 'done', 'failed', 'cancelled', 'skipped']),
        text: z.string().optional().openapi({ description: 'What its box told last' }),
        ...{ total: count, failed: count, letGoAt: time.optional(), endedAt: time.optional() },
      }),
    ),
    next: count.optional().openapi({ description: '`after` of the next page' }),
  })
  .openapi('RolloutSites')
export const PhonesView = z
  .object({ told: rolloutStatus.optional().openapi({ description: 'Absent: its box told nothing yet' }) })
  .openapi('RolloutPhones')
export const PreviewView = z
  .object({
    version: z.string(),
    rings: z.array(
      z.object({
        waitMinutes: z.number(),
        sites: z.array(z.object({ siteId: z.string(), name: z.string(), box, phones: count, have: count })),
      }),
    ),
    models: z.array(z.object({ model: z.string(), firmware: z.string(), phones: count })),
  })
  .openapi('RolloutPreview')
