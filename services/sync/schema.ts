import { z } from 'zod'
import { MalformedPacketError } from '../core/errors.ts'
import type { JsonObject } from '../records/contract.ts'
import type { FeedName, Mutation } from './contract.ts'

// What arrives from the other side is checked here, in both directions: each is hostile to the other. Names that are
// not known stay where the contract lets them be (bodies, kinds); elsewhere they are passed over.

export const LIMITS = {
  /** Items of a page. */
  page: 500,
  /** Mutations of a push. */
  push: 200,
  /** Statuses or events of a message. */
  lane: 500,
  /** Characters of JSON of any upward message, and what a page aims at. */
  message: 512 * 1024,
  /** Levels of nesting in a body: those of a record, and the message around it. */
  depth: 40,
} as const

const count = z.int().min(0).max(Number.MAX_SAFE_INTEGER)
const name = z.string().min(1).max(200)
const time = z.number().min(-8.64e15).max(8.64e15)
/** Two billion new epochs are enough; a number at the end of the range could not be outdone. */
const epoch = z.object({ n: z.int().min(1).max(2_147_483_647), id: z.string().min(1).max(64) })
const hex = z.string().regex(/^[0-9a-f]{64}$/)
const feed = z
  .string()
  .max(140)
  .regex(/^(?:catalogue|(?:box|org):[\w.-]{1,128})$/)
  .transform((text) => text as FeedName)

/** Names that reach the prototype chain in code that copies carelessly. No record has them. */
const POISONED = new Set(['__proto__', 'constructor', 'prototype'])

/** Whether a value is plain JSON, not nested too deep, with no name that reaches a prototype. */
export function isTame(value: unknown, depth: number): boolean {
  if (typeof value === 'number') return Number.isFinite(value)
  if (typeof value !== 'object' || value === null) return value !== undefined
  if (depth <= 0) return false
  if (Array.isArray(value)) return value.every((item) => isTame(item, depth - 1))
  return Object.entries(value).every(([key, inner]) => !POISONED.has(key) && isTame(inner, depth - 1))
}

const body = z.custom<JsonObject>(
  (value) => typeof value === 'object' && value !== null && !Array.isArray(value) && isTame(value, LIMITS.depth),
  'expected an object of JSON',
)

const fieldName = name.refine((text) => !POISONED.has(text), 'expected a field name')

export const mutationSchema = z.object({
  seq: count.min(1),
  mutationId: name,
  feed,
  kind: name,
  id: name,
  group: name,
  base: hex.nullable(),
  patch: z.object({ set: body, unset: z.array(fieldName).max(500) }).nullable(),
  by: z.string().max(200),
  at: time,
})

/** All that a mutation needs to get an outcome, even one that cannot be read further. */
const mutationHead = z.looseObject({ seq: count.min(1), mutationId: name })

const version = z.int().min(1).max(1_000_000)

export const pullSchema = z.object({
  version,
  feed,
  cursor: z.string().max(1_000).exactOptional(),
  limit: z.int().min(1).max(LIMITS.page),
})

export const pushSchema = z.object({
  version,
  epoch,
  holder: name,
  items: z.array(mutationHead).min(1).max(LIMITS.push),
})

export const heartbeatSchema = z.object({ version, epoch, holder: name, lastSeq: count })

export const statusSchema = z.object({
  version,
  epoch,
  items: z.array(z.object({ seq: count.min(1), kind: name, id: name, body: body.nullable() })).max(LIMITS.lane),
  voidBelow: count.exactOptional(),
})

export const eventsSchema = z.object({
  version,
  epoch,
  items: z.array(z.object({ seq: count.min(1), kind: name, at: time, body })).max(LIMITS.lane),
  dropped: count,
})

const inbox = z.object({ epoch: epoch.exactOptional(), lastSeq: count })
const refused = z.object({
  answer: z.literal('refused'),
  code: z.enum(['upgrade', 'forbidden', 'malformed', 'too-large']),
  message: z.string().max(2_000),
})

const item = z.object({
  kind: name,
  id: name,
  rev: count,
  deleted: z.boolean().exactOptional(),
  body: body.exactOptional(),
})

export const pullAnswerSchema = z.discriminatedUnion('answer', [
  z.object({
    answer: z.literal('page'),
    items: z.array(item).max(LIMITS.page),
    cursor: z.string().min(1).max(1_000),
    more: z.boolean(),
    snapshot: z.boolean(),
    upToDate: z.boolean(),
    digest: hex.exactOptional(),
    inbox,
  }),
  z.object({ answer: z.literal('must_reset'), reason: z.string().max(100) }),
  refused,
])

const outcome = z.object({
  seq: count,
  mutationId: name,
  outcome: z.enum(['applied', 'merged', 'conflict', 'rejected']),
  code: z.enum(['malformed', 'forbidden', 'cloud-owned', 'too-large']).exactOptional(),
})

export const pushAnswerSchema = z.discriminatedUnion('answer', [
  z.object({ answer: z.literal('taken'), inbox, outcomes: z.array(outcome).max(LIMITS.push), now: time }),
  z.object({ answer: z.literal('gap'), inbox }),
  z.object({ answer: z.literal('fork'), inbox }),
  z.object({ answer: z.literal('halted'), inbox }),
  refused,
])

export const heartbeatAnswerSchema = z.discriminatedUnion('answer', [
  z.object({ answer: z.literal('heartbeat'), inbox, halted: z.boolean(), statusSeq: count, now: time }),
  refused,
])

export const statusAnswerSchema = z.discriminatedUnion('answer', [
  z.object({ answer: z.literal('status'), statusSeq: count }),
  refused,
])

export const eventsAnswerSchema = z.discriminatedUnion('answer', [
  z.object({ answer: z.literal('events'), eventSeq: count }),
  refused,
])

/** Reads what the other side sent. Throws `MalformedPacketError` naming the first fault and its place. */
export function decode<Output>(schema: z.ZodType<Output>, what: string, value: unknown): Output {
  const parsed = schema.safeParse(value)
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  throw new MalformedPacketError(`${what}: ${issue?.message ?? 'unreadable'} at ${issue?.path.join('.') || 'the top'}`)
}

/** One mutation whose head was readable; undefined when the rest is not. */
export function readMutation(value: unknown): Mutation | undefined {
  const parsed = mutationSchema.safeParse(value)
  return parsed.success ? parsed.data : undefined
}
