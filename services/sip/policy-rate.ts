import type { EpochMs } from '../core/clock.ts'
import type { Mac } from '../core/mac.ts'

export interface RateSettings {
  /** The least time between two answers to one device, in milliseconds. */
  readonly perDeviceMs: number
  /** Answers a second over time. */
  readonly perSecond: number
  /** Answers that may go out at once, e.g. when power comes back to a whole site. */
  readonly burst: number
}

export type RateAnswer = 'admitted' | 'device' | 'overall'

export interface RateLimit {
  /** Whether one more answer to this device may go out; if so it is counted. */
  admit(mac: Mac, now: EpochMs): RateAnswer
}

const MAX_DEVICES = 8_192

/** A token bucket over all devices, and one answer in a while for each. */
export function makeRateLimit(settings: RateSettings): RateLimit {
  let tokens = settings.burst
  let filledAt: EpochMs | undefined
  const last = new Map<Mac, EpochMs>()
  return {
    admit(mac, now) {
      const before = last.get(mac)
      // A clock that was set back must not lock a device out.
      if (before !== undefined && now >= before && now - before < settings.perDeviceMs) return 'device'
      const passed = Math.max(0, now - (filledAt ?? now))
      filledAt = now
      tokens = Math.min(settings.burst, tokens + (passed / 1000) * settings.perSecond)
      if (tokens < 1) return 'overall'
      tokens -= 1
      last.delete(mac)
      last.set(mac, now)
      // Oldest first out: the map keeps the order of insertion.
      for (const oldest of last.keys()) {
        if (last.size <= MAX_DEVICES) break
        last.delete(oldest)
      }
      return 'admitted'
    },
  }
}
