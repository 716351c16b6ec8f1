import { InvariantError } from '../../services/core/errors.ts'
import type { SecretCourier } from '../../services/sync/box-deps.ts'

// Seals that anybody can open, for the simulation: what matters here is who is meant, not that others cannot. The real
// ones have their own test in services/sync/sealed-box.test.ts.

let nonce = 0

/** As the box seals for its own database: never the same twice. */
export function sealedLocally(plain: string): string {
  nonce += 1
  return `b1:${nonce}:${plain}`
}

export function sealedForCloud(plain: string): string {
  return `c:${plain}`
}

export function sealedForBox(boxId: string, key: number, sealed: string): string {
  return `x:${boxId}:${key}:${plainOf(sealed)}`
}

/** What is under any of these seals. */
export function plainOf(sealed: string): string {
  return sealed.slice(sealed.lastIndexOf(':') + 1)
}

/** A box opens what was sealed to the key that it has now. */
export function makeSimCourier(boxId: string, key: () => number): SecretCourier {
  return {
    toCloud: (local) => sealedForCloud(plainOf(local)),
    fromCloud(sealed) {
      if (!sealed.startsWith(`x:${boxId}:${key()}:`)) throw new InvariantError('sealed to another key')
      return sealedLocally(plainOf(sealed))
    },
  }
}
