import { z } from 'zod'
import { FILE_KINDS } from './contract.ts'
import { checkName, foldName } from './name.ts'

/** Longer ones are no id of a record. */
const NAME = 200
const GIGABYTE = 1024 ** 3

/** The body of a record of kind `file`, whose id is the file's folded name: an account gives this file to its boxes. */
export const assignedFile = z.object({
  /** As phones ask for it. */
  name: z.string().max(NAME).refine(isName, 'expected the name of a file'),
  /** What a box asks the account for. */
  sha256: z.string().regex(/^[0-9a-f]{64}$/, 'expected a SHA-256 in hexadecimal'),
  size: z.number().int().min(1).max(GIGABYTE),
  contentType: z.string().max(200).exactOptional(),
  kind: z.enum(FILE_KINDS),
  version: z.string().min(1).max(40).exactOptional(),
  /** `yealink` or `yealink/T46U`; empty: nobody said. */
  models: z.array(z.string().min(1).max(81)).max(50),
  hardware: z.array(z.string().min(1).max(40)).max(50),
  /** Bytes in a second at most, so that a branch can go on working while it comes. */
  rate: z.number().int().min(1024).exactOptional(),
})
export type AssignedFile = z.infer<typeof assignedFile>

/** What a box says the version of a given file is: its content, shortened to what its report has room for. */
export function mark(sha256: string): string {
  return sha256.slice(0, 40)
}

function isName(text: string): boolean {
  try {
    return checkName(text) === text && foldName(text).length <= NAME
  } catch {
    return false
  }
}
