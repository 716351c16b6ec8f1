import type {
  AuthenticationResponseJSON,
  AuthenticatorTransport,
  PublicKeyCredentialCreationOptionsJSON,
  PublicKeyCredentialRequestOptionsJSON,
  RegistrationResponseJSON,
} from '@simplewebauthn/server'
import type { JSONValue } from 'hono/utils/types'
import { NotFoundError, OperatorError } from '../../services/core/errors.ts'
import { note } from '../accounts/audit.ts'
import type { Caller, CloudContext } from '../context.ts'
import { isDuplicate } from '../database/failures.ts'
import type { Ceremonies } from './ceremonies.ts'

/** For the answer: without what is undefined. */
function asJson(options: object): Record<string, JSONValue> {
  return JSON.parse(JSON.stringify(options))
}

export interface PasskeyView {
  readonly id: string
  readonly name: string
  readonly createdAt: number
  readonly usedAt: number | null
}

export type Passkeys = ReturnType<typeof makePasskeys>

/** Passkeys (WebAuthn level 3). A passkey is both factors: the device, and what unlocks it. */
export function makePasskeys(ctx: Pick<CloudContext, 'database' | 'clock' | 'publicUrl'> & { ceremonies: Ceremonies }) {
  const { database, clock, ceremonies, publicUrl } = ctx
  const rpID = new URL(publicUrl).hostname
  // 18 MB that nobody needs before the first passkey.
  const library = () => import('@simplewebauthn/server')
  const refused = () => new OperatorError('this passkey was not accepted')

  return {
    async beginRegister(person: { readonly id: string; readonly email: string }) {
      const { generateRegistrationOptions } = await library()
      const known = await database.db.selectFrom('passkey').select('id').where('person_id', '=', person.id).execute()
      const options: PublicKeyCredentialCreationOptionsJSON = await generateRegistrationOptions({
        rpName: 'Branchline',
        rpID,
        userID: new TextEncoder().encode(person.id),
        userName: person.email,
        attestationType: 'none',
        excludeCredentials: known,
        authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
      })
      const ticket = await ceremonies.begin('passkey-register', person.id, { challenge: options.challenge })
      return { ticket, options: asJson(options) }
    },

    async register(
      personId: string,
      given: { ticket: string; name: string; response: RegistrationResponseJSON },
      caller: Caller,
    ): Promise<void> {
      const begun = await ceremonies.take('passkey-register', given.ticket)
      const expectedChallenge = begun?.personId === personId ? begun.data.challenge : undefined
      if (expectedChallenge === undefined) throw new OperatorError('begin again: this set-up has ended')
      const { verifyRegistrationResponse } = await library()
      const result = await verifyRegistrationResponse({
        response: given.response,
        expectedChallenge,
        expectedOrigin: publicUrl,
        expectedRPID: rpID,
        requireUserVerification: true,
      }).catch(() => undefined)
      if (result?.verified !== true) throw refused()
      const { credential } = result.registrationInfo
      try {
        await database.transaction(async (trx) => {
          const row = {
            id: credential.id,
            person_id: personId,
            name: given.name,
            public_key: Buffer.from(credential.publicKey).toString('base64url'),
            counter: credential.counter,
            transports: JSON.stringify(credential.transports ?? []),
            created_at: clock.now(),
            used_at: null,
          }
          await trx.insertInto('passkey').values(row).execute()
          const detail = { name: given.name }
          await note(trx, clock.now(), caller, {
            accountId: null,
            action: 'passkey.add',
            target: `person:${personId}`,
            detail,
          })
        })
      } catch (thrown) {
        if (isDuplicate(thrown)) throw refused()
        throw thrown
      }
    },

    /** Names no person: the device knows whose it is, and the answer tells nobody who has passkeys. */
    async beginSignIn() {
      const { generateAuthenticationOptions } = await library()
      const options: PublicKeyCredentialRequestOptionsJSON = await generateAuthenticationOptions({
        rpID,
        userVerification: 'required',
      })
      return {
        ticket: await ceremonies.begin('passkey-sign-in', null, { challenge: options.challenge }),
        options: asJson(options),
      }
    },

    async signIn(given: { ticket: string; response: AuthenticationResponseJSON }): Promise<string> {
      const begun = await ceremonies.take('passkey-sign-in', given.ticket)
      const passkey = await database.db
        .selectFrom('passkey')
        .select(['id', 'person_id', 'public_key', 'counter', 'transports'])
        .where('id', '=', given.response.id)
        .executeTakeFirst()
      if (begun?.data.challenge === undefined || passkey === undefined) throw refused()
      const { verifyAuthenticationResponse } = await library()
      const result = await verifyAuthenticationResponse({
        response: given.response,
        expectedChallenge: begun.data.challenge,
        expectedOrigin: publicUrl,
        expectedRPID: rpID,
        requireUserVerification: true,
        credential: {
          id: passkey.id,
          publicKey: new Uint8Array(Buffer.from(passkey.public_key, 'base64url')),
          counter: passkey.counter,
          transports: JSON.parse(passkey.transports) as AuthenticatorTransport[],
        },
      }).catch(() => undefined)
      if (result?.verified !== true) throw refused()
      await database.db
        .updateTable('passkey')
        .set({ counter: result.authenticationInfo.newCounter, used_at: clock.now() })
        .where('id', '=', passkey.id)
        .execute()
      return passkey.person_id
    },

    async list(personId: string): Promise<readonly PasskeyView[]> {
      const rows = await database.db
        .selectFrom('passkey')
        .select(['id', 'name', 'created_at', 'used_at'])
        .where('person_id', '=', personId)
        .orderBy('created_at')
        .execute()
      return rows.map(({ created_at, used_at, ...row }) => ({ ...row, createdAt: created_at, usedAt: used_at }))
    },

    async remove(personId: string, id: string, caller: Caller): Promise<void> {
      await database.transaction(async (trx) => {
        const gone = await trx
          .deleteFrom('passkey')
          .where('person_id', '=', personId)
          .where('id', '=', id)
          .executeTakeFirst()
        if (gone.numDeletedRows === 0n) throw new NotFoundError('there is no such passkey')
        await note(trx, clock.now(), caller, {
          accountId: null,
          action: 'passkey.remove',
          target: `person:${personId}`,
        })
      })
    },
  }
}
