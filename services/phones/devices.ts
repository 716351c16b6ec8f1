import { formatMac, type Mac, readMac } from '../core/mac.ts'
import { bodyOf, type InputFault, type ReadInput, RecordError, readInput } from '../core/record-input.ts'
import { openAll, sealField, sealValue } from '../core/sealing.ts'
import type { SecretBox } from '../core/secret.ts'
import type { JsonObject, RecordKind, Records, StoredRecord } from '../records/contract.ts'
import type { Device, Devices, Layer, LayerKind } from './contract.ts'
import { type DeviceBody, deviceSchema, type LayerBody, layerSchema } from './device-schema.ts'
import { optionFaults } from './option-faults.ts'
import { isSecretName } from './secret-name.ts'
import { SECRET_SETTINGS } from './settings.ts'
import { strangersInDevice, strangersInLayer } from './strangers.ts'
import type { RevisedLayers } from './subject.ts'

/** Tells which vendors there are. */
export interface VendorNames {
  get(id: string): object | undefined
}

interface Dependencies {
  readonly records: Records
  readonly secrets: SecretBox
  /** When given, a record's vendor must be one of these. */
  readonly definitions?: VendorNames
}

/** The lists of a device whose items hold a secret, and its field. */
const SECRET_FIELDS = { lines: 'secret', handsets: 'ac', relays: 'code' } as const

type Item = { readonly index: number } & Readonly<Record<string, unknown>>

interface Opened {
  readonly lines?: readonly Item[]
  readonly handsets?: readonly Item[]
  readonly relays?: readonly Item[]
  readonly settings?: Readonly<Record<string, unknown>>
}

/** Seals what is secret in a checked body; what the body leaves out stays as it was stored. */
function sealBody(body: LayerBody | DeviceBody, before: Opened | undefined, secrets: SecretBox): JsonObject {
  const settings: Record<string, unknown> = { ...body.settings }
  for (const name of SECRET_SETTINGS) {
    const value = sealValue(settings[name], before?.settings?.[name], secrets)
    if (value === undefined) delete settings[name]
    else settings[name] = value
  }
  const extra = Object.fromEntries(
    Object.entries(body.extra).map(([vendor, parameters]) => [
      vendor,
      Object.fromEntries(
        Object.entries(parameters).map(([name, value]) => [
          name,
          typeof value === 'string' && isSecretName(name) ? { sealed: secrets.seal(value) } : value,
        ]),
      ),
    ]),
  )
  const sealed: Record<string, unknown> = { ...body, settings, extra }
  for (const [list, field] of Object.entries(SECRET_FIELDS) as ['lines', 'secret'][]) {
    const items = (body as Opened)[list]
    if (items === undefined) continue
    const beforeOf = (item: Item) => before?.[list]?.find((other) => other.index === item.index)
    sealed[list] = items.map((item) => sealField(item, field, beforeOf(item), secrets))
  }
  return sealed as JsonObject
}

function openLayer(body: LayerBody, secrets: SecretBox): Layer {
  const extra = Object.entries(body.extra).map(([vendor, parameters]) => [vendor, openAll(parameters, secrets)])
  return {
    settings: openAll(body.settings, secrets),
    extra: Object.fromEntries(extra),
    dhcpOptions: body.dhcpOptions,
    ...(body.locked !== undefined && { locked: body.locked }),
  } as Layer
}

function openDevice(mac: Mac, record: Pick<StoredRecord, 'rev'>, body: DeviceBody, secrets: SecretBox): Device {
  // The schema has checked every field; absent ones are absent in JSON, never undefined.
  return {
    ...body,
    ...openLayer(body, secrets),
    mac,
    rev: record.rev,
    lines: body.lines.map((line) => openAll(line, secrets)),
    ...(body.handsets && { handsets: body.handsets.map((handset) => openAll(handset, secrets)) }),
    ...(body.relays && { relays: body.relays.map((relay) => openAll(relay, secrets)) }),
  } as unknown as Device
}

