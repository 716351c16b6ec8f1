import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sql } from 'kysely'
import { expect, it } from 'vitest'
import { type CloudDatabase, openCloudDatabase } from '../../cloud/database/open.ts'
import { MARKED, OWN } from '../scale/farm.ts'
import { startFarms } from '../scale/farms.ts'
import { expectBoxes, fill, openDesk } from '../scale/seed.ts'
import { firstOwner } from '../support/cloud-client.ts'
import { startCloud } from '../support/cloud-process.ts'
import { noPostgres, startPostgres } from '../support/postgres.ts'

const BOXES = 500
const ROUNDS = 3
const EVENTS = 2
/** Edits by the API that are under way at once. */
const HANDS = 4
const MINUTES = 60_000

const missing = noPostgres()
it.skipIf(missing !== undefined)(
  `two processes on one PostgreSQL serve 500 boxes; one is killed; nothing is lost, nothing done twice${missing === undefined ? '' : ` (${missing})`}`,
  async () => {
    const folder = mkdtempSync(join(tmpdir(), 'bl-failover-'))
    await using stack = new AsyncDisposableStack()
    stack.defer(() => rmSync(folder, { recursive: true, force: true }))
    const url = await stack.use(startPostgres()).create('failover')
    const flags = [`--database-url=${url}`, `--key-file=${join(folder, 'key')}`]
    const doomed = stack.use(await startCloud(flags))
    const other = stack.use(await startCloud(flags))
    // A process that starts ends the link of the one before.
    const owner = await firstOwner(other)
    const database = stack.use(openCloudDatabase({ kind: 'postgres', url, connections: 4 }))
    const farms = stack.use(startFarms(1))
    const made = farms.hear('made')
    farms.tell({ do: 'make', urls: [doomed.url, other.url], from: 0, count: BOXES })
    await expectBoxes(
      database,
      owner.account,
      (await made).flatMap(({ fingerprints }) => fingerprints),
    )
    const joined = farms.hear('joined')
    farms.tell({ do: 'join', atOnce: 20 })
    const boxes = (await joined).flatMap((farm) => farm.boxes)
    await fill(await openDesk(database), boxes, 2, 'first')
    const synced = farms.hear('synced')
    farms.tell({ do: 'await', mark: 'first' })
    farms.tell({ do: 'connect', overMs: 0, hours: 0 })
    await synced

    // At every branch and in the account everything is edited at once.
    for (let round = 0; round < ROUNDS; round++) {
      const live = farms.hear('live')
      farms.tell({ do: 'live', mark: `round ${round}`, edited: BOXES, statuses: 2, events: EVENTS })
      await live
    }
    let killed = false
    let told = 0
    let broken = 0
    const queue = boxes.map(({ orgId, siteId }) => `/accounts/${orgId}/sites/${siteId}/devices/${MARKED}`)
    for (const orgId of new Set(boxes.map((box) => box.orgId))) queue.push(`/accounts/${orgId}/layers/vendor/yealink`)
    async function edit(hand: number): Promise<void> {
      for (let path = queue.shift(); path !== undefined; path = queue.shift()) {
        const at = killed || hand % 2 === 0 ? other.url : doomed.url
        try {
          const { status } = await owner.at(at).call('PATCH', path, { notes: 'second' })
          expect(status).toBe(200)
          told += 1
        } catch (thrown) {
          if (at === other.url) throw thrown
          broken += 1
          queue.push(path)
        }
        if (told === BOXES / 4 && !killed) {
          killed = true
          await doomed.kill()
        }
      }
    }
    await Promise.all(Array.from({ length: HANDS }, (_, hand) => edit(hand)))
    const again = farms.hear('synced')
    farms.tell({ do: 'await', mark: 'second' })
    await again
    expect(killed).toBe(true)
    expect(broken).toBeLessThanOrEqual(HANDS)

    // The device that a branch made and renamed: a mutation for its vendor, and one for each name.
    const mutations = 1 + ROUNDS
    expect(await figures(database)).toEqual({
      records: BOXES,
      last: BOXES,
      writes: BOXES * mutations,
      mutations: BOXES * mutations,
      applied: BOXES * mutations,
      events: BOXES * ROUNDS * EVENTS,
    })
  },
  8 * MINUTES,
)

async function figures({ db }: CloudDatabase) {
  const own = sql`FROM feed_record WHERE feed LIKE 'box:%' AND kind = 'device' AND id = ${OWN} AND deleted = 0`
  const last = `%"round ${ROUNDS - 1} %`
  const query = sql<Record<string, number>>`SELECT
    (SELECT count(*) ${own}) AS records,
    (SELECT count(*) ${own} AND body LIKE ${last}) AS last,
    (SELECT sum(rev) ${own}) AS writes,
    (SELECT count(*) FROM box_mutation) AS mutations,
    (SELECT count(*) FROM box_mutation WHERE outcome = 'applied') AS applied,
    (SELECT count(*) FROM box_event WHERE kind = 'device') AS events`
  const [row = {}] = (await query.execute(db)).rows
  return Object.fromEntries(Object.entries(row).map(([name, value]) => [name, Number(value)]))
}
