import { randomBytes } from 'node:crypto'
import { ForbiddenError } from '../../services/admin/errors.ts'
import { ConflictError, NotFoundError } from '../../services/core/errors.ts'
import type { Mac } from '../../services/core/mac.ts'
import type { Scheme } from '../../services/remote/contract.ts'
import { LIMITS } from '../../services/remote/policy.ts'
import { labelOf } from '../../services/remote/policy-origin.ts'
import { note } from '../accounts/audit.ts'
import { decide, seesSite } from '../accounts/policy.ts'
import { standingOf } from '../accounts/standing.ts'
import type { CloudContext } from '../context.ts'
import type { Trx } from '../database/open.ts'
import type { PhonePageTable } from '../database/tables-remote.ts'
import { hashToken, newId, newToken } from '../tokens.ts'
import type { Asked, Jobs, RemotePorts } from './jobs.ts'

/** How long the link that opens a page may wait to be followed. */
const TICKET_MS = 120_000
const MOST_OPEN = 10

/** Where phones' pages are shown, each at a name of its own. */
export interface PageOrigin {
  readonly scheme: 'http' | 'https'
  /** What follows the label, with the port where one belongs: `.pages.example.net`. */
  readonly suffix: string
}

export interface PhonePage {
  readonly id: string
  readonly mac: string
  readonly jobId: string
  readonly by: string
  readonly createdAt: number
  readonly endsAt: number
  readonly closedAt: number | null
}

export interface PageWish {
  readonly mac: Mac
  readonly scheme: Scheme
  readonly minutes: number
}

export type Pages = ReturnType<typeof makePages>

