import type { Content } from '../../services/files/contract.ts'

/** Content that came and is not kept yet. Disposing drops it unless it was kept. */
export interface StagedBlob extends AsyncDisposable {
  /** SHA-256 in hexadecimal. */
  readonly hash: string
  readonly size: number
  /** Puts it where it is found by its hash, durably. Harmless when it is there already. */
  keep(): Promise<void>
}

/** Content by its hash. Where it lies is the operator's choice; `test/support/blob-store-suite.ts` says what each does alike. */
export interface BlobStore {
  /** Takes content piece by piece. Throws `OperatorError` past `maxSize`, `DiskFullError` when there is no room. */
  stage(content: Content, options: { readonly maxSize: number; readonly size?: number }): Promise<StagedBlob>
  /** The content from byte `from` up to but not `to`; undefined: there is none. */
  read(
    hash: string,
    range: { readonly from: number; readonly to: number },
  ): Promise<ReadableStream<Uint8Array> | undefined>
  has(hash: string): Promise<boolean>
  /** Harmless when there is none. */
  remove(hash: string): Promise<void>
}
