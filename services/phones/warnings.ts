import type { MediaLibrary } from '../media/contract.ts'
import { holds } from './condition.ts'
import { keysBeyond } from './context.ts'
import { fileKey } from './context-parts.ts'
import type { LayerName } from './contract.ts'
import type { Definition, FileForm, Model } from './definition.ts'
import { mediaFit } from './media-notes.ts'
import { isKnownParameter, nearestParameters } from './parameters.ts'
import type { Subject } from './subject.ts'

// What somebody gave that no file of the device will hold. It is no fault: the record may be for another model soon,
// or a setting for a group of several vendors. But a person who looks why it has no effect must not have to guess.

/** What a template reads instead of `settings.…`, since it sees it worked into something. */
const READ_AS: Readonly<Record<string, string>> = {
  'sip.server': 'line.server',
  'sip.port': 'line.port',
  'sip.transport': 'line.transport',
  'sip.outboundProxy': 'line.outboundHost',
  'sip.backupServer': 'line.backupServer',
  'sip.expires': 'line.expires',
  'sip.srtp': 'line.srtp',
  voicemail: 'line.voicemail',
  timezone: 'zone',
  ntpServers: 'ntp',
}

/**
 * What was given for a device and has no effect on it, in plain words; names only, never values. `idle` says which of these
 * settings change nothing in its files, whatever they are set to.
 */
export function warningsOf(
  subject: Subject,
  idle: (names: readonly string[]) => readonly string[] = () => [],
  media?: Pick<MediaLibrary, 'fit'>,
): readonly string[] {
  const { definition, model } = subject
  if (definition === undefined || model === undefined) return []
  if (!definition.files.some((form) => form.from !== undefined)) return [`no file is made for ${definition.title} yet`]
  return [
    ...beyond(subject, model),
    ...locked(subject),
    ...unrendered(subject, definition, model, idle, media),
    ...unknownParameters(subject, definition),
  ]
}

function beyond({ device }: Subject, model: Model): string[] {
  if (device === undefined) return []
  const it = model.model === 'unlisted' ? 'a model that is not known' : `${model.title}`
  const lines = device.lines.filter((line) => line.index > model.lines)
  const own = model.keys.reduce((sum, group) => sum + group.count, 0)
  const modules = model.expansion.map(({ name, keys, modules: most }) => `${most} of ${name} with ${keys} keys`)
  return [
    ...lines.map(({ index }) => `line ${index} is left out: ${it} has ${count(model.lines, 'line')}`),
    ...keysBeyond(device, model).map(({ module, index }) =>
      module === 0
        ? `key ${index} is left out: ${it} has ${count(own, 'key')}`
        : `key ${index} of module ${module} is left out: ${it} takes ${modules.join(' or ') || 'no module'}`,
    ),
    ...HARDWARE.flatMap(([list, word]) =>
      (device[list] ?? [])
        .filter(({ index }) => index > (model.hardware[list] ?? 0))
        .map(({ index }) => `${word} ${index} is left out: ${it} has ${count(model.hardware[list] ?? 0, word)}`),
    ),
  ]
}

const HARDWARE = [
  ['handsets', 'handset'],
  ['ports', 'port'],
  ['relays', 'relay'],
  ['buttons', 'button'],
] as const

/** What a wider layer does not let a narrower one say. */
function locked({ effective }: Subject): string[] {
  return Object.entries(effective.settings).flatMap(([name, { lockedBy, ignored }]) =>
    lockedBy === undefined
      ? []
      : (ignored ?? []).map(
          (one) => `setting ${name} (${source(one)}) has no effect: ${source(lockedBy).replace('from ', '')} locked it`,
        ),
  )
}

function count(number: number, word: string): string {
  return `${number} ${word}${number === 1 ? '' : 's'}`
}

/** Each is rendered anew, between two packets: the ones nearest to the device come first, and the rest are not looked at. */
const MOST_TRIED = 40
const NEAREST: readonly LayerName[] = ['built-in', 'vendor', 'account', 'site', 'group', 'model', 'device']

