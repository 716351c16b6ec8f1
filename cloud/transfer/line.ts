import { z } from 'zod'
import type { JsonObject } from '../../services/records/contract.ts'
import { isTame, LIMITS } from '../../services/sync/schema.ts'
import { isZone } from '../api/schema.ts'

// The file of an account: one JSON object a line. The first line is the head, the last one the end with the counts and the
// hash of all lines before it, so that a file that was cut or changed is noticed.

export const FORMAT = 'branchline-account'
export const VERSION = 1

const text = (most: number) => z.string().max(most)
const name = text(200).min(1)
const time = z.number()

export const headLine = z.object({
  line: z.literal('head'),
  format: z.literal(FORMAT, 'this is no file of an account'),
  version: z.literal(VERSION, `this program reads version ${VERSION}`),
  /** Which cloud it comes from. */
  installation: name,
  account: z.object({ id: name, name: text(200), kind: text(20) }),
  at: time,
})
export type HeadLine = z.infer<typeof headLine>

export const siteLine = z.object({
  line: z.literal('site'),
  id: name,
  name,
  timeZone: text(64).refine(isZone, 'is not a time zone like Europe/Berlin'),
  note: text(1000),
})

const body = z.custom<JsonObject>(
  (value) => typeof value === 'object' && value !== null && !Array.isArray(value) && isTame(value, LIMITS.depth),
  'expected an object of JSON',
)
export const recordLine = z.object({
  line: z.literal('record'),
  /** Null: of the account itself. */
  site: name.nullable(),
  kind: name,
  id: name,
  body,
})

export const personLine = z.object({
  line: z.literal('person'),
  email: text(254),
  name: text(200),
  role: text(20),
  sites: z.array(name),
})
export const ruleLine = z.object({
  line: z.literal('alert-rule'),
  kind: name,
  enabled: z.boolean(),
  settings: z.record(z.string(), z.number()),
})
export const channelLine = z.object({
  line: z.literal('alert-channel'),
  kind: text(20),
  name,
  target: text(2000),
  kinds: z.array(name),
})
export const scheduleLine = z.object({
  line: z.literal('report-schedule'),
  name,
  every: z.enum(['day', 'week', 'month']),
  hour: z.number().int().min(0).max(23),
  timeZone: text(64).refine(isZone, 'is not a time zone like Europe/Berlin'),
  recipients: z.array(text(254)).max(20),
  sites: z.array(name),
  enabled: z.boolean(),
})
export const fileLine = z.object({ line: z.literal('file'), name, hash: text(64), size: time })
export const auditLine = z.looseObject({ line: z.literal('audit') })
export const leftOutLine = z.object({ line: z.literal('left-out'), what: text(500), why: text(500) })
export const endLine = z.object({
  line: z.literal('end'),
  counts: z.record(z.string(), z.number()),
  /** SHA-256 over all lines before this one, each with its line break. */
  sha256: text(64),
})

export const anyLine = z.discriminatedUnion('line', [
  ...[
    headLine,
    siteLine,
    recordLine,
    personLine,
    ruleLine,
    channelLine,
    scheduleLine,
    fileLine,
    auditLine,
    leftOutLine,
  ],
  endLine,
] as const)
export type Line = z.infer<typeof anyLine>
export type SiteLine = z.infer<typeof siteLine>
export type RecordLine = z.infer<typeof recordLine>
