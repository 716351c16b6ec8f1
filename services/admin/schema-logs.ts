import { z } from '@hono/zod-openapi'

export const LOG_LEVELS = ['debug', 'info', 'warn', 'error'] as const

export const LogsView = z
  .object({
    lines: z.array(
      z.object({
        ...{ seq: z.number(), at: z.number(), level: z.enum(LOG_LEVELS), text: z.string() },
        fields: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
      }),
    ),
    last: z.number().openapi({ description: 'The number of the newest line; starts again with the program' }),
  })
  .openapi('Logs')
export type LogsView = z.infer<typeof LogsView>
