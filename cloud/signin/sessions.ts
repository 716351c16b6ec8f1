import { NotFoundError } from '../../services/core/errors.ts'
import type { CloudContext } from '../context.ts'
import { hashToken, newId, newToken } from '../tokens.ts'
import { fateOf, SESSION } from './policy-session.ts'

export interface Session {
  readonly id: string
  readonly personId: string
  readonly email: string
  readonly name: string
  readonly provenAt: number
  /** The session has a new token from now on. */
  readonly rotated?: string
}

export interface SessionView {
  readonly id: string
  readonly createdAt: number
  readonly seenAt: number
  readonly address: string
  readonly agent: string
}

export type Sessions = ReturnType<typeof makeSessions>

export function makeSessions({ database, clock }: Pick<CloudContext, 'database' | 'clock'>) {
  async function find(column: 'token_hash' | 'previous_hash', hash: string) {
    return database.db
      .selectFrom('session')
      .innerJoin('person', 'person.id', 'session.person_id')
      .select([
        'session.id',
        'session.person_id',
        'session.rotated_at',
        'session.seen_at',
        'session.ends_at',
        'session.proven_at',
        'person.email',
        'person.name',
      ])
      .where(`session.${column}`, '=', hash)
      .executeTakeFirst()
  }

  return {
    /** Always a new session: a token from before the sign-in is worth nothing afterwards. */
    async start(personId: string, from: { readonly address: string; readonly agent: string }): Promise<string> {
      const token = newToken('bls')
      const now = clock.now()
      await database.db
        .insertInto('session')
        .values({
          id: newId(),
          person_id: personId,
          token_hash: hashToken(token),
          previous_hash: null,
          rotated_at: now,
          created_at: now,
          seen_at: now,
          ends_at: now + SESSION.lifeMs,
          proven_at: now,
          address: from.address,
          agent: from.agent.slice(0, 200),
        })
        .execute()
      return token
    },

    /** Whose session it is; undefined: nobody's, or not any more. */
    async find(token: string): Promise<Session | undefined> {
      const hash = hashToken(token)
      const current = await find('token_hash', hash)
      const row = current ?? (await find('previous_hash', hash))
      if (row === undefined) return undefined
      const now = clock.now()
      const times = { rotatedAt: row.rotated_at, seenAt: row.seen_at, endsAt: row.ends_at }
      const fate = fateOf(times, current === undefined, now)
      const session = { id: row.id, personId: row.person_id, email: row.email, name: row.name, provenAt: row.proven_at }
      if (fate === 'ended') {
        // A token from long before the last rotation is a copy that somebody kept.
        await database.db.deleteFrom('session').where('id', '=', row.id).execute()
        return undefined
      }
      if (fate === 'touch')
        await database.db.updateTable('session').set({ seen_at: now }).where('id', '=', row.id).execute()
      if (fate !== 'rotate') return session
      const rotated = newToken('bls')
      const changed = await database.db
        .updateTable('session')
        .set({ token_hash: hashToken(rotated), previous_hash: hash, rotated_at: now, seen_at: now })
        .where('id', '=', row.id)
        .where('token_hash', '=', hash)
        .executeTakeFirst()
      // Another request of the same moment was faster and brings the new token.
      return changed.numUpdatedRows === 1n ? { ...session, rotated } : session
    },

    /** Whether it has not ended. A page that lies open does not count as use. */
    async isGood(id: string): Promise<boolean> {
      const row = await database.db
        .selectFrom('session')
        .select(['rotated_at', 'seen_at', 'ends_at'])
        .where('id', '=', id)
        .executeTakeFirst()
      if (row === undefined) return false
      const times = { rotatedAt: row.rotated_at, seenAt: row.seen_at, endsAt: row.ends_at }
      return fateOf(times, false, clock.now()) !== 'ended'
    },

    async prove(id: string): Promise<void> {
      await database.db.updateTable('session').set({ proven_at: clock.now() }).where('id', '=', id).execute()
    },

    async list(personId: string): Promise<readonly SessionView[]> {
      const rows = await database.db
        .selectFrom('session')
        .select(['id', 'created_at', 'seen_at', 'address', 'agent'])
        .where('person_id', '=', personId)
        .where('ends_at', '>', clock.now())
        .orderBy('seen_at', 'desc')
        .limit(200)
        .execute()
      return rows.map(({ created_at, seen_at, ...row }) => ({ ...row, createdAt: created_at, seenAt: seen_at }))
    },

    async end(personId: string, id: string): Promise<void> {
      const gone = await database.db
        .deleteFrom('session')
        .where('person_id', '=', personId)
        .where('id', '=', id)
        .executeTakeFirst()
      if (gone.numDeletedRows === 0n) throw new NotFoundError('there is no such session')
    },

    /** Every session of a person but one. */
    /** Says how many there were. */
    async endOthers(personId: string, keptId: string): Promise<number> {
      const { numDeletedRows } = await database.db
        .deleteFrom('session')
        .where('person_id', '=', personId)
        .where('id', '<>', keptId)
        .executeTakeFirst()
      return Number(numDeletedRows)
    },
  }
}
