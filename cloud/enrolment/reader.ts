import type { Kysely } from 'kysely'
import type { BoxRow, EnrolmentReader, EnrolmentRow, PreloadRow } from '../../services/enrolment/storage.ts'
import type { Tables } from '../database/tables.ts'
import type { ExpectedBoxTable } from '../database/tables-box.ts'

const MOST_ATTEMPTS = 1000

function toEnrolment(row: { json: string } | undefined): EnrolmentRow | undefined {
  return row && JSON.parse(row.json)
}

export function toBox(row: { json: string } | undefined): BoxRow | undefined {
  return row && JSON.parse(row.json)
}

function toPreload({ account_id, site_id, by_whom, ...row }: ExpectedBoxTable): PreloadRow {
  return { ...row, orgId: account_id, siteId: site_id, by: by_whom }
}

/** Not by the database: PostgreSQL's order depends on the locale that it was made with. */
function sorted(rows: readonly PreloadRow[], by: (row: PreloadRow) => string): readonly PreloadRow[] {
  return rows.toSorted((a, b) => (by(a) < by(b) ? -1 : 1))
}

/** What one transaction, or one question outside of any, sees of boxes and those that want to become one. */
export function makeEnrolmentReader(trx: Kysely<Tables>): EnrolmentReader {
  const newest = async (column: 'user_code' | 'identity_key', value: string) =>
    toEnrolment(
      await trx
        .selectFrom('enrolment')
        .select('json')
        .where(column, '=', value)
        .orderBy('created_at', 'desc')
        .limit(1)
        .executeTakeFirst(),
    )
  return {
    enrolment: async (id) =>
      toEnrolment(await trx.selectFrom('enrolment').select('json').where('id', '=', id).executeTakeFirst()),
    enrolmentByCode: (code) => newest('user_code', code),
    enrolmentByKey: (key) => newest('identity_key', key),
    async alive(now, network) {
      let query = trx
        .selectFrom('enrolment')
        .select((eb) => eb.fn.countAll<number>().as('n'))
        .where('state', 'in', ['open', 'coded'])
        .where('expires_at', '>', now)
      if (network !== undefined) query = query.where('network', '=', network)
      return (await query.executeTakeFirst())?.n ?? 0
    },
    box: async (id) => toBox(await trx.selectFrom('box').select('json').where('id', '=', id).executeTakeFirst()),
    boxByKey: async (key) =>
      toBox(
        await trx
          .selectFrom('box')
          .select('json')
          .where('state', '=', 'active')
          .where((eb) => eb.or([eb('identity_key', '=', key), eb('next_key', '=', key)]))
          .executeTakeFirst(),
      ),
    boxOfSite: async (siteId) =>
      toBox(
        await trx
          .selectFrom('box')
          .select('json')
          .where('site_id', '=', siteId)
          .where('state', '=', 'active')
          .executeTakeFirst(),
      ),
    async site(siteId) {
      const row = await trx
        .selectFrom('site')
        .innerJoin('account', 'account.id', 'site.account_id')
        .select(['account.id', 'account.name', 'account.phrase_optional'])
        .where('site.id', '=', siteId)
        .executeTakeFirst()
      return row && { orgId: row.id, orgName: row.name, mayOmitPhrase: row.phrase_optional === 1 }
    },
    async preloads(fingerprint) {
      const rows = await trx.selectFrom('expected_box').selectAll().where('fingerprint', '=', fingerprint).execute()
      return sorted(rows.map(toPreload), (row) => row.orgId)
    },
    async preloadsOf(orgId) {
      const rows = await trx.selectFrom('expected_box').selectAll().where('account_id', '=', orgId).execute()
      return sorted(rows.map(toPreload), (row) => row.fingerprint)
    },
    async attempts(key, since) {
      const rows = await trx
        .selectFrom('enrolment_attempt')
        .select('at')
        .where('key', '=', key)
        .where('at', '>', since)
        .orderBy('at', 'desc')
        .limit(MOST_ATTEMPTS)
        .execute()
      return rows.map((row) => row.at).reverse()
    },
  }
}
