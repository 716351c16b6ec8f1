import type { OfferedOption } from '../dhcp/contract.ts'
import type {
  Device,
  Effective,
  Key,
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
  for (const { layer, of, values } of layers) {
    const source = of === undefined ? { layer } : { layer, of }
    for (const [name, value] of Object.entries(values.settings)) settings.set(name, { value, ...source })
    for (const [name, value] of Object.entries((vendor !== undefined && values.extra?.[vendor]) || {}))
      extra.set(name, { value, ...source })
    for (const option of values.dhcpOptions ?? []) options.set(option.code, { value: option, ...source })
  }
  return {
    settings: Object.fromEntries(settings),
    extra: Object.fromEntries(extra),
    dhcpOptions: [...options.values()],
  }
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
  readonly transport: Transport
  /** Empty: none. */
  readonly outboundHost: string
  readonly outboundPort: number
  readonly backupServer: string
  readonly expires: number
  readonly srtp: SrtpMode
  readonly voicemail: string
}

function text(value: SettingValue | undefined): string {
  return typeof value === 'string' ? value : ''
}

export function resolveLine(line: Line, settings: SettingValues): EffectiveLine {
  const transport = line.transport ?? (text(settings['sip.transport']) as Transport)
  const standard = transport === 'tls' ? 5061 : 5060
  const givenPort = settings['sip.port']
  // A line with a server of its own does not take the port that was set for the other one.
  const port = line.port ?? (line.server === undefined && typeof givenPort === 'number' ? givenPort : standard)
  const outbound = line.outboundProxy ?? text(settings['sip.outboundProxy'])
  const split = /^(.+?):(\d{1,5})$/.exec(outbound)
  const expires = settings['sip.expires']
  return {
    index: line.index,
    label: line.label ?? line.displayName ?? line.user,
    user: line.user,
    authUser: line.authUser ?? line.user,
    secret: line.secret ?? '',
    displayName: line.displayName ?? line.label ?? line.user,
    server: line.server ?? text(settings['sip.server']),
    port,
    transport,
    outboundHost: split?.[1] ?? outbound,
    outboundPort: split?.[2] === undefined ? standard : Number(split[2]),
    backupServer: line.backupServer ?? text(settings['sip.backupServer']),
    expires: line.expires ?? (typeof expires === 'number' ? expires : 3600),
    srtp: line.srtp ?? (text(settings['sip.srtp']) as SrtpMode),
    voicemail: line.voicemail ?? text(settings.voicemail),
  }
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
