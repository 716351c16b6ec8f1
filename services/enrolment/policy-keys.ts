import { configKeyText } from './codec-signature.ts'
import type { ConfigKey, PublicKey } from './contract.ts'

/** Whether `signature` is the key's over this text. */
export type Verify = (key: PublicKey, text: string, signature: string) => boolean

/** So many keys are believed at once. */
const MOST = 8

/** The keys that a box pins at its claim: those for which no other one vouches, and what they vouch for. */
export function firstKeys(offered: readonly ConfigKey[], verify: Verify): readonly PublicKey[] {
  const first = offered.filter(({ by }) => by === undefined).map(({ key }) => key)
  return followKeys([...new Set(first)].slice(0, MOST), offered, verify)
}

/**
 * The keys that are believed after a rotation list was read. Only a key that is believed can bring in another or retire
 * itself; what else stands in the list changes nothing, so whoever holds the line but no key cannot put one in.
 */
export function followKeys(
  pinned: readonly PublicKey[],
  offered: readonly ConfigKey[],
  verify: Verify,
): readonly PublicKey[] {
  const believed = new Set(pinned)
  const retired = new Set<PublicKey>()
  // Statements may come in any order; each pass follows one more link, and nothing is taken twice.
  for (let grew = true; grew; ) {
    grew = false
    for (const { key, by, retires = false, signature } of offered) {
      if (by === undefined || signature === undefined || !believed.has(by)) continue
      const isNew = !believed.has(key) || (retires && !retired.has(by))
      if (!isNew || key === by || !verify(by, configKeyText({ key, by, retires }), signature)) continue
      believed.add(key)
      if (retires) retired.add(by)
      grew = true
    }
  }
  const left = [...believed].filter((key) => !retired.has(key)).slice(-MOST)
  return left.length > 0 ? left : pinned
}
