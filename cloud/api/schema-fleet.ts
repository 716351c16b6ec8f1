import { z } from '@hono/zod-openapi'
import { DRIFT_STATES } from '../fleet/policy-drift.ts'

const time = z.number().openapi({ description: 'milliseconds since 1970' })
const short = z.string().min(1).max(100)
const hash = z.string().openapi({ description: 'SHA-256 of the files that are its own' })

const Drift = z.enum(DRIFT_STATES).openapi('DriftState')

export const FleetQuery = z.object({
  text: z
    .string()
    .max(200)
    .optional()
    .openapi({ description: 'words that all have to be found', example: 'lobby t46' }),
  site: short.optional(),
  vendor: short.optional(),
  model: short.optional(),
  group: short.optional(),
  firmware: short.optional(),
  verdict: short.optional(),
  drift: Drift.optional(),
})

export const FleetPageQuery = FleetQuery.extend({
  after: z
    .string()
    .max(200)
    .regex(/^[0-9a-f]{12}~.+$/)
    .optional()
    .openapi({ description: '`next` of the page before' }),
  limit: z.coerce.number().int().min(1).max(500).default(100),
})

const FleetDevice = z
  .object({
    siteId: z.string(),
    mac: z.string(),
    name: z.string(),
    vendor: z.string().nullable(),
    model: z.string().nullable(),
    group: z.string().nullable(),
    extension: z.string().nullable(),
    firmware: z.string().nullable(),
    address: z.string().nullable(),
    verdict: z.string().nullable(),
    verdictText: z.string().nullable(),
    advice: z.string().nullable(),
    lastSeen: time.nullable(),
    drift: Drift,
    driftSince: time.nullable().openapi({ description: 'for site-offline: when its box was last heard of' }),
    wanted: z.object({ hash, since: time.nullable() }).nullable(),
    fetched: z.object({ hash, at: time, file: z.string(), by: z.string() }).nullable(),
  })
  .openapi('FleetDevice')

export const FleetPage = z.object({ devices: z.array(FleetDevice), next: z.string().nullable() })

const counts = z.array(z.object({ value: z.string().nullable(), devices: z.number().int() }))
export const FleetCounts = z
  .object({ drift: counts, verdict: counts, vendor: counts, model: counts, firmware: counts })
  .openapi('FleetCounts')

const standing = {
  devices: z.number().int(),
  configured: z.number().int(),
  trouble: z.number().int(),
  pending: z.number().int(),
  neverAsked: z.number().int(),
}
export const FleetSites = z.object({
  sites: z.array(
    z
      .object({
        siteId: z.string(),
        name: z.string(),
        boxId: z.string().nullable(),
        boxSeenAt: time.nullable(),
        offline: z.boolean(),
        ...standing,
      })
      .openapi('FleetSite'),
  ),
})
export const FleetCustomers = z.object({
  customers: z.array(
    z
      .object({
        accountId: z.string(),
        name: z.string(),
        sites: z.number().int(),
        offline: z.number().int().openapi({ description: 'sites whose box was not heard of for a while' }),
        ...standing,
      })
      .openapi('FleetCustomer'),
  ),
})
