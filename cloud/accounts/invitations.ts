import { NotFoundError, OperatorError } from '../../services/core/errors.ts'
import type { Caller, CloudContext } from '../context.ts'
import { isDuplicate } from '../database/failures.ts'
import type { Trx } from '../database/open.ts'
import type { InvitationTable } from '../database/tables-account.ts'
import { oneLine } from '../mail/text.ts'
import { hashToken, newId, newToken } from '../tokens.ts'
import { lockAccount } from './accounts.ts'
import { note } from './audit.ts'
import { addMember, checkSites, type Giver } from './members.ts'
import { mayGive, type Role } from './policy.ts'

const LIFE_MS = 7 * 86_400_000
/** The first owner sits at the machine. */
const FIRST_LIFE_MS = 86_400_000

export interface Invitation {
  readonly id: string
  readonly email: string | null
  readonly role: Role
  readonly sites: readonly string[]
  readonly endsAt: number
}

/** What somebody sees who holds the link. */
export interface Welcome {
  readonly account: string | null
  readonly email: string | null
  readonly role: Role
  /** The e-mail address has a person already: it signs in with what it has. */
  readonly known: boolean
}

export interface Acceptance {
  readonly token: string
  /** Names the first account. */
  readonly accountName?: string | undefined
  /** For an invitation that names no address. */
  readonly email?: string | undefined
  readonly name: string
  readonly passwordHash: string
}

export type Invitations = ReturnType<typeof makeInvitations>

export function makeInvitations(ctx: Pick<CloudContext, 'database' | 'clock' | 'mail' | 'publicUrl'>) {
  const { database, clock } = ctx
  // After the #, so that no server and no log on the way sees it.
  const linkOf = (token: string) => `${ctx.publicUrl}/welcome#${token}`

  async function open(trx: Trx, token: string) {
    const row = await trx
      .selectFrom('invitation')
      .select(['id', 'account_id', 'email', 'role', 'sites', 'ends_at', 'accepted_at'])
      .where('token_hash', '=', hashToken(token))
      .executeTakeFirst()
    if (row === undefined || row.accepted_at !== null || row.ends_at <= clock.now())
      throw new NotFoundError('this link was used already, has ended, or was never made')
    return row
  }

  return {
    async list(accountId: string): Promise<readonly Invitation[]> {
      const rows = await database.db
        .selectFrom('invitation')
        .select(['id', 'email', 'role', 'sites', 'ends_at'])
        .where('account_id', '=', accountId)
        .where('accepted_at', 'is', null)
        .where('ends_at', '>', clock.now())
        .orderBy('id')
        .execute()
      return rows.map((row) => ({ ...withoutEnd(row), sites: JSON.parse(row.sites), endsAt: row.ends_at }))
    },

    /** Sends the link, or gives it to who invites when no mail leaves. */
    async create(
      accountId: string,
      input: { readonly email: string; readonly role: Role; readonly sites: readonly string[] },
      giver: Giver,
    ): Promise<{ id: string; mail: 'sent' | 'failed' | 'not-configured'; link?: string }> {
      if (!mayGive(giver.role, input.role)) throw new OperatorError('only an owner may invite an owner')
      const token = newToken('bli')
      const now = clock.now()
      const id = newId()
      const account = await database.transaction(async (trx) => {
        const locked = await lockAccount(trx, accountId)
        await checkSites(trx, accountId, input.role, input.sites)
        await insert(trx, { id, token, accountId, ...input, by: giver.caller.actor, now, endsAt: now + LIFE_MS })
        const detail = { email: input.email, role: input.role }
        await note(trx, now, giver.caller, { accountId, action: 'person.invite', target: `invitation:${id}`, detail })
        return locked
      })
      const mail = await ctx.mail.send({
        to: input.email,
        subject: `${oneLine(giver.caller.name)} invites you to ${oneLine(account.name)} on Branchline`,
        text: `Open this link to join ${oneLine(account.name)}. It works once, for seven days:\n\n${linkOf(token)}\n`,
      })
      return mail === 'sent' ? { id, mail } : { id, mail, link: linkOf(token) }
    },

    async remove(accountId: string, id: string, giver: Giver): Promise<void> {
      await database.transaction(async (trx) => {
        const row = await trx
          .deleteFrom('invitation')
          .where('account_id', '=', accountId)
          .where('id', '=', id)
          .where('accepted_at', 'is', null)
          .returning('email')
          .executeTakeFirst()
        if (row === undefined) throw new NotFoundError('there is no such invitation')
        const detail = { email: row.email }
        await note(trx, clock.now(), giver.caller, {
          accountId,
          action: 'person.uninvite',
          target: `invitation:${id}`,
          detail,
        })
      })
    },

    /** A new link for the first owner while there is no account, which ends every earlier one; undefined: there is one. */
    async first(): Promise<string | undefined> {
      return database.transaction(async (trx) => {
        if ((await trx.selectFrom('account').select('id').limit(1).executeTakeFirst()) !== undefined) return undefined
        const token = newToken('bli')
        const now = clock.now()
        await trx.deleteFrom('invitation').where('account_id', 'is', null).execute()
        const rest = { id: newId(), accountId: null, email: null, role: 'owner' as const, sites: [], by: 'system' }
        await insert(trx, { ...rest, token, now, endsAt: now + FIRST_LIFE_MS })
        return linkOf(token)
      })
    },

    async look(token: string): Promise<Welcome> {
      return database.transaction(
        async (trx) => {
          const { account_id, email, role } = await open(trx, token)
          const account =
            account_id === null
              ? undefined
              : await trx.selectFrom('account').select('name').where('id', '=', account_id).executeTakeFirst()
          const known =
            email !== null &&
            (await trx.selectFrom('person').select('id').where('email', '=', email).executeTakeFirst()) !== undefined
          return { account: account?.name ?? null, email, role, known }
        },
        { readOnly: true },
      )
    },

    /** Makes the person and its membership. Returns the person's id. */
    async accept(given: Acceptance, address: string): Promise<string> {
      const now = clock.now()
      try {
        return await database.transaction(async (trx) => {
          const invitation = await open(trx, given.token)
          const email = invitation.email ?? given.email
          if (email === undefined) throw new OperatorError('the e-mail address is missing')
          await take(trx, invitation.id, now)
          const id = newId()
          const person = { id, email, name: given.name, password_hash: given.passwordHash, created_at: now }
          await trx
            .insertInto('person')
            .values({ ...person, totp_sealed: null, totp_step: 0 })
            .execute()
          await join(trx, invitation, {
            caller: { actor: `person:${id}`, name: email, address },
            personId: id,
            now,
            ...given,
          })
          return id
        })
      } catch (thrown) {
        if (isDuplicate(thrown))
          throw new OperatorError('this address has a person already: sign in, then open the link')
        throw thrown
      }
    },

    /** The same for a person who is signed in; the invitation must name its address. */
    async acceptAs(
      token: string,
      person: { readonly id: string; readonly email: string },
      caller: Caller,
    ): Promise<void> {
      const now = clock.now()
      await database.transaction(async (trx) => {
        const invitation = await open(trx, token)
        if (invitation.account_id === null || invitation.email !== person.email)
          throw new OperatorError('this invitation is for somebody else')
        await take(trx, invitation.id, now)
        await join(trx, invitation, { caller, personId: person.id, now })
      })
    },
  }
}

