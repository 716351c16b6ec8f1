import type { Clock } from '../core/clock.ts'
import { NotFoundError, OperatorError } from '../core/errors.ts'
import type { SecretBox } from '../core/secret.ts'
import type { SqlDatabase } from '../core/sql.ts'
import { decodeBase32, encodeBase32 } from './codec-base32.ts'
import type { AccountEvent, Accounts } from './contract.ts'
import { stepOf, totpUri } from './policy-totp.ts'
import { hashOf, hmacSha1, newRecoveryCode, plainCode, type Random } from './secret.ts'
import { getAccount, putAccount, type StoredAccount } from './store.ts'

const CODES = 10
/** RFC 4226 §4 R6 recommends 160 bits. */
const KEY_BYTES = 20

interface FactorDeps {
  readonly db: SqlDatabase
  readonly clock: Clock
  readonly random: Random
  readonly secretBox: SecretBox
  readonly note: (event: Omit<AccountEvent, 'seq' | 'at'>) => void
}

/** Codes of an authenticator (TOTP), and codes on paper for when it is lost. */
export function makeSecondFactor({ db, clock, random, secretBox, note }: FactorDeps) {
  /** Shown, and not proven yet; one an account. */
  const shown = new Map<string, string>()

  function stored(name: string): StoredAccount {
    const account = getAccount(db, name)
    if (account === undefined) throw new NotFoundError(`no account ${JSON.stringify(name.slice(0, 40))}`)
    return account
  }

  const begin: Accounts['totpBegin'] = (name) => {
    const account = stored(name)
    if (account.totpSecret !== undefined) throw new OperatorError('the second factor is on: take it off first')
    const secret = encodeBase32(random(KEY_BYTES))
    shown.set(name, secretBox.seal(secret))
    return { secret, uri: totpUri(name, secret, 'Branchline') }
  }

  const on: Accounts['totpOn'] = (name, code, { by }) => {
    const sealed = shown.get(name)
    if (sealed === undefined) throw new OperatorError('ask for a new secret first')
    const key = decodeBase32(secretBox.open(sealed))
    const step = stepOf(code, { key, now: clock.now(), usedStep: 0, hmac: hmacSha1 })
    if (step === undefined)
      throw new OperatorError('this code does not fit: is the time of the box and of the authenticator right?')
    const codes = Array.from({ length: CODES }, () => newRecoveryCode(random))
    db.write(() => {
      const recovery = codes.map((it) => hashOf(plainCode(it)))
      putAccount(db, { ...stored(name), totpSecret: sealed, totpStep: step, recovery })
      note({ kind: 'second-factor-on', account: name, by, text: `${CODES} recovery codes made` })
    })
    shown.delete(name)
    return codes
  }

  const off: Accounts['totpOff'] = (name, { by }) => {
    db.write(() => {
      const { totpSecret: _secret, ...account } = stored(name)
      putAccount(db, { ...account, recovery: [] })
      note({ kind: 'second-factor-off', account: name, by, text: '' })
    })
  }
  return { begin, on, off }
}
