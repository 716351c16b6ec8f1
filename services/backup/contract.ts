import type { AddressOffer, FormerAddress } from '../box-network/contract.ts'
import type { EpochMs } from '../core/clock.ts'
import type { Head } from './codec-frame.ts'
import type { Outcome } from './policy-swap.ts'

/** When the box makes backups by itself. */
export interface Schedule {
  readonly on: boolean
  /** Time of day, `02:30`. */
  readonly at: string
  /** IANA name. */
  readonly zone: string
  /** So many of those that the schedule made stay here. */
  readonly keep: number
  /** Whether the content of firmware files is in it. */
  readonly firmware: boolean
}

/** What a backup would bring, as it was found in it. */
export interface Preview {
  readonly devices: number
  readonly networks: number
  readonly people: number
  readonly files: number
  /** Files of which the backup has no content: they were left out. */
  readonly filesWithout: number
  readonly leases: number
  readonly accounts: number
  /** The central account that the box belonged to. */
  readonly account?: string
  /** Files of the machine beside the data, which are laid into the folder `restored` for a person to put in place. */
  readonly beside: readonly string[]
  /** How the machine had its own address; absent: nobody had set it. */
  readonly address?: FormerAddress
}

/** A backup that lies here: in the box's own folder, or brought by a stick. */
export interface StoredBackup extends Pick<Head, 'box' | 'version' | 'at' | 'content'> {
  readonly name: string
  readonly place: 'box' | 'stick'
  /** Bytes of the file. */
  readonly size: number
  /** Whether the recovery key that is set here opens it. */
  readonly ours: boolean
}

export interface BackupState {
  /** The recovery key that backups are sealed to; only its public part is here. */
  readonly key?: { readonly id: string; readonly madeAt: EpochMs; readonly confirmed: boolean }
  readonly schedule: Schedule
  readonly nextAt?: EpochMs
  readonly job: {
    readonly phase: 'idle' | 'running' | 'failed'
    readonly percent: number
    readonly message?: string
  }
  readonly backups: readonly StoredBackup[]
  /** Bytes that are free for more. */
  readonly free: number
  /** Whether a stick that takes backups is plugged in; absent where nothing looks after sticks. */
  readonly stick?: boolean
}

/** Makes backups of the box while it runs. What cannot be done throws an `OperatorError`. */
export interface Backups {
  state(): BackupState
  /** Begins one; `state()` says how far it is. Throws `ConflictError` while another one is made. */
  make(options: { readonly by: string; readonly firmware: boolean }): BackupState
  /** Where a stored backup lies. Throws `NotFoundError`. */
  find(name: string): { readonly path: string; readonly size: number }
  remove(name: string, options: { readonly by: string }): void
  /** A new recovery key, which is nowhere but in this answer. Backups wait until it is confirmed. */
  newKey(options: { readonly by: string }): { readonly key: string; readonly id: string }
  /** A person has kept it, and typed it again. */
  confirmKey(text: string, options: { readonly by: string }): BackupState
  setSchedule(schedule: Schedule, options: { readonly by: string }): BackupState
}

export interface RestoreState {
  readonly phase: 'none' | 'receiving' | 'received' | 'checking' | 'ready' | 'restarting'
  /** Of receiving or checking. */
  readonly percent: number
  /** Why it was refused, or what went wrong. */
  readonly message?: string
  /** What stands in clear in the file that is here. */
  readonly head?: Omit<Head, 'ephemeral'>
  /** What it would bring; once the whole file was checked. */
  readonly preview?: Preview
  /** The address that this machine can take with it; absent: it has that already, or the backup names none. */
  readonly address?: AddressOffer
  /** What came of the last one. */
  readonly outcome?: Outcome
  /** Why this box cannot restore; absent: it can. */
  readonly unsupported?: string
}

export interface ResetState {
  readonly devices: number
  readonly networks: number
  readonly people: number
  readonly files: number
  readonly accounts: number
  /** The central account, which is not told and keeps the box on its list. */
  readonly account?: string
  /** The disk is formatted by the system, or the data folder is emptied. */
  readonly kind: 'disk' | 'folder'
  readonly unsupported?: string
}

/** Puts another box's data in the place of this one's, or nothing. */
export interface Restores {
  state(): RestoreState
  receive(
    content: ReadableStream<Uint8Array> | Uint8Array,
    options: { readonly by: string; readonly size?: number },
  ): Promise<RestoreState>
  /** Takes a backup that lies here already. */
  choose(name: string): RestoreState
  /** Begins to check the whole file and to lay its content beside; `state()` says how far it is. */
  check(key: string): RestoreState
  /** Starts the box again with what was checked; `address`: whether with its address too, or else as `state()` suggests. */
  apply(options: { readonly by: string; readonly address?: boolean }): RestoreState
  /** Forgets what was brought, checked or not; and the outcome of the last one. */
  discard(): RestoreState
  /** What a factory reset would take. */
  losses(): ResetState
  reset(options: { readonly by: string }): void
}
