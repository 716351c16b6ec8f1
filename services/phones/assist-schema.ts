import { z } from 'zod'
import { fileName, format } from './file-schema.ts'

// What `manual` and `claim` of a vendor.yaml may say.

const text = z.string().min(1).max(400)
const stepList = z.strictObject({ when: z.string().optional(), steps: z.array(text).min(1).max(12) })
const stepLists = z.array(stepList).default([])

export const manualSchema = z.strictObject({
  url: z.string().min(1),
  scan: z.string().min(1).optional(),
  short: z.enum(['content', 'redirect']).default('content'),
  entry: fileName.optional(),
  login: z
    .strictObject({ user: z.string().optional(), password: z.string().optional(), note: text.optional() })
    .optional(),
  unsure: z.boolean().default(false),
  phone: stepLists,
  web: stepLists,
  address: stepLists,
  mac: stepLists,
  reset: stepLists,
})

export const claimSchema = z.strictObject({
  when: z.string().optional(),
  files: z.array(z.strictObject({ name: fileName, from: z.string() })).min(1),
  page: z.strictObject({
    from: z.string(),
    format: format.default('xml'),
    contentType: z.string().default('text/xml'),
  }),
})

export type ManualInput = z.infer<typeof manualSchema>
export type ClaimInput = z.infer<typeof claimSchema>
