/** One rendered file. */
export interface RenderedFile {
  readonly bytes: Uint8Array
  readonly contentType: string
  /** SHA-256 in hexadecimal. */
  readonly hash: string
  /** What a person can read, when `bytes` are compressed or encrypted. */
  readonly plain?: { readonly bytes: Uint8Array; readonly contentType: string }
}
