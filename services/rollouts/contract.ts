import type { EpochMs } from '../core/clock.ts'
import type { DailyWindow } from '../core/daily-window.ts'
import type { Mac } from '../core/mac.ts'
import type { NamedFile } from '../files/contract.ts'

// New firmware for many devices, a few at a time. What a device in a rollout gets is its settings with the target laid
// over them, from the moment in which the rollout lets it go; the record is written when the rollout has ended.

/** In the zone of the plan. */
export type RolloutWindow = Omit<DailyWindow, 'zone'>

/** Which devices; what one names is added to what another names. */
export interface RolloutSelection {
  readonly devices?: readonly Mac[]
  readonly groups?: readonly string[]
  /** `yealink/T46U` */
  readonly models?: readonly string[]
  readonly all?: boolean
}

/** What a person asks for; what is left out has the value named here. */
export interface RolloutRequest {
  readonly name: string
  readonly select: RolloutSelection
  /** A stored file by its name; absent: for each device the one stored file of `version` that is for it. */
  readonly file?: string
  /** What the device says once it has it; absent: that of the file. */
  readonly version?: string
  /** Devices at once; 5. */
  readonly atOnce?: number
  /** Devices that must succeed before the others begin; 1. 0: none. */
  readonly canaries?: number
  /** Minutes to wait after the last of them; 0. */
  readonly soakMinutes?: number
  /** Whether a person must say after them that it may go on; no. */
  readonly approval?: boolean
  readonly window?: RolloutWindow
  /** Zone of the window, IANA; that of the site. */
  readonly zone?: string
  /** What to do with a device that is known to be in a call: wait until it is idle, or go on; wait. */
  readonly busy?: 'wait' | 'go'
  /** Failures after which no further device is let go; 3. */
  readonly stopAfter?: number
  /** Minutes that one attempt may take; 30. */
  readonly deadlineMinutes?: number
  /** How often a device is told before it counts as failed; 2. */
  readonly attempts?: number
}

/** The same with nothing left out; it never changes. */
export interface RolloutPlan extends Required<Omit<RolloutRequest, 'file' | 'version' | 'window'>> {
  readonly file?: string
  readonly version?: string
  readonly window?: RolloutWindow
  /** Content of `file` when it was started: another one under its name must not go out. */
  readonly hash?: string
}

export type RolloutStatus = 'running' | 'paused' | 'stopped' | 'cancelled' | 'completed'

/**
 * `already`: had the version before. `refused`: the file is not for it, or nothing that the box says can change its
 * firmware. `skipped`: its record is gone or switched off, or the rollout was cancelled before it was let go.
 */
export type RolloutDeviceState = 'waiting' | 'updating' | 'done' | 'already' | 'failed' | 'refused' | 'skipped'

export interface RolloutDevice {
  readonly mac: Mac
  readonly state: RolloutDeviceState
  readonly file?: string
  readonly version?: string
  /** What it said before it was let go. */
  readonly before?: string
  readonly reason?: string
  /** How often it was told. */
  readonly attempts: number
  readonly letGoAt?: EpochMs
  /** When the newest telling began. */
  readonly toldAt?: EpochMs
  /** What came of it; absent: not known yet, or the box ended meanwhile. */
  readonly answer?: 'accepted' | 'silent'
  readonly endedAt?: EpochMs
}

export interface RolloutRecord {
  readonly id: string
  readonly name: string
  readonly plan: RolloutPlan
  readonly status: RolloutStatus
  /** Why it stopped, was paused … */
  readonly reason?: string
  readonly createdAt: EpochMs
  readonly by: string
  readonly approvedAt?: EpochMs
  readonly approvedBy?: string
  /** Failures before this moment are forgiven: a person has looked and let it go on. */
  readonly countedFrom: EpochMs
  /** When everything was over and the settings were written into the records. */
  readonly endedAt?: EpochMs
}

export type RolloutCounts = Readonly<Record<RolloutDeviceState, number>>

