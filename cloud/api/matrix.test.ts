import { describe, expect, it } from 'vitest'
import type { Mac } from '../../services/core/mac.ts'
import { openAlert } from '../../test/support/cloud-alerts.ts'
import { type Browser, type CloudDesk, makeCloudDesk } from '../../test/support/cloud-desk.ts'
import {
  ACCOUNT_ROWS,
  ACME,
  ASKERS,
  type Asker,
  MATRIX,
  PACK_FILE,
  ROLLOUT,
  type Row,
} from '../../test/support/cloud-matrix.ts'
import { packKey, packOf } from '../../test/support/vendor-packs.ts'
import { ROLES, TOKEN_SCOPES } from '../accounts/policy.ts'
import type { Caller } from '../context.ts'
import { feedOfSite } from '../enrolment/site-feed.ts'
import { rolloutInput } from '../rollouts/plan.ts'
import { newId, newToken } from '../tokens.ts'

interface House {
  readonly account: string
  /** Values of the placeholders, by name. */
  readonly ids: Readonly<Record<string, string>>
  readonly browsers: Readonly<Record<Asker, Browser>>
}

/** An account below a reseller, with one of everything in it, and somebody of each role. */
async function house(desk: CloudDesk, name: string): Promise<House> {
  const { deps } = desk
  const giver = { role: 'owner' as const, caller: { actor: 'test', name: 'test', address: '' } }
  const reseller = await desk.account(`${name} reseller`, { kind: 'reseller' })
  // A reseller in the middle, so that it has customers of its own to look at.
  const account = await desk.account(name, { parent: reseller, kind: 'reseller' })
  const customer = await desk.account(`${name} customer`, { parent: account })
  const site = (await deps.sites.create(account, { name: 'site', timeZone: 'UTC', note: '' }, giver.caller)).id
  const busy = (await deps.sites.create(account, { name: 'busy', timeZone: 'UTC', note: '' }, giver.caller)).id
  const browsers: Partial<Record<Asker, Browser>> = {}
  for (const asker of ASKERS) {
    const person = await desk.person(`${asker}@${name}.example`)
    if (asker === 'above') await desk.member(reseller, person, 'admin')
    else if (asker === 'watcher') await desk.member(reseller, person, 'viewer')
    else await desk.member(account, person, asker, asker === 'installer' ? [site, busy] : [])
    browsers[asker] = await desk.signedIn(person)
  }
  const person = await desk.person(`subject@${name}.example`)
  await desk.member(account, person, 'viewer')
  const invitation = (
    await deps.invitations.create(account, { email: `i@${name}.example`, role: 'viewer', sites: [] }, giver)
  ).id
  const input = {
    name: 't',
    role: 'viewer' as const,
    sites: [],
    scopes: ['sites:read' as const],
    endsAt: desk.clock.now() + 1e8,
  }
  const token = (await deps.apiTokens.create(account, input, giver)).id
  const things = await furnish(desk, { account, site, name })
  const more = await furnishMore(desk, { account, site, name })
  const hands = await askHands(desk, { account, site: busy, caller: giver.caller })
  return {
    account,
    browsers: browsers as Record<Asker, Browser>,
    ids: { account, customer, site, person, invitation, token, busy, ...things, ...more, ...hands },
  }
}

/** An alert, where it is told, reports and a file. */
async function furnishMore({ deps, clock }: CloudDesk, of: { account: string; site: string; name: string }) {
  const { account, site, name } = of
  const caller = { actor: 'test', name: 'test', address: '' }
  const hook = { kind: 'webhook', name: 'hook', target: 'https://hooks.example.net/', kinds: [] } as const
  const { channel } = await deps.channels.create(account, { ...hook, kinds: [] }, caller)
  const alert = await openAlert(deps.database, { account, site, now: clock.now() })
  const report = (await deps.reports.makeNow(account, { name: 'r', sites: [], days: 1 }, caller)).id
  const weekly = { name: 'w', every: 'week' as const, hour: 6, recipients: ['n@example.net'], sites: [], enabled: true }
  const schedule = (await deps.schedules.create(account, weekly, caller)).id
  const file = `${name}.rom`
  await deps.files.put(account, file, new TextEncoder().encode(name), {
    ...{ contentType: 'application/octet-stream', replace: false, caller },
  })
  return { alert, channel: channel.id, report, schedule, file, ...(await furnishVendors(deps, of)) }
}

