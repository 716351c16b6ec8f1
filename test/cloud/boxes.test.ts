import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { signedText } from '../../services/enrolment/codec-signature.ts'
import { type KeyPair, newKeyPair, sha256Hex, signText } from '../../services/enrolment/crypto.ts'
import { SYNC_PATHS } from '../../services/sync/paths.ts'
import { type BranchOffice, openBranchOffice } from '../support/branch-office.ts'
import { type CloudClient, firstOwner } from '../support/cloud-client.ts'
import { type CloudProcess, startCloud } from '../support/cloud-process.ts'
import { type Cluster, noPostgres, startPostgres } from '../support/postgres.ts'

const MAC = '805ec0123456'
const BY = { by: 'page' }
const SECONDS = 1000

/** Types code and phrase, as a person would. */
async function claim(client: CloudClient, office: BranchOffice, siteId: string, more: object = {}) {
  const { code, phrase } = await office.code()
  const offer = await client.call('POST', '/claims', { code })
  expect([offer.status, offer.body.model]).toEqual([200, 'branchline'])
  const done = await client.call('POST', '/claims/confirm', {
    claimToken: offer.body.claimToken,
    siteId,
    phrase,
    ...more,
  })
  if (done.status === 200) await office.belong()
  return done
}

interface Place {
  readonly name: string
  readonly skip: string | undefined
  flags(name: string): Promise<readonly string[]>
}

let folder: string
let cluster: Cluster | undefined
const PLACES: readonly Place[] = [
  { name: 'SQLite', skip: undefined, flags: async (name) => [`--data=${join(folder, name)}`] },
  {
    name: 'PostgreSQL',
    skip: noPostgres(),
    async flags(name) {
      cluster ??= startPostgres()
      return [`--database-url=${await cluster.create(name)}`, `--key-file=${join(folder, `${name}.key`)}`]
    },
  },
]
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'bl-cloud-boxes-'))
})
afterAll(async () => {
  await cluster?.[Symbol.asyncDispose]()
  rmSync(folder, { recursive: true })
})

