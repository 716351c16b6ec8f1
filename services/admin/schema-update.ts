import { z } from '@hono/zod-openapi'
import { WEEKDAYS } from '../core/daily-window.ts'

// The words of the box's own system: its two slots and the update of one of them.

const time = z
  .string()
  .regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'expected a time like 22:30')
  .openapi({ example: '02:00' })

export const UpdateWindow = z
  .strictObject({ from: time, to: time, days: z.array(z.enum(WEEKDAYS)).min(1).max(7).readonly().optional() })
  .openapi('UpdateWindow')
export type UpdateWindow = z.infer<typeof UpdateWindow>

export const UpdateView = z
  .object({
    unsupported: z.string().optional().openapi({ description: 'Why this box does not update itself' }),
    version: z.string().openapi({ description: 'What runs', example: '1.4.0' }),
    slot: z.enum(['A', 'B']).optional(),
    well: z.boolean().openapi({ description: 'What runs has passed its own checks since it started' }),
    phase: z.enum(['idle', 'receiving', 'checking', 'installing', 'installed', 'refused']),
    percent: z.number().int().min(0).max(100),
    bundle: z.string().optional().openapi({ description: 'The version that is being installed' }),
    message: z.string().optional().openapi({ description: 'Why it was refused, or what is done now' }),
    fellBack: z
      .string()
      .optional()
      .openapi({ description: 'When a version last failed its checks and the one before it was taken again' }),
    restartAt: z
      .number()
      .optional()
      .openapi({ description: 'When the machine starts again by itself, as somebody said' }),
    window: UpdateWindow.optional().openapi({
      description:
        'When it may start into an installed update without being told, by the clock of the site; absent: never',
    }),
    windowStartAt: z.number().optional().openapi({ description: 'When it will, for what is installed now' }),
  })
  .openapi('Update')
export type UpdateView = z.infer<typeof UpdateView>

export const HealthView = z
  .object({
    ok: z.boolean(),
    problems: z.array(z.string()).openapi({ description: 'What does not work, in words; empty when all does' }),
  })
  .openapi('Health')
export type HealthView = z.infer<typeof HealthView>
