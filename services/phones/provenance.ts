import type { RenderInput } from './context.ts'
import { FILES } from './context-parts.ts'
import type { Device, Effective, Origin, TracedParameter } from './contract.ts'
import type { Definition, FileForm } from './definition.ts'
import { type Occurrence, occurrencesOf } from './parameter-reader.ts'
import { isKnownParameter } from './parameters.ts'
import { LINE_SETTINGS } from './resolve.ts'
import { isSecretName } from './secret-name.ts'
import { SECRET_SETTINGS, settingNamed } from './settings.ts'
import { linesIn, type Piece, type Place } from './trace.ts'

// Which setting of which layer stands behind each parameter of a rendered file, found while the template runs.

/** A file as it was made, and as it was before raw parameters took the place of some. */
export interface TracedFile {
  readonly text: string
  readonly made: string
  readonly pieces: readonly Piece[]
}

/** Parts of what a template sees that are a person's record of the device. */
const RECORD: Readonly<Record<string, string>> = {
  ...{ modules: 'keys', programmableKeys: 'keys', softKeys: 'keys', handsetKeys: 'keys', unusedLines: 'lines' },
  ...{ handsets: 'handsets', ports: 'ports', relays: 'relays', buttons: 'buttons' },
}

/** What a template sees worked into something, and the settings behind it. */
const MADE_OF: Readonly<Record<string, readonly string[]>> = {
  ...{ zone: ['timezone'], ntp: ['ntpServers'], firmwareUrl: ['firmware.url', 'firmware.file'] },
  ...{ phonebooks: ['phonebook.url', 'phonebook.name', 'phonebook.more'], paging: ['paging.groups'] },
}

/** Fields of a line as it is rendered, and of the record where it is called otherwise. */
const LINE_FIELDS: Readonly<Record<string, string>> = {
  ...{ outboundHost: 'outboundProxy', outboundPort: 'outboundProxy' },
}
const LINE_ONLY_SETTINGS: Readonly<Record<string, string>> = {
  ...{ domain: 'sip.domain', backupPort: 'sip.backupPort' },
  ...{ backupOutboundHost: 'sip.backupOutboundProxy', backupOutboundPort: 'sip.backupOutboundProxy' },
}
/** Secrets of the record, also where a list was searched before one of its items was read. */
const SECRET_PATHS = /^(?:lines\..*secret|handsets\..*\bac|relays\..*code)$/

/** Every parameter of one file with what stands behind it; secrets without their value. */
export function tracedParameters(input: RenderInput, { text, made, pieces }: TracedFile): TracedParameter[] {
  const { definition, form, effective } = input
  const before = Map.groupBy(occurrencesOf(form.reader, made), ({ name }) => name)
  const hidden = secretsOf(input)
  const seen = new Map<string, number>()
  return occurrencesOf(form.reader, text).map((one) => {
    const { name } = one
    const raw = effective.extra[name]
    const nth = seen.get(name) ?? 0
    seen.set(name, nth + 1)
    const written = raw === undefined ? before.get(name)?.[nth] : undefined
    const known = written && originsOf(input, written, pieces)
    const value = valueText(form, text.slice(one.from, one.to), name)
    const secret = known?.secret === true || isSecretName(name) || hidden.some((text) => value.includes(text))
    const template = written && placeOf(definition, made, written, pieces)
    return {
      ...{ name, secret, from: raw === undefined ? (known?.origins ?? []) : [extraOrigin(name, raw)] },
      ...(!secret && { value }),
      ...(template !== undefined && { template }),
    }
  })
}

const SHORTEST_SECRET = 4

/** The secrets themselves: whatever a template made of them, a value that holds one is not shown. */
function secretsOf({ device, effective }: RenderInput): string[] {
  const settings = Object.entries(effective.settings).flatMap(([name, { value }]) =>
    SECRET_SETTINGS.has(name) && typeof value === 'string' ? [value] : [],
  )
  const record = [
    ...(device?.lines ?? []).map(({ secret }) => secret),
    ...(device?.handsets ?? []).map(({ ac }) => ac),
    ...(device?.relays ?? []).map(({ code }) => code),
  ]
  return [...settings, ...record].filter((text) => text !== undefined).filter((text) => text.length >= SHORTEST_SECRET)
}

/** A parameter that nobody knows, and where a template writes it. */
export interface UnknownParameter {
  readonly name: string
  readonly template?: Place
}

/** The parameters of one file that the vendor's list does not have, raw ones left aside. */
export function unknownParameters(input: RenderInput, { made, pieces }: TracedFile): UnknownParameter[] {
  const { definition, model, effective } = input
  if (definition.parameters.size === 0) return []
  return occurrencesOf(input.form.reader, made)
    .filter(({ name }) => !(name in effective.extra) && !isKnownParameter(definition, name, model))
    .map((one) => {
      const template = placeOf(definition, made, one, pieces)
      return { name: one.name, ...(template !== undefined && { template }) }
    })
}

function extraOrigin(name: string, { layer, of }: Effective['extra'][string]): Origin {
  return { what: `extra.${name}`, layer, ...(of !== undefined && { of }) }
}