/** Own texts of a vendor and a pack over them, of the account and of the site. */
async function furnishVendors(deps: CloudDesk['deps'], of: { account: string; site: string; name: string }) {
  const { boxes, files, database } = deps
  const { account, site } = of
  const [vendor, pack] = [`acme-${of.name}`, `gadget-${of.name}`]
  const caller = { actor: 'test', name: 'test', address: '' }
  const { pem } = packKey('test')
  const content = packOf(pem, { [`${vendor}/b.liquid`]: 'b' }, { name: pack })
  const stored = await files.put(account, PACK_FILE, content, { contentType: 'x', replace: false, caller })
  const assigned = { version: '1', sha256: stored.hash, size: stored.size }
  for (const feed of [`org:${account}`, await feedOfSite(database.db, site)] as const)
    await boxes.sync.write(
      feed,
      [
        { kind: 'template', id: `${vendor}/vendor.yaml`, body: { text: ACME } },
        { kind: 'template', id: `${vendor}/a.liquid`, body: { text: 'a' } },
        { kind: 'pack', id: pack, body: assigned },
      ],
      { by: 'test' },
    )
  const by = { standing: { role: 'owner' as const }, caller }
  const { id: given } = await deps.givenFiles.give(account, `${of.name}.tone`, { file: PACK_FILE, sites: [site] }, by)
  const { id: rollout } = await deps.rollouts.start(account, rolloutInput.parse(ROLLOUT), by)
  return { vendor, text: 'a.liquid', pack, given, rollout }
}

/** Records of a site and of its account, a box that was there, and an edit of it that did not stand. */
async function furnish(desk: CloudDesk, of: { account: string; site: string; name: string }) {
  const { boxes } = desk.deps
  const [box, id, mac] = [newId(), `${of.name} lobby`, macOf(of.name)]
  const row = { boxId: box, orgId: of.account, siteId: of.site, state: 'released' as const }
  await desk.box({ ...row, identityKey: `k${box}` })
  const feed = `box:${box}` as const
  const by = { by: 'test' }
  const layer = { kind: 'group', id, body: { settings: { language: 'de' } } }
  await boxes.sync.write(`org:${of.account}`, [layer], by)
  await boxes.sync.write(
    feed,
    [
      layer,
      { kind: 'device', id: mac, body: { name: 'desk' } },
      { kind: 'person', id: 'ann', body: { name: 'Ann' } },
      { kind: 'network', id: 'lan', body: { id: 'lan', subnet: '192.0.2.0/24' } },
    ],
    by,
  )
  const conflict = { mutationId: newId(), boxId: box, feed, kind: 'device', id: mac, group: 'name', fields: ['name'] }
  const loser = { side: 'box' as const, value: { name: 'hall' }, alert: false, by: 'page', at: desk.clock.now() }
  await boxes.feeds.write((writer) => writer.putConflict({ ...conflict, ...loser }))
  return { box, kind: 'group', id, mac, contact: 'ann', network: 'lan', conflict: conflict.mutationId }
}

/** A site with an active box, something asked of it, and a phone's page that is open. */
async function askHands(desk: CloudDesk, { account, site, caller }: { account: string; site: string; caller: Caller }) {
  const boxId = newId()
  await desk.box({ boxId, orgId: account, siteId: site, identityKey: `k${boxId}` })
  const { jobs, pages } = desk.deps.remote
  const asked = { account, site, standing: { role: 'owner' as const }, caller }
  await pages.allow(asked, true)
  const job = (await jobs.ask(asked, { kind: 'checks' })).id
  const page = (await pages.open(asked, { mac: '00005e005301' as Mac, scheme: 'http', minutes: 5 })).page.id
  return { job, page }
}

function macOf(name: string): string {
  return `00005e0053${name.length.toString(16).padStart(2, '0')}`
}