function unrendered(
  { effective, firmware, device }: Subject,
  definition: Definition,
  model: Model,
  idle: (names: readonly string[]) => readonly string[],
  media: Pick<MediaLibrary, 'fit'> | undefined,
): string[] {
  const applies = (form: FileForm) => form.when === undefined || holds(definition, form.when, model, firmware)
  const texts = new Map<string, string>()
  for (const form of definition.files)
    if (applies(form) && form.from !== undefined) collect(definition, form.from, texts)
  const all = [...texts.values()].join('\n')
  // A setting may be told by DHCP alone, e.g. the VLAN.
  const told = JSON.stringify(definition.dhcp)
  const toldOf = (name: string) => new RegExp(`\\{\\{\\s*${name.replaceAll('.', '\\.')}\\s*\\}\\}`).test(told)
  const reads = (name: string) =>
    [`settings.${name}`, READ_AS[name], fileWord(name)].some(
      (word) => word !== undefined && new RegExp(`\\b${word.replaceAll('.', '\\.')}(?![\\w])`).test(all),
    ) || toldOf(name)
  const given = Object.entries(effective.settings).filter(([, { layer }]) => layer !== 'built-in')
  // Without a line nothing of an account is rendered: a record that somebody has only begun.
  const tried = !device?.lines.length
    ? []
    : given
        .filter(([name]) => reads(name) && !toldOf(name))
        .toSorted(([, one], [, other]) => NEAREST.indexOf(other.layer) - NEAREST.indexOf(one.layer))
        .slice(0, MOST_TRIED)
        .map(([name]) => name)
  const silent = new Set(idle(tried))
  return given.flatMap(([name, from]) => {
    if (isPacking(definition, name)) return []
    const who = `setting ${name} (${source(from)}) has no effect`
    if (!reads(name)) return [`${who}: no template of ${definition.title} renders it`]
    const fit = media === undefined ? undefined : mediaFit(media, model, name, from.value)
    if (fit?.kind === 'cannot') return [`setting ${name} (${source(from)}) is left out: ${from.value}: ${fit.reason}`]
    return silent.has(name) ? [`${who}: it changes nothing in the files of this ${model.title}`] : []
  })
}

/** Whether a setting works on the finished file, of which no template knows. */
function isPacking({ encryption, compression }: Definition, name: string): boolean {
  if (name === 'provisioning.compress') return compression !== undefined
  return encryption !== undefined && /^provisioning\.encryption(Key)?$/.test(name)
}

/** `file.wallpaper` is `files.wallpaper` to a template. */
function fileWord(setting: string): string | undefined {
  const key = fileKey(setting)
  return key === undefined ? undefined : `files.${key}`
}

/** A template with every partial that it renders. */
function collect(definition: Definition, file: string, texts: Map<string, string>): void {
  const text = definition.templates.get(file)
  if (text === undefined || texts.has(file)) return
  texts.set(file, text)
  for (const [, partial] of text.matchAll(/\brender\s+['"]([^'"]+)['"]/g))
    collect(definition, `${partial}.liquid`, texts)
}

function unknownParameters({ effective }: Subject, definition: Definition): string[] {
  const inSections = definition.files.some((form) => form.reader.by === 'sections')
  return Object.entries(effective.extra).flatMap(([name, from]) => {
    const who = `raw parameter ${name} (${source(from)})`
    if (!definition.extraName.test(name))
      return [`${who} is left out: it cannot stand in a file of ${definition.title}`]
    if (definition.parameters.size === 0 || isKnownParameter(definition, name)) return []
    if (inSections && isKnownParameter(definition, name.slice(name.indexOf('/') + 1))) return []
    const near = nearestParameters(definition, name)
    return [
      `${who} is not a known parameter of ${definition.title}${near.length === 0 ? '' : `; is it ${near.join(' or ')}?`}`,
    ]
  })
}

function source({ layer, of }: { readonly layer: LayerName; readonly of?: string }): string {
  return of === undefined ? `from ${layer}` : `from ${layer} ${of}`
}
