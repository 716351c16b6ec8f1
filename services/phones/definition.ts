import type { FileProtocol } from '../journey/contract.ts'
import type { MediaForm } from '../media/contract.ts'
import type { ManualForm } from './assist-form.ts'
import type { KeyPlace } from './contract.ts'
import type { DirectoryForm } from './directory-form.ts'
import type { FileFormat } from './file-format.ts'
import type { FirmwareForm } from './firmware-form.ts'
import type { ResyncForms } from './resync-form.ts'

/** What a real device sent, and what must be read from it. */
export interface Sample {
  readonly text: string
  readonly model?: string
  readonly firmware?: string
  readonly hardware?: string
  readonly mac?: string
}

/** A pattern over one kind of evidence. Its groups `model`, `firmware`, `hardware` and `mac` say what else it tells. */
export interface Pattern {
  readonly regex: RegExp
  readonly samples: readonly Sample[]
}

export interface Recognition {
  /** First 24 bits of hardware addresses, six lower-case digits. */
  readonly oui: readonly string[]
  readonly vendorClass: readonly Pattern[]
  readonly userAgent: readonly Pattern[]
  readonly sipUserAgent: readonly Pattern[]
  readonly hostName: readonly Pattern[]
  /** Matched against `vendor/model/version` of a PnP SUBSCRIBE. */
  readonly pnp: readonly Pattern[]
}

export interface KeyGroup {
  /** The vendor's word for this group of keys, e.g. `linekey`. */
  readonly kind: string
  readonly count: number
}

export interface Expansion {
  readonly name: string
  readonly keys: number
  /** How many of them one phone takes. */
  readonly modules: number
}

export interface Model {
  readonly model: string
  readonly title: string
  readonly aliases: readonly string[]
  /** Sold under these other names. */
  readonly rebrands: readonly { readonly vendor: string; readonly model: string }[]
  /** The number or text that stands for the model in file names. */
  readonly code?: string
  /** Further texts for file names: `{code.common}`. */
  readonly codes: Readonly<Record<string, string>>
  readonly family?: string
  /** The firmware version that is assumed until the device says its own. */
  readonly firmware?: string
  readonly lines: number
  /** In the order in which the keys are numbered. */
  readonly keys: readonly KeyGroup[]
  readonly expansion: readonly Expansion[]
  readonly features: readonly string[]
  /** Keys that are neither on the phone's key field nor on a module. */
  readonly places: Readonly<Partial<Record<KeyPlace, KeyGroup>>>
  /** How many handsets, analogue ports, relays and call buttons it takes. */
  readonly hardware: Readonly<Partial<Record<'handsets' | 'ports' | 'relays' | 'buttons', number>>>
  /** What pictures and sounds it takes, by the setting `file.NAME`. */
  readonly media: Readonly<Record<string, MediaForm>>
}

/** A named predicate; everything that it states must hold. */
export interface Condition {
  /** E.g. `>=81`; compared part by part with the version that `Definition.version` reads out of a firmware text. */
  readonly firmware?: { readonly operator: '>=' | '<' | '>' | '<=' | '='; readonly version: readonly number[] }
  readonly families?: readonly string[]
  readonly models?: readonly string[]
  readonly features?: readonly string[]
  /** All of these must hold, one of these, none of these. */
  readonly all?: readonly string[]
  readonly any?: readonly string[]
  readonly not?: readonly string[]
}

export type OptionType =
  | ('text' | 'hex' | 'ipv4' | 'uint8' | 'uint16' | 'uint32' | 'int32' | 'boolean')
  | ('sub' | 'sip-servers' | 'vendor-identifying')

/** An option as written in a vendor's description: texts may hold `{{ placeholders }}`. */
export interface OptionForm {
  readonly code: number
  readonly type: OptionType
  readonly value: string | readonly OptionForm[]
  /** For `vendor-identifying`. */
  readonly enterprise?: number
  readonly always: boolean
  /** Left out unless this setting has a value. */
  readonly needs?: string
}

/** What a group of clients is told by DHCP. The first form that applies is used. */
export interface DhcpForm {
  /** Only for clients whose class (option 60) matches. */
  readonly vendorClass?: RegExp
  /** Only for clients whose host name (option 12) matches. */
  readonly hostName?: RegExp
  readonly when?: string
  readonly options: readonly OptionForm[]
}

export interface DigestForm {
  readonly of: string
  readonly algorithm: 'md5' | 'sha1' | 'sha256'
  /** `{digest}` and `{name}` are filled in. */
  readonly text: string
}

export type FileScope = 'common' | 'model' | 'device'

export interface FileForm {
  /** As asked for, with `{mac}`, `{MAC}`, `{mac-}`, `{model}`, `{code}`, `{code:3}` or `{code.name}`. */
  readonly name: string
  readonly scope: FileScope
  readonly format: FileFormat
  readonly contentType: string
  /** The template's file; absent when the file is never made. */
  readonly from?: string
  /** Instead: the digest of another file of this vendor, by its name as written there. */
  readonly digest?: DigestForm
  /** Instead: the URL that the phone is sent on to, with placeholders. HTTP only. */
  readonly redirect?: string
  /** Made only when it is asked for by one of these; absent: by all. */
  readonly over?: readonly FileProtocol[]
  readonly lineEnd: 'lf' | 'crlf'
  /** Why the file is not made, although devices ask for it: its absence is part of their order. */
  readonly absent?: string
  /** Leaves only to the address that holds the MAC. Files that name no device never have secrets. */
  readonly secret: boolean
  /** With it the device counts as configured. */
  readonly own: boolean
  readonly when?: string
  /** How the names of parameters are read out of it. */
  readonly reader: ReaderForm
  /** Present for a document of the phone book. */
  readonly directory?: DirectoryForm
}