/** Phones' own pages: which site allows them, who opened which, and what lets a browser in. */
export function makePages(
  deps: Pick<CloudContext, 'database' | 'clock'> & RemotePorts & { readonly jobs: Jobs; readonly origin?: PageOrigin },
) {
  const { database, clock, jobs, origin } = deps

  async function allowed(siteId: string): Promise<boolean> {
    const row = await database.db
      .selectFrom('site_remote')
      .select('phone_pages_at')
      .where('site_id', '=', siteId)
      .executeTakeFirst()
    return row !== undefined && row.phone_pages_at !== null
  }

  /** Closes what is open among these and writes each end into the audit log, once. */
  async function end(trx: Trx, rows: readonly PhonePageTable[], by: { actor: string; name: string; address: string }) {
    for (const row of rows) {
      const now = clock.now()
      const done = await trx
        .updateTable('phone_page')
        .set({ closed_at: Math.min(now, row.ends_at) })
        .where('id', '=', row.id)
        .where('closed_at', 'is', null)
        .executeTakeFirst()
      if (done.numUpdatedRows === 0n) continue
      const detail = { site: row.site_id, page: row.id, mac: row.mac, opened: row.created_at, for: row.by_name }
      const target = `site:${row.site_id}`
      await note(trx, now, by, { accountId: row.account_id, action: 'remote.phone-page.closed', target, detail })
    }
  }

  /** Whether who opened it may still do so: a page does not outlive what its person or program may. */
  async function stillMay(row: PhonePageTable): Promise<boolean> {
    const [kind, id = ''] = row.by_actor.split(':')
    if (kind !== 'person') {
      const token = await database.db.selectFrom('api_token').select('ends_at').where('id', '=', id).executeTakeFirst()
      return token !== undefined && token.ends_at > clock.now()
    }
    const standing = await standingOf(database.db, { kind, personId: id }, row.account_id)
    return standing !== undefined && seesSite(standing, row.site_id) && decide(standing, 'remote.pages').allowed
  }

  const openOf = (site: string) =>
    database.db.selectFrom('phone_page').selectAll().where('site_id', '=', site).where('closed_at', 'is', null)

  return {
    origin,

    async settings(asked: Omit<Asked, 'caller'>) {
      await jobs.siteOrThrow(asked)
      const box = await deps.boxOfSite(asked.site)
      return { phonePages: await allowed(asked.site), configured: origin !== undefined, box: box ?? null }
    },

    /** Lets pages of the site's phones be opened, or closes the ones that are and lets none be opened. */
    async allow(asked: Asked, phonePages: boolean): Promise<void> {
      await jobs.siteOrThrow(asked)
      const { account, site, caller } = asked
      await database.transaction(async (trx) => {
        const now = clock.now()
        const phone_pages_at = phonePages ? now : null
        await trx
          .insertInto('site_remote')
          .values({ site_id: site, phone_pages_at })
          .onConflict((conflict) => conflict.column('site_id').doUpdateSet({ phone_pages_at }))
          .execute()
        const target = `site:${site}`
        await note(trx, now, caller, { accountId: account, action: 'remote.settings', target, detail: { phonePages } })
        if (phonePages) return
        const rows = await trx
          .selectFrom('phone_page')
          .selectAll()
          .where('site_id', '=', site)
          .where('closed_at', 'is', null)
          .execute()
        await end(trx, rows, caller)
      })
    },

    /** Asks the box to open the way; `url` lets one browser in, once. */
    async open(asked: Asked, wish: PageWish): Promise<{ readonly page: PhonePage; readonly url: string }> {
      const { account, site, caller } = asked
      const box = await jobs.boxOrThrow(asked)
      if (origin === undefined)
        throw new ConflictError('phones’ pages are off here: the configuration names no phonePages.url')
      if (!(await allowed(site))) throw new ForbiddenError('this site does not allow phones’ pages to be opened')
      if ((await openOf(site).execute()).length >= MOST_OPEN)
        throw new ConflictError(`${MOST_OPEN} pages of this site are open: close one first`)
      const ticket = newToken('blp')
      const now = clock.now()
      const jobId = newId()
      const label = `p${randomBytes(13).toString('hex').slice(0, 25)}`
      const row: PhonePageTable = {
        ...{ id: newId(), account_id: account, site_id: site, box_id: box, job_id: jobId, mac: wish.mac, label },
        ...{ ticket_hash: hashToken(ticket), ticket_ends_at: now + TICKET_MS, cookie_hash: null },
        ...{ by_actor: caller.actor, by_name: caller.name, created_at: now },
        ...{ ends_at: now + Math.min(wish.minutes, LIMITS.pageMinutes) * 60_000, closed_at: null },
      }
      const spec = {
        kind: 'phone-page',
        mac: wish.mac,
        page: row.id,
        scheme: wish.scheme,
        minutes: wish.minutes,
      } as const
      await database.transaction(async (trx) => {
        await jobs.insert(trx, asked, { id: jobId, box, spec })
        await trx.insertInto('phone_page').values(row).execute()
      })
      deps.wake(box)
      return { page: view(row), url: `${origin.scheme}://${label}${origin.suffix}/.branchline/open?ticket=${ticket}` }
    },

    async list(asked: Omit<Asked, 'caller'>): Promise<readonly PhonePage[]> {
      await jobs.siteOrThrow(asked)
      const rows = await openOf(asked.site).where('account_id', '=', asked.account).orderBy('id', 'desc').execute()
      const now = clock.now()
      return rows.filter((row) => row.ends_at > now).map(view)
    },

    async close(asked: Asked, id: string): Promise<void> {
      await jobs.siteOrThrow(asked)
      const row = await database.db
        .selectFrom('phone_page')
        .selectAll()
        .where('account_id', '=', asked.account)
        .where('site_id', '=', asked.site)
        .where('id', '=', id)
        .executeTakeFirst()
      if (row === undefined) throw new NotFoundError('there is no such page')
      await database.transaction((trx) => end(trx, [row], asked.caller))
    },

    /** The ticket becomes a cookie, once: what the browser gets instead, or undefined. */
    async redeem(
      host: string,
      ticket: string,
    ): Promise<{ readonly cookie: string; readonly endsAt: number } | undefined> {
      const label = origin === undefined ? undefined : labelOf(host, origin.suffix)
      if (label === undefined) return undefined
      const cookie = newToken('blp')
      const now = clock.now()
      const row = await database.db
        .updateTable('phone_page')
        .set({ ticket_hash: null, cookie_hash: hashToken(cookie) })
        .where('label', '=', label)
        .where('ticket_hash', '=', hashToken(ticket))
        .where('ticket_ends_at', '>', now)
        .where('ends_at', '>', now)
        .where('closed_at', 'is', null)
        .returning('ends_at')
        .executeTakeFirst()
      return row === undefined ? undefined : { cookie, endsAt: row.ends_at }
    },

    /** The open page that this browser may see at this host. Asked at each request: closing counts at once. */
    async byCookie(host: string, cookie: string): Promise<PhonePage | undefined> {
      const label = origin === undefined ? undefined : labelOf(host, origin.suffix)
      if (label === undefined) return undefined
      const row = await database.db
        .selectFrom('phone_page')
        .selectAll()
        .where('label', '=', label)
        .where('cookie_hash', '=', hashToken(cookie))
        .where('closed_at', 'is', null)
        .where('ends_at', '>', clock.now())
        .executeTakeFirst()
      return row === undefined || !(await stillMay(row)) ? undefined : view(row)
    },

    /** Whether this box carries this page now. */
    async isCarriedBy(boxId: string, id: string): Promise<boolean> {
      const row = await database.db
        .selectFrom('phone_page')
        .select('id')
        .where('id', '=', id)
        .where('box_id', '=', boxId)
        .where('closed_at', 'is', null)
        .where('ends_at', '>', clock.now())
        .executeTakeFirst()
      return row !== undefined
    },

    /** Writes down the end of what ended by its time. Safe in several processes at once. */
    async expire(): Promise<void> {
      const rows = await database.db
        .selectFrom('phone_page')
        .selectAll()
        .where('closed_at', 'is', null)
        .where('ends_at', '<=', clock.now())
        .limit(500)
        .execute()
      if (rows.length > 0)
        await database.transaction((trx) => end(trx, rows, { actor: 'system', name: '', address: '' }))
    },
  }
}

function view(row: PhonePageTable): PhonePage {
  return {
    ...{ id: row.id, mac: row.mac, jobId: row.job_id, by: row.by_name },
    ...{ createdAt: row.created_at, endsAt: row.ends_at, closedAt: row.closed_at },
  }
}
