import type { CloudDatabase } from '../../cloud/database/open.ts'
import { makeFeedStorage } from '../../cloud/sync/feed-storage.ts'
import { newId } from '../../cloud/tokens.ts'
import { makeCloudSync } from '../../services/sync/cloud-sync.ts'
import type { CloudChange, CloudSync } from '../../services/sync/contract.ts'
import { sealTo } from '../../services/sync/sealed-box.ts'
import { type Joined, MARKED } from './farm.ts'

/** Boxes that one customer has. */
const BOXES_OF_ACCOUNT = 100
const ROWS = 500
const PEOPLE = 50

/** Makes customers and sites and has each expect one of these boxes. Straight into the database: it is not measured. */
export async function expectBoxes(
  { db }: CloudDatabase,
  provider: string,
  fingerprints: readonly string[],
): Promise<void> {
  const now = Date.now()
  const accounts = Array.from({ length: Math.ceil(fingerprints.length / BOXES_OF_ACCOUNT) }, (_, i) => ({
    ...{ id: newId(), parent_id: provider, kind: 'customer' as const, name: `Customer ${i}` },
    ...{ rev: 1, created_at: now, disabled_at: null },
  }))
  await db.insertInto('account').values(accounts).execute()
  for (let from = 0; from < fingerprints.length; from += ROWS) {
    const some = fingerprints.slice(from, from + ROWS).map((fingerprint, i) => {
      const account_id = accounts[Math.floor((from + i) / BOXES_OF_ACCOUNT)]?.id ?? provider
      return { fingerprint, account_id, site: newId(), name: `Branch ${from + i}` }
    })
    const sites = some.map(({ account_id, site, name }) => ({
      ...{ id: site, account_id, name, time_zone: 'Europe/Berlin', note: '', rev: 1, created_at: now },
    }))
    await db.insertInto('site').values(sites).execute()
    const expected = some.map(({ account_id, site, fingerprint }) => ({
      ...{ account_id, fingerprint, site_id: site, by_whom: 'bench', at: now },
    }))
    await db.insertInto('expected_box').values(expected).execute()
  }
}

/** What people in the account write, past its API: boxes that are cut off hear nothing of it. */
export function openDesk(database: CloudDatabase): Promise<CloudSync> {
  return makeCloudSync({
    storage: makeFeedStorage(database),
    clock: { now: () => Date.now() },
    generation: `bench-${newId()}`,
    sealFor: (_boxId, sealed) => sealed,
  })
}

function device(n: number, mark: string, secret: string): CloudChange {
  const body = {
    ...{ name: `desk ${n}`, vendor: 'yealink', model: 'SIP-T46U', group: 'lobby', enabled: true, notes: mark },
    settings: { language: 'de', timezone: 'Europe/Berlin' },
    lines: [
      {
        index: 1,
        user: `${200 + n}`,
        server: 'pbx.example.net',
        label: `Desk ${n}`,
        secret: { sealed: secret, id: newId() },
      },
    ],
    keys: Array.from({ length: 8 }, (_, k) => ({
      index: k + 1,
      type: 'blf',
      value: `${200 + k}`,
      label: `Colleague ${k}`,
    })),
  }
  return { kind: 'device', id: n === 0 ? MARKED : `00005e0054${n.toString(16).padStart(2, '0')}`, body }
}

const layer = (mark: string): CloudChange => ({
  ...{ kind: 'vendor', id: 'yealink' },
  body: { notes: mark, settings: { language: 'de' }, extra: {}, dhcpOptions: [] },
})

/** The phones of every branch, and the layer and the people that the boxes of an account share. */
export async function fill(desk: CloudSync, boxes: readonly Joined[], devices: number, mark: string): Promise<void> {
  const secrets = new Map<string, string>()
  for (const { orgId, sealingKey } of boxes)
    if (!secrets.has(orgId))
      secrets.set(orgId, sealTo(new Uint8Array(Buffer.from(sealingKey, 'base64url')), 'correct horse battery'))
  const people = Array.from({ length: PEOPLE }, (_, n) => ({
    ...{ kind: 'person', id: `p${n}`, body: { name: `Person ${n}`, line: { user: `${200 + n}` } } },
  }))
  for (const orgId of secrets.keys()) await desk.write(`org:${orgId}`, [layer(mark), ...people], { by: 'bench' })
  for (const { boxId, orgId } of boxes) {
    const all = Array.from({ length: devices }, (_, n) => device(n, mark, secrets.get(orgId) ?? ''))
    await desk.write(`box:${boxId}`, all, { by: 'bench' })
  }
}

/** One phone of every branch and one layer of every account become another. */
export async function change(desk: CloudSync, boxes: readonly Joined[], mark: string): Promise<void> {
  for (const orgId of new Set(boxes.map((box) => box.orgId)))
    await desk.write(`org:${orgId}`, [layer(mark)], { by: 'bench' })
  for (const { boxId } of boxes) {
    const body = { name: 'desk 0', vendor: 'yealink', model: 'SIP-T46U', notes: mark }
    await desk.write(`box:${boxId}`, [{ kind: 'device', id: MARKED, body }], { by: 'bench' })
  }
}