describe.each(PLACES)('a box and its account on $name', ({ skip, flags }) => {
  const why = skip === undefined ? '' : ` (${skip})`

  describe.skipIf(skip !== undefined)(`over HTTP${why}`, () => {
    let cloud: CloudProcess
    let client: CloudClient
    beforeAll(async () => {
      cloud = await startCloud(await flags('boxes'))
      client = await firstOwner(cloud)
    }, 30 * SECONDS)
    afterAll(() => cloud[Symbol.asyncDispose]())
    const devices = (site: string) => `/accounts/${client.account}/sites/${site}/devices`

    it(
      'are one: what was drafted comes to the box, edits go both ways, what does not fit is shown and settled',
      async () => {
        const site = await client.site('Lobby')
        const path = `${devices(site)}/${MAC}`
        const draft = { name: 'desk', vendor: 'yealink', lines: [{ index: 1, user: '101', secret: 'hush-hush' }] }
        expect((await client.call('PUT', path, draft)).status).toBe(201)
        await using office = openBranchOffice(cloud.url)
        expect((await claim(client, office, site)).status).toBe(200)
        await office.sync().cycle()
        const device = () => office.records.get('device', MAC)?.body as { lines: { secret: unknown }[]; name: string }
        expect(device()).toMatchObject({ name: 'desk', vendor: 'yealink', lines: [{ user: '101' }] })
        expect(office.opened(device().lines[0]?.secret)).toBe('hush-hush')

        const listening = await office.listen('box:')
        const changed = await client.call('PATCH', path, { rev: 1, model: 'SIP-T46U' })
        expect([changed.status, changed.body.rev, changed.body.lines[0].hasSecret]).toEqual([200, 2, true])
        expect(await listening.next).toBe(`event: poke\ndata: {"feeds":["box:${office.boxId()}"]}`)
        await office.sync().cycle()
        expect(device()).toMatchObject({ model: 'SIP-T46U' })

        office.records.put('device', MAC, { ...device(), name: 'front desk' } as never, BY)
        await office.sync().cycle()
        expect((await client.call('GET', path)).body).toMatchObject({ name: 'front desk', rev: 3 })

        const stale = await client.call('PATCH', path, { rev: 2, notes: 'x' })
        expect([stale.status, stale.body.error.code, stale.body.current.name]).toEqual([409, 'conflict', 'front desk'])

        // Both change the model while the line is down.
        await client.call('PATCH', path, { model: 'SIP-T48U' })
        office.records.put('device', MAC, { ...device(), model: 'SIP-T42U' } as never, BY)
        await office.sync().cycle()
        expect(device()).toMatchObject({ model: 'SIP-T48U' })
        const conflicts = `/accounts/${client.account}/sites/${site}/conflicts`
        const [conflict] = (await client.call('GET', conflicts)).body.conflicts
        expect(conflict).toMatchObject({
          record: MAC,
          side: 'box',
          other: { model: 'SIP-T42U' },
          stands: { model: 'SIP-T48U' },
        })
        const settle = () => client.call('POST', `${conflicts}/${conflict.id}/settle`, { take: true })
        expect((await settle()).status).toBe(200)
        expect((await settle()).status).toBe(409)
        await office.sync().cycle()
        expect(device()).toMatchObject({ model: 'SIP-T42U', name: 'front desk' })
        expect(office.opened(device().lines[0]?.secret)).toBe('hush-hush')

        const { changes } = (await client.call('GET', `${path}/history`)).body
        expect(changes.map((change: { action: string }) => change.action)).toEqual([
          ...['record.edit', 'record.edit', 'record.edit', 'conflict.settle'],
        ])
        const seen = JSON.stringify([(await client.call('GET', devices(site))).body, conflict, changes])
        expect(seen).not.toContain('hush-hush')
        expect(cloud.output()).not.toContain('hush-hush')
      },
      60 * SECONDS,
    )

    it(
      'a box that takes a broken one’s place has all that was there, and the old one is out',
      async () => {
        const site = await client.site('Attic')
        await using first = openBranchOffice(cloud.url)
        await claim(client, first, site)
        first.records.put('device', MAC, { name: 'attic' }, BY)
        await first.sync().cycle()
        await using second = openBranchOffice(cloud.url)
        const refused = await claim(client, second, site)
        expect([refused.status, refused.body.error.code]).toEqual([409, 'occupied'])
        expect((await claim(client, second, site, { replace: true })).status).toBe(200)
        await second.sync().cycle()
        expect(second.records.get('device', MAC)?.body).toMatchObject({ name: 'attic' })
        expect((await first.post(SYNC_PATHS.heartbeat, '{}')).status).toBe(401)
        const { boxes } = (await client.call('GET', `/accounts/${client.account}/boxes`)).body
        const here = boxes.filter((box: { siteId: string }) => box.siteId === site)
        expect(here.map((box: { id: string; state: string }) => [box.id, box.state])).toEqual([
          [second.boxId(), 'active'],
          [first.boxId(), 'released'],
        ])
        expect((await client.call('DELETE', `/accounts/${client.account}/sites/${site}`)).status).toBe(409)
      },
      60 * SECONDS,
    )

    it('a wrong signature and a request that is sent again are refused, and say why', async () => {
      const [mine, other] = [newKeyPair('ed25519'), newKeyPair('ed25519')]
      const body = JSON.stringify({
        ...{ version: 1, bootId: 'b1', model: 'branchline', boxVersion: '0.1.0' },
        ...{ identityKey: mine.publicKey, sealingKey: newKeyPair('x25519').publicKey },
      })
      const path = '/v1/enrolments'
      const enrol = async (signer: KeyPair, challenge: string) => {
        const text = signedText({ method: 'POST', path, bodyHash: sha256Hex(body), challenge })
        const response = await fetch(`${cloud.url}${path}`, {
          ...{ method: 'POST', body },
          headers: {
            ...{ 'branchline-key': mine.publicKey, 'branchline-challenge': challenge },
            'branchline-signature': signText(signer, text),
          },
        })
        return { status: response.status, body: await response.json() }
      }
      const { challenge } = await (await fetch(`${cloud.url}/v1/challenge`)).json()
      expect(await enrol(other, challenge)).toMatchObject({ status: 401, body: { error: { code: 'signature' } } })
      expect(await enrol(mine, challenge)).toMatchObject({ status: 201, body: { interval: 5 } })
      const again = await enrol(mine, challenge)
      expect([again.status, again.body.error.code]).toEqual([401, 'challenge'])
      expect(again.body.error.message).toContain('ask for another')
    })

    it(
      'what is bad gets a clear error, and the queue still moves',
      async () => {
        const site = await client.site('Cellar')
        await using office = openBranchOffice(cloud.url)
        await claim(client, office, site)
        await office.sync().cycle()
        const version = 1
        const say = async (path: string, body: unknown) => {
          const response = await office.post(path, JSON.stringify(body))
          return { status: response.status, body: await response.json() }
        }
        const feed = `box:${office.boxId()}`
        expect(await say(SYNC_PATHS.pull, { version, feed: 'org:of-others', limit: 10 })).toMatchObject({
          status: 403,
          body: { answer: 'refused', code: 'forbidden' },
        })
        expect(await say(SYNC_PATHS.pull, { version, feed, limit: 0 })).toMatchObject({
          status: 400,
          body: { answer: 'refused', code: 'malformed', message: expect.stringContaining('limit') },
        })
        const junk = await office.post(SYNC_PATHS.push, '[[[')
        expect([junk.status, (await junk.json()).code]).toEqual([400, 'malformed'])
        const { cursor } = (await say(SYNC_PATHS.pull, { version, feed, limit: 10 })).body
        const [form, gen, _seq, _claimed, ...rest] = cursor.split('~')
        const future = [form, gen, '900', '900', ...rest].join('~')
        expect((await say(SYNC_PATHS.pull, { version, feed, cursor: future, limit: 10 })).body).toEqual({
          ...{ answer: 'must_reset', reason: 'other-history' },
        })

        const { epoch } = office.sync().state()
        const push = (items: unknown[]) => say(SYNC_PATHS.push, { version, epoch, holder: 'other', items })
        const edit = { feed, kind: 'device', id: MAC, group: 'name', base: null, by: 'page', at: 1 }
        const strange = { seq: 1, mutationId: 'm1', what: 'nobody knows' }
        const good = { ...edit, seq: 2, mutationId: 'm2', patch: { set: { name: 'desk' }, unset: [] } }
        const taken = await push([strange, good])
        expect(taken.body).toMatchObject({
          answer: 'taken',
          outcomes: [{ outcome: 'rejected', code: 'malformed' }, { outcome: 'applied' }],
        })
        expect((await client.call('GET', `${devices(site)}/${MAC}`)).body.name).toBe('desk')

        const megabyte = new Uint8Array(1 << 20).fill(32)
        let sent = 0
        const endless = new ReadableStream({
          pull(controller) {
            sent++
            if (sent > 100) controller.close()
            else controller.enqueue(megabyte)
          },
        })
        const large = await office.post(SYNC_PATHS.push, endless)
        expect([large.status, (await large.json()).code]).toEqual([413, 'too-large'])
        expect(sent).toBeLessThan(100)
        const declared = await office.post(SYNC_PATHS.push, ' '.repeat(3 << 20))
        expect([declared.status, (await declared.json()).code]).toEqual([413, 'too-large'])

        const packed = await office.post(
          SYNC_PATHS.heartbeat,
          JSON.stringify({ version, epoch, holder: 'h', lastSeq: 2 }),
        )
        expect(await packed.json()).toMatchObject({ answer: 'heartbeat', inbox: { lastSeq: 2 } })
        const wrong = await fetch(`${cloud.url}${SYNC_PATHS.pull}`, {
          ...{ method: 'POST', body: '{}', headers: { authorization: 'Bearer aaaaaaaaaaaaaaaaaaaaaaaa.bbbb' } },
        })
        expect([wrong.status, (await wrong.json()).error.code]).toEqual([401, 'signature'])
      },
      60 * SECONDS,
    )
  })
})

