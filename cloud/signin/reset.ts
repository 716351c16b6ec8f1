import { clientNetwork } from '../../services/core/client-network.ts'
import { messageOf, NotFoundError } from '../../services/core/errors.ts'
import { note } from '../accounts/audit.ts'
import type { CloudContext } from '../context.ts'
import { hashToken, newToken } from '../tokens.ts'
import type { Limiter } from './limits.ts'
import { hashPassword } from './passwords.ts'
import { LIMITS } from './policy-limits.ts'

const LIFE_MS = 3_600_000

export interface ResetDeps
  extends Pick<CloudContext, 'database' | 'clock' | 'log' | 'mail' | 'counters' | 'publicUrl'> {
  readonly limiter: Limiter
}

export type PasswordReset = ReturnType<typeof makePasswordReset>

/** A new password by a link that was sent to the person's own mail address. */
export function makePasswordReset({ database, clock, log, mail, counters, publicUrl, limiter }: ResetDeps) {
  /** Keeps the newest link alone: one that was asked for by somebody else is worth nothing after the person asked. */
  async function begin(email: string): Promise<void> {
    const person = await database.db
      .selectFrom('person')
      .select(['id', 'email'])
      .where('email', '=', email)
      .executeTakeFirst()
    if (person === undefined) return
    const token = newToken('blr')
    const row = { token_hash: hashToken(token), ends_at: clock.now() + LIFE_MS }
    await database.db
      .insertInto('password_reset')
      .values({ ...row, person_id: person.id })
      .onConflict((conflict) => conflict.column('person_id').doUpdateSet(row))
      .execute()
    // After the #, so that no server and no log on the way sees it.
    const link = `${publicUrl}/reset#${token}`
    const sent = await mail.send({
      to: person.email,
      subject: 'A new password for Branchline',
      text: `Open this link to set a new password. It works once, for an hour:\n\n${link}\n\nIf you did not ask for it, do nothing: your password stays.\n`,
    })
    counters.add(`reset.${sent}`)
  }

  return {
    /**
     * Sends the link, if there is such a person. `done` is only for who must know when that is over: an answer that waited
     * for it would tell by its time who has an account.
     */
    async request(email: string, address: string): Promise<{ readonly done: Promise<void> }> {
      await limiter.take([
        [`reset:email:${email}`, LIMITS.reset],
        [`signin:address:${clientNetwork(address)}`, LIMITS.address],
      ])
      const done = begin(email).catch((thrown: unknown) => {
        log.warn('link for a new password was not made', { reason: messageOf(thrown) })
      })
      return { done }
    },

    /** Takes the link, sets the password and ends every session. A second factor is still asked for at the sign-in. */
    async confirm(given: { readonly token: string; readonly password: string }, address: string): Promise<void> {
      const now = clock.now()
      const ended = () => new NotFoundError('this link was used already, has ended, or was never made')
      const find = database.db
        .selectFrom('password_reset')
        .innerJoin('person', 'person.id', 'password_reset.person_id')
        .select(['person.id', 'person.email', 'person.name'])
        .where('password_reset.token_hash', '=', hashToken(given.token))
        .where('password_reset.ends_at', '>', now)
      const person = await find.executeTakeFirst()
      if (person === undefined) throw ended()
      // A password that is too easy does not use the link up.
      const hash = await hashPassword(given.password, [person.email, person.name])
      await database.transaction(async (trx) => {
        const taken = await trx
          .deleteFrom('password_reset')
          .where('token_hash', '=', hashToken(given.token))
          .executeTakeFirst()
        if (taken.numDeletedRows === 0n) throw ended()
        await trx.updateTable('person').set({ password_hash: hash }).where('id', '=', person.id).execute()
        await trx.deleteFrom('session').where('person_id', '=', person.id).execute()
        const caller = { actor: `person:${person.id}`, name: person.email, address }
        await note(trx, now, caller, { accountId: null, action: 'password.reset', target: `person:${person.id}` })
      })
      // Guesses of whoever made the person ask must not keep it out now.
      await limiter.clear(`signin:email:${person.email}`)
      const text =
        'Your password for Branchline was set anew by a link that was sent to this address. Every session was ended.\n'
      await mail.send({ to: person.email, subject: 'Your password was changed', text })
    },
  }
}