/** Once: of two that come at the same moment, the second finds it taken. */
async function take(trx: Trx, id: string, now: number): Promise<void> {
  const taken = await trx
    .updateTable('invitation')
    .set({ accepted_at: now })
    .where('id', '=', id)
    .where('accepted_at', 'is', null)
    .executeTakeFirst()
  if (taken.numUpdatedRows !== 1n) throw new NotFoundError('this link was used already')
}

interface Joining {
  readonly caller: Caller
  readonly personId: string
  readonly now: number
  readonly accountName?: string | undefined
}

async function join(
  trx: Trx,
  invitation: Pick<InvitationTable, 'account_id' | 'role' | 'sites'>,
  { caller, personId, now, accountName }: Joining,
): Promise<void> {
  let accountId = invitation.account_id
  if (accountId === null) {
    accountId = newId()
    // Only one can be the first: of two links made at the same moment the second meets this row.
    await trx.insertInto('instance').values({ name: 'first-account', value: accountId }).execute()
    const account = { id: accountId, parent_id: null, kind: 'provider' as const, rev: 1, created_at: now }
    await trx
      .insertInto('account')
      .values({ ...account, name: accountName ?? 'Branchline', disabled_at: null })
      .execute()
  }
  await addMember(trx, accountId, personId, { role: invitation.role, sites: JSON.parse(invitation.sites), now })
  const detail = { role: invitation.role }
  await note(trx, now, caller, { accountId, action: 'person.join', target: `person:${personId}`, detail })
}

interface NewInvitation {
  readonly id: string
  readonly token: string
  readonly accountId: string | null
  readonly email: string | null
  readonly role: Role
  readonly sites: readonly string[]
  readonly by: string
  readonly now: number
  readonly endsAt: number
}

async function insert(trx: Trx, given: NewInvitation): Promise<void> {
  await trx
    .insertInto('invitation')
    .values({
      id: given.id,
      token_hash: hashToken(given.token),
      account_id: given.accountId,
      email: given.email,
      role: given.role,
      sites: JSON.stringify(given.sites),
      invited_by: given.by,
      created_at: given.now,
      ends_at: given.endsAt,
      accepted_at: null,
    })
    .execute()
}

function withoutEnd<Row extends { ends_at: number }>({ ends_at: _, ...row }: Row): Omit<Row, 'ends_at'> {
  return row
}
