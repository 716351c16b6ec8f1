import { z } from '@hono/zod-openapi'
import { CloudView } from './schema-cloud.ts'
import { OptionView } from './schema-network.ts'
import { RolloutRow } from './schema-rollouts.ts'

// The words of the API. The page takes its types from here; the OpenAPI document is made from here.

export const MacText = z
  .string()
  .max(64)
  .openapi({ example: '80:5e:c0:12:34:56', description: 'Any common spelling is read.' })
const Fault = z.object({
  path: z.string(),
  message: z.string(),
  file: z.string().optional(),
  line: z.number().optional(),
  column: z.number().optional(),
})

export const ErrorBody = z
  .object({
    error: z.object({
      code: z.string().openapi({ example: 'not-found' }),
      message: z.string(),
      faults: z.array(Fault),
    }),
  })
  .openapi('Error')

export const Verdict = z
  .object({
    state: z.enum(['configured', 'under-way', 'trouble', 'waiting', 'unknown-device', 'never-seen']),
    text: z.string(),
    advice: z.string().optional(),
    help: z
      .enum(['adopt', 'allow', 'refetch', 'record', 'network', 'setup'])
      .optional()
      .openapi({ description: 'What most likely helps.' }),
    since: z.number().optional(),
  })
  .openapi('Verdict')

const seen = {
  vendor: z.string().optional(),
  model: z.string().optional(),
  firmware: z.string().optional(),
  address: z.string().optional(),
}

export const Sighting = z
  .object({
    mac: z.string(),
    ...seen,
    firstSeen: z.number(),
    lastSeen: z.number(),
    known: z.boolean(),
    verdict: Verdict,
  })
  .openapi('Sighting')

export const DeviceRow = z
  .object({
    mac: z.string(),
    rev: z.number(),
    name: z.string().optional(),
    ...seen,
    group: z.string().optional(),
    enabled: z.boolean(),
    lines: z.array(z.object({ index: z.number(), label: z.string().optional(), user: z.string() })),
    lastSeen: z.number().optional(),
    verdict: Verdict,
  })
  .openapi('DeviceRow')

export const SettingValue = z.union([z.string(), z.number(), z.boolean(), z.array(z.string())])
const layerFields = {
  settings: z.record(z.string(), SettingValue),
  extra: z.record(z.string(), z.record(z.string(), z.string())),
  dhcpOptions: z.array(OptionView),
  locked: z
    .array(z.string())
    .optional()
    .openapi({ description: 'Settings, or groups of them (sip.*), that no narrower layer can change.' }),
  /** Names under `settings` and `extra` whose values are set, secret, and left out. */
  secrets: z.array(z.string()).openapi({ description: 'What is set but never shown, e.g. settings.adminPassword' }),
}

export const LineView = z
  .looseObject({ index: z.number(), user: z.string(), label: z.string().optional(), hasSecret: z.boolean() })
  .openapi('Line')

const Numbered = z.looseObject({ index: z.number() })
const hardwareViews = {
  handsets: z.array(Numbered.extend({ hasAc: z.boolean() })).optional(),
  ports: z.array(Numbered).optional(),
  relays: z.array(Numbered.extend({ hasCode: z.boolean() })).optional(),
  buttons: z.array(Numbered).optional(),
}

export const DeviceView = z
  .object({
    mac: z.string(),
    rev: z.number(),
    name: z.string().optional(),
    vendor: z.string().optional(),
    model: z.string().optional(),
    group: z.string().optional(),
    enabled: z.boolean(),
    lines: z.array(LineView),
    keys: z.array(z.looseObject({ module: z.number(), index: z.number(), type: z.string() })),
    ...hardwareViews,
    notes: z.string().optional(),
    ...layerFields,
  })
  .openapi('Device')

export const LayerView = z
  .object({ kind: z.string(), id: z.string(), rev: z.number(), ...layerFields })
  .openapi('Layer')
export const LayerInput = z
  .looseObject({
    settings: z.record(z.string(), z.union([SettingValue, z.null()])).optional(),
    extra: z.record(z.string(), z.record(z.string(), z.union([z.string(), z.null()]))).optional(),
    dhcpOptions: z.array(OptionView).optional(),
    locked: z.array(z.string()).optional(),
  })
  .openapi('LayerInput')

const numberedInput = { index: z.number().int().min(1) }
const secretInput = z
  .string()
  .nullable()
  .optional()
  .openapi({ description: 'Absent keeps the stored one; null clears it.' })

