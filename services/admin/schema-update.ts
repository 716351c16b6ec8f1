import { z } from '@hono/zod-openapi'

// The words of the box's own system: its two slots and the update of one of them.

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
    restartAt: z.number().optional().openapi({ description: 'When the machine starts again by itself' }),
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
