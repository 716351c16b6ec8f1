import type { CloudDatabase } from '../../cloud/database/open.ts'
import type { AlertTable } from '../../cloud/database/tables-alerts.ts'
import { newId } from '../../cloud/tokens.ts'

/** An open alert, as if the rule `disk-low` had made it. Returns its id. */
export async function openAlert(
  database: CloudDatabase,
  given: { readonly account: string; readonly site: string; readonly now: number } & Partial<AlertTable>,
): Promise<string> {
  const { account, site, now, ...rest } = given
  const id = newId()
  await database.db
    .insertInto('alert')
    .values({
      ...{ id, account_id: account, site_id: site, kind: 'disk-low', subject: '', state: 'open', text: '5 % are free' },
      ...{ since_at: now, seen_at: now, clear_at: null, opened_at: now, ended_at: null, ended_by: null },
      ...{ ack_at: null, ack_by: null, snooze_at: null },
      ...rest,
    })
    .execute()
  return id
}
