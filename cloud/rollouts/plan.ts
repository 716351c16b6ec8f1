import { z } from '@hono/zod-openapi'
import { modelPattern, rolloutPace, rolloutWindow } from '../../services/rollouts/assigned.ts'

const id = z.string().min(1).max(100)
const count = (most: number) => z.number().int().min(1).max(most)

const ring = z.strictObject({
  sites: count(100_000).exactOptional().openapi({ description: 'So many' }),
  percent: count(100).exactOptional().openapi({ description: 'Such a share of all, at least one' }),
  ids: z.array(id).min(1).max(5_000).exactOptional().openapi({ description: 'These' }),
  waitMinutes: z.number().int().min(0).max(43_200).default(0).openapi({
    description: 'Between the end of this ring and the next one',
  }),
})

/** Which sites: all, these, or those whose name or note has this word. */
const target = z.strictObject({
  all: z.literal(true).exactOptional(),
  ids: z.array(id).min(1).max(5_000).exactOptional(),
  match: z.string().min(1).max(80).exactOptional().openapi({
    description: 'A word in the name or the note of a site, in any case: `#pilot`, `Berlin`',
  }),
})

const halt = z.strictObject({
  phones: count(100_000).exactOptional().openapi({ description: 'So many failed phones of one ring; 3' }),
  percent: count(100).exactOptional().openapi({ description: 'More than such a share of the phones of one ring' }),
  sites: count(10_000).exactOptional().openapi({
    description: 'So many sites of one ring whose box stopped by itself or cannot do it; 1',
  }),
})

/** What a person asks for. */
export const rolloutInput = z.strictObject({
  name: z.string().trim().min(1).max(100),
  what: z.enum(['firmware', 'system']).default('firmware').openapi({
    description: '`firmware`: of phones; `system`: a signed update of the boxes themselves',
  }),
  file: z.string().min(1).max(255).openapi({ description: 'Its name among the files of the account' }),
  as: z.string().min(1).max(200).exactOptional().openapi({
    description: 'As phones ask for it at a box, with its folders; the name of the file unless said',
  }),
  version: z.string().min(1).max(40).exactOptional().openapi({
    description: 'As a device says it once it has it; absent: what the name of the file tells',
  }),
  models: z.array(modelPattern).max(50).default([]).openapi({
    description: '`yealink` or `yealink/T46U`; none: every phone that the file is for',
  }),
  target,
  rings: z
    .array(ring)
    .max(10)
    .default([{ sites: 1, waitMinutes: 60 }])
    .openapi({
      description: 'In this order; sites that are in none of them are the last ring',
    }),
  window: rolloutWindow.exactOptional().openapi({ description: 'By the clock of each site' }),
  halt: halt.default({}),
  pace: rolloutPace.default({}).openapi({ description: 'How each box goes about its own phones' }),
  sitesAtOnce: count(1_000).default(50),
  rate: z.number().int().min(16_384).max(1e9).exactOptional().openapi({ description: 'Bytes in a second at most' }),
})
export type RolloutInput = z.infer<typeof rolloutInput>

/** The same with everything found that was left out; it never changes. */
export interface RolloutPlan extends Omit<RolloutInput, 'as' | 'version'> {
  readonly as: string
  readonly version: string
  readonly sha256: string
  readonly size: number
}
