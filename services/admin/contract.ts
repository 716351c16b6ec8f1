import type { Accounts, Principal } from '../accounts/contract.ts'
import type { Assist } from '../assist/contract.ts'
import type { Backups, Restores } from '../backup/contract.ts'
import type { BoxNetwork } from '../box-network/contract.ts'
import type { Clock, EpochMs } from '../core/clock.ts'
import type { Counters } from '../core/counters.ts'
import type { Log, LogLevel } from '../core/log.ts'
import type { Mac } from '../core/mac.ts'
import type { DhcpInterfaceSettings, DhcpStatus, ForeignServer, Leases, NetworkText, Told } from '../dhcp/contract.ts'
import type { BookPreview, Directory } from '../directory/contract.ts'
import type { CloudLink } from '../enrolment/contract.ts'
import type { Files, FileUse } from '../files/contract.ts'
import type { Alarms, FileProtocol, Happening, Journeys } from '../journey/contract.ts'
import type { LinkWatch } from '../lldp/contract.ts'
import type { Imports, Moves, Scans } from '../moves/contract.ts'
import type {
  Device,
  Devices,
  Inspector,
  KeyPlace,
  Layer,
  LayerKind,
  Layers,
  RenderedPreview,
  SettingValue,
  ValueChange,
} from '../phones/contract.ts'
import type { Records } from '../records/contract.ts'
import type { Refetch } from '../refetch/contract.ts'
import type { Rollouts } from '../rollouts/contract.ts'
import type { NotifyOutcome } from '../sip/contract.ts'
import type { SyncLink } from '../sync/contract.ts'
import type { Packs, TemplateEdits, Templates } from '../templates/contract.ts'
import type { Updates } from '../updates/contract.ts'

export interface Listener {
  /** `dhcp`, `tftp`, `http`, … */
  readonly service: string
  /** `192.0.2.1:69`, or `off: …` with the reason. */
  readonly where: string
}

/** What the box says of itself. */
export interface About {
  readonly version: string
  /** `demo` touches no network. */
  readonly mode: 'box' | 'demo'
  readonly startedAt: EpochMs
  /** The box's own addresses, e.g. `eth0 192.0.2.1/24`. */
  readonly addresses: readonly string[]
  readonly listeners: readonly Listener[]
}

export interface PreviewRequest {
  readonly vendor: string
  readonly edits: TemplateEdits
  /** Its name as the phone asks; left out: the phone's own. */
  readonly file?: string
  readonly protocol?: FileProtocol
  readonly reveal: boolean
}

/** Everything that the API needs, each part by its contract. */
export interface AdminDeps {
  readonly devices: Devices
  readonly layers: Layers
  readonly inspector: Inspector
  readonly assist: Assist
  readonly accounts: Accounts
  /** SHA-256 of the certificate of the box's own authority, as browsers show it. */
  readonly fingerprint: string
  readonly directory: Directory & { readonly preview: BookPreview }
  readonly journeys: Journeys
  readonly alarms: Alarms
  readonly leases: Leases
  readonly dhcp: {
    status(): DhcpStatus
    /** Switches DHCP on an interface and stores that; throws `OperatorError` where the configuration file decides. */
    setInterface(name: string, change: Omit<DhcpInterfaceSettings, 'name'>, options: { readonly by: string }): void
    /** Asks once who else leases addresses there; takes some seconds. Throws `NotFoundError`. */
    listen(name: string): Promise<readonly ForeignServer[]>
    networks(): readonly StoredNetwork[]
    choices(): readonly DhcpChoice[]
    /** Adds a network, by its `id` or by one that is made of its `name`; throws as `setNetwork` does. Answers the id. */
    addNetwork(input: object, options: { readonly by: string }): string
    /** Changes some fields of a network; throws an `OperatorError` that names every fault. */
    setNetwork(id: string, change: object, options: { readonly by: string; readonly base?: number }): void
    /** Addresses of it stay with those who have them until their time is over; the server renews none. */
    removeNetwork(id: string, options: { readonly by: string; readonly base?: number }): void
    /** What a device is told in its network, or in the one that is named. Throws `NotFoundError` without any. */
    told(mac: Mac, network?: string): Told
  }
  readonly records: Pick<Records, 'get' | 'put' | 'history' | 'recent' | 'onChange'>
  /** Replacing phones, lists from elsewhere, scanned labels. */
  readonly moving: { readonly moves: Moves; readonly imports: Imports; readonly scans: Scans }
  readonly counters: Counters
  /** Tells the phone to fetch its configuration again. Throws `OperatorError` when its address or vendor is not known. */
  readonly resync: (mac: Mac, options: { readonly by: string; readonly reboot?: boolean }) => Promise<NotifyOutcome>
  /** The same for many, at a time, and what would have to happen on which device. */
  readonly refetch: Refetch
  /**
   * Lets a device have its files with secrets again that looked like another one. What it looks like at the next
   * delivery counts from then on.
   */
  readonly allow: (mac: Mac, options: { readonly by: string }) => void
  readonly files: Files
  /** What keeps a stored file from being removed. */
  readonly fileUses: (name: string) => readonly FileUse[]
  readonly rollouts: Rollouts
  /** The central account that this box may belong to. */
  readonly cloud: CloudLink & {
    readonly sync: SyncLink
    /** The configuration names the account; `join` refuses then. */
    readonly fixed: boolean
    /**
     * Goes to the account at this address, or to none; on disk when it resolves. Throws `OperatorError` for what is no
     * address, and while the box belongs to an account.
     */
    join(url: string | undefined, options: { readonly by: string }): Promise<void>
    /** Calls `listener` after each change of what either says; returns the way to stop. */
    onChange(listener: () => void): () => void
  }
  /** Vendors as data: own texts and packs. */
  readonly templates: Templates & {
    readonly packs: Packs
    /** A file of a phone as it would be with these texts; throws every fault. Secrets are dots unless `reveal`. */
    preview(mac: Mac, request: PreviewRequest): RenderedPreview & { readonly changed: boolean; readonly diff?: string }
  }
  readonly workbench: Workbench
  /** What the devices at the other end of the box's cables tell. */
  readonly links: Pick<LinkWatch, 'neighbours'>
  /** The system that the box runs on. */
  readonly updates: Updates
  readonly backups: Backups
  readonly restores: Restores
  readonly logs: LogReader
  /** Its own address. */
  readonly boxNetwork: BoxNetwork
  /** Whether the parts of the box work, now. */
  readonly health: () => Health
  readonly about: () => About
  /** One happening in plain words, without its time. */
  readonly tell: (happening: Happening) => string
  /** Whether a setting or a raw parameter of this name holds a secret that no answer may carry. */
  readonly isSecret: (name: string) => boolean
  readonly clock: Clock
  readonly log: Log
  /** Calls `work` every `ms` until the returned function is called. */
  readonly every: (ms: number, work: () => void) => () => void
}

