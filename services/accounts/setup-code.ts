import { makeBackoff } from '../core/backoff.ts'
import type { Clock, EpochMs } from '../core/clock.ts'
import { SETUP } from './policy.ts'
import { isSame, newSetupCode, plainCode, type Random } from './secret.ts'

/** All addresses together: a code of 40 bits outlasts one try in two seconds for longer than a box lives. */
const ALL_TOGETHER = { ...SETUP, free: 20, firstMs: 2_000, mostMs: 30_000, forgetMs: 60_000, maxKeys: 1 }

export type SetupTry = 'right' | 'wrong' | { readonly heldUntil: EpochMs }

/** The code that proves to a box without accounts that somebody sees its console. A new one at every start. */
export interface SetupCode {
  readonly code: string
  try(given: string, address: string): SetupTry
}

export function makeSetupCode({ clock, random }: { readonly clock: Clock; readonly random: Random }): SetupCode {
  const code = newSetupCode(random)
  const each = makeBackoff(SETUP)
  const all = makeBackoff(ALL_TOGETHER)
  return {
    code,
    try(given, address) {
      const at = clock.now()
      const heldUntil = Math.max(each.heldUntil(address, at) ?? 0, all.heldUntil('', at) ?? 0)
      if (heldUntil > 0) return { heldUntil }
      if (isSame(plainCode(given), plainCode(code))) return 'right'
      each.failed(address, at)
      all.failed('', at)
      return 'wrong'
    },
  }
}
