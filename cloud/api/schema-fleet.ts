import { z } from '@hono/zod-openapi'
import { DeviceInput, LayerInput, SettingValue } from '../../services/admin/schema.ts'
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
  .object({ drift: counts, verdict: counts, vendor: counts, model: counts, firmware: counts, group: counts })
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

/** What a site, a line or a person is told one by one is no edit of many. */
const { rev: _rev, ...editable } = DeviceInput.pick({
  ...{ settings: true, extra: true, dhcpOptions: true, locked: true },
  ...{ vendor: true, model: true, group: true, enabled: true, keys: true, rev: true },
}).shape
const DevicesEdit = z.strictObject({
  target: z.strictObject({
    kind: z.literal('devices'),
    devices: z
      .array(z.strictObject({ site: short, mac: z.string().max(40) }))
      .min(1)
      .max(5_000)
      .optional(),
    filter: FleetQuery.strict().optional(),
  }),
  patch: z.strictObject(editable),
})
const LayerEdit = z.strictObject({
  target: z.strictObject({
    kind: z.literal('layer'),
    layer: z.enum(['site', 'vendor', 'group', 'model']),
    id: short,
    sites: z.array(short).min(1).max(2_000).optional().openapi({ description: 'none: all that you may see' }),
  }),
  patch: LayerInput,
})
const SharedLayerLook = LayerEdit.extend({
  target: LayerEdit.shape.target
    .omit({ sites: true })
    .extend({ shared: z.literal(true) })
    .openapi({
      description: 'the layer that the account shares, at each site that has none of its own; to look at alone',
    }),
})
export const BulkInput = z.union([DevicesEdit, LayerEdit, SharedLayerLook]).openapi('FleetEdit')
const stamp = z.string().max(64).openapi({ description: 'of the preview' })
export const BulkApply = z
  .union([DevicesEdit.extend({ stamp }), LayerEdit.extend({ stamp })])
  .openapi('FleetEditConfirmed')

const Change = z.object({
  what: z.enum(['setting', 'parameter', 'option']),
  name: z.string(),
  secret: z.boolean(),
  before: SettingValue.optional(),
  after: SettingValue.optional(),
})
export const BulkPreview = z
  .object({
    stamp: z.string(),
    sites: z.number().int(),
    records: z.number().int().openapi({ description: 'records that are written' }),
    looked: z.number().int(),
    affected: z.number().int().openapi({ description: 'devices for which something is another' }),
    effects: z
      .array(
        z.object({
          ...{ siteId: z.string(), mac: z.string(), name: z.string() },
          fields: z.array(z.string()),
          changes: z.array(Change),
        }),
      )
      .openapi({ description: 'the first 500' }),
    faulty: z.number().int(),
    faults: z
      .array(z.object({ siteId: z.string(), record: z.string(), message: z.string() }))
      .openapi({ description: 'the first 100; nothing is written while there is one' }),
  })
  .openapi('FleetEditPreview')
