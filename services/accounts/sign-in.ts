import { makeBackoff } from '../core/backoff.ts'
import type { Clock, EpochMs } from '../core/clock.ts'
import type { SecretBox } from '../core/secret.ts'
import type { SqlDatabase } from '../core/sql.ts'
import { decodeBase32 } from './codec-base32.ts'
import type { AccountEvent, Credentials, Origin, Passwords } from './contract.ts'
import { EACH_ACCOUNT, EACH_ADDRESS } from './policy.ts'
import { stepOf } from './policy-totp.ts'
import { hashOf, hmacSha1, plainCode } from './secret.ts'
import { getAccount, putAccount, type StoredAccount } from './store.ts'

/** Hashing is slow on purpose: so many at once leave the box's other work its share, and the rest of its memory. */
const AT_ONCE = 2
const WAITING = 8

export interface ProvingDeps {
  readonly db: SqlDatabase
  readonly clock: Clock
  readonly secretBox: SecretBox
  readonly passwords: Passwords
  readonly note: (event: Omit<AccountEvent, 'seq' | 'at'>) => void
  /** Somebody was slowed down for guessing. */
  readonly guessing: (subject: string, text: string) => void
}

export type Proof =
  | { readonly kind: 'proven'; readonly account: StoredAccount }
  | { readonly kind: 'refused' }
  | { readonly kind: 'code' }
  | { readonly kind: 'held'; readonly until: EpochMs }
  | { readonly kind: 'busy' }

/** Checks who somebody says they are. What an unknown name, a wrong password and a wrong code are told is the same. */
export interface Proving {
  prove(given: Credentials, origin: Origin, options: { readonly withCode: boolean }): Promise<Proof>
  hash(password: string): Promise<string>
  /** An account's waits end, since its owner was here. */
  forget(name: string): void
}

export function makeProving(deps: ProvingDeps): Proving {
  const { db, clock, passwords } = deps
  const byAccount = makeBackoff(EACH_ACCOUNT)
  const byAddress = makeBackoff(EACH_ADDRESS)
  const slots = makeSlots()
  /** Verified against when nobody has the name, so that the answer takes as long. */
  let nobodys: Promise<string> | undefined

  function refuse(name: string, account: StoredAccount | undefined, origin: Origin, held: boolean): Proof {
    // A name that nobody has may be a password typed into the wrong field: it is not written down.
    const known = account === undefined ? {} : { account: account.name }
    const text = account?.disabled ? 'account is disabled' : account ? 'wrong password or code' : 'no such account'
    deps.note({ kind: 'refused', ...known, by: 'nobody', address: origin.address, text })
    if (held) {
      deps.note({ kind: 'held', ...known, by: 'box', address: origin.address, text: 'must wait before the next try' })
      deps.guessing(origin.address, `wrong passwords${account ? ` for ${name}` : ''} from ${origin.address}`)
    }
    return { kind: 'refused' }
  }

  return {
    async prove({ name: typed, password, code }, origin, { withCode }) {
      const name = typed.toLowerCase()
      const at = clock.now()
      const until = Math.max(byAccount.heldUntil(name, at) ?? 0, byAddress.heldUntil(origin.address, at) ?? 0)
      if (until > 0) return { kind: 'held', until }
      if (slots.full()) return { kind: 'busy' }
      // Counted before it is tried: else many at the same time would count as one.
      const held = [byAccount.failed(name, at), byAddress.failed(origin.address, at)].some((it) => it.held)
      nobodys ??= passwords.hash('nobody has this password')
      const none = nobodys
      const before = getAccount(db, name)?.password
      // The slot is taken before anything is waited for, or the queue had no end.
      const right = await slots.run(async () => passwords.verify(password, before ?? (await none)))
      // Read again: it may have changed meanwhile.
      const account = getAccount(db, name)
      if (!right || account === undefined || account.password !== before || account.disabled)
        return refuse(name, account, origin, held)
      if (withCode && account.totpSecret !== undefined) {
        if (code === undefined) {
          byAccount.forgive(name)
          byAddress.forgive(origin.address)
          return { kind: 'code' }
        }
        if (!spendCode(deps, account, code, origin)) return refuse(name, account, origin, held)
      }
      byAccount.forget(name)
      byAddress.forgive(origin.address)
      return { kind: 'proven', account: getAccount(db, name) ?? account }
    },
    hash: (password) => slots.run(() => passwords.hash(password)),
    forget: (name) => byAccount.forget(name),
  }
}

/** Whether this is a code of the account's second factor that was not used yet; it is used up then. */
function spendCode(deps: ProvingDeps, account: StoredAccount, code: string, origin: Origin): boolean {
  const { db, clock } = deps
  const key = decodeBase32(deps.secretBox.open(account.totpSecret ?? ''))
  const step = stepOf(code, { key, now: clock.now(), usedStep: account.totpStep, hmac: hmacSha1 })
  if (step !== undefined) {
    putAccount(db, { ...account, totpStep: step })
    return true
  }
  const hash = hashOf(plainCode(code))
  if (!account.recovery.includes(hash)) return false
  const recovery = account.recovery.filter((it) => it !== hash)
  putAccount(db, { ...account, recovery })
  deps.note({
    ...{ kind: 'recovery-code-used', account: account.name, by: `account:${account.name}`, address: origin.address },
    text: `${recovery.length} recovery codes left`,
  })
  return true
}

function makeSlots() {
  let running = 0
  const queue: (() => void)[] = []
  return {
    full: () => queue.length >= WAITING,
    async run<Result>(work: () => Promise<Result>): Promise<Result> {
      if (running >= AT_ONCE) await new Promise<void>((resolve) => void queue.push(resolve))
      else running++
      try {
        return await work()
      } finally {
        // A slot goes to the next in the queue without becoming free in between.
        const next = queue.shift()
        if (next) next()
        else running--
      }
    },
  }
}