/** What a placeholder is when it is nobody's, where an id of any form would not do. */
const NOBODYS: Readonly<Record<string, string>> = { mac: '00005e0053ff', kind: 'group', text: 'nobody.liquid' }

async function tokenOf(
  desk: CloudDesk,
  account: string,
  scopes: readonly string[],
  role = 'owner' as const,
  sites: string[] = [],
) {
  const caller = { actor: 'test', name: 'test', address: '' }
  const input = { name: 'program', role, sites, scopes: scopes as never, endsAt: desk.clock.now() + 3_600_000 }
  return (await desk.deps.apiTokens.create(account, input, { role: 'owner', caller })).token
}

function send(browser: Browser, row: Row, ids: Readonly<Record<string, string>>) {
  const [method = '', path = ''] = row.route.split(' ')
  const of = (name: string) => ids[name === 'site' && row.box ? 'busy' : name] ?? NOBODYS[name] ?? newId()
  return browser.call(
    method,
    path.replace(/\{(\w+)\}/g, (_, name) => encodeURIComponent(of(name))) + (row.query ?? ''),
    row.body,
  )
}

describe('every route of the API', () => {
  it('stands in the matrix, and nothing else does', async () => {
    await using desk = await makeCloudDesk()
    const document = (await desk.browser().call('GET', '/api/openapi.json')).body
    const routes = Object.entries(document.paths as Record<string, object>).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
    )
    expect(routes.sort()).toEqual(MATRIX.map((row) => row.route).sort())
  })

  it.each(MATRIX.filter((row) => row.may !== 'public'))(
    '$route: nothing without a session, and nothing by what has ended',
    async (row) => {
      await using desk = await makeCloudDesk()
      const { ids, account } = await house(desk, 'ours')
      const refused = { status: 401, body: { error: { code: 'unauthorized', message: 'sign in first', faults: [] } } }
      expect(await send(desk.browser(), row, ids)).toMatchObject(refused)
      expect(await send(desk.program(newToken('bla')), row, ids)).toMatchObject(refused)
      const token = await tokenOf(desk, account, TOKEN_SCOPES)
      const person = await desk.person('gone@example.net')
      await desk.member(account, person, 'owner')
      const signedIn = await desk.signedIn(person)
      desk.clock.advance(31 * 86_400_000)
      expect(await send(desk.program(token), row, ids)).toMatchObject(refused)
      expect(await send(signedIn, row, ids)).toMatchObject(refused)
    },
  )

  it.each(MATRIX.filter((row) => row.may === 'person'))('$route: no token may be a person', async (row) => {
    await using desk = await makeCloudDesk()
    const { ids, account } = await house(desk, 'ours')
    const token = await tokenOf(desk, account, TOKEN_SCOPES)
    expect((await send(desk.program(token), row, ids)).status).toBe(403)
  })
})

