import { z } from '@hono/zod-openapi'

// The words of making phones fetch again; times in milliseconds since 1970 as everywhere in the API.

const Mac = z.string().openapi({ example: '80:5e:c0:12:34:56' })
const TimeOfDay = z.string().openapi({ example: '22:00' })

export const RefetchInput = z
  .strictObject({
    devices: z.array(Mac).min(1).max(20_000).optional(),
    group: z.string().min(1).max(100).optional(),
    model: z.strictObject({ vendor: z.string().min(1).max(60), model: z.string().min(1).max(60) }).optional(),
    all: z.literal(true).optional(),
    at: z.int().min(0).optional().openapi({ description: 'Not before this moment' }),
    window: z
      .strictObject({
        from: TimeOfDay,
        to: TimeOfDay,
        days: z
          .array(z.enum(['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun']))
          .min(1)
          .max(7)
          .optional(),
      })
      .optional()
      .openapi({ description: 'Only in this part of the day, in the time zone of the site; it may pass midnight' }),
    reboot: z.boolean().default(false),
    limit: z.int().min(1).max(100).default(10).openapi({ description: 'Devices asked and not yet back at once' }),
    why: z.string().min(1).max(200).optional(),
    key: z.string().min(1).max(200).optional().openapi({ description: 'The same key again gives the same job' }),
  })
  .openapi('RefetchInput')
export type RefetchInput = z.infer<typeof RefetchInput>

export const RefetchItem = z
  .object({
    mac: Mac,
    name: z.string().optional(),
    state: z.enum(['waiting', 'asked', 'ended']),
    outcome: z
      .enum(['fetched', 'not-fetched', 'refused', 'silent', 'busy', 'by-itself', 'unreachable', 'cancelled'])
      .optional(),
    text: z.string(),
    askedAt: z.number().optional(),
    endedAt: z.number().optional(),
  })
  .openapi('RefetchItem')

export const RefetchJobRow = z
  .object({
    id: z.string(),
    at: z.number(),
    by: z.string(),
    why: z.string().optional(),
    what: z.string(),
    when: z.string(),
    reboot: z.boolean(),
    limit: z.number(),
    state: z.enum(['waiting', 'running', 'done', 'cancelled']),
    opensAt: z.number().optional(),
    endedAt: z.number().optional(),
    counts: z.record(z.string(), z.number()).openapi({ description: 'Devices by state, the ended ones by outcome' }),
  })
  .openapi('RefetchJobRow')
export type RefetchJobRow = z.infer<typeof RefetchJobRow>

export const RefetchJob = RefetchJobRow.extend({ items: z.array(RefetchItem) }).openapi('RefetchJob')
export type RefetchJob = z.infer<typeof RefetchJob>

export const PendingView = z
  .object({
    mac: Mac,
    name: z.string().optional(),
    files: z.array(z.object({ name: z.string(), why: z.enum(['changed', 'never fetched']) })),
    fetchedAt: z.number().optional(),
    changed: z.array(z.string()),
    reboot: z.enum(['yes', 'no', 'unknown']),
    because: z.string(),
    way: z.object({ kind: z.enum(['notify', 'http', 'schedule']), reboots: z.boolean(), text: z.string() }).optional(),
  })
  .openapi('Pending')
export type PendingView = z.infer<typeof PendingView>
