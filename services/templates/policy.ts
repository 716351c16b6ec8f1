import { OperatorError } from '../core/errors.ts'
import {
  isTemplateFile,
  isVendorName,
  ORIGINS,
  type Origin,
  type Source,
  type Sources,
  type TemplateEdits,
} from './contract.ts'

// Which text counts where several stand over one another. Everything is an argument.

/** Texts of one origin. */
export interface Layer {
  readonly origin: Origin
  /** `NAME VERSION` of the pack. */
  readonly pack?: string
  readonly sources: Sources
}

export interface Used extends Source {
  readonly origin: Origin
  readonly pack?: string
}

/** The texts of one vendor that are used, without those of the origins in `without`. Layers stand lowest first. */
export function usedFiles(
  layers: readonly Layer[],
  vendor: string,
  without: ReadonlySet<Origin> = new Set(),
): ReadonlyMap<string, Used> {
  const used = new Map<string, Used>()
  for (const { origin, pack, sources } of layers) {
    if (without.has(origin)) continue
    for (const [file, source] of sources.get(vendor) ?? [])
      used.set(file, { ...source, origin, ...(pack !== undefined && { pack }) })
  }
  return used
}

/**
 * What is tried when a vendor's texts do not fit together: without those of an operator's own, then without those of packs, so
 * that an update of what is beneath them leaves no phone without its files.
 */
export function fallbacks(layers: readonly Layer[], vendor: string): readonly ReadonlySet<Origin>[] {
  const there = new Set(layers.filter(({ sources }) => sources.has(vendor)).map(({ origin }) => origin))
  const tried: ReadonlySet<Origin>[] = [new Set()]
  for (const without of [['own'], ['pack'], ['own', 'pack']] as const)
    if (without.every((origin) => there.has(origin))) tried.push(new Set(without))
  return tried
}

/** Every vendor that any layer has texts of, in order. */
export function vendorsOf(layers: readonly Layer[]): readonly string[] {
  return [...new Set(layers.flatMap(({ sources }) => [...sources.keys()]))].sort()
}

/** Layers in the order in which the later wins. */
export function inOrder(layers: readonly Layer[]): readonly Layer[] {
  return [...layers].sort((a, b) => ORIGINS.indexOf(a.origin) - ORIGINS.indexOf(b.origin))
}

/** The longest text of an operator's own, in characters: it must fit into a record. */
export const MAX_TEXT = 200_000
const MAX_EDITS = 50

/** Throws `OperatorError` for what cannot be a text of this vendor. */
export function checkEdits(vendor: string, edits: TemplateEdits): void {
  if (!isVendorName(vendor))
    throw new OperatorError(
      `${quote(vendor)} is no name for a vendor: lower-case letters, digits and dashes, 40 at most`,
    )
  const entries = Object.entries(edits)
  if (entries.length === 0) throw new OperatorError('no file is given')
  if (entries.length > MAX_EDITS) throw new OperatorError(`more than ${MAX_EDITS} files at once`)
  for (const [file, text] of entries) {
    if (!isTemplateFile(file))
      throw new OperatorError(
        `${quote(file)} is no file of a vendor: vendor.yaml, parameters.txt, parameters.FAMILY.txt or NAME.liquid`,
      )
    if (text === null) continue
    if (text.length > MAX_TEXT)
      throw new OperatorError(`${vendor}/${file} has ${text.length} characters, more than ${MAX_TEXT}`)
    if (text.includes('\0'))
      throw new OperatorError(`${vendor}/${file} holds a zero character at ${text.indexOf('\0')}`)
  }
}

/** The layer of an operator's own with edits over it. */
export function edited(own: Sources, vendor: string, edits: TemplateEdits): Sources {
  const files = new Map(own.get(vendor))
  for (const [file, text] of Object.entries(edits)) {
    if (text === null) files.delete(file)
    else files.set(file, { text, file: `${vendor}/${file}` })
  }
  const sources = new Map(own)
  if (files.size === 0) sources.delete(vendor)
  else sources.set(vendor, files)
  return sources
}

function quote(text: string): string {
  return JSON.stringify(text.slice(0, 80))
}
