import type { EpochMs } from '../core/clock.ts'
import type { Ipv4 } from '../core/ipv4.ts'
import type { Mac } from '../core/mac.ts'
import type { Endpoint } from '../core/net.ts'
import type { OfferedOption } from '../dhcp/contract.ts'
import type { FileProtocol } from '../journey/contract.ts'

/** What a PnP SUBSCRIBE says in the parameters of its Event header. */
export interface PnpClaim {
  readonly vendor?: string
  readonly model?: string
  readonly version?: string
}

/** Anything from which a device may be recognised. Every text is hostile input. */
export interface Evidence {
  readonly mac?: Mac
  readonly vendorClass?: string
  readonly userClass?: string
  readonly hostName?: string
  readonly parameters?: readonly number[]
  readonly userAgent?: string
  readonly sipUserAgent?: string
  readonly pnp?: PnpClaim
  /** The name of a file that it asked for. */
  readonly path?: string
}

export interface EvidenceUsed {
  readonly source: 'oui' | 'vendorClass' | 'hostName' | 'userAgent' | 'sipUserAgent' | 'pnp' | 'path'
  readonly text: string
}

/**
 * Who a device is, as far as the evidence goes. `confidence`: 0 nothing matched; 1 the prefix of its MAC or a file
 * name alone; 2 a class, agent or PnP pattern names the vendor; 3 such a pattern names the model too.
 */
export interface Identity {
  /** The name of the vendor's folder in templates/. */
  readonly vendor?: string
  readonly model?: string
  readonly firmware?: string
  /** The revision of its board, where the vendor's agent texts tell it. */
  readonly hardware?: string
  readonly mac?: Mac
  readonly confidence: 0 | 1 | 2 | 3
  readonly used: readonly EvidenceUsed[]
}

export type Transport = 'udp' | 'tcp' | 'tls'
export type SrtpMode = 'off' | 'optional' | 'required'

/** A SIP account on a device. Absent fields fall back to the settings `sip.*`. */
export interface Line {
  /** Counted from 1. */
  readonly index: number
  readonly label?: string
  readonly user: string
  readonly authUser?: string
  readonly secret?: string
  readonly displayName?: string
  readonly server?: string
  readonly port?: number
  readonly transport?: Transport
  readonly outboundProxy?: string
  readonly backupServer?: string
  readonly expires?: number
  readonly srtp?: SrtpMode
  readonly voicemail?: string
  /** Several phones register it and see each other's calls. */
  readonly shared?: boolean
  /** The list that its lamps subscribe to. */
  readonly blfListUri?: string
}

/** A cordless handset of a DECT base. */
export interface Handset {
  /** Counted from 1. */
  readonly index: number
  readonly name?: string
  /** International portable user identity, ten hexadecimal digits or five groups. */
  readonly ipui?: string
  /** Authentication code for logging on; secret. */
  readonly ac?: string
  /** The lines that ring at it, counted from 1. Absent: the line with its index. */
  readonly lines?: readonly number[]
  /** The line that it calls out by. Absent: the first of `lines`. */
  readonly outgoing?: number
}

/** An analogue port of an adapter and the line that it belongs to. */
export interface AnaloguePort {
  readonly index: number
  readonly kind: 'fxs' | 'fxo'
  /** Absent: the line with its index. */
  readonly line?: number
  readonly label?: string
  /** Dialled as soon as the handset is lifted. */
  readonly hotline?: string
}

/** What a door station switches. */
export interface Relay {
  readonly index: number
  readonly name?: string
  /** What is keyed in during a call to switch it; secret. */
  readonly code?: string
  readonly seconds?: number
  /** Resting state: closed means that current flows until it switches. */
  readonly rest?: 'open' | 'closed'
}

/** A call button of a door station. */
export interface DoorButton {
  readonly index: number
  readonly label?: string
  /** Called one after another. */
  readonly numbers: readonly string[]
  readonly line?: number
}

export type KeyType =
  | 'none'
  | 'line'
  | 'shared-line'
  | 'blf'
  | 'blf-list'
  | 'speed-dial'
  | 'intercom'
  | 'park'
  | 'pickup'
  | 'group-pickup'
  | 'dtmf'
  | 'prefix'
  | 'url'
  | 'application'
  | 'forward'
  | 'dnd'
  | 'transfer'
  | 'hold'
  | 'conference'
  | 'record'
  | 'redial'
  | 'voicemail'
  | 'history'
  | 'directory'
  | 'paging'
  | 'hot-desking'

