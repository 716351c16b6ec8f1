import type { AssignedPack } from '../../services/templates/assigned.ts'
import type { PackView } from '../../services/templates/contract.ts'

/** Who installed a pack, in its list, when it was the account. */
export const BY_ACCOUNT = 'account'

/** What a small disk can bear; more is refused, in the order of the names. */
export const PACK_QUOTA = { packs: 50, bytes: 128 * 1_048_576 } as const

export interface WantedPack extends AssignedPack {
  readonly name: string
}

export interface PackSteps {
  readonly install: readonly WantedPack[]
  /** The account gives them no more. `by`: who installed the version before it, which is used again; else nobody did. */
  readonly withdraw: readonly { readonly name: string; readonly by?: string }[]
  readonly tooMuch: readonly WantedPack[]
}

/** What is to be done so that the box has the packs that its account gives it. Those of people here stay. */
export function packSteps(wanted: readonly WantedPack[], installed: readonly PackView[]): PackSteps {
  const named = new Set(wanted.map(({ name }) => name))
  const tooMuch: WantedPack[] = []
  const taken: WantedPack[] = []
  let bytes = 0
  for (const one of wanted) {
    const fits = taken.length < PACK_QUOTA.packs && bytes + one.size <= PACK_QUOTA.bytes
    if (fits) bytes += one.size
    ;(fits ? taken : tooMuch).push(one)
  }
  return {
    install: taken.filter((one) => !isInUse(one, installed)),
    withdraw: installed
      .filter(({ name, by }) => by === BY_ACCOUNT && !named.has(name))
      .map(({ name, previousBy: by }) => ({ name, ...(by !== undefined && by !== BY_ACCOUNT && { by }) })),
    tooMuch,
  }
}

export function isInUse({ name, sha256 }: WantedPack, installed: readonly PackView[]): boolean {
  return installed.some((one) => one.name === name && one.hash === sha256 && one.setAside === undefined)
}

const FIRST_MS = 5_000
const LONGEST_MS = 15 * 60_000

/** How long to wait before the next try. `random` from 0 to 1: a thousand boxes do not come back together. */
export function retryAfter(tries: number, random: number): number {
  return Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.min(tries, 20)) * (0.5 + random)
}
