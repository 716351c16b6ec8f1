import { afterAll, beforeAll, describe } from 'vitest'
import { migrate } from '../../cloud/database/migrate.ts'
import { openCloudDatabase } from '../../cloud/database/open.ts'
import { describeRollouts } from '../support/cloud-rollouts-suite.ts'
import { type Cluster, noPostgres, startPostgres } from '../support/postgres.ts'

describeRollouts('SQLite', async () => {
  const database = openCloudDatabase({ kind: 'sqlite', path: ':memory:' })
  await migrate(database, { now: 1 })
  return database
})

const missing = noPostgres()
describe.skipIf(missing !== undefined)(
  `rollouts with PostgreSQL${missing === undefined ? '' : ` (${missing})`}`,
  () => {
    let cluster: Cluster
    beforeAll(() => {
      cluster = startPostgres()
    })
    afterAll(() => cluster[Symbol.asyncDispose]())

    describeRollouts('PostgreSQL', async () => {
      const url = await cluster.create('rollouts')
      const database = openCloudDatabase({ kind: 'postgres', url, connections: 6 })
      await migrate(database, { now: 1 })
      return database
    })
  },
)