export type KeyPlace = 'phone' | 'expansion' | 'programmable' | 'soft' | 'handset'

/** A programmable key. `module` 0 is the phone itself, 1 the first expansion module. */
export interface Key {
  /** Absent: `phone` when `module` is 0, else `expansion`. At `handset`, `module` is the handset's index. */
  readonly place?: KeyPlace
  readonly module: number
  /** Counted from 1. */
  readonly index: number
  readonly type: KeyType
  readonly label?: string
  readonly value?: string
  /** The line it works on, counted from 1. */
  readonly line?: number
  /** What to dial to pick up a ringing BLF. */
  readonly pickup?: string
}

export type SettingValue = string | number | boolean | readonly string[]
/** Settings by name; the names and their types stand in settings.ts. */
export type SettingValues = Readonly<Record<string, SettingValue>>
/** Raw parameters of one vendor by name, rendered as they are. Vendor → name → value. */
export type ExtraValues = Readonly<Record<string, Readonly<Record<string, string>>>>

/** What one layer (vendor, site, group, model, device) may say. */
export interface Layer {
  readonly settings: SettingValues
  readonly extra: ExtraValues
  /** Settings (`timezone`, `sip.*`) that no narrower layer can change. */
  readonly locked?: readonly string[]
  /** DHCP options for the devices of this layer, beside or instead of the vendor's own. */
  readonly dhcpOptions: readonly OfferedOption[]
}

/** The record of one device, its secrets opened. */
export interface Device extends Layer {
  readonly mac: Mac
  readonly rev: number
  readonly name?: string
  /** The vendor's folder name; absent: whatever it is recognised as. */
  readonly vendor?: string
  readonly model?: string
  readonly group?: string
  /** The id of the person who has it; its first line was made from that person's. */
  readonly person?: string
  readonly enabled: boolean
  readonly lines: readonly Line[]
  readonly keys: readonly Key[]
  readonly handsets?: readonly Handset[]
  readonly ports?: readonly AnaloguePort[]
  readonly relays?: readonly Relay[]
  readonly buttons?: readonly DoorButton[]
  readonly notes?: string
}

export type LayerName = 'built-in' | 'vendor' | 'account' | 'site' | 'group' | 'model' | 'device'

/** A value and the layer that it came from (`of` names which group, model …). */
export interface Sourced<Value> {
  readonly value: Value
  readonly layer: LayerName
  readonly of?: string
  /** The layer that locked it, when one did. */
  readonly lockedBy?: { readonly layer: LayerName; readonly of?: string }
  /** What narrower layers said in vain. */
  readonly ignored?: readonly { readonly value: Value; readonly layer: LayerName; readonly of?: string }[]
}

export interface Effective {
  readonly settings: Readonly<Record<string, Sourced<SettingValue>>>
  readonly extra: Readonly<Record<string, Sourced<string>>>
  readonly dhcpOptions: readonly Sourced<OfferedOption>[]
}

/**
 * A value that a phone is told otherwise. Absent: it was, or is, told nothing. Options have no values here: they are
 * typed.
 */
export interface ValueChange {
  readonly what: 'setting' | 'parameter' | 'option'
  readonly name: string
  readonly before?: SettingValue
  readonly after?: SettingValue
}

export interface FileRequest {
  readonly at: EpochMs
  readonly protocol: FileProtocol
  readonly method: 'get' | 'head' | 'put'
  /** As asked, after at most one percent-decoding; hostile. */
  readonly path: string
  /** What follows `?` in a URL as it came, not decoded; hostile, and it may hold a PIN: for no log and no journey. */
  readonly query?: string
  readonly from: Endpoint
  readonly interface?: string
  /** Our own address that it was sent to, for URLs in the answer. */
  readonly localAddress: Ipv4
  readonly userAgent?: string
  /** The Authorization header, when there is one. */
  readonly authorization?: string
  /**
   * For `put`. A `put` without a body only asks whether the upload would be taken: it is answered `stored` when it
   * would, and nothing is stored and nothing written down. A refusal is final, and written down as any other.
   */
  readonly body?: Uint8Array
}

/** Bytes that are stored by hash (firmware, tones …) and served from the file store. */
export interface BlobReference {
  readonly hash: string
  readonly size: number
}

