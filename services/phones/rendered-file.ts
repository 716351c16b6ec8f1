/** One rendered file. */
export interface RenderedFile {
  readonly bytes: Uint8Array
  readonly contentType: string
  /** SHA-256 in hexadecimal. */
  readonly hash: string
}
