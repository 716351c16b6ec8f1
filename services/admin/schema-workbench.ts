import { z } from '@hono/zod-openapi'

// The words of the API for editing one device: what it has room for, what an edit would change, what can be undone.

const count = z.number().int()

export const ShapeView = z
  .object({
    vendor: z.string().optional(),
    vendorTitle: z.string().optional(),
    model: z.string().optional(),
    title: z.string().optional(),
    guessed: z
      .boolean()
      .openapi({ description: 'The model is not described: the numbers are those of the usual one.' }),
    lines: count,
    keys: z.array(z.object({ kind: z.string(), count })).openapi({ description: 'In the order of their numbers.' }),
    expansion: z.array(z.object({ name: z.string(), keys: count, modules: count })),
    places: z.array(z.object({ place: z.string(), kind: z.string(), count })),
    handsets: count,
  })
  .openapi('PhoneShape')
export type ShapeView = z.infer<typeof ShapeView>

const Value = z.union([z.string(), z.number(), z.boolean(), z.array(z.string())])
export const SettingView = z
  .object({
    name: z.string(),
    family: z.string(),
    doc: z.string(),
    shape: z.string().openapi({ example: '30 to 604800 s' }),
    form: z.enum(['flag', 'whole', 'choice', 'list', 'text']),
    words: z.array(z.string()).optional(),
    secret: z.boolean(),
    builtIn: Value.optional(),
    example: Value.optional(),
  })
  .openapi('Setting')
export type SettingView = z.infer<typeof SettingView>

export const VendorModels = z
  .object({ vendor: z.string(), title: z.string(), models: z.array(z.string()) })
  .openapi('VendorModels')
export type VendorModels = z.infer<typeof VendorModels>

const Changed = z.object({
  what: z.enum(['setting', 'parameter', 'option']),
  name: z.string().openapi({ example: 'sip.server' }),
  secret: z.boolean(),
  before: Value.optional().openapi({ description: 'Absent: left to the phone, or secret.' }),
  after: Value.optional(),
})
export const LayerPreview = z
  .object({
    devices: z.number().openapi({ description: 'How many devices were looked at.' }),
    affected: z.number().openapi({ description: 'For how many something is another.' }),
    effects: z
      .array(
        z.object({
          mac: z.string(),
          name: z.string().optional(),
          group: z.string().optional(),
          enabled: z.boolean(),
          changes: z.array(Changed),
        }),
      )
      .openapi({ description: 'The first 500 of them.' }),
  })
  .openapi('LayerPreview')
export type LayerPreview = z.infer<typeof LayerPreview>

export const TemplateWordsView = z
  .object({ variables: z.array(z.string()), filters: z.array(z.string()), tags: z.array(z.string()) })
  .openapi('TemplateWords')
export type TemplateWordsView = z.infer<typeof TemplateWordsView>

export const EditPreview = z
  .object({
    files: z.array(
      z.object({
        name: z.string(),
        before: z.string().optional().openapi({ description: 'Secrets masked; absent: not made before.' }),
        after: z.string().optional(),
        changed: z.boolean().openapi({ description: 'What the phone gets differs, if only in a secret.' }),
        problem: z.string().optional(),
      }),
    ),
    warnings: z.array(z.string()).openapi({ description: 'What has no effect on this device after the edit.' }),
    added: z.array(z.string()).openapi({ description: 'Those of the warnings that the edit brings.' }),
  })
  .openapi('EditPreview')
export type EditPreview = z.infer<typeof EditPreview>
