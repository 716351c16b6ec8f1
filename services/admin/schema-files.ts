import { z } from '@hono/zod-openapi'
import { FILE_KINDS } from '../files/contract.ts'

const Kind = z.enum(FILE_KINDS)
const Texts = z.array(z.string().max(100)).max(50)

export const FileView = z
  .object({
    name: z.string(),
    kind: Kind,
    version: z.string().optional(),
    models: z.array(z.string()).openapi({ description: 'Which models it is for: yealink, yealink/T46U. Empty: any.' }),
    hardware: z.array(z.string()).openapi({ description: 'Which hardware revisions it is for. Empty: any.' }),
    size: z.number(),
    hash: z.string().openapi({ description: 'SHA-256 in hexadecimal.' }),
    contentType: z.string(),
    addedAt: z.number(),
    by: z.string(),
    origin: z.literal('account').optional().openapi({
      description: 'The central account gave it: as long as the box belongs to it, it is changed and taken away there.',
    }),
    uses: z.array(z.string()).openapi({ description: 'What names it: settings and rollouts.' }),
  })
  .openapi('StoredFile')

export const FileFactsInput = z
  .strictObject({
    kind: Kind.optional(),
    version: z.string().max(40).optional(),
    models: Texts.optional(),
    hardware: Texts.optional(),
  })
  .openapi('StoredFileFacts')

const list = z
  .string()
  .max(2000)
  .transform((text) =>
    text
      .split(',')
      .map((part) => part.trim())
      .filter((part) => part !== ''),
  )
  .optional()

/** What is said of a file beside its content. */
export const UploadQuery = z.object({
  kind: Kind.optional(),
  version: z.string().max(40).optional(),
  for: list.openapi({ type: 'string', description: 'Models, separated by commas: yealink/T46U,yealink/T48U' }),
  hardware: list.openapi({ type: 'string', description: 'Hardware revisions, separated by commas.' }),
  sha256: z.string().max(64).optional().openapi({ description: 'What the content must come to.' }),
  replace: z.enum(['0', '1']).default('0').openapi({ description: '1: other content may take the name.' }),
  force: z.enum(['0', '1']).default('0').openapi({ description: '1: also while settings or rollouts name it.' }),
})

export const FileCheckView = z
  .object({ name: z.string(), state: z.enum(['good', 'changed', 'missing']) })
  .openapi('StoredFileCheck')

export type FileView = z.infer<typeof FileView>
export type FileCheckView = z.infer<typeof FileCheckView>
