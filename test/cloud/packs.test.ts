import { afterAll, beforeAll, describe } from 'vitest'
import { migrate } from '../../cloud/database/migrate.ts'
import { openCloudDatabase } from '../../cloud/database/open.ts'
import { describePacks } from '../support/cloud-packs-suite.ts'
import { type Cluster, noPostgres, startPostgres } from '../support/postgres.ts'

describePacks('SQLite', async () => {
  const database = openCloudDatabase({ kind: 'sqlite', path: ':memory:' })
  await migrate(database, { now: 1 })
  return database
})

const missing = noPostgres()
describe.skipIf(missing !== undefined)(`packs with PostgreSQL${missing === undefined ? '' : ` (${missing})`}`, () => {
  let cluster: Cluster
  beforeAll(() => {
    cluster = startPostgres()
  })
  afterAll(() => cluster[Symbol.asyncDispose]())

  describePacks('PostgreSQL', async () => {
    const url = await cluster.create('packs')
    const database = openCloudDatabase({ kind: 'postgres', url, connections: 4 })
    await migrate(database, { now: 1 })
    return database
  })
})