/** The devices over the store of records: checked when written, opened once when read. */
export function makeDevices({ records, secrets, definitions }: Dependencies): Devices & { close(): void } {
  const opened = new Map<Mac, Device | null>()
  let all: readonly Device[] | undefined
  const stop = records.onChange((change) => {
    if (change.kind !== 'device') return
    opened.delete(change.id as Mac)
    all = undefined
  })
  const open = (mac: Mac, record: StoredRecord | undefined): Device | undefined => {
    const parsed = record && deviceSchema.safeParse(record.body)
    const device = record && parsed?.success ? openDevice(mac, record, parsed.data, secrets) : undefined
    // Strangers are asked for at every packet: only what exists is remembered, and not what a batch may still take back.
    if (device !== undefined && records.get('device', mac) === record) opened.set(mac, device)
    return device
  }
  const get = (mac: Mac): Device | undefined => opened.get(mac) ?? open(mac, records.get('device', mac))
  const readDevice = (mac: Mac, input: unknown): ReadInput<DeviceBody> => {
    const given = readInput(deviceSchema, input)
    if ('faults' in given) return given
    const before = records.get('device', mac)?.body
    const faults: InputFault[] = strangersInDevice(given.body, before)
    faults.push(...optionFaults(given.body.dhcpOptions, before?.dhcpOptions))
    const { vendor } = given.body
    if (vendor !== undefined && definitions !== undefined && definitions.get(vendor) === undefined)
      faults.push({ path: 'vendor', message: `no vendor is called ${vendor}` })
    return faults.length === 0 ? given : { faults }
  }
  const prepare = (mac: Mac, input: unknown): JsonObject => {
    const body = bodyOf(`device ${formatMac(mac)}`, readDevice(mac, input))
    const { mac: _mac, rev: _rev, ...stored } = body
    return sealBody(stored as DeviceBody, records.get('device', mac)?.body as Opened | undefined, secrets)
  }
  const stored = (record: StoredRecord): Device => {
    const mac = record.id as Mac
    const device = open(mac, record)
    if (device === undefined) throw new RecordError(`device ${formatMac(mac)}`, [])
    return device
  }
  return {
    get,
    list() {
      all ??= records.list('device').flatMap((record) => {
        const mac = readMac(record.id)
        const device = mac === undefined ? undefined : (opened.get(mac) ?? open(mac, record))
        return device ?? []
      })
      return all
    },
    put: (mac, input, options) => stored(records.put('device', mac, prepare(mac, input), options)),
    check(mac, input) {
      const given = readDevice(mac, input)
      return 'faults' in given ? given.faults : []
    },
    draft(mac, input) {
      const rev = records.get('device', mac)?.rev ?? 0
      return openDevice(mac, { rev }, deviceSchema.parse(prepare(mac, input)), secrets)
    },
    putMany: (items, options) =>
      records
        .putMany(
          items.map(({ mac, input }) => ({ kind: 'device' as const, id: mac, body: prepare(mac, input) })),
          options,
        )
        .map(stored),
    remove: (mac, options) => records.remove('device', mac, options),
    close: stop,
  }
}

const LAYER_KINDS: ReadonlySet<RecordKind> = new Set(['site', 'vendor', 'group', 'model'])

/** The other layers over the store of records. */
export function makeLayers({ records, secrets }: Dependencies): RevisedLayers & { close(): void } {
  type Held = { readonly rev: number; readonly layer: Layer }
  const opened = new Map<string, Held | null>()
  let revision = 0
  const stop = records.onChange((change) => {
    if (!LAYER_KINDS.has(change.kind)) return
    opened.delete(`${change.kind}/${change.id}`)
    revision++
  })
  const open = (record: StoredRecord): Held | undefined => {
    const parsed = layerSchema.safeParse(record.body)
    return parsed.success ? { rev: record.rev, layer: openLayer(parsed.data, secrets) } : undefined
  }
  const prepare = (kind: LayerKind, id: string, input: unknown): JsonObject => {
    const before = records.get(kind, id)?.body
    const given = readInput(layerSchema, input)
    const faults =
      'faults' in given
        ? []
        : [...strangersInLayer(given.body, before), ...optionFaults(given.body.dhcpOptions, before?.dhcpOptions)]
    const body = bodyOf(`${kind} ${id}`, faults.length === 0 ? given : { faults })
    return sealBody(body, before as Opened | undefined, secrets)
  }
  return {
    get(kind, id) {
      const key = `${kind}/${id}`
      const held = opened.get(key)
      if (held !== undefined) return held ?? undefined
      const record = records.get(kind, id)
      const found = record && open(record)
      // Layers that nobody made are asked for at every packet too, but a vendor, group or model has few names.
      if (opened.size < 4096) opened.set(key, found ?? null)
      return found
    },
    list: (kind) =>
      records.list(kind).flatMap((record) => {
        const held = open(record)
        return held === undefined ? [] : [{ id: record.id, ...held }]
      }),
    put(kind, id, input, options) {
      const record = records.put(kind, id, prepare(kind, id, input), options)
      const held = open(record)
      if (held === undefined) throw new RecordError(`${kind} ${id}`, [])
      return held
    },
    draft: (kind, id, input) => openLayer(layerSchema.parse(prepare(kind, id, input)), secrets),
    revision: () => revision,
    close: stop,
  }
}
