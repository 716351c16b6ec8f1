import { z } from '@hono/zod-openapi'
import { DeviceView, FilePreview, MacText, RowFault } from './schema.ts'

// The words of the API for replacing phones, lists from elsewhere and scanned labels.

export const Misfit = z
  .object({
    what: z.enum(['line', 'key', 'handset', 'port', 'relay', 'button', 'setting', 'parameter', 'file']),
    name: z.string().openapi({ example: 'key 25' }),
    text: z.string().openapi({ example: 'key 25 is left out: D785 has 24 keys' }),
  })
  .openapi('Misfit')

export const ReplaceInput = z
  .strictObject({
    to: MacText,
    vendor: z.string().max(60).optional().openapi({ description: 'By folder name or title; default: as recognised.' }),
    model: z.string().max(60).optional(),
    old: z.enum(['archive', 'remove']).default('archive').openapi({
      description: 'What becomes of the old record: kept and switched off, or taken away.',
    }),
    overwrite: z.boolean().default(false).openapi({ description: 'Also when the new phone has a record already.' }),
    fromRev: z.number().int().min(0).optional().openapi({ description: 'Revisions as the preview named them.' }),
    toRev: z.number().int().min(0).optional(),
  })
  .openapi('ReplaceInput')

export const MoveView = z
  .object({
    id: z.string(),
    at: z.number(),
    by: z.string(),
    from: z.string(),
    to: z.string(),
    old: z.enum(['archive', 'remove']),
    misfits: z.array(Misfit).openapi({ description: 'What the new phone cannot do; it stays in the record.' }),
    undone: z.object({ at: z.number(), by: z.string() }).optional(),
  })
  .openapi('Move')

export const ReplaceResult = z
  .object({
    applied: z.boolean(),
    move: MoveView.optional(),
    fromRev: z.number(),
    toRev: z.number(),
    device: DeviceView.openapi({ description: 'The new record, without its secrets.' }),
    vendor: z.string().optional(),
    model: z.string().optional(),
    misfits: z.array(Misfit),
    notes: z.array(z.string()),
    file: FilePreview.optional(),
    problem: z.string().optional().openapi({ description: 'Why the new phone would get no file.' }),
  })
  .openapi('ReplaceResult')

export const FieldChange = z.object({
  field: z.string().openapi({ example: 'lines[1].user' }),
  secret: z.boolean(),
  before: z.string().optional(),
  after: z.string().optional(),
})

export const ImportPlan = z
  .object({
    token: z.string().optional().openapi({ description: 'Give it to /import/apply: what was shown is what is done.' }),
    applied: z.boolean(),
    format: z.string(),
    title: z.string(),
    encoding: z.string(),
    delimiter: z.string(),
    counts: z.object({
      create: z.number(),
      update: z.number(),
      unchanged: z.number(),
      skipped: z.number(),
      people: z.number(),
    }),
    rows: z.array(
      z.object({
        row: z.number(),
        line: z.number(),
        kind: z.enum(['device', 'person']),
        id: z.string(),
        name: z.string().optional(),
        action: z.enum(['create', 'update', 'unchanged']),
        changes: z.array(FieldChange),
      }),
    ),
    skipped: z.array(z.object({ row: z.number(), line: z.number(), reason: z.string() })),
    ignored: z
      .array(z.object({ column: z.string(), columnNumber: z.number(), reason: z.string() }))
      .openapi({ description: 'Columns that are not taken over.' }),
    faults: z.array(RowFault),
    notes: z.array(z.string()),
  })
  .openapi('ImportPlan')

export const SheetColumns = z
  .object({
    format: z.string(),
    title: z.string(),
    columns: z.array(
      z.object({
        number: z.number(),
        heading: z.string(),
        field: z.string().optional().openapi({ example: 'line1.user' }),
        reason: z.string().optional().openapi({ description: 'Why it is not taken over.' }),
        samples: z.array(z.string()),
      }),
    ),
  })
  .openapi('ImportColumns')
export type SheetColumnsView = z.infer<typeof SheetColumns>

export const FormatView = z
  .object({ id: z.string(), title: z.string(), sources: z.array(z.string()), columns: z.array(z.string()) })
  .openapi('ImportFormat')

export const Scanned = z
  .object({
    kind: z.enum(['known', 'new', 'unreadable']),
    mac: z.string().optional(),
    name: z.string().optional(),
    vendor: z.string().optional(),
    model: z.string().optional(),
    serial: z.string().optional(),
    seen: z.boolean().optional().openapi({ description: 'Whether it was seen on the network.' }),
    reason: z.string().optional().openapi({ description: 'Why it is of no use.' }),
  })
  .openapi('Scanned')

export type MoveView = z.infer<typeof MoveView>
export type ReplaceResult = z.infer<typeof ReplaceResult>
export type ImportPlanView = z.infer<typeof ImportPlan>
export type ScannedView = z.infer<typeof Scanned>
