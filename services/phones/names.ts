import { formatMac, type Mac, readMac } from '../core/mac.ts'
import type { Definition, Definitions, FileForm, Model, UploadForm } from './definition.ts'
import { derivedFrom } from './live-definitions.ts'
import { findModel } from './model-index.ts'

// What a requested name means. A name is looked up, never turned into a path of a file system.

/** One reading of a requested name. */
export interface Candidate {
  readonly definition: Definition
  readonly form: FileForm
  readonly mac?: Mac
  /** The models that the name stands for, when it names some. */
  readonly models: readonly Model[]
}

export interface UploadCandidate {
  readonly definition: Definition
  readonly form: UploadForm
  readonly mac?: Mac
}

export type NameReading =
  | { readonly kind: 'refused'; readonly file: string; readonly reason: string }
  | {
      readonly kind: 'read'
      /** Without folders, lower-case, for the journey. */
      readonly file: string
      /** All of it: lower-case, no query, single slashes, none in front. */
      readonly path: string
      /** The vendor whose folder the path begins with. */
      readonly folder?: string
      readonly candidates: readonly Candidate[]
      readonly uploads: readonly UploadCandidate[]
      /** A device's address in the name, even when no vendor's pattern fits. */
      readonly mac?: Mac
    }

/** Looks names up. */
export interface NameReader {
  read(path: string): NameReading
}

const MAX_NAME = 255
const MAC_LENGTH = 12

interface Entry {
  readonly definition: Definition
  readonly form: FileForm
  readonly models: readonly Model[]
}

