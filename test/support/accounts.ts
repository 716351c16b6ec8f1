import { makeAccounts } from '../../services/accounts/accounts.ts'
import type { Accounts, Passwords } from '../../services/accounts/contract.ts'
import type { Clock } from '../../services/core/clock.ts'
import type { SecretBox } from '../../services/core/secret.ts'
import { memoryDatabase } from './database.ts'

/** Fast hashing that remembers how it was used since it was made last. */
export function plainPasswords(): Passwords {
  plainPasswords.verified = 0
  plainPasswords.mostAtOnce = 0
  let running = 0
  const digest = (password: string) => `h:${new Bun.CryptoHasher('sha256').update(password).digest('hex')}`
  return {
    hash: async (password) => digest(password),
    async verify(password, hash) {
      plainPasswords.verified++
      running++
      plainPasswords.mostAtOnce = Math.max(plainPasswords.mostAtOnce, running)
      await Promise.resolve()
      running--
      return digest(password) === hash
    },
  }
}
plainPasswords.verified = 0
plainPasswords.mostAtOnce = 0

/** Seals by turning round: enough to tell sealed from clear. */
export const reversingBox: SecretBox = {
  seal: (plain) => `r:${[...plain].reverse().join('')}`,
  open: (sealed) => [...sealed.slice(2)].reverse().join(''),
}

/** Accounts over a database in memory. */
export function accountsInMemory(clock: Clock): Accounts & Disposable {
  const db = memoryDatabase()
  const accounts = makeAccounts({
    ...{ db, clock, passwords: plainPasswords(), secretBox: reversingBox, guessing: () => undefined },
    random: (length) => crypto.getRandomValues(new Uint8Array(length)),
  })
  return { ...accounts, [Symbol.dispose]: () => db[Symbol.dispose]() }
}
