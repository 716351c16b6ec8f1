import { z } from '@hono/zod-openapi'
import { Name } from '../api/schema.ts'
import { ALERT_KINDS } from './policy-kinds.ts'

const time = z.number().int().openapi({ description: 'milliseconds since 1970' })
const kinds = z
  .array(z.enum(ALERT_KINDS))
  .max(ALERT_KINDS.length)
  .openapi({ description: 'which alerts; none named: all' })

export const AlertView = z
  .object({
    id: z.string(),
    siteId: z.string(),
    kind: z.string(),
    title: z.string(),
    subject: z.string().openapi({ description: 'what of the site; empty: the site or its box' }),
    text: z.string(),
    state: z.enum(['open', 'ended']),
    openedAt: time,
    seenAt: time,
    endedAt: time.nullable(),
    endedBy: z.string().nullable(),
    acknowledgedAt: time.nullable(),
    acknowledgedBy: z.string().nullable(),
    snoozedUntil: time.nullable(),
  })
  .openapi('Alert')
export const AlertList = z.object({ alerts: z.array(AlertView) })
export const SnoozeInput = z.strictObject({
  minutes: z
    .number()
    .int()
    .min(1)
    .max(30 * 1440),
})

const numbers = z.record(z.string(), z.number())
export const RuleView = z
  .object({
    kind: z.enum(ALERT_KINDS),
    title: z.string(),
    enabled: z.boolean(),
    settings: numbers,
    forms: z
      .record(z.string(), z.object({ default: z.number(), least: z.number(), most: z.number(), help: z.string() }))
      .openapi({ description: 'what each setting means and may be' }),
    rev: z.number().int(),
  })
  .openapi('AlertRule')
export const RuleList = z.object({ rules: z.array(RuleView) })
export const RuleInput = z.strictObject({
  kind: z.enum(ALERT_KINDS),
  rev: z.number().int().min(0),
  enabled: z.boolean(),
  settings: numbers.default({}),
})

export const ChannelView = z
  .object({
    id: z.string(),
    kind: z.enum(['email', 'webhook']),
    name: z.string(),
    target: z.string(),
    kinds: z.array(z.string()),
    enabled: z.boolean(),
    offReason: z.string().nullable(),
    failingSince: time.nullable(),
    rev: z.number().int(),
  })
  .openapi('AlertChannel')
export const ChannelList = z.object({ channels: z.array(ChannelView) })
const channelFields = {
  name: Name,
  target: z.string().min(3).max(2_000).openapi({ description: 'a mail address, or the https URL of a webhook' }),
  kinds: kinds.default([]),
}
export const ChannelInput = z.strictObject({ kind: z.enum(['email', 'webhook']), ...channelFields })
export const ChannelEdit = z.strictObject({ rev: z.number().int(), enabled: z.boolean(), ...channelFields })
const secret = z.string().openapi({ description: 'told this once; what deliveries are signed with' })
export const ChannelMade = z.object({ channel: ChannelView, secret: secret.optional() }).openapi('AlertChannelMade')
export const ChannelSecret = z.object({ secret }).openapi('AlertChannelSecret')
export const TestSent = z.object({ delivery: z.string() }).openapi('AlertChannelTest')

export const DeliveryList = z.object({
  deliveries: z.array(
    z
      .object({
        id: z.string(),
        channelId: z.string().nullable(),
        kind: z.enum(['email', 'webhook']),
        target: z.string(),
        event: z.string(),
        state: z.enum(['waiting', 'sent', 'failed']),
        tries: z.number().int(),
        createdAt: time,
        nextAt: time.nullable(),
        doneAt: time.nullable(),
        status: z.number().int().nullable(),
        error: z.string().nullable(),
      })
      .openapi('Delivery'),
  ),
})