/** The name with everything but the MAC filled in, once for each model that it could be of. Lower-case. */
function expand(definition: Definition, name: string): Map<string, Model[]> {
  const expanded = new Map<string, Model[]>()
  const lower = name.toLowerCase()
  if (!/\{(model|code)/.test(lower)) return expanded.set(lower, [])
  for (const model of definition.models) {
    for (const spelling of [model.model, ...model.aliases, ...model.rebrands.map((rebrand) => rebrand.model)]) {
      const code = model.code === undefined ? {} : { code: model.code }
      const filled = fillName(name, { model: spelling, codes: model.codes, ...code })
      if (filled === undefined) continue
      const key = filled.toLowerCase()
      const models = expanded.get(key)
      if (models === undefined) expanded.set(key, [model])
      else if (!models.includes(model)) models.push(model)
    }
  }
  return expanded
}

const PLACEHOLDER = /\{(mac-?|MAC-?|model|code)(?:\.([A-Za-z0-9-]+))?(?::(\d))?\}/g

/** A file's name for one device or model; undefined when something that it needs is not known. */
export function fillName(
  name: string,
  given: {
    readonly model?: string
    readonly code?: string
    readonly codes?: Readonly<Record<string, string>>
    readonly mac?: Mac
  },
): string | undefined {
  let missing = false
  const filled = name.replace(PLACEHOLDER, (whole, kind: string, own: string | undefined, width?: string) => {
    if (/^mac/i.test(kind)) {
      if (given.mac === undefined) return whole
      const mac = kind.endsWith('-') ? formatMac(given.mac, '-') : given.mac
      return kind.startsWith('M') ? mac.toUpperCase() : mac
    }
    const value = kind === 'model' ? given.model : own === undefined ? given.code : given.codes?.[own]
    if (value === undefined) missing = true
    return (value ?? '').padStart(Number(width ?? 0), '0')
  })
  return missing ? undefined : filled
}

/** Reads by tables that are made anew when the descriptions change. */
export function makeLiveNameReader(definitions: Pick<Definitions, 'all'>): NameReader {
  const reader = derivedFrom(definitions, makeNameReader)
  return { read: (path) => reader().read(path) }
}

/** Builds the look-up tables: one entry for each name that some vendor's device may ask for. */
export function makeNameReader(definitions: readonly Definition[]): NameReader {
  const entries = new Map<string, Entry[]>()
  const uploads = new Map<string, { definition: Definition; form: UploadForm }[]>()
  const folders = new Set(definitions.map((definition) => definition.id))
  for (const definition of definitions) {
    for (const form of [...definition.files, ...(definition.directory?.documents ?? [])])
      for (const [name, models] of expand(definition, form.name)) push(entries, name, { definition, form, models })
    for (const form of definition.uploads)
      for (const name of expand(definition, form.name).keys()) push(uploads, name, { definition, form })
  }
  return {
    read(path) {
      const clean = cleanPath(path)
      if (clean.kind === 'refused') return clean
      const [first, ...rest] = clean.path.split('/')
      const folder = first !== undefined && rest.length > 0 && folders.has(first) ? first : undefined
      const file = clean.path.slice(clean.path.lastIndexOf('/') + 1)
      // A phone's own idea of a sub-folder is passed over; a path below another folder is not ours.
      const looked = folder === undefined ? clean.path : rest.join('/')
      const candidates: Candidate[] = []
      const accepted: UploadCandidate[] = []
      const collect = (name: string, mac: Mac | undefined) => {
        for (const entry of entries.get(name) ?? [])
          if (folder === undefined || entry.definition.id === folder)
            candidates.push(mac === undefined ? entry : { ...entry, mac })
        for (const entry of uploads.get(name) ?? [])
          if (folder === undefined || entry.definition.id === folder)
            accepted.push(mac === undefined ? entry : { ...entry, mac })
      }
      // A phone that did not fill in its own macro asks for `{mac}.cfg`: that is nobody's name.
      if (!looked.includes('{')) collect(looked, undefined)
      const macs = macsIn(looked)
      for (const { at, mac, length, mark } of macs)
        collect(`${looked.slice(0, at)}${mark}${looked.slice(at + length)}`, mac)
      const mac = candidates.find((candidate) => candidate.mac !== undefined)?.mac ?? onlyMac(candidates, macs)
      return {
        kind: 'read',
        file,
        path: clean.path,
        candidates,
        uploads: accepted,
        ...(folder !== undefined && { folder }),
        ...(mac !== undefined && { mac }),
      }
    },
  }
}

function push<Value>(map: Map<string, Value[]>, key: string, value: Value): void {
  const list = map.get(key)
  if (list === undefined) map.set(key, [value])
  else list.push(value)
}

/**
 * A name that no pattern fits may still tell a device's address; a run of digits that is longer tells none. One that begins
 * with six zeros is a number filled up, as in `y000000000200.cfg` of a model that nobody described: no phone has that prefix.
 */
function onlyMac(candidates: readonly Candidate[], macs: readonly { mac: Mac }[]): Mac | undefined {
  const [only, more] = macs
  if (candidates.length > 0 || more !== undefined || only === undefined) return undefined
  return only.mac.startsWith('000000') ? undefined : only.mac
}

/** Every place at which twelve hexadecimal digits stand, in a name of at most 255 characters. */
function macsIn(name: string): { at: number; length: number; mark: string; mac: Mac }[] {
  const found: { at: number; length: number; mark: string; mac: Mac }[] = []
  for (const dashed of name.matchAll(/(?<![0-9a-f])(?:[0-9a-f]{2}-){5}[0-9a-f]{2}(?![0-9a-f])/g)) {
    const mac = readMac(dashed[0].replaceAll('-', ''))
    if (mac !== undefined) found.push({ at: dashed.index, length: dashed[0].length, mark: '{mac-}', mac })
  }
  for (const run of name.matchAll(/[0-9a-f]{12,}/g)) {
    for (let at = run.index; at + MAC_LENGTH <= run.index + run[0].length; at++) {
      const mac = readMac(name.slice(at, at + MAC_LENGTH))
      if (mac !== undefined) found.push({ at, length: MAC_LENGTH, mark: '{mac}', mac })
    }
  }
  return found
}

/** Makes one spelling of a requested path, or says why it is refused. Percent-decoding has been done, at most once. */
export function cleanPath(
  path: string,
):
  | { readonly kind: 'path'; readonly path: string }
  | { readonly kind: 'refused'; readonly file: string; readonly reason: string } {
  const refuse = (reason: string) => ({ kind: 'refused' as const, file: showName(path), reason })
  const cut = path.search(/[?#]/)
  const bare = cut === -1 ? path : path.slice(0, cut)
  if (bare.length > MAX_NAME) return refuse('the name is longer than 255 characters')
  // Only visible ASCII: no vendor's file needs more, and look-alikes and broken UTF-8 end here.
  if (!/^[\x20-\x7e]*$/.test(bare)) return refuse('the name holds a character that no file of ours has')
  if (/[\\%:]/.test(bare)) return refuse('the name holds a backslash, a colon or a percent sign')
  const segments = bare.split('/').filter((segment) => segment !== '')
  if (segments.some((segment) => /^\.+$/.test(segment) || /^[\s.]|[\s.]$/.test(segment)))
    return refuse('the name has a segment of dots or one that begins or ends with a dot or blank')
  if (segments.length === 0) return refuse('the name is empty')
  return { kind: 'path', path: segments.join('/').toLowerCase() }
}

function showName(path: string): string {
  return path.slice(0, 80).replace(/[^\x20-\x7e]/g, '.')
}

/**
 * The first of these texts (the record's first) that names a listed model; when none does, the stand-in with the first
 * word that there is for it.
 */
export function modelOf(definition: Definition, ...texts: readonly (string | undefined)[]): Model {
  const given = texts.filter((text) => text !== undefined)
  for (const text of given) {
    const listed = findModel(definition, text)
    if (listed !== undefined) return listed
  }
  const [text] = given
  return text === undefined ? definition.unlisted : { ...definition.unlisted, model: text, title: text }
}
