import type { EpochMs } from '../core/clock.ts'

/** A file that a person gave to the box (firmware, ring tone, wallpaper, language), stored once by its content. */
export interface NamedFile {
  /** As it was given; found in any case and with stray slashes. May hold folders: `firmware/t46u.rom`. */
  readonly name: string
  /** SHA-256 in hexadecimal; the key for `Blobs`. */
  readonly hash: string
  readonly size: number
  readonly contentType: string
  readonly addedAt: EpochMs
  readonly by: string
}

/** Looks names up, for the public files that phones may fetch. */
export interface NamedFiles {
  find(name: string): NamedFile | undefined
  list(): readonly NamedFile[]
}