/** The phone book in this vendor's form. */
export interface Directory {
  /** The URL that a phone is given when nobody sets `phonebook.url`, with placeholders: the first that applies. */
  readonly url: readonly { readonly when?: string; readonly url: string }[]
  readonly documents: readonly FileForm[]
}

/** How a person at a device says whose it is. */
export interface ClaimForm {
  /** Which models can. */
  readonly when?: string
  /** What a device that nobody registered gets in place of its own files. They hold no secret. */
  readonly files: readonly FileForm[]
  readonly page: Pick<FileForm, 'format' | 'contentType' | 'reader'> & { readonly from: string }
}

export interface UploadForm {
  readonly name: string
  readonly maxBytes: number
}

/** A value in the tables of a description, for its templates. */
export type TableValue = string | number | boolean | readonly TableValue[] | { readonly [key: string]: TableValue }

/** Everything that is known of one vendor, checked and compiled. */
export interface Definition {
  /** The folder's name: the vendor's id everywhere, and the first segment of its URLs. */
  readonly id: string
  readonly title: string
  readonly recognise: Recognition
  /** Reads the comparable version, its group `version`, out of a firmware text. */
  readonly version?: Pattern
  readonly firmware: FirmwareForm
  readonly models: readonly Model[]
  /** What people and firmware write in front of a model's name, as `modelKey` spells it; the vendor's name among them. */
  readonly modelPrefixes: readonly string[]
  /** Stands in for a model that is not listed. */
  readonly unlisted: Model
  readonly conditions: ReadonlyMap<string, Condition>
  readonly dhcp: readonly DhcpForm[]
  readonly pnp?: { readonly url: string; readonly withoutMac?: string }
  readonly files: readonly FileForm[]
  readonly directory?: Directory
  readonly uploads: readonly UploadForm[]
  readonly resync: ResyncForms
  /** How a person leads a device here by hand. */
  readonly manual?: ManualForm
  /** How a person at a device says whose it is. */
  readonly claim?: ClaimForm
  /** Setting or field name → neutral value → the vendor's value. */
  readonly values: ReadonlyMap<string, ReadonlyMap<string, string>>
  readonly tables: { readonly [key: string]: TableValue }
  /** The form of a raw parameter's name in `extra`. */
  readonly extraName: RegExp
  /** Known parameter names; every index is written `X`. */
  readonly parameters: ReadonlySet<string>
  /** The same for families that have a list of their own, `parameters.FAMILY.txt`. */
  readonly familyParameters: ReadonlyMap<string, ReadonlySet<string>>
  /** Names that are known although no list has them, with where that is written. */
  readonly alsoKnown: readonly { readonly name: string; readonly source: string }[]
  /** How files of one device can be encrypted for its phones; absent: not, or not known well enough. */
  readonly encryption?: EncryptionForm
  /** Whether its phones take compressed files. */
  readonly compression?: 'gzip'
  /** What people should know of this vendor; shown, never used. */
  readonly about: About
  /** Template texts by file name, partials included. */
  readonly templates: ReadonlyMap<string, string>
  /** Where each of them was read from, for messages. */
  readonly origins: ReadonlyMap<string, string>
  /** All of it is as shipped; false when a file of it is an operator's own. */
  readonly shipped: boolean
}

/**
 * `line`: a pattern over each line. `sections`: the same, below headings as `<SIP CONFIG MODULE>`. `path`: XML elements by
 * their path. `attributes`: every XML attribute. `json`: paths.
 */
export interface ReaderForm {
  readonly by: 'line' | 'sections' | 'path' | 'attributes' | 'json'
  /** Finds the parameter that a line sets: groups `name` and `index`. */
  readonly parameter: RegExp
  /** `path`: elements are known by this attribute, and those without it are passed over. */
  readonly attribute?: string
  /** Names that are structure and no parameters. */
  readonly ignore: ReadonlySet<string>
}

/** `openssl enc` with a key made of a pass phrase by MD5. */
export interface EncryptionForm {
  readonly cipher: 'aes-256-cbc'
  readonly salt: boolean
  /** Characters that the pass phrase must have. */
  readonly keyLength?: number
}

export interface About {
  /** How its devices find this box. */
  readonly methods: readonly ('dhcp' | 'pnp' | 'redirect' | 'link')[]
  readonly protocols: readonly ('tftp' | 'http' | 'https' | 'ftp')[]
  readonly directory?: string
  readonly firmware?: string
  readonly encryption?: string
  readonly certificates?: string
  readonly confirmed: readonly { readonly fact: string; readonly source: string }[]
  readonly unconfirmed: readonly string[]
}

/** All vendors, as loaded together. */
export interface Definitions {
  /** Changes when any of them changes; part of the key under which answers are cached. */
  readonly version: string
  readonly all: readonly Definition[]
  get(id: string): Definition | undefined
}
