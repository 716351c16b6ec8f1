import type { EpochMs } from '../core/clock.ts'
import type { JsonObject } from '../records/contract.ts'

// What the box knows of vendors, as data that lives: shipped with the program, newer by a signed pack, or an operator's own.

/**
 * Where a text comes from; the later wins: `shipped` with the program, `pack` (newer, signed), `folder` (`templates` of the
 * configuration), `own` (stored in this box).
 */
export const ORIGINS = ['shipped', 'pack', 'folder', 'own'] as const
export type Origin = (typeof ORIGINS)[number]

const VENDOR = /^[a-z0-9][a-z0-9-]{0,39}$/
const FILE = /^(vendor\.yaml|parameters(\.[a-z0-9-]{1,40})?\.txt|[a-z0-9][a-z0-9._-]{0,59}\.liquid)$/

/** Whether a vendor's folder may be called so. */
export function isVendorName(text: string): boolean {
  return VENDOR.test(text)
}

/** Whether a text in a vendor's folder may be called so; others (`notes.md`, `golden/`) are not for the box. */
export function isTemplateFile(text: string): boolean {
  return FILE.test(text)
}

/** One text of a vendor, and what messages call it. */
export interface Source {
  readonly text: string
  readonly file: string
  /** It came with the program and was tested with it. */
  readonly shipped?: boolean
}

/** Vendor → file → text. */
export type Sources = ReadonlyMap<string, ReadonlyMap<string, Source>>

/** One thing that is wrong, and where. Lines and columns count from 1. */
export interface TemplateFault {
  readonly file: string
  readonly line: number
  readonly column: number
  readonly path: string
  readonly message: string
}

/** No fault, but surely not meant. */
export interface TemplateNote {
  readonly file: string
  readonly line: number
  readonly message: string
}

/** What stands in the box for one text of an operator's own. */
export interface OwnText {
  readonly rev: number
  readonly by: string
  readonly at: EpochMs
  /** The text beneath it is not the one that it was made from. */
  readonly behind: boolean
}

export interface TemplateView {
  readonly file: string
  /** Whose text is used. */
  readonly origin: Origin
  readonly pack?: string
  readonly size: number
  /** SHA-256 of the text that is used. */
  readonly hash: string
  readonly own?: OwnText
}

export interface VendorView {
  readonly id: string
  readonly title: string
  readonly files: readonly TemplateView[]
  /** Texts that cannot be used, and why: what stands beneath them is used instead. */
  readonly setAside?: { readonly origins: readonly Origin[]; readonly faults: readonly TemplateFault[] }
}

export interface TemplateText extends TemplateView {
  readonly vendor: string
  /** The text that counts for an editor: the own one where there is one, even when it is set aside. */
  readonly text: string
  /** What stands beneath the own text, or would. */
  readonly beneath?: { readonly origin: Origin; readonly pack?: string; readonly text: string; readonly hash: string }
  /** From `beneath` to `text`, as a unified diff; absent when they are alike or nothing stands beneath. */
  readonly diff?: string
}

/** Texts of one vendor by file; `null` takes an own one away. */
export type TemplateEdits = Readonly<Record<string, string | null>>

export interface TemplateCheck {
  readonly faults: readonly TemplateFault[]
  readonly notes: readonly TemplateNote[]
}

export interface TemplateVersion {
  /** Names the version for `restore`. */
  readonly seq: number
  readonly at: EpochMs
  readonly by: string
  readonly did: 'made' | 'edited' | 'removed'
  readonly size?: number
  readonly hash?: string
}

/** Vendors and their texts, with what an operator does to them. Every write is on disk and in use when the call returns. */
export interface Templates {
  list(): readonly VendorView[]
  /** Throws `NotFoundError`. */
  get(vendor: string, file: string): TemplateText
  /** What would be wrong with these texts; nothing is stored. */
  check(vendor: string, edits: TemplateEdits): TemplateCheck
  /** All or none. Throws `TemplateFaultError`; then nothing has changed. `base`: the revision that an edit is based on. */
  change(vendor: string, edits: TemplateEdits, options: { readonly by: string; readonly base?: number }): VendorView
  /** Newest last. */
  versions(vendor: string, file: string): readonly TemplateVersion[]
  /** The text of a version; undefined when there was none of an operator's own after it. Throws `NotFoundError`. */
  textOf(vendor: string, file: string, seq: number): string | undefined
}

/** A record of kind `template`. */
export interface OwnBody {
  readonly text: string
  /** SHA-256 of the text beneath at the time; absent when nothing stood there. */
  readonly basedOn?: string
}

/** Reads a record's body; undefined when it is none of ours. */
export function ownBodyOf(body: JsonObject): OwnBody | undefined {
  const { text, basedOn } = body
  if (typeof text !== 'string') return undefined
  return { text, ...(typeof basedOn === 'string' && { basedOn }) }
}

/** What is known of one pack that is installed. */
export interface PackView {
  readonly name: string
  readonly version: string
  readonly title?: string
  readonly files: number
  readonly vendors: readonly string[]
  readonly installedAt: EpochMs
  readonly by: string
  /** Which key signed it. */
  readonly key: string
  /** SHA-256 of the whole file. */
  readonly hash: string
  /** The version that one step back leads to, and who installed that. */
  readonly previous?: string
  readonly previousBy?: string
  /** Why it is not used: what is beneath it is. */
  readonly setAside?: string
}

export interface PackCheck {
  readonly name: string
  readonly state: 'good' | 'changed' | 'missing'
}

export interface Packs {
  list(): readonly PackView[]
  /** Public keys whose packs are taken, by their ids. */
  keys(): readonly { readonly id: string; readonly title: string }[]
  /**
   * Takes a pack from a stream: all of it and in use, or nothing. Throws `PackError` with the reason, `DefinitionError` with
   * every fault. A version that is not newer is refused unless `older`; another pack than the `expected` one always.
   * `instead`: over a version that the same `by` installed, one step back stays what it was.
   */
  install(
    content: PackContent,
    options: {
      readonly by: string
      readonly older?: boolean
      readonly instead?: boolean
      readonly expected?: { readonly name: string; readonly version: string }
    },
  ): Promise<PackView>
  /** Throws `NotFoundError`. */
  remove(name: string, options: { readonly by: string }): Promise<void>
  /** The version before this one is used again. Throws `NotFoundError`. */
  back(name: string, options: { readonly by: string }): Promise<PackView>
  /** Reads every pack that is kept and compares it with its hash and signature. */
  verify(): Promise<readonly PackCheck[]>
  /** Takes a newer list of keys, signed by one that counts now. Throws `PackError`. */
  renewKeys(content: Uint8Array, options: { readonly by: string }): Promise<void>
}

export type PackContent = AsyncIterable<Uint8Array> | Uint8Array