const missing = noPostgres()
describe.skipIf(missing !== undefined)(`two processes${missing === undefined ? '' : ` (${missing})`}`, () => {
  it('a change at one reaches a box and a page that are connected to the other', async () => {
    cluster ??= startPostgres()
    const flags = [`--database-url=${await cluster.create('two')}`, `--key-file=${join(folder, 'two.key')}`]
    await using one = await startCloud(flags)
    await using other = await startCloud(flags)
    const client = await firstOwner(other)
    const site = await client.site('Lobby')
    await using office = openBranchOffice(one.url)
    await claim(client.at(one.url), office, site)
    await office.sync().cycle()
    const listening = await office.listen('box:')
    const page = await client.at(one.url).follow()
    await page('event: hello')
    const path = `/accounts/${client.account}/sites/${site}/devices/${MAC}`
    await client.call('PUT', path, { name: 'desk' })
    expect(await page('devices')).toContain(`"site":"${site}"`)
    expect(await listening.next).toContain(office.boxId())
    await office.sync().cycle()
    expect(office.records.get('device', MAC)?.body).toMatchObject({ name: 'desk' })
  }, 60_000)

  it('after the database was away a new generation begins for the boxes too', async () => {
    cluster ??= startPostgres()
    const flags = [`--database-url=${await cluster.create('away')}`, `--key-file=${join(folder, 'away.key')}`]
    await using cloud = await startCloud(flags)
    const client = await firstOwner(cloud)
    const site = await client.site('Lobby')
    await using office = openBranchOffice(cloud.url)
    await claim(client, office, site)
    const generation = async () => {
      const request = JSON.stringify({ version: 1, feed: `box:${office.boxId()}`, limit: 10 })
      const { cursor } = await (await office.post(SYNC_PATHS.pull, request)).json()
      return Number(cursor.split('~')[1])
    }
    const path = `/accounts/${client.account}/sites/${site}/devices/${MAC}`
    await client.call('PUT', path, { name: 'desk' })
    const before = await generation()
    const metrics = async () => (await fetch(`${cloud.operationsUrl}/metrics`)).text()
    const own = async () => Number(/^branchline_cloud_generation (\S+)/m.exec(await metrics())?.[1])
    const first = await own()
    cluster.crash()
    // The program looks every two seconds.
    while (!/^branchline_cloud_database_up 0/m.test(await metrics())) await Bun.sleep(100)
    cluster.start()
    while ((await own()) === first) await Bun.sleep(100)
    await client.call('PATCH', path, { name: 'hall' })
    expect(await generation()).toBeGreaterThan(before)
    await office.sync().cycle()
    expect(office.records.get('device', MAC)?.body).toMatchObject({ name: 'hall' })
  }, 60_000)
})
