import type { MediaLibrary } from '../media/contract.ts'
import { holds } from './condition.ts'
import { keysBeyond } from './context.ts'
import { FILES } from './context-parts.ts'
import type { Finding, Key, LayerName } from './contract.ts'
import type { Definition, FileForm, Model } from './definition.ts'
import { mediaFit } from './media-notes.ts'
import { isKnownParameter, nearestParameters } from './parameters.ts'
import type { UnknownParameter } from './provenance.ts'
import { placeOf } from './resolve.ts'
import { settingNamed } from './settings.ts'
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
  'firmware.url': 'firmwareUrl',
  'firmware.file': 'firmwareUrl',
  timezone: 'zone',
  ntpServers: 'ntp',
}

/** What rendering a device's files finds out. */
export interface Findings {
  /** Which of these settings change nothing in its files, whatever they are set to. */
  idle(names: readonly string[]): readonly string[]
  /** Keys of a kind that the device has no word for. */
  idleKeys(): readonly Key[]
  /** The parameters that its templates write and nobody knows. */
  unknown(): readonly UnknownParameter[]
  /** What becomes of the pictures and sounds that settings name. */
  readonly media?: Pick<MediaLibrary, 'fit'>
}

export const NO_FINDINGS: Findings = { idle: () => [], idleKeys: () => [], unknown: () => [] }

/** What was given for a device and has no effect on it; names only, never values. */
export function findingsOf(subject: Subject, findings: Findings = NO_FINDINGS): readonly Finding[] {
  const { definition, model } = subject
  if (definition === undefined || model === undefined) return []
  if (!definition.files.some((form) => form.from !== undefined))
    return [{ what: 'file', name: definition.title, text: `no file is made for ${definition.title} yet` }]
  return [
    ...beyond(subject, model),
    ...findings.idleKeys().map((key): Finding => {
      const name = keyName(key)
      return { what: 'key', name, text: `${name} does nothing: ${titleOf(model)} has no key of the kind ${key.type}` }
    }),
    ...locked(subject),
    ...unrendered(subject, definition, model, findings.idle, findings.media),
    ...unknownRaw(subject, definition),
    ...findings.unknown().map((one): Finding => {
      return { what: 'parameter', name: one.name, text: unknownWarning(definition, one) }
    }),
  ]
}

/** The same in plain words, without what takes a rendering for each kind of key to find. */
export function warningsOf(subject: Subject, findings: Findings = NO_FINDINGS): readonly string[] {
  return findingsOf(subject, { ...findings, idleKeys: NO_FINDINGS.idleKeys }).map(({ text }) => text)
}

function titleOf(model: Model): string {
  return model.model === 'unlisted' ? 'a model that is not known' : `${model.title}`
}

/** `key 3`, `key 3 of module 1`, `programmable key 3`, `key 3 of handset 2`. */
export function keyName(key: Key): string {
  const place = placeOf(key)
  if (place === 'phone') return `key ${key.index}`
  if (place === 'expansion') return `key ${key.index} of module ${key.module}`
  return place === 'handset' ? `key ${key.index} of handset ${key.module}` : `${place} key ${key.index}`
}

function beyond({ device }: Subject, model: Model): Finding[] {
  if (device === undefined) return []
  const it = titleOf(model)
  const lines = device.lines.filter((line) => line.index > model.lines)
  const own = model.keys.reduce((sum, group) => sum + group.count, 0)
  const modules = model.expansion.map(({ name, keys, modules: most }) => `${most} of ${name} with ${keys} keys`)
  const without = keysBeyond(device, model)
  const roomAt = (key: Key): string => {
    const place = placeOf(key)
    if (place === 'phone') return `has ${count(own, 'key')}`
    if (place === 'expansion') return `takes ${modules.join(' or ') || 'no module'}`
    return `has ${count(model.places[place]?.count ?? 0, `${place} key`)}`
  }
  return [
    ...lines.map(({ index }): Finding => leftOut('line', `line ${index}`, `${it} has ${count(model.lines, 'line')}`)),
    ...without.map((key): Finding => leftOut('key', keyName(key), `${it} ${roomAt(key)}`)),
    ...device.keys
      .filter((key) => (key.line ?? 1) > model.lines && !without.includes(key))
      .map((key): Finding => {
        const reason = `it works on line ${key.line}, and ${it} has ${count(model.lines, 'line')}`
        return { what: 'key', name: keyName(key), text: `${keyName(key)} does nothing: ${reason}` }
      }),
    ...HARDWARE.flatMap(([list, word]) =>
      (device[list] ?? [])
        .filter(({ index }) => index > (model.hardware[list] ?? 0))
        .map(({ index }) => leftOut(word, `${word} ${index}`, `${it} has ${count(model.hardware[list] ?? 0, word)}`)),
    ),
  ]
}

function leftOut(what: Finding['what'], name: string, reason: string): Finding {
  return { what, name, text: `${name} is left out: ${reason}` }
}

