/** What is known about a request that was answered with an error a moment ago. */
export type Known =
  | { readonly kind: 'new' }
  | { readonly kind: 'duplicate' }
  | { readonly kind: 'again'; readonly packet: Uint8Array }

/** The errors sent lately, so that a repeated request is neither decided nor recorded twice. */
export interface Refusals {
  look(key: string, now: number): Known
  keep(key: string, packet: Uint8Array, now: number): void
}

const KEPT_MS = 5000
/** Sooner than a client could repeat: the network made the copy, and one error answers both. */
const DUPLICATE_MS = 100
const KEPT_MOST = 1024

export function makeRefusals(): Refusals {
  const kept = new Map<string, { readonly packet: Uint8Array; readonly at: number }>()
  return {
    look(key, now) {
      const one = kept.get(key)
      if (one === undefined || now - one.at > KEPT_MS) return { kind: 'new' }
      return now - one.at < DUPLICATE_MS ? { kind: 'duplicate' } : { kind: 'again', packet: one.packet }
    },
    keep(key, packet, now) {
      kept.delete(key)
      kept.set(key, { packet, at: now })
      if (kept.size <= KEPT_MOST) return
      for (const oldest of kept.keys()) {
        kept.delete(oldest)
        break
      }
    },
  }
}
