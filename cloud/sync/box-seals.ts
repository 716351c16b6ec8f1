import { InvariantError } from '../../services/core/errors.ts'
import type { PublicKey } from '../../services/enrolment/contract.ts'
import type { BoxIdentity } from '../../services/sync/contract.ts'
import { sealTo } from '../../services/sync/sealed-box.ts'
import type { AccountKey, AccountKeys } from '../enrolment/account-keys.ts'

/** Boxes whose keys are at hand: those that pull just now, and more. */
const KEPT = 10_000

export type BoxSeals = ReturnType<typeof makeBoxSeals>

/** From the seal of an account to the one that a box can open. */
export function makeBoxSeals({ keys }: { readonly keys: AccountKeys }) {
  const ready = new Map<string, { readonly account: AccountKey; readonly sealingKey: Uint8Array }>()
  return {
    /** Has the keys of a box at hand, before each pull: it may have made new ones. */
    async prepare({ boxId, orgId, sealingKey: key }: BoxIdentity & { readonly sealingKey: PublicKey }): Promise<void> {
      const sealingKey = new Uint8Array(Buffer.from(key, 'base64url'))
      ready.delete(boxId)
      ready.set(boxId, { account: await keys.of(orgId), sealingKey })
      for (const oldest of ready.keys()) {
        if (ready.size <= KEPT) break
        ready.delete(oldest)
      }
    },

    sealFor(boxId: string, sealed: string): string {
      const found = ready.get(boxId)
      if (found === undefined) throw new InvariantError(`the keys of box ${boxId} were not read`)
      return sealTo(found.sealingKey, found.account.open(sealed))
    },
  }
}
