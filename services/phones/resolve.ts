import type { OfferedOption } from '../dhcp/contract.ts'
import type {
  Device,
  Effective,
  Key,
  KeyPlace,
  Layer,
  LayerName,
  Line,
  SettingValue,
  SettingValues,
  Sourced,
  SrtpMode,
  Transport,
} from './contract.ts'
import type { Model } from './definition.ts'

/** One layer that applies, with its place. */
export interface GivenLayer {
  readonly layer: LayerName
  /** Which group, model …; or why, for a value that was made. */
  readonly of?: string
  readonly values: Pick<Layer, 'settings'> & Partial<Layer>
}

/**
 * Lays the layers over one another, widest first: a narrower one wins value by value, and each value keeps the name
 * of the layer that it came from. Lists are replaced, not joined.
 */
export function resolve(layers: readonly GivenLayer[], vendor: string | undefined): Effective {
  const settings = new Map<string, Sourced<SettingValue>>()
  const extra = new Map<string, Sourced<string>>()
  const options = new Map<number, Sourced<OfferedOption>>()
  const locks: { readonly name: string; readonly by: Source }[] = []
  for (const { layer, of, values } of layers) {
    const source = of === undefined ? { layer } : { layer, of }
    for (const [name, value] of Object.entries(values.settings)) {
      const lock = locks.find((given) => covers(given.name, name))
      const before = settings.get(name)
      if (lock === undefined) settings.set(name, { value, ...source })
      else if (before !== undefined)
        settings.set(name, { ...before, ignored: [...(before.ignored ?? []), { value, ...source }] })
    }
    for (const name of values.locked ?? []) locks.push({ name, by: source })
    for (const [name, value] of Object.entries((vendor !== undefined && values.extra?.[vendor]) || {}))
      extra.set(name, { value, ...source })
    for (const option of values.dhcpOptions ?? []) options.set(option.code, { value: option, ...source })
  }
  if (locks.length > 0)
    for (const [name, value] of settings) {
      const lock = locks.find((given) => covers(given.name, name))
      if (lock !== undefined) settings.set(name, { ...value, lockedBy: lock.by })
    }
  return {
    settings: Object.fromEntries(settings),
    extra: Object.fromEntries(extra),
    dhcpOptions: [...options.values()],
  }
}

interface Source {
  readonly layer: LayerName
  readonly of?: string
}

/** Whether `timezone` or `sip.*` means this setting. */
function covers(lock: string, name: string): boolean {
  return lock === name || (lock.endsWith('.*') && name.startsWith(lock.slice(0, -1)))
}

/** The bare values of effective settings. */
export function valuesOf(settings: Effective['settings']): SettingValues {
  return Object.fromEntries(Object.entries(settings).map(([name, sourced]) => [name, sourced.value]))
}

/** A line with every field that its server needs, taken from the settings where the line leaves it out. */
export interface EffectiveLine {
  readonly index: number
  readonly label: string
  readonly user: string
  readonly authUser: string
  readonly secret: string
  readonly displayName: string
  readonly server: string
  readonly port: number
  /** The SIP domain: `sip.domain`, else the server. */
  readonly domain: string
  readonly transport: Transport
  /** Empty: none. */
  readonly outboundHost: string
  readonly outboundPort: number
  readonly backupServer: string
  readonly backupPort: number
  readonly backupOutboundHost: string
  readonly backupOutboundPort: number
  readonly expires: number
  readonly srtp: SrtpMode
  readonly voicemail: string
  readonly shared: boolean
  readonly blfListUri: string
}

function text(value: SettingValue | undefined): string {
  return typeof value === 'string' ? value : ''
}

function hostAndPort(given: string, standard: number): { readonly host: string; readonly port: number } {
  const split = /^(.+?):(\d{1,5})$/.exec(given)
  return { host: split?.[1] ?? given, port: split?.[2] === undefined ? standard : Number(split[2]) }
}

/**
 * A line as rendered. A field of the line wins over its setting unless that setting is among `locked`.
 */
