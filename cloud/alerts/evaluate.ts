import { messageOf } from '../../services/core/errors.ts'
import type { CloudContext } from '../context.ts'
import type { Trx } from '../database/open.ts'
import type { AlertTable } from '../database/tables-alerts.ts'
import type { Live } from '../live/live.ts'
import { newId } from '../tokens.ts'
import { type FactsDeps, makeFacts } from './facts.ts'
import { notify } from './notify.ts'
import { type Change, decideSite, type Watch } from './policy-alerts.ts'
import { rulesOf } from './rules.ts'
import type { AlertNews } from './words.ts'

/** Nobody looked for so long: boxes could not be heard either, so nobody counts as silent for that time. */
const GAP_MS = 5 * 60_000

export interface EvaluateDeps
  extends FactsDeps,
    Pick<CloudContext, 'database' | 'clock' | 'log' | 'counters' | 'publicUrl'> {
  readonly live: Live
}

/** Looks at every account and opens and ends alerts. One process at a time does it; twice would change nothing. */
export function makeEvaluation(deps: EvaluateDeps) {
  const { database, clock, log, counters, publicUrl, live } = deps
  const facts = makeFacts(deps)
  let listening: number | undefined

  async function account(
    { id, name }: { id: string; name: string },
    now: number,
    since: { lastAt: number; listening: number },
  ) {
    const sites = await database.db.selectFrom('site').select(['id', 'name']).where('account_id', '=', id).execute()
    const found = await facts.ofAccount(id, now, since)
    const rows = await database.db
      .selectFrom('alert')
      .selectAll()
      .where('account_id', '=', id)
      .where('state', '<>', 'ended')
      .execute()
    if (found.size === 0 && rows.length === 0) return
    const rules = await rulesOf(database.db, id)
    const names = new Map(sites.map((site) => [site.id, site.name]))
    for (const siteId of new Set([...found.keys(), ...rows.map((row) => row.site_id)])) {
      const siteFacts = names.has(siteId) ? found.get(siteId) : undefined
      const watches = rows.filter((row) => row.site_id === siteId).map(watchOf)
      const changes = decideSite(rules, siteFacts, watches, now)
      if (changes.length === 0) continue
      const site = { id: siteId, name: names.get(siteId) ?? siteId }
      await database.transaction(async (trx) => {
        for (const change of changes) {
          const news = await apply(trx, change, { account: { id, name }, site, now })
          if (news !== undefined) await notify(trx, now, news, publicUrl)
        }
      })
      for (const change of changes)
        if (change.do === 'open' || (change.do === 'begin' && change.open)) counters.add('alert.opened')
      live.tell(id, { site: siteId, what: ['alerts'] })
    }
  }

  return {
    async run({ lastAt }: { readonly lastAt: number }): Promise<void> {
      const now = clock.now()
      if (now - lastAt > GAP_MS) listening = now
      listening ??= lastAt
      const accounts = await database.db
        .selectFrom('account')
        .select(['id', 'name'])
        .where('disabled_at', 'is', null)
        .execute()
      for (const one of accounts) {
        try {
          await account(one, now, { lastAt, listening })
        } catch (thrown) {
          // The others are looked at all the same.
          counters.add('alert.evaluation-failed')
          log.warn('alerts of an account were not looked at', { account: one.id, reason: messageOf(thrown) })
        }
      }
    },
  }
}

function watchOf(row: AlertTable): Watch {
  const { id, kind, subject, text } = row
  return {
    ...{ id, siteId: row.site_id, kind, subject, text },
    state: row.state === 'ended' ? 'muted' : row.state,
    since: row.since_at,
    seenAt: row.seen_at,
    clearAt: row.clear_at,
    snoozeUntil: row.snooze_at,
  }
}

interface Where {
  readonly account: { readonly id: string; readonly name: string }
  readonly site: { readonly id: string; readonly name: string }
  readonly now: number
}

/** Writes a change down, if the alert is still what it was decided about; returns what people are told of it. */
async function apply(trx: Trx, change: Change, where: Where): Promise<AlertNews | undefined> {
  const { account, site, now } = where
  const news = (event: AlertNews['event'], alert: AlertNews['alert']): AlertNews => ({ event, account, site, alert })
  if (change.do === 'begin') {
    const { kind, subject, text } = change
    const id = newId()
    const added = await trx
      .insertInto('alert')
      .values({
        ...{ id, account_id: account.id, site_id: site.id, kind, subject, text },
        state: change.open ? 'open' : 'pending',
        opened_at: change.open ? now : null,
        ...{ since_at: now, seen_at: now, clear_at: null, ended_at: null, ended_by: null },
        ...{ ack_at: null, ack_by: null, snooze_at: null },
      })
      .onConflict((conflict) => conflict.doNothing())
      .executeTakeFirst()
    if (!change.open || added.numInsertedOrUpdatedRows === 0n) return undefined
    return news('alert.opened', { id, kind, subject, text, openedAt: now, endedAt: null })
  }
  const { id, kind, subject, state } = change.watch
  if (change.do === 'forget') {
    await trx.deleteFrom('alert').where('id', '=', id).where('state', '=', 'pending').execute()
    return undefined
  }
  const { set, event, text } = changeOf(change, now)
  const row = await trx
    .updateTable('alert')
    .set(set)
    .where('id', '=', id)
    .where('state', '=', state)
    // A snooze that was made longer meanwhile.
    .where((eb) => (change.do === 'remind' ? eb('snooze_at', '<=', now) : eb.lit(true)))
    .returning(['opened_at', 'ended_at', 'snooze_at'])
    .executeTakeFirst()
  if (row === undefined || event === undefined) return undefined
  // Nobody wants to hear of what was put off, nor of the end of what a person ended.
  if (event === 'alert.ended' && (state === 'muted' || (row.snooze_at ?? 0) > now)) return undefined
  return news(event, { id, kind, subject, text, openedAt: row.opened_at ?? now, endedAt: row.ended_at })
}

function changeOf(change: Exclude<Change, { do: 'begin' | 'forget' }>, now: number) {
  const { watch } = change
  switch (change.do) {
    case 'open':
      return {
        set: { state: 'open' as const, opened_at: now, seen_at: now, text: change.text },
        event: 'alert.opened' as const,
        text: change.text,
      }
    case 'note':
      return { set: { seen_at: change.seenAt, clear_at: change.clearAt, text: change.text }, text: change.text }
    case 'remind':
      return { set: { snooze_at: null, text: change.text }, event: 'alert.reminder' as const, text: change.text }
    case 'end': {
      // What a person ended keeps that person's name and time.
      const ended = watch.state === 'muted' ? {} : { ended_at: now, ended_by: change.by }
      return { set: { state: 'ended' as const, ...ended }, event: 'alert.ended' as const, text: watch.text }
    }
  }
}