const HARDWARE = [
  ['handsets', 'handset'],
  ['ports', 'port'],
  ['relays', 'relay'],
  ['buttons', 'button'],
] as const

/** What a wider layer does not let a narrower one say. */
function locked({ effective }: Subject): Finding[] {
  return Object.entries(effective.settings).flatMap(([name, { lockedBy, ignored }]) =>
    lockedBy === undefined
      ? []
      : (ignored ?? []).map((one): Finding => {
          const why = `${source(lockedBy).replace('from ', '')} locked it`
          const text = `setting ${name} (${source(one)}) has no effect: ${why}`
          return { what: 'setting', name, layer: one.layer, text }
        }),
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
): Finding[] {
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
  const given = Object.entries(effective.settings)
    .filter(([, { layer }]) => layer !== 'built-in')
    // Settings of the phone book act in the box, on what is in the book.
    .filter(([name]) => !name.startsWith('directory.') && settingNamed(name)?.ofBox !== true)
    // With a file it says what the file is, also where no template needs to know.
    .filter(([name]) => name !== 'firmware.version' || effective.settings['firmware.file'] === undefined)
  // Without a line nothing of an account is rendered: a record that somebody has only begun.
  const tried = !device?.lines.length
    ? []
    : given
        .filter(([name]) => reads(name) && !toldOf(name))
        .toSorted(([, one], [, other]) => NEAREST.indexOf(other.layer) - NEAREST.indexOf(one.layer))
        .slice(0, MOST_TRIED)
        .map(([name]) => name)
  const silent = new Set(idle(tried))
  return given.flatMap(([name, from]): Finding[] => {
    if (isPacking(definition, name)) return []
    const said = (text: string): Finding[] => [{ what: 'setting', name, layer: from.layer, text }]
    const who = `setting ${name} (${source(from)}) has no effect`
    if (!reads(name)) return said(`${who}: no template of ${definition.title} renders it`)
    const fit = media === undefined ? undefined : mediaFit(media, model, name, from.value)
    if (fit?.kind === 'cannot')
      return said(`setting ${name} (${source(from)}) is left out: ${from.value}: ${fit.reason}`)
    return silent.has(name) ? said(`${who}: it changes nothing in the files of this ${model.title}`) : []
  })
}

/** Whether a setting works on the finished file, of which no template knows. */
function isPacking({ encryption, compression }: Definition, name: string): boolean {
  if (name === 'provisioning.compress') return compression !== undefined
  return encryption !== undefined && /^provisioning\.encryption(Key)?$/.test(name)
}

/** `file.wallpaper` is `files.wallpaper` to a template. */
function fileWord(setting: string): string | undefined {
  const key = FILES.get(setting)
  return key === undefined ? undefined : `files.${key}`
}

/** The text of a file's template and of every partial that it renders. */
export function textsOf(definition: Definition, form: FileForm): string {
  const texts = new Map<string, string>()
  if (form.from !== undefined) collect(definition, form.from, texts)
  return [...texts.values()].join('\n')
}

/** A template with every partial that it renders. */
function collect(definition: Definition, file: string, texts: Map<string, string>): void {
  const text = definition.templates.get(file)
  if (text === undefined || texts.has(file)) return
  texts.set(file, text)
  for (const [, partial] of text.matchAll(/\brender\s+['"]([^'"]+)['"]/g))
    collect(definition, `${partial}.liquid`, texts)
}

function unknownRaw({ effective }: Subject, definition: Definition): Finding[] {
  const inSections = definition.files.some((form) => form.reader.by === 'sections')
  return Object.entries(effective.extra).flatMap(([name, from]): Finding[] => {
    const who = `raw parameter ${name} (${source(from)})`
    const found = (text: string): Finding[] => [{ what: 'parameter', name, layer: from.layer, text: `${who} ${text}` }]
    if (!definition.extraName.test(name)) return found(`is left out: it cannot stand in a file of ${definition.title}`)
    if (definition.parameters.size === 0 || isKnownParameter(definition, name)) return []
    if (inSections && isKnownParameter(definition, name.slice(name.indexOf('/') + 1))) return []
    return found(notKnown(definition, name))
  })
}

/** `parameter account.1.lable (acme/device.cfg.liquid, line 12) is not a known parameter of Acme; is it account.X.label?` */
export function unknownWarning(definition: Definition, { name, template }: UnknownParameter): string {
  const place = template === undefined ? '' : ` (${template.file}, line ${template.line})`
  return `parameter ${name}${place} ${notKnown(definition, name)}`
}

/** `is not a known parameter of Acme; is it account.X.label?` */
export function notKnown(definition: Definition, name: string): string {
  const near = nearestParameters(definition, name)
  return `is not a known parameter of ${definition.title}${near.length === 0 ? '' : `; is it ${near.join(' or ')}?`}`
}

function source({ layer, of }: { readonly layer: LayerName; readonly of?: string }): string {
  return of === undefined ? `from ${layer}` : `from ${layer} ${of}`
}
