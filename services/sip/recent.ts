import type { EpochMs } from '../core/clock.ts'

/** What was seen a short while ago. */
export interface Recent<Value> {
  get(key: string, now: EpochMs): Value | undefined
  set(key: string, value: Value, now: EpochMs): void
}

/** Keeps values for `keepMs`, at most `max` of them: the oldest go first. */
export function makeRecent<Value>(keepMs: number, max = 8_192): Recent<Value> {
  const entries = new Map<string, { readonly value: Value; readonly at: EpochMs }>()
  return {
    get(key, now) {
      const entry = entries.get(key)
      return entry === undefined || Math.abs(now - entry.at) >= keepMs ? undefined : entry.value
    },
    set(key, value, now) {
      entries.delete(key)
      entries.set(key, { value, at: now })
      for (const [oldest, { at }] of entries) {
        if (entries.size <= max && Math.abs(now - at) < keepMs) break
        entries.delete(oldest)
      }
    },
  }
}
