import type { Clock } from '../../services/core/clock.ts'
import type { BoxRow, EnrolmentRow, EnrolmentStorage, EnrolmentWriter } from '../../services/enrolment/storage.ts'
import type { CloudDatabase, Trx } from '../database/open.ts'
import { newId } from '../tokens.ts'
import type { AccountKeys } from './account-keys.ts'
import { noteEnrolment } from './audit.ts'
import { makeEnrolmentReader } from './reader.ts'
import { moveIn } from './site-feed.ts'

interface Deps {
  readonly database: CloudDatabase
  readonly keys: AccountKeys
  readonly clock: Clock
  /** Told after the commit: boxes of this account came, went or moved. */
  readonly changed?: (account: string) => void
}

/** The enrolment service's storage in the cloud's database, SQLite or PostgreSQL. */
export function makeEnrolmentStorage(deps: Deps): EnrolmentStorage {
  const { database } = deps
  return {
    read: (work) => database.transaction((trx) => work(makeEnrolmentReader(trx)), { readOnly: true }),
    peek: (work) => work(makeEnrolmentReader(database.db)),
    async write(work) {
      let accounts = new Set<string>()
      const done = await database.transaction(
        (trx) => {
          accounts = new Set()
          return work(makeEnrolmentWriter(trx, deps, (account) => accounts.add(account)))
        },
        { serializable: true },
      )
      for (const account of accounts) deps.changed?.(account)
      return done
    },
  }
}

function enrolmentColumns(row: EnrolmentRow) {
  const { identityKey, userCode, network, claim, createdAt } = row
  return {
    ...{ identity_key: identityKey, user_code: userCode, network, created_at: createdAt },
    ...{ state: claim.state, expires_at: claim.expiresAt, json: JSON.stringify(row) },
  }
}

function boxColumns(row: BoxRow) {
  const { orgId, siteId, state, identityKey, sealingKey, next } = row
  return {
    ...{ account_id: orgId, site_id: siteId, state, identity_key: identityKey, sealing_key: sealingKey },
    ...{ next_key: next?.identityKey ?? null, json: JSON.stringify(row) },
  }
}

function makeEnrolmentWriter(trx: Trx, { keys, clock }: Deps, touched: (account: string) => void): EnrolmentWriter {
  const reader = makeEnrolmentReader(trx)
  return {
    ...reader,
    async site(siteId) {
      const site = await reader.site(siteId)
      return site && { ...site, sealingKey: (await keys.within(trx, site.orgId)).publicKey }
    },
    async putEnrolment(row) {
      const columns = enrolmentColumns(row)
      await trx
        .insertInto('enrolment')
        .values({ id: row.id, ...columns })
        .onConflict((conflict) => conflict.column('id').doUpdateSet(columns))
        .execute()
    },
    async putBox(row) {
      const columns = boxColumns(row)
      await trx
        .insertInto('box')
        .values({ id: row.boxId, ...columns })
        .onConflict((conflict) => conflict.column('id').doUpdateSet(columns))
        .execute()
    },
    place: (to, from) => moveIn(trx, { keys, now: clock.now(), by: 'cloud:claim' }, to, from),
    async putPreload({ fingerprint, orgId, siteId, by, at }) {
      const columns = { site_id: siteId, by_whom: by, at }
      await trx
        .insertInto('expected_box')
        .values({ account_id: orgId, fingerprint, ...columns })
        .onConflict((conflict) => conflict.columns(['account_id', 'fingerprint']).doUpdateSet(columns))
        .execute()
    },
    async removePreload(orgId, fingerprint) {
      const gone = await trx
        .deleteFrom('expected_box')
        .where('account_id', '=', orgId)
        .where('fingerprint', '=', fingerprint)
        .returning('fingerprint')
        .executeTakeFirst()
      return gone !== undefined
    },
    async addAttempt(key, at) {
      await trx.insertInto('enrolment_attempt').values({ id: newId(), key, at }).execute()
    },
    async useChallenge(nonce, until) {
      const made = await trx
        .insertInto('enrolment_challenge')
        .values({ nonce, ends_at: until })
        .onConflict((conflict) => conflict.doNothing())
        .returning('nonce')
        .executeTakeFirst()
      return made !== undefined
    },
    audit(event) {
      if (event.orgId !== undefined) touched(event.orgId)
      return noteEnrolment(trx, event)
    },
    async forget({ enrolments, attempts, challenges }) {
      await trx.deleteFrom('enrolment').where('created_at', '<', enrolments).execute()
      await trx.deleteFrom('enrolment_attempt').where('at', '<', attempts).execute()
      await trx.deleteFrom('enrolment_challenge').where('ends_at', '<', challenges).execute()
    },
  }
}