export interface RolloutSummary extends RolloutRecord {
  readonly counts: RolloutCounts
  /** What it does now, in plain words. */
  readonly text: string
}

export interface RolloutDetail extends RolloutSummary {
  /** In the order in which they are let go. */
  readonly devices: readonly RolloutDevice[]
}

export interface Rollouts {
  /** Newest first. */
  list(): readonly RolloutSummary[]
  /** Throws `NotFoundError`. */
  get(id: string): RolloutDetail
  /** What would happen to each device. Throws `OperatorError` like `start`; stores nothing. */
  preview(request: RolloutRequest): readonly RolloutDevice[]
  /**
   * Throws `OperatorError` when the request makes no sense, `ConflictError` when a device is in another rollout. With an
   * `id` of its own it is started once: the same again gives what became of it.
   */
  start(request: RolloutRequest, options: { readonly by: string; readonly id?: string }): RolloutDetail
  pause(id: string, options: { readonly by: string }): RolloutDetail
  /** Goes on after a pause or a stop; with `failed` those that failed get another chance. */
  resume(id: string, options: { readonly by: string; readonly failed?: boolean }): RolloutDetail
  /** Lets no further device go. Those under way are followed to their end; those that are done keep the version. */
  cancel(id: string, options: { readonly by: string }): RolloutDetail
  approve(id: string, options: { readonly by: string }): RolloutDetail
  /** The rollouts that hand this file out, in words. */
  usesOf(file: string): readonly { readonly text: string }[]
  /** Called after each change; returns the way to stop. */
  onChange(listener: (rollout: RolloutSummary) => void): () => void
}

/** The settings that are laid over a device's own while a rollout has it in hand. */
export interface RolloutOverlay {
  of(
    mac: Mac,
  ): { readonly of: string; readonly settings: Readonly<Record<string, string>>; readonly stamp: string } | undefined
}

/** Whether a device is in use. `unknown`: its vendor has no way to tell, or it did not answer. Never rejects. */
export type IdlePort = (mac: Mac) => Promise<'idle' | 'busy' | 'unknown'>

/** Tells a device to fetch again. Rejects with `OperatorError` when it certainly was not told. */
export type TellPort = (
  mac: Mac,
  options: { readonly by: string },
) => Promise<
  | { readonly kind: 'accepted' }
  | { readonly kind: 'refused'; readonly status: number; readonly reason: string }
  | { readonly kind: 'silent' }
>

/** One device as a rollout sees it. */
export interface RolloutSubject {
  readonly enabled: boolean
  readonly group?: string
  /** `yealink/T46U` */
  readonly model?: string
  /** As it last said it. */
  readonly version?: string
  /** When it was last seen doing anything. */
  readonly lastSeen?: EpochMs
  /** Why nothing that the box says can change its firmware. */
  readonly obstacle?: string
}

/** What the box does for rollouts. */
export interface RolloutPorts {
  devices(): readonly Mac[]
  /** Undefined: it has no record any more. */
  subject(mac: Mac): RolloutSubject | undefined
  file(name: string): NamedFile | undefined
  files(): readonly NamedFile[]
  /** The version that the name of a file tells, when it does. */
  versionIn(file: NamedFile): string | undefined
  /** Why a file is not for a device. */
  misfit(mac: Mac, file: NamedFile): string | undefined
  sameVersion(one: string, other: string): boolean
  /** The zone of the site. */
  zone(): string
  readonly isIdle: IdlePort
  readonly tell: TellPort
  /** Makes the version of these devices permanent; with a layer there first. Nothing is laid over them any more. */
  keep(
    items: readonly { readonly mac: Mac; readonly file: string; readonly version: string }[],
    layer: { readonly kind: 'group' | 'model'; readonly id: string } | undefined,
    options: { readonly by: string },
  ): void
  /** A line for the device's journey. */
  note(mac: Mac, what: string, options: { readonly by: string }): void
  /** Called when a device has said another version; returns the way to stop. */
  onVersion(listener: (mac: Mac) => void): () => void
}