export const DeviceInput = LayerInput.extend({
  rev: z.number().int().min(0).optional().openapi({ description: 'The revision that this edit is based on.' }),
  name: z.string().nullable().optional(),
  vendor: z.string().nullable().optional(),
  model: z.string().nullable().optional(),
  group: z.string().nullable().optional(),
  enabled: z.boolean().optional(),
  lines: z
    .array(
      z.looseObject({
        index: z.number().int().min(1),
        user: z.string(),
        secret: secretInput,
      }),
    )
    .optional(),
  keys: z.array(z.looseObject({})).optional(),
  locked: z.array(z.string()).nullable().optional(),
  handsets: z
    .array(z.looseObject({ ...numberedInput, ac: secretInput }))
    .nullable()
    .optional(),
  ports: z.array(z.looseObject(numberedInput)).nullable().optional(),
  relays: z
    .array(z.looseObject({ ...numberedInput, code: secretInput }))
    .nullable()
    .optional(),
  buttons: z.array(z.looseObject(numberedInput)).nullable().optional(),
  notes: z.string().nullable().optional(),
}).openapi('DeviceInput')

export const RowFault = z
  .object({
    row: z.number().openapi({ description: 'Counted from 1, without the heading.' }),
    line: z.number().openapi({ description: 'The line of the file on which the row begins.' }),
    column: z.string(),
    columnNumber: z.number().optional(),
    message: z.string(),
  })
  .openapi('RowFault')

export const ImportResult = z
  .object({
    applied: z.boolean(),
    rows: z.array(
      z.object({
        row: z.number(),
        line: z.number(),
        mac: z.string(),
        name: z.string().optional(),
        action: z.enum(['create', 'update']),
      }),
    ),
    faults: z.array(RowFault),
  })
  .openapi('ImportResult')

export const FileRow = z
  .object({
    name: z.string(),
    secret: z.boolean(),
    own: z.boolean(),
    absent: z.string().optional(),
    problem: z.string().optional(),
  })
  .openapi('DeviceFile')

export const FilePreview = z
  .object({
    file: z.string(),
    contentType: z.string(),
    size: z.number(),
    hash: z.string().openapi({ description: 'SHA-256 of what the phone gets, not of the masked text.' }),
    masked: z.boolean(),
    text: z.string(),
  })
  .openapi('FilePreview')

const source = { layer: z.string(), of: z.string().optional() }
const overruled = {
  lockedBy: z.object(source).optional().openapi({ description: 'The layer that lets no narrower one change it.' }),
}
const ignored = <Value extends z.ZodType>(value: Value) => ({
  ignored: z
    .array(z.object({ value: value.optional(), ...source }))
    .optional()
    .openapi({ description: 'What narrower layers said in vain; without values where they are secret.' }),
})
export const ExplainView = z
  .object({
    mac: z.string(),
    device: DeviceView.optional(),
    identity: z.object({
      vendor: z.string().optional(),
      model: z.string().optional(),
      firmware: z.string().optional(),
      confidence: z.number(),
      used: z.array(z.object({ source: z.string(), text: z.string() })),
    }),
    settings: z.array(
      z.object({
        name: z.string(),
        value: SettingValue.optional(),
        secret: z.boolean(),
        ...source,
        ...overruled,
        ...ignored(SettingValue),
      }),
    ),
    extra: z.array(z.object({ name: z.string(), value: z.string().optional(), secret: z.boolean(), ...source })),
    dhcpOptions: z.array(z.object({ option: OptionView, ...source })),
    files: z.array(FileRow),
    warnings: z.array(z.string()).openapi({ description: 'What was given and has no effect on this device.' }),
    media: z.array(z.string()).optional().openapi({ description: 'What it is given of stored pictures and sounds.' }),
    closed: z.string().optional().openapi({ description: 'Why its files with secrets are held back, when they are.' }),
    verdict: Verdict,
  })
  .openapi('Explanation')

export const HappeningView = z
  .object({
    at: z.number(),
    mac: z.string().optional(),
    address: z.string().optional(),
    interface: z.string().optional(),
    kind: z.string(),
    tone: z.enum(['good', 'bad', 'plain']),
    text: z.string(),
    fields: z
      .array(z.object({ name: z.string(), value: z.string() }))
      .optional()
      .openapi({ description: 'What stood in it, for experts; in a journey only.' }),
  })
  .openapi('Happening')

