import { clientNetwork } from '../../services/core/client-network.ts'
import { OperatorError } from '../../services/core/errors.ts'
import { note } from '../accounts/audit.ts'
import type { Caller, CloudContext } from '../context.ts'
import type { Ceremonies } from './ceremonies.ts'
import type { Limiter } from './limits.ts'
import { hashPassword, isPassword } from './passwords.ts'
import { LIMITS } from './policy-limits.ts'
import type { Totp } from './totp.ts'

export type SignIn =
  | { readonly kind: 'done'; readonly personId: string }
  | { readonly kind: 'second-factor'; readonly ticket: string }

/** Neither says which of the two was wrong. */
export class WrongCredentialsError extends OperatorError {
  override readonly name = 'WrongCredentialsError'
}

export interface SignInDeps extends Pick<CloudContext, 'database' | 'clock' | 'counters' | 'log'> {
  readonly limiter: Limiter
  readonly ceremonies: Ceremonies
  readonly totp: Totp
}

export type People = ReturnType<typeof makePeople>

/** Who somebody is: by password, and a second factor where there is one. */
export function makePeople({ database, clock, counters, log, limiter, ceremonies, totp }: SignInDeps) {
  function wrong(address: string): WrongCredentialsError {
    counters.add('signin.wrong')
    log.info('sign-in refused', { address })
    return new WrongCredentialsError('the address or the password is wrong')
  }
  return {
    async byPassword(given: { email: string; password: string }, address: string): Promise<SignIn> {
      const account = `signin:email:${given.email}`
      await limiter.take([
        [account, LIMITS.account],
        [`signin:address:${clientNetwork(address)}`, LIMITS.address],
      ])
      const person = await database.db
        .selectFrom('person')
        .select(['id', 'password_hash', 'totp_sealed'])
        .where('email', '=', given.email)
        .executeTakeFirst()
      const right = await isPassword(given.password, person?.password_hash ?? null)
      if (person === undefined || !right) throw wrong(address)
      await limiter.clear(account)
      if (person.totp_sealed === null) return { kind: 'done', personId: person.id }
      return { kind: 'second-factor', ticket: await ceremonies.begin('second-factor', person.id, {}) }
    },

    /** The second half of a sign-in. The ticket stays good for another try within the limit. */
    async bySecondFactor(given: { ticket: string; code: string }, address: string): Promise<string> {
      const personId = await ceremonies.peek('second-factor', given.ticket)
      if (personId === undefined) throw wrong(address)
      await limiter.take([[`factor:${personId}`, LIMITS.factor]])
      if (!(await totp.check(personId, given.code))) throw wrong(address)
      if ((await ceremonies.take('second-factor', given.ticket)) === undefined) throw wrong(address)
      await limiter.clear(`factor:${personId}`)
      return personId
    },

    /** Whether it is the person's password; counted like a sign-in. */
    async confirm(personId: string, password: string): Promise<void> {
      await limiter.take([[`factor:${personId}`, LIMITS.factor]])
      const person = await database.db
        .selectFrom('person')
        .select('password_hash')
        .where('id', '=', personId)
        .executeTakeFirst()
      if (!(await isPassword(password, person?.password_hash ?? null)))
        throw new WrongCredentialsError('the password is wrong')
      await limiter.clear(`factor:${personId}`)
    },

    async setPassword(personId: string, password: string, caller: Caller): Promise<void> {
      const hash = await hashPassword(password, [caller.name])
      await database.transaction(async (trx) => {
        await trx.updateTable('person').set({ password_hash: hash }).where('id', '=', personId).execute()
        await note(trx, clock.now(), caller, { accountId: null, action: 'password.set', target: `person:${personId}` })
      })
    },

    async get(personId: string) {
      const person = await database.db
        .selectFrom('person')
        .select(['id', 'email', 'name', 'password_hash', 'totp_sealed'])
        .where('id', '=', personId)
        .executeTakeFirstOrThrow()
      const { password_hash, totp_sealed, ...rest } = person
      return { ...rest, hasPassword: password_hash !== null, hasTotp: totp_sealed !== null }
    },
  }
}
