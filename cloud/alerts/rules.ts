import { InputError } from '../../services/admin/errors.ts'
import { ConflictError } from '../../services/core/errors.ts'
import { note } from '../accounts/audit.ts'
import type { Caller, CloudContext } from '../context.ts'
import { isDuplicate } from '../database/failures.ts'
import type { CloudDatabase } from '../database/open.ts'
import type { AlertRuleTable } from '../database/tables-alerts.ts'
import { ALERT_KINDS, type AlertKind, type Rule, settingFaults, settingsOf } from './policy-kinds.ts'

export interface RuleView extends Rule {
  /** 0: as every account has it. */
  readonly rev: number
}

export interface RuleInput {
  readonly rev: number
  readonly enabled: boolean
  readonly settings: Readonly<Record<string, number>>
}

function view(kind: AlertKind, row: Omit<AlertRuleTable, 'account_id' | 'kind'> | undefined): RuleView {
  const settings = settingsOf(kind, row === undefined ? {} : JSON.parse(row.settings))
  return { kind, enabled: row?.off_at === undefined || row.off_at === null, settings, rev: row?.rev ?? 0 }
}

/** The rules of an account, in their order. Every kind is on until somebody switches it off. */
export async function rulesOf(db: CloudDatabase['db'], accountId: string): Promise<readonly RuleView[]> {
  const rows = await db
    .selectFrom('alert_rule')
    .select(['kind', 'settings', 'off_at', 'rev'])
    .where('account_id', '=', accountId)
    .execute()
  const byKind = new Map(rows.map((row) => [row.kind, row]))
  return ALERT_KINDS.map((kind) => view(kind, byKind.get(kind)))
}

export function makeRules({ database, clock }: Pick<CloudContext, 'database' | 'clock'>) {
  return {
    list: (accountId: string) => rulesOf(database.db, accountId),

    async put(accountId: string, kind: AlertKind, input: RuleInput, caller: Caller): Promise<RuleView> {
      const faults = settingFaults(kind, input.settings)
      if (faults.length > 0) throw new InputError('the settings cannot be used', faults)
      const settings = settingsOf(kind, input.settings)
      const now = clock.now()
      const row = { settings: JSON.stringify(settings), off_at: input.enabled ? null : now, rev: input.rev + 1 }
      const changed = () => new ConflictError(`the rule changed since revision ${input.rev}`)
      try {
        await database.transaction(async (trx) => {
          if (input.rev === 0)
            await trx
              .insertInto('alert_rule')
              .values({ ...row, account_id: accountId, kind })
              .execute()
          else {
            const done = await trx
              .updateTable('alert_rule')
              .set(row)
              .where('account_id', '=', accountId)
              .where('kind', '=', kind)
              .where('rev', '=', input.rev)
              .executeTakeFirst()
            if (done.numUpdatedRows === 0n) throw changed()
          }
          const detail = { enabled: input.enabled, ...settings }
          await note(trx, now, caller, { accountId, action: 'alert-rule.edit', target: `alert-rule:${kind}`, detail })
        })
      } catch (thrown) {
        throw isDuplicate(thrown) ? changed() : thrown
      }
      return { kind, enabled: input.enabled, settings, rev: row.rev }
    },
  }
}

export type Rules = ReturnType<typeof makeRules>