describe('routes of an account', () => {
  it.each(ACCOUNT_ROWS)('$route: exactly the roles that may', async (row) => {
    for (const asker of ASKERS) {
      // Each asks in a house of its own: some routes take things away.
      await using desk = await makeCloudDesk()
      const { ids, browsers } = await house(desk, 'ours')
      const { status, body } = await send(browsers[asker], row, ids)
      if (row.may.includes(asker as never))
        expect([asker, status]).toEqual([asker, status < 300 ? status : `refused ${status} ${JSON.stringify(body)}`])
      else expect([asker, status, body.error.code]).toEqual([asker, 403, 'forbidden'])
    }
  })

  it.each(ACCOUNT_ROWS)('$route: an account of others is one that does not exist', async (row) => {
    await using desk = await makeCloudDesk()
    const ours = await house(desk, 'ours')
    const theirs = await house(desk, 'theirs')
    const token = await tokenOf(desk, ours.account, TOKEN_SCOPES)
    for (const browser of [...Object.values(ours.browsers), desk.program(token)]) {
      const others = await send(browser, row, theirs.ids)
      const random = await send(browser, row, {})
      expect(others.status).toBe(404)
      expect({ status: others.status, body: others.body }).toEqual({ status: random.status, body: random.body })
      expect([...others.headers.keys()]).toEqual([...random.headers.keys()])
    }
  })

  it.each(ACCOUNT_ROWS.filter((row) => /\{account\}\/.*\{/.test(row.route) && row.open === undefined))(
    '$route: a thing of others under the own account is one that does not exist',
    async (row) => {
      await using desk = await makeCloudDesk()
      const ours = await house(desk, 'ours')
      const theirs = await house(desk, 'theirs')
      const others = await send(ours.browsers.owner, row, { ...theirs.ids, account: ours.account })
      const random = await send(ours.browsers.owner, row, { account: ours.account })
      expect(others.status).toBe(404)
      expect({ status: others.status, body: others.body }).toEqual({ status: random.status, body: random.body })
    },
  )

  it.each(ACCOUNT_ROWS)('$route: a token needs its scope, and its role', async (row) => {
    await using desk = await makeCloudDesk()
    const { ids, account } = await house(desk, 'ours')
    const lacking = TOKEN_SCOPES.filter((scope) => scope !== row.scope && scope !== row.scope?.replace('read', 'write'))
    const refused = await send(desk.program(await tokenOf(desk, account, lacking)), row, ids)
    expect([refused.status, refused.body.error.message]).toEqual([403, `the token lacks the scope ${row.scope}`])
    for (const role of ROLES) {
      const sites = role === 'installer' ? [ids.site ?? ''] : []
      if (row.may.includes(role as never)) continue
      const token = await tokenOf(desk, account, TOKEN_SCOPES, role as never, sites)
      expect([role, (await send(desk.program(token), row, ids)).status]).toEqual([role, 403])
    }
    const allowed = await send(desk.program(await tokenOf(desk, account, [row.scope ?? ''])), row, ids)
    expect([allowed.status < 300, allowed.body]).toEqual([true, allowed.body])
  })
})

describe('an installer', () => {
  it('sees its sites only; another one of the same account is one that does not exist', async () => {
    await using desk = await makeCloudDesk()
    const { account, ids, browsers } = await house(desk, 'ours')
    const caller = { actor: 'test', name: 'test', address: '' }
    const hidden = await desk.deps.sites.create(account, { name: 'hidden', timeZone: 'UTC', note: '' }, caller)
    const list = await browsers.installer.call('GET', `/api/v1/accounts/${account}/sites`)
    expect(list.body.sites.map((site: { id: string }) => site.id)).toEqual([ids.busy, ids.site])
    for (const [method, body] of [
      ['GET', undefined],
      ['PATCH', { rev: 1, note: 'x' }],
    ] as const) {
      const other = await browsers.installer.call(method, `/api/v1/accounts/${account}/sites/${hidden.id}`, body)
      const random = await browsers.installer.call(method, `/api/v1/accounts/${account}/sites/${newId()}`, body)
      expect([other.status, other.body]).toEqual([404, random.body])
    }
  })
})

describe('a closed account', () => {
  it('is unknown to its own people, and known above', async () => {
    await using desk = await makeCloudDesk()
    const provider = await desk.account('provider', { kind: 'provider' })
    const customer = await desk.account('customer', { parent: provider })
    const [above, below] = [await desk.person('above@x.example'), await desk.person('below@x.example')]
    await desk.member(provider, above, 'owner')
    await desk.member(customer, below, 'owner')
    const token = await tokenOf(desk, customer, TOKEN_SCOPES)
    const up = await desk.signedIn(above)
    const down = await desk.signedIn(below)
    const path = `/api/v1/accounts/${customer}`
    expect((await down.call('GET', path)).status).toBe(200)
    expect((await up.call('POST', `/api/v1/accounts/${provider}/customers/${customer}/close`)).body.closed).toBe(true)
    expect((await down.call('GET', path)).status).toBe(404)
    expect((await desk.program(token).call('GET', path)).status).toBe(404)
    expect((await up.call('GET', path)).body.closed).toBe(true)
    await up.call('POST', `/api/v1/accounts/${provider}/customers/${customer}/reopen`)
    expect((await down.call('GET', path)).status).toBe(200)
  })
})
