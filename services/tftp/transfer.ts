/** One running transfer as the table of transfers sees it. */
export interface Transfer {
  /** When it wants to be woken, on the clock that never jumps; Infinity: not at all. */
  readonly deadline: number
  wake(): void
  /** Ends it without a word to the peer, because the server stops. */
  abandon(reason: string): void
}

/** How a transfer ended; `ms` is its length. */
export type Outcome =
  | { readonly kind: 'completed'; readonly size: number; readonly ms: number }
  | { readonly kind: 'broken'; readonly reason: string }
