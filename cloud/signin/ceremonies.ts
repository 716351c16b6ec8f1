import type { CloudContext } from '../context.ts'
import { hashToken, newToken } from '../tokens.ts'

const LIFE_MS = 5 * 60_000

export type CeremonyKind = 'second-factor' | 'passkey-register' | 'passkey-sign-in' | 'totp' | 'oidc'

export type Ceremonies = ReturnType<typeof makeCeremonies>

/** What is awaited between two requests of a sign-in, so that any process can take the second. Each is taken once. */
export function makeCeremonies({ database, clock }: Pick<CloudContext, 'database' | 'clock'>) {
  return {
    async begin(kind: CeremonyKind, personId: string | null, data: Readonly<Record<string, string>>): Promise<string> {
      const token = newToken('blc')
      await database.db
        .insertInto('ceremony')
        .values({
          token_hash: hashToken(token),
          kind,
          person_id: personId,
          data: JSON.stringify(data),
          ends_at: clock.now() + LIFE_MS,
        })
        .execute()
      return token
    },

    async take(kind: CeremonyKind, token: string) {
      const row = await database.db
        .deleteFrom('ceremony')
        .where('token_hash', '=', hashToken(token))
        .where('kind', '=', kind)
        .returning(['person_id', 'data', 'ends_at'])
        .executeTakeFirst()
      if (row === undefined || row.ends_at <= clock.now()) return undefined
      return { personId: row.person_id, data: JSON.parse(row.data) as Readonly<Record<string, string>> }
    },

    /** The same without taking it, for a code that may be typed again. */
    async peek(kind: CeremonyKind, token: string): Promise<string | undefined> {
      const row = await database.db
        .selectFrom('ceremony')
        .select(['person_id'])
        .where('token_hash', '=', hashToken(token))
        .where('kind', '=', kind)
        .where('ends_at', '>', clock.now())
        .executeTakeFirst()
      return row?.person_id ?? undefined
    },
  }
}
