/** How sound is coded: linear, G.711 µ-law, G.711 A-law. */
export type SoundCodec = 'pcm' | 'pcmu' | 'pcma'

/** What a stored picture or sound must be to be shown or played by one model. Absent: not known, so not looked at. */
export interface MediaForm {
  /** File name endings, the preferred one first. */
  readonly formats: readonly string[]
  /** In pixels. */
  readonly width?: number
  readonly height?: number
  /** Of width and height: `fill` is exactly that size (what stands over is cut off), `within` at most that size. */
  readonly fit?: 'fill' | 'within'
  /** At most so many colours. */
  readonly colours?: number
  /** Only shades of grey. */
  readonly grey?: boolean
  readonly maxBytes?: number
  /** The preferred one first. */
  readonly codecs?: readonly SoundCodec[]
  /** Samples a second, the preferred one first. */
  readonly rates?: readonly number[]
  /** Of a linear sample. */
  readonly bits?: number
  readonly maxSeconds?: number
  /** For people. */
  readonly note?: string
}

/** What becomes of a stored file for one model. `name` is below the vendor's folder. */
export type Fit =
  | { readonly kind: 'as-is'; readonly name: string }
  /** A copy that the box makes; `how` says in plain words what was changed. */
  | { readonly kind: 'made'; readonly name: string; readonly how: string }
  /** What the model takes is not known: as uploaded. */
  | { readonly kind: 'unknown'; readonly name: string }
  /** Nothing that this model takes can be made of it, and why. */
  | { readonly kind: 'cannot'; readonly reason: string }

/** Stored pictures and sounds as each model takes them. */
export interface MediaLibrary {
  /**
   * The file that a setting names, for a model that takes this form. Answers at once: a copy that is not there yet is
   * made in the background, and the answer becomes `cannot` when that fails.
   */
  fit(name: string, form: MediaForm | undefined): Fit
  /** Rises whenever an answer may have become another one. */
  revision(): number
}
