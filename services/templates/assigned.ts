import { z } from 'zod'
import { isVersion, PACK_LIMITS } from './codec-pack.ts'

/** The body of a record of kind `pack`, whose id is the pack's name: an account gives this pack to its boxes. */
export const assignedPack = z.object({
  version: z.string().refine(isVersion, 'expected numbers with dots'),
  /** Of the whole file: what a box asks the account for. */
  sha256: z.string().regex(/^[0-9a-f]{64}$/, 'expected a SHA-256 in hexadecimal'),
  size: z
    .number()
    .int()
    .min(1)
    .max(PACK_LIMITS.whole + PACK_LIMITS.manifest + 1000),
})
export type AssignedPack = z.infer<typeof assignedPack>
