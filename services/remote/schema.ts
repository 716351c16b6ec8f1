import { z } from 'zod'
import { type Mac, readMac } from '../core/mac.ts'
import type { JsonObject } from '../records/contract.ts'
import type {
  GivenJob,
  JobSpec,
  PageAnswer,
  PageAnswered,
  PageRequest,
  PageTakeAnswer,
  PageTakeRequest,
  RemoteVersion,
  ResultAnswer,
  ResultRequest,
  TakeAnswer,
  TakeRequest,
} from './contract.ts'
import { LIMITS } from './policy.ts'

// What arrives from the other side, checked and bounded in both directions: a box is hostile to its account, and a box
// does not trust its account with its phones either. Fields that this release does not know are dropped.

export const VERSION: RemoteVersion = 1

const id = z.string().regex(/^[\w-]{1,64}$/, 'is not an id')
const version = z.int().min(1).max(1_000_000)
/** Any spelling is read; one is kept. */
const mac = z
  .string()
  .max(40)
  .transform((text, context): Mac => {
    const found = readMac(text)
    if (found !== undefined) return found
    context.addIssue({ code: 'custom', message: 'is not the MAC address of a device' })
    return z.NEVER
  })
/** Shown to people: no line breaks, no control characters, no text that changes direction. */
const shown = (most: number) =>
  z
    .string()
    .max(most)
    .regex(/^[^\p{Cc}\p{Cf}\p{Zl}\p{Zp}]*$/u, 'has characters that cannot be shown')
const fileName = shown(255).min(1)
const macs = z.array(mac).min(1).max(LIMITS.macs)

/** What is given with a job: JSON of a bounded size. */
const given = <Value extends z.ZodType>(value: Value) =>
  value.refine((it) => JSON.stringify(it).length <= LIMITS.given, `is longer than ${LIMITS.given} characters`)
const json: z.ZodType<JsonObject> = z.record(z.string(), z.json())
/** What was read from JSON is JSON all the way down; the description of the API knows no such word. */
const patch = given(z.record(z.string(), z.unknown())) as unknown as z.ZodType<JsonObject>
const sequence = z.int().min(0).max(Number.MAX_SAFE_INTEGER)
const texts = z.record(z.string().max(100), z.string().nullable())

const look = [
  z.strictObject({ kind: z.literal('explain'), mac }),
  z.strictObject({ kind: z.literal('render'), mac, file: fileName.exactOptional() }),
  z.strictObject({ kind: z.literal('preview'), mac, patch }),
  z.strictObject({
    ...{ kind: z.literal('template'), mac, vendor: shown(100).min(1), files: given(texts) },
    file: fileName.exactOptional(),
  }),
  z.strictObject({
    ...{ kind: z.literal('versions'), vendor: shown(100).min(1), text: shown(100).min(1) },
    seq: sequence.exactOptional(),
  }),
  z.strictObject({ kind: z.literal('history'), mac }),
  z.strictObject({ kind: z.literal('checks') }),
] as const
const act = [
  z.strictObject({ kind: z.literal('undo'), mac, seq: sequence }),
  z.strictObject({ kind: z.literal('refetch'), macs }),
  z.strictObject({ kind: z.literal('reboot'), macs }),
] as const
const scheme = z.enum(['http', 'https'])
const minutes = z.int().min(1).max(LIMITS.pageMinutes)

/** Jobs that only look. */
export const lookSpec = z.discriminatedUnion('kind', look)
/** Jobs that do something to phones. */
export const actSpec = z.discriminatedUnion('kind', act)
/** What a person asks for to see a phone's own page. */
export const pageWish = z.strictObject({ mac, scheme: scheme.default('http'), minutes: minutes.default(15) })

/** Everything that a box of this release can do. */
export const jobSpec: z.ZodType<JobSpec> = z.discriminatedUnion('kind', [
  ...look,
  ...act,
  z.strictObject({ kind: z.literal('phone-page'), mac, page: id, scheme, minutes }),
])

export const takeRequest: z.ZodType<TakeRequest> = z.object({ version, limit: z.int().min(1).max(LIMITS.take) })
const givenJob: z.ZodType<GivenJob> = z.object({
  id,
  spec: json,
  by: shown(200),
  expiresInMs: z.number().min(0).max(LIMITS.waitMs),
})
export const takeAnswer: z.ZodType<TakeAnswer> = z.object({
  answer: z.literal('jobs'),
  jobs: z.array(givenJob).max(LIMITS.take),
  now: z.number().min(0).max(8.64e15),
})

export const resultRequest: z.ZodType<ResultRequest> = z.object({
  version,
  state: z.enum(['running', 'done', 'failed']),
  text: shown(LIMITS.text),
  progress: z.number().min(0).max(100).exactOptional(),
  result: json
    .refine((result) => JSON.stringify(result).length <= LIMITS.result, `is longer than ${LIMITS.result} characters`)
    .exactOptional(),
})
export const resultAnswer: z.ZodType<ResultAnswer> = z.object({ answer: z.enum(['stored', 'unknown']) })

const header = z.tuple([z.string().max(100), z.string().max(LIMITS.header)])
const headers = z.array(header).max(100)
const base64 = (most: number) => z.base64().max(Math.ceil(most / 3) * 4)

export const pageTakeRequest: z.ZodType<PageTakeRequest> = z.object({ version })
const pageRequest: z.ZodType<PageRequest> = z.object({
  id,
  method: z.string().max(10),
  path: z.string().max(LIMITS.path),
  headers,
  body: base64(LIMITS.pageRequest).exactOptional(),
})
export const pageTakeAnswer: z.ZodType<PageTakeAnswer> = z.discriminatedUnion('answer', [
  z.object({ answer: z.literal('requests'), requests: z.array(pageRequest).max(LIMITS.pageRequests) }),
  z.object({ answer: z.literal('closed') }),
])
export const pageAnswer: z.ZodType<PageAnswer> = z.object({
  version,
  request: id,
  head: z.object({ status: z.int().min(200).max(599), headers }).exactOptional(),
  body: base64(LIMITS.pagePart).exactOptional(),
  last: z.boolean(),
})
export const pageAnswered: z.ZodType<PageAnswered> = z.object({ answer: z.enum(['taken', 'gone']) })
