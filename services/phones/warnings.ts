import { holds } from './condition.ts'
import { keysBeyond } from './context.ts'
import type { LayerName } from './contract.ts'
import type { Definition, FileForm, Model } from './definition.ts'
import { isKnownParameter, nearestParameters } from './parameters.ts'
import type { UnknownParameter } from './provenance.ts'
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

/** What rendering a device's files finds out. */
export interface Findings {
  /** Which of these settings change nothing in its files, whatever they are set to. */
  idle(names: readonly string[]): readonly string[]
  /** The parameters that its templates write and nobody knows. */
  unknown(): readonly UnknownParameter[]
}

const NO_FINDINGS: Findings = { idle: () => [], unknown: () => [] }

/** What was given for a device and has no effect on it, in plain words; names only, never values. */
export function warningsOf(subject: Subject, findings: Findings = NO_FINDINGS): readonly string[] {
  const { definition, model } = subject
  if (definition === undefined || model === undefined) return []
  if (!definition.files.some((form) => form.from !== undefined)) return [`no file is made for ${definition.title} yet`]
  return [
    ...beyond(subject, model),
    ...locked(subject),
    ...unrendered(subject, definition, model, findings.idle),
    ...unknownRaw(subject, definition),
    ...findings.unknown().map((one) => unknownWarning(definition, one)),
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
    [`settings.${name}`, READ_AS[name]].some(
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
    const who = `setting ${name} (${source(from)}) has no effect`
    if (!reads(name)) return [`${who}: no template of ${definition.title} renders it`]
    return silent.has(name) ? [`${who}: it changes nothing in the files of this ${model.title}`] : []
  })
}

/** A template with every partial that it renders. */
function collect(definition: Definition, file: string, texts: Map<string, string>): void {
  const text = definition.templates.get(file)
  if (text === undefined || texts.has(file)) return
  texts.set(file, text)
  for (const [, partial] of text.matchAll(/\brender\s+['"]([^'"]+)['"]/g))
    collect(definition, `${partial}.liquid`, texts)
}

function unknownRaw({ effective }: Subject, definition: Definition): string[] {
  return Object.entries(effective.extra).flatMap(([name, from]) => {
    const who = `raw parameter ${name} (${source(from)})`
    if (!definition.extraName.test(name))
      return [`${who} is left out: it cannot stand in a file of ${definition.title}`]
    if (definition.parameters.size === 0 || isKnownParameter(definition, name)) return []
    return [`${who} ${notKnown(definition, name)}`]
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
