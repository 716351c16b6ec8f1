import { formatIpv4, type Ipv4 } from '../core/ipv4.ts'
import type { Mac } from '../core/mac.ts'
import type { FileProtocol } from '../journey/contract.ts'
import type { Fit, MediaLibrary } from '../media/contract.ts'
import { holds } from './condition.ts'
import {
  filesContext,
  hardwareContext,
  macContext,
  pagingContext,
  phonebooksContext,
  zoneContext,
} from './context-parts.ts'
import type { Device, Effective, Key, SettingValue } from './contract.ts'
import type { Definition, FileForm, Model } from './definition.ts'
import { placeOf, resolveKeys, resolveLine, resolvePlace } from './resolve.ts'
import { SECRET_SETTINGS } from './settings.ts'

// What a template sees. Everything in it is plain data that was built for this one file.

/** Where the box is to be reached by one phone. */
export interface BoxPlace {
  readonly address: Ipv4
  readonly httpPort: number
  readonly httpsPort?: number
}

/** What one file is rendered from. */
export interface RenderInput {
  readonly definition: Definition
  readonly form: FileForm
  readonly model: Model
  readonly firmware?: string
  readonly mac?: Mac
  /** Only for a file of that device. */
  readonly device?: Device
  readonly effective: Effective
  readonly box: BoxPlace
  readonly protocol: FileProtocol
  /** The year whose daylight saving dates are given. */
  readonly year: number
  /** Absent: every stored file is given as it was uploaded. */
  readonly media?: Pick<MediaLibrary, 'fit'>
}

/** What becomes of the stored file that a setting names; as uploaded where nothing is known of what the model takes. */
export function fitOf({ media, model }: Pick<RenderInput, 'media' | 'model'>, key: string, name: string): Fit {
  const form = model.media[key]
  return media === undefined || form === undefined ? { kind: 'unknown', name } : media.fit(name, form)
}

/** The vendor's folder on this box as a URL that ends in a slash. Files with secrets ask for more than this in time. */
export function vendorUrl(box: BoxPlace, vendor: string): string {
  return `http://${hostPort(box)}/${vendor}/`
}

export function hostPort(box: BoxPlace): string {
  const host = formatIpv4(box.address)
  return box.httpPort === 80 ? host : `${host}:${box.httpPort}`
}

/** `sip.server` → its group `sip` and `server` in it. The names are few and the same in every file. */
const parts = new Map<string, readonly [group: string | undefined, name: string]>()

function partsOf(name: string): readonly [group: string | undefined, name: string] {
  const known = parts.get(name)
  if (known !== undefined) return known
  const dot = name.indexOf('.')
  const split = dot === -1 ? ([undefined, name] as const) : ([name.slice(0, dot), name.slice(dot + 1)] as const)
  if (parts.size < 1000) parts.set(name, split)
  return split
}

interface Given {
  readonly values: Readonly<Record<string, SettingValue>>
  /** The same as a tree: `sip.server` is `tree.sip.server`. */
  readonly tree: Readonly<Record<string, unknown>>
  readonly locked: ReadonlySet<string>
}

/** What one file may see of the settings: a file without secrets gets none to see. */
function given(settings: Effective['settings'], secrets: boolean): Given {
  const values: Record<string, SettingValue> = {}
  const tree: Record<string, unknown> = {}
  const locked = new Set<string>()
  for (const name of Object.keys(settings)) {
    const sourced = settings[name]
    if (sourced === undefined) continue
    if (sourced.lockedBy !== undefined) locked.add(name)
    if (!secrets && SECRET_SETTINGS.has(name)) continue
    const { value } = sourced
    values[name] = value
    const [group, own] = partsOf(name)
    if (group === undefined) {
      tree[own] = value
      continue
    }
    const branch = (tree[group] ?? {}) as Record<string, unknown>
    branch[own] = value
    tree[group] = branch
  }
  return { values, tree, locked }
}

/** Splits `user_name[2]` into the name and its index. */
function extraParameter(full: string, value: string) {
  const split = /^(.*)\[(\d{1,4})\]$/.exec(full)
  return split === null
    ? { full, name: full, index: null, value }
    : { full, name: split[1] ?? full, index: Number(split[2]), value }
}

/** Builds what the template of one file sees. A file without secrets gets none to see. */
export function renderContext(input: RenderInput): Record<string, unknown> {
  const { definition, form, model, mac, box, effective } = input
  const { values, tree, locked } = given(effective.settings, form.secret)
  const device = form.secret ? input.device : undefined
  const address = formatIpv4(box.address)
  const lines = (device?.lines ?? [])
    .filter((line) => line.index <= model.lines)
    .toSorted((a, b) => a.index - b.index)
    .map((line) => resolveLine(line, values, locked))
  const used = new Set(lines.map((line) => line.index))
  const timezone = values.timezone
  const ntp = values.ntpServers
  const files = filesContext(values, vendorUrl(box, definition.id), (key, name) => fitOf(input, key, name))
  return {
    device: {
      ...macContext(mac),
      name: input.device?.name ?? '',
    },
    model: {
      name: model.model,
      title: model.title,
      code: model.code ?? '',
      codes: model.codes,
      family: model.family ?? '',
      lines: model.lines,
      features: model.features,
    },
    firmware: input.firmware ?? model.firmware ?? '',
    is: Object.fromEntries(
      [...definition.conditions.keys()].map((name) => [name, holds(definition, name, model, input.firmware)]),
    ),
    settings: tree,
    ntp: Array.isArray(ntp) && ntp.length > 0 ? ntp : [address],
    zone: zoneContext(typeof timezone === 'string' ? timezone : 'Etc/UTC', input.year),
    lines,
    unusedLines: Array.from({ length: model.lines }, (_, i) => i + 1).filter((index) => !used.has(index)),
    modules: device === undefined ? [] : resolveKeys(device, model),
    programmableKeys: resolvePlace(device, model, 'programmable'),
    softKeys: resolvePlace(device, model, 'soft'),
    handsetKeys: resolvePlace(device, model, 'handset'),
    ...hardwareContext(device, model),
    phonebooks: phonebooksContext(values),
    paging: pagingContext(values),
    files,
    firmwareUrl: values['firmware.url'] || files.firmware?.url || '',
    extra: form.secret
      ? Object.entries(effective.extra)
          .filter(([name]) => definition.extraName.test(name))
          .map(([name, sourced]) => extraParameter(name, sourced.value))
      : [],
    box: { address, host: hostPort(box), port: box.httpPort, scheme: 'http', url: vendorUrl(box, definition.id) },
    tables: definition.tables,
  }
}

/** Keys of a device that its model does not have, for `explain`. */
export function keysBeyond(device: Device, model: Model): readonly Key[] {
  const own = model.keys.reduce((sum, group) => sum + group.count, 0)
  const size = Math.max(0, ...model.expansion.map((expansion) => expansion.keys))
  const modules = Math.max(0, ...model.expansion.map((expansion) => expansion.modules))
  return device.keys.filter((key) => {
    const place = placeOf(key)
    if (place === 'phone') return key.index > own
    if (place === 'expansion') return key.module > modules || key.index > size
    return key.index > (model.places[place]?.count ?? 0)
  })
}
