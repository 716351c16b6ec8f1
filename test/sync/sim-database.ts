import { Database } from 'bun:sqlite'
import { migrate } from '../../appliance/database/migrate.ts'
import type { SqlDatabase, SqlStatement, SqlValue } from '../../services/core/sql.ts'

/** What a power cut looks like to the program that it ends. */
export class PowerCutError extends Error {
  override readonly name = 'PowerCutError'
}

/** A box's database whose content can be taken aside, put back, and lost power around any commit. */
export interface SimDatabase extends SqlDatabase {
  image(): Uint8Array
  close(): void
}

let blank: Uint8Array | undefined

/** A database as the box makes it, or one from an image. `cut` is asked before and after each commit. */
export function openSimDatabase(cut: () => boolean, image?: Uint8Array): SimDatabase {
  blank ??= makeBlank()
  const database = Database.deserialize(image ?? blank, { strict: true })
  return over(database, cut)
}

function makeBlank(): Uint8Array {
  const database = new Database(':memory:', { strict: true })
  migrate(
    over(database, () => false),
    { path: ':memory:', now: 0 },
  )
  const image = database.serialize()
  database.close()
  return image
}

function over(database: Database, cut: () => boolean): SimDatabase {
  const begin = database.prepare('BEGIN IMMEDIATE')
  const commit = database.prepare('COMMIT')
  const statements = new Map<string, SqlStatement<unknown>>()
  return {
    query<Row>(sql: string) {
      let statement = statements.get(sql)
      if (statement === undefined) {
        const prepared = database.prepare<unknown, SqlValue[]>(sql)
        statement = {
          all: (...values) => prepared.all(...values),
          get: (...values) => prepared.get(...values),
          run: (...values) => prepared.run(...values),
        }
        statements.set(sql, statement)
      }
      return statement as SqlStatement<Row>
    },
    write(work) {
      begin.run()
      try {
        const result = work()
        if (cut()) throw new PowerCutError('before the commit')
        commit.run()
        if (cut()) throw new PowerCutError('after the commit')
        return result
      } catch (thrown) {
        if (database.inTransaction) database.run('ROLLBACK')
        throw thrown
      }
    },
    image: () => database.serialize(),
    close: () => database.close(),
  }
}
