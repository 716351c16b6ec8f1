import type { z } from 'zod'
import { OperatorError } from '../core/errors.ts'
import { formatMac, type Mac, readMac } from '../core/mac.ts'
import type { SecretBox } from '../core/secret.ts'
import type { JsonObject, RecordKind, Records, StoredRecord } from '../records/contract.ts'
import type { Device, Devices, Fault, Layer } from './contract.ts'
import type { Definitions } from './definition.ts'
import { type DeviceBody, deviceSchema, type LayerBody, layerSchema } from './device-schema.ts'
import { isSecretName } from './secret-name.ts'
import { SECRET_SETTINGS } from './settings.ts'
import { strangersInDevice, strangersInLayer } from './strangers.ts'
import type { RevisedLayers } from './subject.ts'

/** What is wrong with a record that somebody gave; every fault with its path. */
export class RecordError extends OperatorError {
  override readonly name = 'RecordError'
  readonly faults: readonly Fault[]
  constructor(what: string, faults: readonly Fault[]) {
    super(`${what} cannot be stored: ${faults.map((fault) => `${fault.path}: ${fault.message}`).join('; ')}`)
    this.faults = faults
  }
}

interface Dependencies {
  readonly records: Records
  readonly secrets: SecretBox
  /** When given, a record's vendor must be one of these. */
  readonly definitions?: Definitions
}

type Sealed = { readonly sealed: string }

function isSealed(value: unknown): value is Sealed {
  return typeof value === 'object' && value !== null && 'sealed' in value && typeof value.sealed === 'string'
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
  const seal = (value: unknown, kept: unknown): unknown => {
    if (value === undefined) return kept
    if (value === null || value === '') return undefined
    return typeof value === 'string' ? { sealed: secrets.seal(value) } : value
  }
  const settings: Record<string, unknown> = { ...body.settings }
  for (const name of SECRET_SETTINGS) {
    const value = seal(settings[name], before?.settings?.[name])
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
    sealed[list] = items.map((item) => {
      const value = seal(item[field], before?.[list]?.find((other) => other.index === item.index)?.[field])
      const { [field]: _, ...rest } = item
      return value === undefined ? rest : { ...rest, [field]: value }
    })
  }
  return sealed as JsonObject
}

/** Opens what is sealed. A secret that this box cannot open (another box's key) counts as not there. */
function openValue(value: unknown, secrets: SecretBox): unknown {
  if (!isSealed(value)) return value
  try {
    return secrets.open(value.sealed)
  } catch {
    return undefined
  }
}

function openAll(values: Readonly<Record<string, unknown>>, secrets: SecretBox): Record<string, unknown> {
  const opened: Record<string, unknown> = {}
  for (const [name, value] of Object.entries(values)) {
    const plain = openValue(value, secrets)
    if (plain !== undefined) opened[name] = plain
  }
  return opened
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

function openDevice(mac: Mac, record: StoredRecord, body: DeviceBody, secrets: SecretBox): Device {
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

type Read<Body> = { readonly body: Body } | { readonly faults: readonly Fault[] }

function read<Body>(schema: z.ZodType<Body>, input: unknown): Read<Body> {
  const parsed = schema.safeParse(input)
  if (parsed.success) return { body: parsed.data }
  const pathOf = (path: readonly PropertyKey[]) => path.map(String).join('.') || '(record)'
  return { faults: parsed.error.issues.map(({ path, message }) => ({ path: pathOf(path), message })) }
}

function bodyOf<Body>(what: string, given: Read<Body>): Body {
  if ('faults' in given) throw new RecordError(what, given.faults)
  return given.body
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
    // Strangers are asked for at every packet: only what exists is remembered.
    if (device !== undefined) opened.set(mac, device)
    return device
  }
  const get = (mac: Mac): Device | undefined => opened.get(mac) ?? open(mac, records.get('device', mac))
  const readDevice = (mac: Mac, input: unknown): Read<DeviceBody> => {
    const given = read(deviceSchema, input)
    if ('faults' in given) return given
    const faults = strangersInDevice(given.body, records.get('device', mac)?.body)
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
      const before = records.get(kind, id)?.body
      const given = read(layerSchema, input)
      const faults = 'faults' in given ? [] : strangersInLayer(given.body, before)
      const body = bodyOf(`${kind} ${id}`, faults.length === 0 ? given : { faults })
      const record = records.put(kind, id, sealBody(body, before as Opened | undefined, secrets), options)
      const held = open(record)
      if (held === undefined) throw new RecordError(`${kind} ${id}`, [])
      return held
    },
    revision: () => revision,
    close: stop,
  }
}
