import type { Target } from './policy.ts'

// What the box and its helper process know of each other; the box imports nothing else of it, or it would load the decoders.

/** What the helper process is asked to do. Without a target the source is only decoded, to see whether it is whole. */
export interface Job {
  /** Of the source. */
  readonly path: string
  readonly target?: Target
}

/** How the helper ends when the source cannot be used; why stands in its standard error. */
export const EXIT_UNUSABLE = 3
