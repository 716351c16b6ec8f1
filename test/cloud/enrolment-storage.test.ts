import { afterAll, beforeAll, describe } from 'vitest'
import { migrate } from '../../cloud/database/migrate.ts'
import { type CloudDatabase, openCloudDatabase } from '../../cloud/database/open.ts'
import { makeAccountKeys } from '../../cloud/enrolment/account-keys.ts'
import { makeEnrolmentStorage } from '../../cloud/enrolment/enrolment-storage.ts'
import type { EnrolmentAudit } from '../../services/enrolment/storage.ts'
import { reversingBox } from '../support/accounts.ts'
import { makeTestClock } from '../support/clock.ts'
import { describeEnrolmentStorage, type StorageUnderTest } from '../support/enrolment-storage-suite.ts'
import { type Cluster, noPostgres, startPostgres } from '../support/postgres.ts'

async function storageOver(database: CloudDatabase): Promise<StorageUnderTest> {
  const clock = makeTestClock()
  await migrate(database, { now: 1 })
  const keys = makeAccountKeys({ database, secrets: reversingBox, clock })
  return {
    storage: makeEnrolmentStorage({ database, keys, clock }),
    async audit() {
      const rows = await database.db.selectFrom('audit').selectAll().orderBy('id').execute()
      return rows.map(({ at, actor, account_id, action, address, detail }) => ({
        kind: action as EnrolmentAudit['kind'],
        ...{ at, by: actor },
        ...(account_id !== null && { orgId: account_id }),
        ...(address !== '' && { address }),
        ...JSON.parse(detail),
      }))
    },
    [Symbol.asyncDispose]: () => database[Symbol.asyncDispose](),
  }
}

describeEnrolmentStorage('Kysely on SQLite', () => storageOver(openCloudDatabase({ kind: 'sqlite', path: ':memory:' })))

const missing = noPostgres()
describe.skipIf(missing !== undefined)(`on PostgreSQL${missing === undefined ? '' : ` (${missing})`}`, () => {
  let cluster: Cluster
  let made = 0
  beforeAll(() => {
    cluster = startPostgres()
  })
  afterAll(() => cluster[Symbol.asyncDispose]())

  describeEnrolmentStorage('Kysely on PostgreSQL', async () => {
    const url = await cluster.create(`enrolment${++made}`)
    return storageOver(openCloudDatabase({ kind: 'postgres', url, connections: 10 }))
  })
})
