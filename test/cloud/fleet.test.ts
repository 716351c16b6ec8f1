import { afterAll, beforeAll, describe } from 'vitest'
import { migrate } from '../../cloud/database/migrate.ts'
import { openCloudDatabase } from '../../cloud/database/open.ts'
import { describeFleet } from '../support/cloud-fleet-suite.ts'
import { type Cluster, noPostgres, startPostgres } from '../support/postgres.ts'

describeFleet('SQLite', async () => {
  const database = openCloudDatabase({ kind: 'sqlite', path: ':memory:' })
  await migrate(database, { now: 1 })
  return database
})

const missing = noPostgres()
describe.skipIf(missing !== undefined)(`fleet with PostgreSQL${missing === undefined ? '' : ` (${missing})`}`, () => {
  let cluster: Cluster
  beforeAll(() => {
    cluster = startPostgres()
  })
  afterAll(() => cluster[Symbol.asyncDispose]())

  describeFleet('PostgreSQL', async () => {
    const url = await cluster.create('fleet')
    const database = openCloudDatabase({ kind: 'postgres', url, connections: 4 })
    await migrate(database, { now: 1 })
    return database
  })
})