export const JourneyView = z
  .object({
    mac: z.string(),
    ...seen,
    interface: z.string().optional(),
    firstSeen: z.number(),
    lastSeen: z.number(),
    verdict: Verdict,
    happenings: z.array(HappeningView),
  })
  .openapi('Journey')

export const LeaseView = z
  .object({
    address: z.string(),
    state: z.enum(['offered', 'active', 'released', 'expired', 'declined']),
    network: z.string(),
    mac: z.string().optional(),
    clientId: z.string().optional(),
    hostName: z.string().optional(),
    vendorClass: z.string().optional(),
    relay: z.string().optional(),
    interface: z.string(),
    startedAt: z.number(),
    endsAt: z.number(),
  })
  .openapi('Lease')

export const DhcpView = z
  .object({
    interfaces: z.array(
      z.object({
        name: z.string(),
        mode: z.enum(['full', 'phones-only', 'off']),
        answering: z.boolean(),
        reason: z.string(),
        foreign: z.array(
          z.object({ server: z.string(), mac: z.string().optional(), firstSeen: z.number(), lastSeen: z.number() }),
        ),
      }),
    ),
    networks: z.array(
      z.object({ id: z.string(), size: z.number(), active: z.number(), offered: z.number(), declined: z.number() }),
    ),
  })
  .openapi('DhcpStatus')

export const DhcpInterfaceInput = z
  .strictObject({
    mode: z.enum(['full', 'phones-only', 'off']),
    besideForeignServer: z.boolean().default(false).openapi({
      description: 'In full mode, answer although another server was heard.',
    }),
  })
  .openapi('DhcpInterfaceInput')

export const AlarmView = z
  .object({
    kind: z.string(),
    subject: z.string(),
    text: z.string(),
    firstAt: z.number(),
    lastAt: z.number(),
    count: z.number(),
  })
  .openapi('Alarm')

export const AboutView = z
  .object({
    version: z.string(),
    mode: z.enum(['box', 'demo']),
    startedAt: z.number(),
    now: z.number(),
    addresses: z.array(z.string()),
    listeners: z.array(z.object({ service: z.string(), where: z.string() })),
  })
  .openapi('About')

export const ResyncResult = z
  .object({ outcome: z.enum(['accepted', 'refused', 'silent']), text: z.string() })
  .openapi('ResyncResult')

export const ChangeView = z
  .object({ seq: z.number(), by: z.string(), at: z.number(), fields: z.array(z.string()) })
  .openapi('Change')

/** What the live stream sends, by the name of its event. */
export const LiveEvent = z
  .discriminatedUnion('event', [
    z.object({ event: z.literal('hello'), data: z.object({ resumed: z.boolean() }) }),
    z.object({ event: z.literal('beat'), data: z.object({ at: z.number() }) }),
    z.object({ event: z.literal('happening'), data: HappeningView }),
    z.object({ event: z.literal('verdict'), data: Sighting }),
    z.object({ event: z.literal('alarms'), data: z.array(AlarmView) }),
    z.object({ event: z.literal('record'), data: z.object({ kind: z.string(), id: z.string() }) }),
    z.object({ event: z.literal('rollout'), data: RolloutRow }),
    z.object({ event: z.literal('cloud'), data: CloudView }),
  ])
  .openapi('LiveEvent')

export type Verdict = z.infer<typeof Verdict>
export type Sighting = z.infer<typeof Sighting>
export type DeviceRow = z.infer<typeof DeviceRow>
export type DeviceView = z.infer<typeof DeviceView>
export type DeviceInput = z.infer<typeof DeviceInput>
export type LayerInput = z.infer<typeof LayerInput>
export type LayerView = z.infer<typeof LayerView>
export type RowFault = z.infer<typeof RowFault>
export type ImportResult = z.infer<typeof ImportResult>
export type FilePreview = z.infer<typeof FilePreview>
export type FileRow = z.infer<typeof FileRow>
export type ExplainView = z.infer<typeof ExplainView>
export type HappeningView = z.infer<typeof HappeningView>
export type JourneyView = z.infer<typeof JourneyView>
export type LeaseView = z.infer<typeof LeaseView>
export type DhcpView = z.infer<typeof DhcpView>
export type AlarmView = z.infer<typeof AlarmView>
export type AboutView = z.infer<typeof AboutView>
export type ErrorBody = z.infer<typeof ErrorBody>
export type ChangeView = z.infer<typeof ChangeView>
export type LiveEvent = z.infer<typeof LiveEvent>
