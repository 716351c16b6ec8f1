import { z } from '@hono/zod-openapi'
import { WEEKDAYS } from '../core/daily-window.ts'
import { parseMac } from '../core/mac.ts'

const time = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'expected a time like 22:30')
const Window = z.strictObject({ from: time, to: time, days: z.array(z.enum(WEEKDAYS)).min(1).max(7).optional() })
const mac = z
  .string()
  .max(64)
  .transform((text, ctx) => {
    try {
      return parseMac(text)
    } catch {
      ctx.addIssue({ code: 'custom', message: 'is not the MAC address of a device' })
      return z.NEVER
    }
  })
  .openapi({ type: 'string', example: '80:5e:c0:12:34:56' })

export const RolloutInput = z
  .strictObject({
    name: z.string().regex(/^[\w][\w .+-]{0,59}$/, 'expected up to 60 letters, digits, blanks, dots and dashes'),
    select: z.strictObject({
      devices: z.array(mac).max(20_000).optional(),
      groups: z.array(z.string().max(100)).max(1000).optional(),
      models: z
        .array(z.string().max(100))
        .max(1000)
        .optional()
        .openapi({ example: ['yealink/T46U'] }),
      all: z.boolean().optional(),
    }),
    file: z.string().max(255).optional().openapi({ description: 'A stored file.' }),
    version: z.string().min(1).max(40).optional().openapi({ description: 'What a device says once it has it.' }),
    atOnce: z.int().min(1).max(1000).optional(),
    canaries: z.int().min(0).max(1000).optional(),
    soakMinutes: z.number().min(0).max(43_200).optional(),
    approval: z.boolean().optional(),
    window: Window.optional(),
    zone: z.string().max(60).optional(),
    busy: z.enum(['wait', 'go']).optional(),
    stopAfter: z.int().min(1).max(10_000).optional(),
    deadlineMinutes: z.number().min(0.05).max(1440).optional(),
    attempts: z.int().min(1).max(10).optional(),
  })
  .openapi('RolloutInput')

const count = z.number()
export const RolloutRow = z
  .object({
    id: z.string(),
    name: z.string(),
    status: z.enum(['running', 'paused', 'stopped', 'cancelled', 'completed']),
    text: z.string().openapi({ description: 'What it does now, in plain words.' }),
    reason: z.string().optional(),
    counts: z.object({
      ...{
        waiting: count,
        updating: count,
        done: count,
        already: count,
        failed: count,
        refused: count,
        skipped: count,
      },
    }),
    createdAt: z.number(),
    by: z.string(),
    endedAt: z.number().optional(),
  })
  .openapi('RolloutRow')

export const RolloutDeviceView = z
  .object({
    mac: z.string(),
    state: z.enum(['waiting', 'updating', 'done', 'already', 'failed', 'refused', 'skipped']),
    file: z.string().optional(),
    version: z.string().optional(),
    before: z.string().optional(),
    reason: z.string().optional(),
    attempts: z.number(),
    letGoAt: z.number().optional(),
    toldAt: z.number().optional(),
    answer: z.enum(['accepted', 'silent']).optional(),
    endedAt: z.number().optional(),
  })
  .openapi('RolloutDevice')

export const RolloutView = RolloutRow.extend({
  plan: z.looseObject({}).openapi({ description: 'What was asked for, nothing left out.' }),
  approvedAt: z.number().optional(),
  approvedBy: z.string().optional(),
  devices: z.array(RolloutDeviceView),
}).openapi('Rollout')

export type RolloutInput = z.infer<typeof RolloutInput>
export type RolloutRow = z.infer<typeof RolloutRow>
export type RolloutDeviceView = z.infer<typeof RolloutDeviceView>
export type RolloutView = z.infer<typeof RolloutView>
