import { z } from '@hono/zod-openapi'
import { ORIGINS } from '../templates/contract.ts'

const Origin = z.enum(ORIGINS).openapi({
  description: 'shipped with the program, newer by a pack, from the folder of the configuration, or stored here.',
})

const Own = z.object({
  rev: z.number(),
  by: z.string(),
  at: z.number(),
  behind: z.boolean().openapi({ description: 'The text beneath is not the one that it was made from.' }),
})

export const TemplateRow = z
  .object({
    file: z.string().openapi({ example: 'settings.liquid' }),
    origin: Origin,
    pack: z.string().optional(),
    size: z.number(),
    hash: z.string(),
    own: Own.optional(),
  })
  .openapi('Template')

const PlacedFault = z
  .object({ file: z.string(), line: z.number(), column: z.number(), path: z.string(), message: z.string() })
  .openapi('TemplateFault')
const Note = z.object({ file: z.string(), line: z.number(), message: z.string() }).openapi('TemplateNote')

export const VendorRow = z
  .object({
    id: z.string(),
    title: z.string(),
    files: z.array(TemplateRow),
    setAside: z
      .object({ origins: z.array(Origin), faults: z.array(PlacedFault) })
      .optional()
      .openapi({ description: 'Texts that cannot be used; what stands beneath them is used instead.' }),
  })
  .openapi('TemplateVendor')

export const TemplateText = TemplateRow.extend({
  vendor: z.string(),
  text: z.string(),
  beneath: z
    .object({ origin: Origin, pack: z.string().optional(), text: z.string(), hash: z.string() })
    .optional()
    .openapi({ description: 'The text without the own one.' }),
  diff: z.string().optional().openapi({ description: 'From the text beneath to this one, unified.' }),
}).openapi('TemplateText')

const Text = z.string().max(200_000)
const Files = z
  .record(z.string().max(100), Text.nullable())
  .openapi({ description: 'File → text; null: without an own one.', example: { 'settings.liquid': '…' } })

export const TextInput = z.strictObject({ text: Text, rev: z.number().optional() }).openapi('TemplateInput')
export const FilesInput = z.strictObject({ files: Files }).openapi('TemplatesInput')
export const CheckInput = z.strictObject({ vendor: z.string().max(100), files: Files }).openapi('TemplateCheckInput')
export const CheckView = z.object({ faults: z.array(PlacedFault), notes: z.array(Note) }).openapi('TemplateCheck')

export const PreviewInput = z
  .strictObject({
    vendor: z.string().max(100),
    files: Files,
    mac: z.string().max(40),
    file: z.string().max(255).optional().openapi({ description: 'As the phone asks for it; default: its own.' }),
    protocol: z.enum(['tftp', 'http', 'https']).optional(),
  })
  .openapi('TemplatePreviewInput')
export const PreviewView = z
  .object({
    file: z.string(),
    contentType: z.string(),
    size: z.number(),
    hash: z.string().openapi({ description: 'Of this text; with secrets left out it is not that of the file.' }),
    text: z.string(),
    masked: z.boolean(),
    changed: z.boolean(),
    diff: z.string().optional().openapi({ description: 'From what the phone gets now.' }),
  })
  .openapi('TemplatePreview')

export const VersionRow = z
  .object({
    seq: z.number(),
    at: z.number(),
    by: z.string(),
    did: z.enum(['made', 'edited', 'removed']),
    size: z.number().optional(),
    hash: z.string().optional(),
  })
  .openapi('TemplateVersion')

export const RestoreInput = z.strictObject({ seq: z.number().int().min(1) }).openapi('TemplateRestore')

export const PackRow = z
  .object({
    name: z.string(),
    version: z.string(),
    title: z.string().optional(),
    files: z.number(),
    vendors: z.array(z.string()),
    installedAt: z.number(),
    by: z.string(),
    key: z.string().openapi({ description: 'Id of the key that signed it.' }),
    hash: z.string().openapi({ description: 'SHA-256 of the whole file.' }),
    previous: z.string().optional().openapi({ description: 'The version that one step back leads to.' }),
    previousBy: z.string().optional().openapi({ description: 'Who installed that one.' }),
    setAside: z.string().optional().openapi({ description: 'Why it is not used.' }),
  })
  .openapi('Pack')
export const PacksView = z
  .object({ packs: z.array(PackRow), keys: z.array(z.object({ id: z.string(), title: z.string() })) })
  .openapi('Packs')
export const PackChecks = z
  .object({ packs: z.array(z.object({ name: z.string(), state: z.enum(['good', 'changed', 'missing']) })) })
  .openapi('PackChecks')

export type VendorRow = z.infer<typeof VendorRow>
export type TemplateText = z.infer<typeof TemplateText>
export type CheckView = z.infer<typeof CheckView>
export type PreviewView = z.infer<typeof PreviewView>
export type VersionRow = z.infer<typeof VersionRow>
export type PackRow = z.infer<typeof PackRow>
export type PacksView = z.infer<typeof PacksView>
export type PackChecks = z.infer<typeof PackChecks>