/** The place of the first piece of an occurrence; a piece of several lines is counted through. */
function placeOf(
  { id }: Definition,
  made: string,
  { from, to }: Occurrence,
  pieces: readonly Piece[],
): Place | undefined {
  const visible = from + Math.max(0, made.slice(from, to).search(/\S/))
  const piece = pieces.find((one) => one.from <= visible && one.to > visible)
  if (piece?.place === undefined) return undefined
  const { file } = piece.place
  return {
    file: `${id}/${file.slice(file.lastIndexOf('/') + 1)}`,
    line: piece.place.line + linesIn(made.slice(piece.from, visible)),
  }
}

interface Origins {
  readonly origins: readonly Origin[]
  readonly secret: boolean
}

function originsOf(input: RenderInput, { from, to }: Occurrence, pieces: readonly Piece[]): Origins {
  const own = pieces.filter((piece) => piece.from < to && piece.to > from)
  const made = new Set(own.flatMap((piece) => [...piece.made]))
  const decided = new Set(own.flatMap((piece) => [...piece.decided]))
  const origins = new Map<string, Origin>()
  for (const path of [...made, ...decided].filter((one) => !COUNTING.test(one)))
    for (const origin of originOf(input, path)) origins.set(origin.what, origin)
  const secret = [...made].some((path) => SECRET_PATHS.test(path) || isSecretSetting(path))
  // That a loop over the lines wrote it says little beside the field that it wrote.
  if (origins.size > 1) origins.delete('lines')
  return { origins: [...origins.values()], secret }
}

/** Places in lists: they say where a parameter is put, not what is put there. */
const COUNTING = /^(?!settings\.)(?:.*\.(?:index|number|kind)|forloop.*)$/

function isSecretSetting(path: string): boolean {
  return path.startsWith('settings.') && isSecretName(path.slice('settings.'.length))
}

function originOf({ device, effective }: RenderInput, path: string): readonly Origin[] {
  const [root = '', ...rest] = path.split('.')
  const settings = MADE_OF[root]
  if (settings !== undefined)
    return settings.filter((name) => name in effective.settings).map((name) => settingOrigin(effective, name))
  if (root === 'settings') {
    // A list's items and its size are read below its name.
    const name = [rest.slice(0, 2), rest.slice(0, 1)].map((parts) => parts.join('.')).find(settingNamed)
    return name === undefined ? [] : [settingOrigin(effective, name)]
  }
  if (root === 'files') {
    const name = [...FILES].find(([, key]) => key === rest[0])?.[0]
    return name === undefined ? [] : [settingOrigin(effective, name)]
  }
  if (root === 'lines') {
    // One that was searched for may be any of them.
    const all = (device?.lines ?? []).map((_line, i) => String(i))
    return (rest[0] === '*' ? all : rest.slice(0, 1)).map((at) => lineOrigin(device, effective, [at, ...rest.slice(1)]))
  }
  const record = RECORD[root]
  if (record !== undefined) return [{ what: record, layer: 'device' }]
  if (root === 'device') return rest[0] === 'name' ? [{ what: 'name', layer: 'device' }] : [{ what: 'its MAC address' }]
  if (root === 'model' || root === 'tables') return [{ what: 'its model' }]
  if (root === 'firmware' || root === 'is') return [{ what: 'its model and firmware' }]
  return root === 'box' ? [{ what: 'this box' }] : []
}

function settingOrigin(effective: Effective, name: string): Origin {
  const sourced = effective.settings[name]
  if (sourced === undefined) return { what: name }
  return { what: name, layer: sourced.layer, ...(sourced.of !== undefined && { of: sourced.of }) }
}

/** A field of a line is the record's own, or that of the setting which stands in for it. */
function lineOrigin(device: Device | undefined, effective: Effective, [at, field]: readonly string[]): Origin {
  const line = device?.lines.toSorted((a, b) => a.index - b.index)[Number(at)]
  if (line === undefined || field === undefined) return { what: 'lines', layer: 'device' }
  const only = LINE_ONLY_SETTINGS[field]
  if (only !== undefined) return settingOrigin(effective, only)
  const own = LINE_FIELDS[field] ?? field
  const setting = LINE_SETTINGS[own]
  const given = (line as unknown as Readonly<Record<string, unknown>>)[own] !== undefined
  if (setting !== undefined && (!given || effective.settings[setting]?.lockedBy !== undefined))
    return settingOrigin(effective, setting)
  return { what: `line ${line.index} ${own}`, layer: 'device' }
}

/** The value as it stands in the file: what is left of the text beside the name. */
function valueText({ format, reader }: FileForm, text: string, name: string): string {
  const line = text.trim()
  if (reader.by === 'attributes') return /="([^"]*)"/.exec(line)?.[1] ?? ''
  if (format === 'xml') return /\bvalue=["']+([^"']*)/.exec(line)?.[1] ?? />([^<]*)</.exec(line)?.[1] ?? ''
  const found = reader.parameter.exec(text)
  const bare = name.replace(/\[\d+\]$/, '')
  const end = found === null ? line.indexOf(bare) + bare.length : line.indexOf(bare, found.index) + bare.length
  return line
    .slice(end)
    .replace(/^[\s:=]+/, '')
    .replace(/^"(.*)"$/, '$1')
}