/** The newest lines of the box's log. */
export interface LogReader {
  /** The kept lines that came after `seq`, oldest first. */
  after(seq: number): readonly {
    readonly seq: number
    readonly at: EpochMs
    readonly level: LogLevel
    readonly text: string
    readonly fields: Readonly<Record<string, string | number | boolean>>
  }[]
}

/** What the box finds when it looks at itself. */
export interface Health {
  readonly ok: boolean
  /** What does not work, in words. */
  readonly problems: readonly string[]
}

/** What a device has room for, as its vendor's description has it. */
export interface PhoneShape {
  readonly vendor?: string
  readonly vendorTitle?: string
  readonly model?: string
  readonly title?: string
  /** The model is none of those that are described: the numbers are those of its vendor's usual one. */
  readonly guessed: boolean
  readonly lines: number
  /** On the phone itself, in the order in which the keys are numbered. */
  readonly keys: readonly { readonly kind: string; readonly count: number }[]
  readonly expansion: readonly { readonly name: string; readonly keys: number; readonly modules: number }[]
  readonly places: readonly { readonly place: KeyPlace; readonly kind: string; readonly count: number }[]
  readonly handsets: number
}

/** One setting as a form asks for it. */
export interface SettingFacts {
  readonly name: string
  readonly family: string
  readonly doc: string
  /** The type in words: `30 to 604800 s`. */
  readonly shape: string
  readonly form: 'flag' | 'whole' | 'choice' | 'list' | 'text'
  readonly words?: readonly string[]
  readonly secret: boolean
  readonly builtIn?: SettingValue
  readonly example?: SettingValue
}

/** What the page needs to offer edits: what devices have room for, which settings there are. */
export interface Workbench {
  shapeOf(mac: Mac): PhoneShape
  settings(): readonly SettingFacts[]
  /** Every vendor with the models that are described. */
  models(): readonly { readonly vendor: string; readonly title: string; readonly models: readonly string[] }[]
  /** Why a device's files with secrets are held back until a person allows it again, when they are. */
  held(mac: Mac): string | undefined
  /** What another text of a layer would change on which devices. */
  tryLayer(kind: LayerKind, id: string, layer: Layer): LayerTrial
  /** What may be written in templates of a vendor; undefined: there is no such vendor. */
  templateWords(vendor: string): TemplateWords | undefined
}

export interface LayerTrial {
  /** How many devices were looked at. */
  readonly devices: number
  /** Those for which something is another. */
  readonly effects: readonly LayerEffect[]
}

export interface LayerEffect {
  readonly device: Device
  readonly changes: readonly ValueChange[]
}

export interface TemplateWords {
  readonly variables: readonly string[]
  readonly filters: readonly string[]
  readonly tags: readonly string[]
}

/** A network that this box leases addresses of, in the form of the configuration file. */
export interface StoredNetwork extends NetworkText {
  /** Revision of the record; 0 where the configuration file holds it. */
  readonly rev: number
  /** The configuration file holds it: it cannot be changed here. */
  readonly fixed: boolean
}

/** An interface that DHCP could be switched on. */
export interface DhcpChoice {
  readonly name: string
  readonly up: boolean
  /** `192.0.2.1/24` */
  readonly addresses: readonly string[]
  /** The configuration file decides. */
  readonly fixed: boolean
  /** Somebody has said what DHCP shall do here, if only that it is off. */
  readonly decided: boolean
}

/** How a request came in; given to the app by the listener. */
export interface Via {
  readonly via: 'tcp' | 'socket'
  /** The TCP port that the browser must have named. */
  readonly port?: number
  /** The names and addresses by which the listener may be asked; loopback's own when absent. */
  readonly hosts?: readonly string[]
  /** It came over the LAN: nothing is open there, not even while there are no accounts. */
  readonly lan?: boolean
  /** It came over TLS. */
  readonly secure?: boolean
  /** The address of the peer. */
  readonly address?: string
  /** Who is signed in; set by the app itself. */
  readonly who?: Principal
}