interface AnswerBase {
  /** Why, in plain words; for the journey and `explain`, never for the network. */
  readonly reason: string
  /** The device that the answer is about, when it is known. */
  readonly mac?: Mac
  /** The file's name without folders, for the journey. */
  readonly file: string
}

/**
 * What is decided about one file request. To the network `missing` and `refused` look the same.
 * `stage`: a bootstrap without secrets comes before the full file when delivery is in two stages.
 */
export type Answer =
  | (AnswerBase & {
      readonly kind: 'content'
      readonly bytes: Uint8Array
      readonly contentType: string
      /** SHA-256 in hexadecimal. */
      readonly hash: string
      readonly secret: boolean
      readonly own: boolean
      readonly stage: 'bootstrap' | 'full'
    })
  | (AnswerBase & { readonly kind: 'blob'; readonly blob: BlobReference; readonly contentType: string })
  | (AnswerBase & { readonly kind: 'redirect'; readonly location: string })
  | (AnswerBase & { readonly kind: 'challenge'; readonly scheme: 'basic' | 'digest'; readonly realm: string })
  | (AnswerBase & { readonly kind: 'stored' })
  | (AnswerBase & { readonly kind: 'missing'; readonly expected: boolean })
  | (AnswerBase & { readonly kind: 'refused' })
  /** Too many refusals from this address: say nothing at all where the protocol allows it. */
  | (AnswerBase & { readonly kind: 'silence' })

/**
 * The one place where TFTP, HTTP and HTTPS get their answers. It also writes `file.served`, `file.missing`,
 * `file.refused` and `file.uploaded` into the journey; the protocol's server adds `file.completed` or `file.broken`.
 * Never throws: a template that fails is a `missing` with its reason.
 */
export interface Provisioner {
  answer(request: FileRequest): Answer
}

/** Opens stored bytes for reading. */
export interface Blobs {
  /**
   * Reads `length` bytes at `offset`; fewer at the end. Undefined when the blob is gone. With `into`, which has room for
   * them, the answer may be a part of that: a reader of gigabytes need not leave gigabytes to be collected.
   */
  read(hash: string, offset: number, length: number, into?: Uint8Array): Promise<Uint8Array | undefined>
  /** A path to hand to the runtime's own file sender, when there is one. */
  path(hash: string): string | undefined
}

/** The URL that a PnP answer carries, in the form that the vendor accepts; undefined: say nothing to this one. */
export interface PnpAdvisor {
  urlFor(evidence: Evidence, localAddress: Ipv4): { readonly url: string; readonly vendor: string } | undefined
}

/** Who holds an address, by our own lease or by the kernel's neighbour table. */
export interface Holder {
  readonly mac: Mac
  readonly by: 'lease' | 'neighbour'
}

/** One file that a device asks for in its vendor's order. */
export interface DeviceFile {
  readonly name: string
  readonly secret: boolean
  readonly own: boolean
  /** Why it is never made, which is normal: phones ask for it and go on without. */
  readonly absent?: string
  /** Why it would not be made or given now, although it should. */
  readonly problem?: string
}

export interface Explanation {
  readonly mac: Mac
  readonly device?: Device
  readonly identity: Identity
  readonly effective: Effective
  readonly files: readonly DeviceFile[]
  /** What was given and has no effect on this device, in plain words. */
  readonly warnings: readonly string[]
  /** What it is given of stored pictures and sounds, in plain words. */
  readonly media?: readonly string[]
  /** Why its files with secrets are held back until a person allows it again, when they are. */
  readonly closed?: string
}

/** What stands behind a rendered parameter: a setting with its layer, a part of the record, or the device itself. */
export interface Origin {
  /** E.g. `sip.server`, `line 1 user`, `keys`, `extra.account.1.label`, `its model`. */
  readonly what: string
  /** Absent: nobody gave it, or it is no setting. */
  readonly layer?: LayerName
  readonly of?: string
}

/** One parameter of a file that a device gets. */
export interface TracedParameter {
  /** As it is written in the file, with its index. */
  readonly name: string
  /** As it stands in the file, escaped; absent for a secret. */
  readonly value?: string
  readonly secret: boolean
  /** What it was made from, then what decided about it. Empty: the template alone says it. */
  readonly from: readonly Origin[]
  /** Where a template writes it; absent for a raw parameter. */
  readonly template?: { readonly file: string; readonly line: number }
}

