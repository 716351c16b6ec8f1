import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { TOKEN_SCOPES } from '../../cloud/accounts/policy.ts'
import { openCloudDatabase } from '../../cloud/database/open.ts'
import { newId } from '../../cloud/tokens.ts'
import { type Browser, type CloudDesk, makeCloudDesk } from '../support/cloud-desk.ts'
import { ACCOUNT_ROWS, ASKERS, type Asker, type Row } from '../support/cloud-matrix.ts'
import { type Cluster, noPostgres, startPostgres } from '../support/postgres.ts'

// cloud/api/matrix.test.ts says on SQLite who may do what; here PostgreSQL refuses whoever it refuses there.

const HOUR = 3_600_000

interface Tenant {
  readonly account: string
  readonly site: string
  readonly askers: Readonly<Record<Asker, Browser>>
  readonly ended: Browser
}

async function tenant(desk: CloudDesk, name: string): Promise<Tenant> {
  const caller = { actor: 'test', name: 'test', address: '' }
  const above = await desk.account(`${name} above`, { kind: 'reseller' })
  const account = await desk.account(name, { parent: above, kind: 'reseller' })
  const site = (await desk.deps.sites.create(account, { name: 'site', timeZone: 'UTC', note: '' }, caller)).id
  const askers: Partial<Record<Asker, Browser>> = {}
  for (const asker of ASKERS) {
    const person = await desk.person(`${asker}@${name}.example`)
    if (asker === 'above') await desk.member(above, person, 'admin')
    else if (asker === 'watcher') await desk.member(above, person, 'viewer')
    else await desk.member(account, person, asker, asker === 'installer' ? [site] : [])
    askers[asker] = await desk.signedIn(person)
  }
  const input = { name: 't', role: 'owner' as const, sites: [], scopes: TOKEN_SCOPES, endsAt: desk.clock.now() + HOUR }
  const { token } = await desk.deps.apiTokens.create(account, input, { role: 'owner', caller })
  return { account, site, askers: askers as Record<Asker, Browser>, ended: desk.program(token) }
}

const missing = noPostgres()
describe.skipIf(missing !== undefined)(
  `every route on PostgreSQL${missing === undefined ? '' : ` (${missing})`}`,
  () => {
    let cluster: Cluster
    let desk: CloudDesk
    let ours: Tenant
    let theirs: Tenant
    beforeAll(async () => {
      cluster = startPostgres()
      const url = await cluster.create('matrix')
      desk = await makeCloudDesk({ database: openCloudDatabase({ kind: 'postgres', url, connections: 4 }) })
      ours = await tenant(desk, 'ours')
      theirs = await tenant(desk, 'theirs')
      desk.clock.advance(2 * HOUR)
    }, 60_000)
    afterAll(async () => {
      await desk[Symbol.asyncDispose]()
      await cluster[Symbol.asyncDispose]()
    })

    function send(browser: Browser, row: Row, of: { readonly account: string; readonly site?: string }) {
      const ids: Readonly<Record<string, string>> = { mac: '00005e005301', kind: 'group', ...of }
      const [method = '', path = ''] = row.route.split(' ')
      return browser.call(
        method,
        path.replace(/\{(\w+)\}/g, (_, name) => ids[name] ?? 'none'),
        row.body,
      )
    }

    it.each(ACCOUNT_ROWS)('$route: refuses strangers, roles that may not, and what has ended', async (row) => {
      expect((await send(ours.ended, row, ours)).status).toBe(401)
      expect((await send(desk.browser(), row, ours)).status).toBe(401)
      for (const asker of ASKERS) {
        const browser = ours.askers[asker]
        const [others, random] = [await send(browser, row, theirs), await send(browser, row, { account: newId() })]
        expect([asker, others.status, others.body]).toEqual([asker, 404, random.body])
        if (!row.may.includes(asker as never))
          expect([asker, (await send(browser, row, ours)).status]).toEqual([asker, 403])
      }
    })
  },
)
