import type { EpochMs } from '../core/clock.ts'
import { OperatorError } from '../core/errors.ts'

export const FILE_KINDS = ['firmware', 'language', 'tone', 'picture', 'certificate', 'other'] as const
export type FileKind = (typeof FILE_KINDS)[number]

/** What a file is and which devices it is made for. */
export interface FileFacts {
  readonly kind: FileKind
  /** As the device says it once it has it. */
  readonly version?: string
  /** `yealink` or `yealink/T46U`; empty: nobody said. */
  readonly models: readonly string[]
  /** Hardware revisions in the vendor's own words (`108`, `V1.1A`); empty: nobody said. */
  readonly hardware: readonly string[]
}

/** A file that a person gave to the box (firmware, ring tone, wallpaper, language), stored once by its content. */
export interface NamedFile extends FileFacts {
  /** As it was given; found in any case and with stray slashes. May hold folders: `firmware/t46u.rom`. */
  readonly name: string
  /** SHA-256 in hexadecimal; the key for `Blobs`. */
  readonly hash: string
  readonly size: number
  readonly contentType: string
  readonly addedAt: EpochMs
  readonly by: string
  /** The central account gave it: it is changed and taken away there. Absent: it is the branch's own. */
  readonly origin?: 'account'
}

/** Looks names up, for the public files that phones may fetch. */
export interface NamedFiles {
  find(name: string): NamedFile | undefined
  list(): readonly NamedFile[]
  /** Called after a file was stored or taken away; returns the way to stop. */
  onChange(listener: (name: string) => void): () => void
}

export type Content = Uint8Array | AsyncIterable<Uint8Array>

export interface PutOptions extends Partial<FileFacts> {
  readonly by: string
  /** Default `application/octet-stream`. */
  readonly contentType?: string
  /** Octets at most; default 1 GiB. */
  readonly maxSize?: number
  /** What the content must come to, in hexadecimal: else nothing is stored. */
  readonly sha256?: string
  /** How many octets will come, when the sender says so: a disk without room for them is noticed before the first. */
  readonly size?: number
  /** Who gives it is the account; absent: a person or a program here, who may not change what the account gave. */
  readonly origin?: 'account'
  /** Asked in the moment before other content takes the name; what it throws leaves everything as it was. */
  readonly mayReplace?: (before: NamedFile) => void
}

/** What `verify` found of one stored file. */
export interface FileCheck {
  readonly name: string
  readonly state: 'good' | 'changed' | 'missing'
}

/** The stored files as those who manage them see them. What `put` returned is on disk; what it threw left everything as it was. */
export interface Files extends NamedFiles {
  /** Throws `OperatorError` for a bad name, size or hash, `DiskFullError` when there is no room, `ConflictError` for one of the account. */
  put(name: string, content: Content, options: PutOptions): Promise<NamedFile>
  /** Says anew what a file is; its content stays. Throws `NotFoundError`. */
  describe(
    name: string,
    facts: Partial<FileFacts>,
    options: { readonly by: string; readonly origin?: 'account' },
  ): Promise<NamedFile>
  /** Takes the name away, and the content with its last name. `mayRemove` is asked in the moment before. Throws `NotFoundError`. */
  remove(
    name: string,
    options: {
      readonly by: string
      readonly origin?: 'account'
      readonly mayRemove?: (file: NamedFile) => void
    },
  ): Promise<void>
  /** Reads the content and compares it with its hash. Throws `NotFoundError`. */
  verify(name: string): Promise<FileCheck>
}

/** What keeps a file from being removed: a setting that names it, a rollout that hands it out. */
export interface FileUse {
  /** In words: `setting firmware.file of device 80:5e:c0:12:34:56`. */
  readonly text: string
}

/** The disk has no room for the file. */
export class DiskFullError extends OperatorError {
  override readonly name = 'DiskFullError'
}

/** The content is not what its hash says. */
export class WrongHashError extends OperatorError {
  override readonly name = 'WrongHashError'
}