/** One thing that was given for a device and has no effect on it. */
export interface Finding {
  readonly what: 'line' | 'key' | 'handset' | 'port' | 'relay' | 'button' | 'setting' | 'parameter' | 'file'
  /** `line 3`, `key 25`, `key 2 of module 1`, `sip.expires`. */
  readonly name: string
  /** Where a setting or a raw parameter was given. */
  readonly layer?: LayerName
  /** The whole of it in plain words; never a value. */
  readonly text: string
}

/** A record that is not stored, looked at as if it were. */
export interface Trial {
  readonly explanation: Explanation
  /** As `explanation.warnings`, and the kinds of keys that the device cannot do. */
  readonly findings: readonly Finding[]
  /** As `Inspector.render`. */
  render(file?: string): RenderedPreview
}

/** A file as its device would get it. */
export interface RenderedPreview {
  readonly file: string
  readonly bytes: Uint8Array
  readonly contentType: string
  readonly hash: string
}

/** One thing that is wrong in what somebody gave. */
export interface Fault {
  /** E.g. `lines.0.user`. */
  readonly path: string
  readonly message: string
}

/** The devices that a person gave to this box. Writes validate: every fault is reported with its path. */
export interface Devices {
  get(mac: Mac): Device | undefined
  list(): readonly Device[]
  /**
   * Stores a device from JSON of any origin. A line without `secret` keeps the one it had; `null` clears it.
   * Throws `OperatorError` naming every fault, `ConflictError` when `base` is not the stored revision.
   */
  put(mac: Mac, input: unknown, options: { readonly by: string; readonly base?: number }): Device
  /** Every fault that `put` would name for this input; empty when it would store it. Writes nothing. */
  check(mac: Mac, input: unknown): readonly Fault[]
  /** What `put` would store for this input, or throws as it does. Writes nothing. */
  draft(mac: Mac, input: unknown): Device
  /** All or none. */
  putMany(
    items: readonly { readonly mac: Mac; readonly input: unknown }[],
    options: { readonly by: string },
  ): readonly Device[]
  remove(mac: Mac, options: { readonly by: string; readonly base?: number }): void
}

/** The other layers (site, vendor, group, model); ids as in records. */
export interface Layers {
  get(kind: LayerKind, id: string): { readonly rev: number; readonly layer: Layer } | undefined
  list(kind: LayerKind): readonly { readonly id: string; readonly rev: number; readonly layer: Layer }[]
  put(
    kind: LayerKind,
    id: string,
    input: unknown,
    options: { readonly by: string; readonly base?: number },
  ): { readonly rev: number; readonly layer: Layer }
  /** What `put` would store for this input, or throws as it does. Writes nothing. */
  draft(kind: LayerKind, id: string, input: unknown): Layer
}

export type LayerKind = 'site' | 'vendor' | 'group' | 'model'

/** Finds vendors and models by the names that people and other systems use for them. */
export interface Naming {
  /** The vendor's folder name for its title, its folder name or what stands before its models; undefined: not known. */
  vendor(text: string): string | undefined
  /**
   * The listed model that a text names, with or without its vendor (`Yealink T46S`, `SIP-T46S`). With `vendor` only one
   * of its models; without, the only vendor that has one of this name. `title` is as people know it.
   */
  model(
    text: string,
    vendor?: string,
  ): { readonly vendor: string; readonly model: string; readonly title: string } | undefined
  /** As people know it: `Snom`. */
  vendorTitle(vendor: string): string | undefined
}

/** Looks at a device as a person would: what would it get, and why. Reads only, records nothing. */
export interface Inspector {
  explain(mac: Mac): Explanation
  /**
   * Every parameter of each file that the device gets, back to its setting and layer. Throws `OperatorError` when a
   * template fails, `NotFoundError` when no vendor is known.
   */
  parameters(mac: Mac): readonly { readonly file: string; readonly parameters: readonly TracedParameter[] }[]
  /** The files of `explain` alone, which takes a fraction of its time. */
  files(mac: Mac): readonly DeviceFile[]
  /**
   * Byte for byte what the phone gets, before compression and encryption where there are any (`hash` is of what is sent);
   * without `file` its own configuration file. Throws `OperatorError`.
   */
  render(
    mac: Mac,
    file?: string,
    /** By which protocol it is fetched: URLs in it follow that. Default HTTP. */
    options?: { readonly protocol?: FileProtocol },
  ): RenderedPreview
  /** The same for a record that nobody stored; its `rev` does not matter. */
  try(device: Device): Trial
}
