import { randomBytes } from 'node:crypto'
import { Secret, TOTP } from 'otpauth'
import { OperatorError } from '../../services/core/errors.ts'
import { note } from '../accounts/audit.ts'
import type { Caller, CloudContext } from '../context.ts'
import { hashToken } from '../tokens.ts'
import type { Ceremonies } from './ceremonies.ts'

const PERIOD_S = 30
const RECOVERY_CODES = 10

/** Which time step a code belongs to; undefined: it is none of now. RFC 6238 with SHA-1, six digits, one step around. */
export function stepOfCode(secret: string, code: string, now: number): number | undefined {
  if (!/^\d{6}$/.test(code)) return undefined
  const totp = new TOTP({ secret: Secret.fromBase32(secret), period: PERIOD_S, digits: 6, algorithm: 'SHA1' })
  const delta = totp.validate({ token: code, timestamp: now, window: 1 })
  return delta === null ? undefined : Math.floor(now / 1000 / PERIOD_S) + delta
}

export type Totp = ReturnType<typeof makeTotp>

/** The second factor by an authenticator's codes, with recovery codes for the day on which it is lost. */
export function makeTotp(
  ctx: Pick<CloudContext, 'database' | 'clock' | 'secrets'> & { readonly ceremonies: Ceremonies },
) {
  const { database, clock, secrets, ceremonies } = ctx
  return {
    /** A new secret, which counts only when a code of it was shown. */
    async begin(personId: string, email: string): Promise<{ ticket: string; secret: string; uri: string }> {
      const secret = new Secret({ size: 20 })
      const totp = new TOTP({ issuer: 'Branchline', label: email, secret, period: PERIOD_S, digits: 6 })
      const ticket = await ceremonies.begin('totp', personId, { sealed: secrets.seal(secret.base32) })
      return { ticket, secret: secret.base32, uri: totp.toString() }
    },

    /** Returns the recovery codes, which are told this once. */
    async confirm(
      personId: string,
      given: { ticket: string; code: string },
      caller: Caller,
    ): Promise<readonly string[]> {
      const begun = await ceremonies.take('totp', given.ticket)
      const sealed = begun?.personId === personId ? begun.data.sealed : undefined
      if (sealed === undefined) throw new OperatorError('begin again: this set-up has ended')
      const step = stepOfCode(secrets.open(sealed), given.code, clock.now())
      if (step === undefined)
        throw new OperatorError('the code is not the one of now: begin again, and check the clock')
      const codes = Array.from({ length: RECOVERY_CODES }, newRecoveryCode)
      await database.transaction(async (trx) => {
        await trx
          .updateTable('person')
          .set({ totp_sealed: sealed, totp_step: step })
          .where('id', '=', personId)
          .execute()
        await trx.deleteFrom('recovery_code').where('person_id', '=', personId).execute()
        const rows = codes.map((code) => ({ person_id: personId, code_hash: hashToken(plain(code)) }))
        await trx.insertInto('recovery_code').values(rows).execute()
        await note(trx, clock.now(), caller, { accountId: null, action: 'totp.on', target: `person:${personId}` })
      })
      return codes
    },

    async remove(personId: string, caller: Caller): Promise<void> {
      await database.transaction(async (trx) => {
        await trx.updateTable('person').set({ totp_sealed: null }).where('id', '=', personId).execute()
        await trx.deleteFrom('recovery_code').where('person_id', '=', personId).execute()
        await note(trx, clock.now(), caller, { accountId: null, action: 'totp.off', target: `person:${personId}` })
      })
    },

    /** Whether the code is right: of now and not taken before, or a recovery code, which is used up. */
    async check(personId: string, code: string): Promise<boolean> {
      const person = await database.db
        .selectFrom('person')
        .select(['totp_sealed'])
        .where('id', '=', personId)
        .executeTakeFirst()
      if (person?.totp_sealed == null) return false
      const step = stepOfCode(secrets.open(person.totp_sealed), code.replace(/\s/g, ''), clock.now())
      if (step !== undefined) {
        const taken = await database.db
          .updateTable('person')
          .set({ totp_step: step })
          .where('id', '=', personId)
          .where('totp_step', '<', step)
          .executeTakeFirst()
        return taken.numUpdatedRows === 1n
      }
      const used = await database.db
        .deleteFrom('recovery_code')
        .where('person_id', '=', personId)
        .where('code_hash', '=', hashToken(plain(code)))
        .executeTakeFirst()
      return used.numDeletedRows === 1n
    },
  }
}

/** `k3m9x-2hq7w`: fifty bits, without letters that look alike. */
function newRecoveryCode(): string {
  const letters = 'abcdefghjkmnpqrstuvwxyz023456789'
  const text = [...randomBytes(10)].map((byte) => letters[byte % letters.length]).join('')
  return `${text.slice(0, 5)}-${text.slice(5)}`
}

function plain(code: string): string {
  return code.toLowerCase().replace(/[^a-z0-9]/g, '')
}
