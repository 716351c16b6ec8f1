import type { EpochMs } from '../core/clock.ts'
import type { GuardRules } from './policy-types.ts'

interface Bucket {
  left: number
  at: EpochMs
}

/** Counts new clients of each network: a token bucket. */
export class NewClientLimiter {
  readonly #rules: GuardRules
  readonly #buckets = new Map<string, Bucket>()

  constructor(rules: GuardRules) {
    this.#rules = rules
  }

  mayJoin(network: string, now: EpochMs): boolean {
    return this.#bucket(network, now).left >= 1
  }

  joined(network: string, now: EpochMs): void {
    const bucket = this.#bucket(network, now)
    bucket.left = Math.max(0, bucket.left - 1)
  }

  #bucket(network: string, now: EpochMs): Bucket {
    const { newClientBurst, newClientsPerSecond } = this.#rules
    let bucket = this.#buckets.get(network)
    if (bucket === undefined) {
      bucket = { left: newClientBurst, at: now }
      this.#buckets.set(network, bucket)
    }
    const gained = (Math.max(0, now - bucket.at) / 1000) * newClientsPerSecond
    bucket.left = Math.min(newClientBurst, bucket.left + gained)
    bucket.at = now
    return bucket
  }
}
