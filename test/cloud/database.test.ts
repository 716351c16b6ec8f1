import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { migrate } from '../../cloud/database/migrate.ts'
import { migrations } from '../../cloud/database/migrations/index.ts'
import { openCloudDatabase } from '../../cloud/database/open.ts'
import { describeCloudDatabase } from '../support/cloud-database-suite.ts'
import { type Cluster, noPostgres, startPostgres } from '../support/postgres.ts'

describeCloudDatabase('SQLite', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'bl-cloud-'))
  return {
    open: () => openCloudDatabase({ kind: 'sqlite', path: join(folder, 'cloud.db') }),
    dispose: async () => rmSync(folder, { recursive: true }),
  }
})

const missing = noPostgres()
describe.skipIf(missing !== undefined)(`PostgreSQL${missing === undefined ? '' : ` (${missing})`}`, () => {
  let cluster: Cluster
  let databases = 0
  beforeAll(() => {
    cluster = startPostgres()
  })
  afterAll(() => cluster[Symbol.asyncDispose]())

  const make = async () => {
    const url = await cluster.create(`cloud${++databases}`)
    return { open: () => openCloudDatabase({ kind: 'postgres', url, connections: 5 }), dispose: async () => {} }
  }
  describeCloudDatabase('PostgreSQL', make)

  it('answers again after the server was lost and came back', async () => {
    const made = await make()
    await using database = made.open()
    await migrate(database, { now: 1 })
    await database.ping()
    cluster.crash()
    await expect(database.ping()).rejects.toThrow()
    cluster.start()
    await database.ping()
    expect(await database.db.selectFrom('migration').select('number').execute()).toEqual(
      migrations.map(({ number }) => ({ number })),
    )
  })

  it('names neither the password nor the URL when it cannot be reached', async () => {
    const url = 'postgres://user:topsecret@127.0.0.1:1/none'
    await using database = openCloudDatabase({ kind: 'postgres', url, connections: 1 })
    const thrown = await database.ping().catch((error: unknown) => error)
    expect(String(thrown)).not.toContain('topsecret')
  })
})