export function resolveLine(
  line: Line,
  settings: SettingValues,
  locked: ReadonlySet<string> = NO_LOCKS,
): EffectiveLine {
  const own = <Field extends keyof Line>(field: Field): Line[Field] | undefined =>
    locked.has(LINE_SETTINGS[field as string] ?? '') ? undefined : line[field]
  const transport = own('transport') ?? (text(settings['sip.transport']) as Transport)
  const standard = transport === 'tls' ? 5061 : 5060
  const givenPort = settings['sip.port']
  const server = own('server')
  // A line with a server of its own does not take the port that was set for the other one.
  const port = own('port') ?? (server === undefined && typeof givenPort === 'number' ? givenPort : standard)
  const outbound = hostAndPort(own('outboundProxy') ?? text(settings['sip.outboundProxy']), standard)
  const backupOutbound = hostAndPort(text(settings['sip.backupOutboundProxy']), standard)
  const expires = settings['sip.expires']
  const backupPort = settings['sip.backupPort']
  return {
    index: line.index,
    label: line.label ?? line.displayName ?? line.user,
    user: line.user,
    authUser: line.authUser ?? line.user,
    secret: line.secret ?? '',
    displayName: line.displayName ?? line.label ?? line.user,
    server: server ?? text(settings['sip.server']),
    port,
    domain: server ?? (text(settings['sip.domain']) || text(settings['sip.server'])),
    transport,
    outboundHost: outbound.host,
    outboundPort: outbound.port,
    backupServer: own('backupServer') ?? text(settings['sip.backupServer']),
    backupPort: typeof backupPort === 'number' ? backupPort : port,
    backupOutboundHost: backupOutbound.host,
    backupOutboundPort: backupOutbound.port,
    expires: own('expires') ?? (typeof expires === 'number' ? expires : 3600),
    srtp: own('srtp') ?? (text(settings['sip.srtp']) as SrtpMode),
    voicemail: own('voicemail') ?? text(settings.voicemail),
    shared: line.shared ?? false,
    blfListUri: own('blfListUri') ?? text(settings['sip.blfListUri']),
  }
}

const NO_LOCKS: ReadonlySet<string> = new Set()

/** Which setting stands behind a field of a line. */
export const LINE_SETTINGS: Readonly<Record<string, string>> = {
  ...{ server: 'sip.server', port: 'sip.port', transport: 'sip.transport', outboundProxy: 'sip.outboundProxy' },
  ...{ backupServer: 'sip.backupServer', expires: 'sip.expires', srtp: 'sip.srtp', voicemail: 'voicemail' },
  blfListUri: 'sip.blfListUri',
}

/** A key as rendered: every key that the hardware has appears, so that one taken out of the record goes from the phone. */
export interface EffectiveKey {
  /** Within its group, counted from 1. */
  readonly number: number
  /** Within the module, counted from 1. */
  readonly index: number
  readonly kind: string
  readonly type: Key['type']
  readonly label: string
  readonly value: string
  readonly line: number
  readonly pickup: string
  /** At handsets: which. */
  readonly module?: number
}

export interface EffectiveModule {
  /** 0 is the phone itself. */
  readonly number: number
  readonly keys: readonly EffectiveKey[]
}

/**
 * The keys of a device, module by module. On the phone itself a key that the record leaves out is the line key of
 * the line with its number, when there is one, else nothing. A module appears when the record says something of it.
 */
export function resolveKeys(device: Device | undefined, model: Model): readonly EffectiveModule[] {
  const given = new Map<number, Map<number, Key>>()
  for (const key of device?.keys ?? []) {
    if (placeOf(key) !== 'phone' && placeOf(key) !== 'expansion') continue
    const module = given.get(key.module)
    if (module === undefined) given.set(key.module, new Map([[key.index, key]]))
    else module.set(key.index, key)
  }
  const lines = new Map((device?.lines ?? []).map((line) => [line.index, line]))
  const phone: EffectiveKey[] = []
  let index = 0
  for (const [group, { kind, count }] of model.keys.entries()) {
    for (let number = 1; number <= count; number++) {
      index++
      const key = given.get(0)?.get(index)
      const line = group === 0 && key === undefined ? lines.get(number) : undefined
      phone.push(
        line === undefined
          ? effectiveKey(key, kind, number, index)
          : { number, index, kind, type: 'line', label: line.label ?? '', value: '', line: line.index, pickup: '' },
      )
    }
  }
  const modules: EffectiveModule[] = [{ number: 0, keys: phone }]
  const size = Math.max(0, ...model.expansion.map((expansion) => expansion.keys))
  const most = Math.max(0, ...model.expansion.map((expansion) => expansion.modules))
  for (let number = 1; number <= most; number++) {
    const keys = given.get(number)
    if (keys === undefined) continue
    modules.push({
      number,
      keys: Array.from({ length: size }, (_, i) => effectiveKey(keys.get(i + 1), 'expansion', i + 1, i + 1)),
    })
  }
  return modules
}

/** Where a key is. */
export function placeOf(key: Key): KeyPlace {
  return key.place ?? (key.module === 0 ? 'phone' : 'expansion')
}

/** The keys of one other place as far as the model has them. Only those that the record names: the rest stay as made. */
export function resolvePlace(device: Device | undefined, model: Model, place: KeyPlace): readonly EffectiveKey[] {
  const sizes = model.places[place]
  if (sizes === undefined) return []
  return (device?.keys ?? [])
    .filter((key) => placeOf(key) === place && key.index <= sizes.count)
    .toSorted((a, b) => a.module - b.module || a.index - b.index)
    .map((key) => ({ ...effectiveKey(key, sizes.kind, key.index, key.index), module: key.module }))
}

function effectiveKey(key: Key | undefined, kind: string, number: number, index: number): EffectiveKey {
  return {
    number,
    index,
    kind,
    type: key?.type ?? 'none',
    label: key?.label ?? '',
    value: key?.value ?? '',
    line: key?.line ?? 1,
    pickup: key?.pickup ?? '',
  }
}
