import type { Clock } from '../../services/core/clock.ts'
import type { SecretBox } from '../../services/core/secret.ts'
import type { PublicKey } from '../../services/enrolment/contract.ts'
import { makeSealingKey, openSealed, type SealingKey, sealTo } from '../../services/sync/sealed-box.ts'
import type { CloudDatabase, Trx } from '../database/open.ts'

/** Keys that are kept open in memory; those of a few thousand accounts. */
const KEPT = 5_000

export interface AccountKey {
  /** What boxes are told. */
  readonly publicKey: PublicKey
  seal(plain: string): string
  /** Throws `OperatorError` for what was not sealed to this account. */
  open(sealed: string): string
}

export type AccountKeys = ReturnType<typeof makeAccountKeys>

/** The X25519 pair of each account, made when it is first needed. The private half is sealed with the cloud's key file. */
export function makeAccountKeys(deps: {
  readonly database: CloudDatabase
  readonly secrets: SecretBox
  readonly clock: Clock
}) {
  const { database, secrets, clock } = deps
  const known = new Map<string, AccountKey>()

  async function find(trx: Trx, accountId: string): Promise<AccountKey | undefined> {
    const row = await trx
      .selectFrom('account_key')
      .select(['public_key', 'private_sealed'])
      .where('account_id', '=', accountId)
      .executeTakeFirst()
    if (row === undefined) return undefined
    const pair = {
      publicKey: bytesOf(row.public_key),
      privateKey: bytesOf(secrets.open(row.private_sealed)),
    }
    return keyOf(pair)
  }

  function keep(accountId: string, key: AccountKey): AccountKey {
    known.set(accountId, key)
    for (const oldest of known.keys()) {
      if (known.size <= KEPT) break
      known.delete(oldest)
    }
    return key
  }

  /** In a transaction that may write. What is made in it is remembered only when somebody finds it committed. */
  async function within(trx: Trx, accountId: string): Promise<AccountKey> {
    const held = known.get(accountId)
    if (held !== undefined) return held
    const found = await find(trx, accountId)
    if (found !== undefined) return found
    const { publicKey, privateKey } = makeSealingKey()
    const row = {
      account_id: accountId,
      public_key: textOf(publicKey),
      private_sealed: secrets.seal(textOf(privateKey)),
      created_at: clock.now(),
    }
    await trx
      .insertInto('account_key')
      .values(row)
      .onConflict((conflict) => conflict.doNothing())
      .execute()
    return (await find(trx, accountId)) ?? keyOf({ publicKey, privateKey })
  }

  return {
    within,
    async of(accountId: string): Promise<AccountKey> {
      const held = known.get(accountId)
      if (held !== undefined) return held
      return keep(accountId, await database.transaction((trx) => within(trx, accountId)))
    },
  }
}

function keyOf(pair: SealingKey): AccountKey {
  return {
    publicKey: textOf(pair.publicKey),
    seal: (plain) => sealTo(pair.publicKey, plain),
    open: (sealed) => openSealed([pair], sealed),
  }
}

function textOf(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64url')
}

function bytesOf(text: string): Uint8Array {
  return new Uint8Array(Buffer.from(text, 'base64url'))
}
