import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { isDuplicate } from '../../cloud/database/failures.ts'
import { migrate } from '../../cloud/database/migrate.ts'
import { migrations } from '../../cloud/database/migrations/index.ts'
import type { CloudDatabase } from '../../cloud/database/open.ts'
import { OperatorError } from '../../services/core/errors.ts'

const AT = 1_800_000_000_000
const KNOWN = migrations.length

/** What both databases must do alike. `open` opens the same database again, as another process would. */
export function describeCloudDatabase(
  name: string,
  make: () => Promise<{ open: () => CloudDatabase; dispose: () => Promise<void> }>,
): void {
  describe(`cloud database: ${name}`, () => {
    let made: Awaited<ReturnType<typeof make>>
    let database: CloudDatabase
    beforeAll(async () => {
      made = await make()
      database = made.open()
      await migrate(database, { now: AT })
    })
    afterAll(async () => {
      await database[Symbol.asyncDispose]()
      await made.dispose()
    })
    const account = (id: string, label = id) => ({
      id,
      name: label,
      parent_id: null,
      kind: 'customer' as const,
      rev: 1,
      created_at: AT,
      disabled_at: null,
    })
    const names = async () => {
      const rows = await database.db.selectFrom('account').select('name').orderBy('name').execute()
      return rows.map((row) => row.name)
    }

    it('gives numbers as numbers, counts too, and texts as they were', async () => {
      const label = "Zoë's “office” \\ % _ ; -- 漢字"
      await database.db.insertInto('account').values(account('numbers', label)).execute()
      const row = await database.db
        .selectFrom('account')
        .select(['name', 'created_at', 'disabled_at', 'rev', sql<number>`count(*) over ()`.as('n')])
        .where('id', '=', 'numbers')
        .executeTakeFirstOrThrow()
      expect(row).toEqual({ name: label, created_at: AT, disabled_at: null, rev: 1, n: 1 })
      await database.db.deleteFrom('account').where('id', '=', 'numbers').execute()
    })

    it('says how many rows were changed, and gives back what was changed', async () => {
      await database.db
        .insertInto('account')
        .values([account('c1'), account('c2')])
        .execute()
      const changed = await database.db.updateTable('account').set({ rev: 2 }).where('id', '=', 'c1').executeTakeFirst()
      expect(changed.numUpdatedRows).toBe(1n)
      const raised = await database.db
        .updateTable('account')
        .set((eb) => ({ rev: eb('rev', '+', 1) }))
        .where('id', 'in', ['c1', 'c2'])
        .returning(['id', 'rev'])
        .execute()
      expect(raised.sort((a, b) => (a.id < b.id ? -1 : 1))).toEqual([
        { id: 'c1', rev: 3 },
        { id: 'c2', rev: 2 },
      ])
      const gone = await database.db.deleteFrom('account').where('id', 'in', ['c1', 'c2']).executeTakeFirst()
      expect(gone.numDeletedRows).toBe(2n)
    })

    it('keeps the first of two rows with one key, and knows the failure', async () => {
      const rate = { key: 'k', points: 1.5, at: AT }
      await database.db.insertInto('rate').values(rate).execute()
      const second = database.db
        .insertInto('rate')
        .values({ ...rate, points: 9 })
        .execute()
      expect(isDuplicate(await second.catch((thrown: unknown) => thrown))).toBe(true)
      await database.db
        .insertInto('rate')
        .values({ ...rate, points: 2.25 })
        .onConflict((conflict) => conflict.column('key').doUpdateSet((eb) => ({ points: eb.ref('excluded.points') })))
        .execute()
      expect(await database.db.selectFrom('rate').select(['points', 'at']).execute()).toEqual([
        { points: 2.25, at: AT },
      ])
      const orphan = { id: 's', account_id: 'nobody', name: 's', time_zone: 'UTC', note: '', rev: 1, created_at: AT }
      const refused = await database.db
        .insertInto('site')
        .values(orphan)
        .execute()
        .catch((thrown: unknown) => thrown)
      expect(refused).toBeInstanceOf(Error)
      expect(isDuplicate(refused)).toBe(false)
    })

    it('rolls a transaction back whole, and no other statement with it', async () => {
      let inside: () => void = () => {}
      const entered = new Promise<void>((resolve) => {
        inside = resolve
      })
      const failing = database.transaction(async (trx) => {
        await trx.insertInto('account').values(account('lost')).execute()
        inside()
        // The other statement is sent while this transaction is open.
        await Bun.sleep(0)
        await trx.insertInto('account').values(account('lost2')).execute()
        throw new OperatorError('stop here')
      })
      const refusal = expect(failing).rejects.toThrow('stop here')
      await entered
      await database.db.insertInto('account').values(account('kept')).execute()
      await refusal
      expect(await names()).toEqual(['kept'])
      await database.db.deleteFrom('account').execute()
    })

    it('counts each of many increments that run at once', async () => {
      await database.db.insertInto('account').values(account('hot')).execute()
      await using second = made.open()
      const raise = (one: CloudDatabase) =>
        one.transaction(async (trx) => {
          await trx
            .updateTable('account')
            .set((eb) => ({ rev: eb('rev', '+', 1) }))
            .where('id', '=', 'hot')
            .execute()
          await trx.selectFrom('account').select('rev').where('id', '=', 'hot').execute()
        })
      await Promise.all(Array.from({ length: 40 }, (_, i) => raise(i % 2 === 0 ? database : second)))
      const row = await database.db.selectFrom('account').select('rev').executeTakeFirstOrThrow()
      expect(row.rev).toBe(41)
      await database.db.deleteFrom('account').execute()
    })

    it('reads one snapshot where that is asked for', async () => {
      await using second = made.open()
      const seen = await database.transaction(
        async (trx) => {
          const count = () => trx.selectFrom('account').select('id').execute()
          const before = await count()
          await second.db.insertInto('account').values(account('meanwhile')).execute()
          return [before.length, (await count()).length]
        },
        { readOnly: true },
      )
      expect(seen).toEqual([0, 0])
      expect(await names()).toEqual(['meanwhile'])
      await database.db.deleteFrom('account').execute()
    })

    it('lets a process that knows less work on after a column was added', async () => {
      const select = () => database.db.selectFrom('account').select(['id', 'name']).execute()
      await database.db.insertInto('account').values(account('old')).execute()
      await select()
      await using newer = made.open()
      const added = {
        number: KNOWN + 1,
        name: 'added',
        statements: ["ALTER TABLE account ADD COLUMN colour text DEFAULT 'red'"],
      }
      expect(await migrate(newer, { now: AT, known: [...migrations, added], previous: KNOWN })).toEqual({
        from: KNOWN,
        to: KNOWN + 1,
      })
      expect(await select()).toEqual([{ id: 'old', name: 'old' }])
      await database.db.insertInto('account').values(account('old2')).execute()
      expect(await migrate(database, { now: AT })).toEqual({ from: KNOWN + 1, to: KNOWN + 1 })
      await database.db.deleteFrom('account').execute()
    })

    it('refuses a form that it cannot know', async () => {
      await database.db.insertInto('migration').values({ number: 99, name: 'far', readable: 99, at: AT }).execute()
      await expect(migrate(database, { now: AT })).rejects.toThrow(`version 99, newer than version ${KNOWN}`)
      await database.db.deleteFrom('migration').where('number', '=', 99).execute()
    })
  })

  describe(`cloud database: ${name}, first start`, () => {
    it('is migrated once by processes that start together', async () => {
      const made = await make()
      const processes = Array.from({ length: 4 }, () => made.open())
      const results = await Promise.all(processes.map((one) => migrate(one, { now: AT })))
      expect(results.every(({ to }) => to === results[0]?.to)).toBe(true)
      const rows = await processes[0]?.db.selectFrom('migration').select('number').execute()
      expect(rows).toEqual(Array.from({ length: results[0]?.to ?? 0 }, (_, i) => ({ number: i + 1 })))
      for (const one of processes) await one[Symbol.asyncDispose]()
      await made.dispose()
    })

    it('leaves nothing of a step that failed', async () => {
      const made = await make()
      await using database = made.open()
      const broken = { number: 1, name: 'broken', statements: ['CREATE TABLE half (x bigint)', 'CREATE NONSENSE'] }
      await expect(migrate(database, { now: AT, known: [broken] })).rejects.toThrow('migration 1 (broken) failed')
      await expect(sql`SELECT x FROM half`.execute(database.db)).rejects.toThrow()
      expect(await migrate(database, { now: AT })).toMatchObject({ from: 0 })
      await made.dispose()
    })
  })
}
