import { z } from '@hono/zod-openapi'

/** One change of any record: who, when, what. Values are left out: they may be secrets. */
export const RecordChange = z
  .object({
    seq: z.number(),
    at: z.number(),
    by: z.string().openapi({ example: 'account:maria' }),
    kind: z.string().openapi({ example: 'device' }),
    id: z.string(),
    name: z.string().optional().openapi({ description: 'What people call it, where it has a name.' }),
    did: z.enum(['made', 'edited', 'removed']),
    fields: z.array(z.string()).openapi({ example: ['settings.timezone'] }),
    canUndo: z.boolean().openapi({ description: 'Whether changes of this kind can be taken back.' }),
  })
  .openapi('RecordChange')
export type RecordChange = z.infer<typeof RecordChange>
