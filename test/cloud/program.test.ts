import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openCloudDatabase } from '../../cloud/database/open.ts'
import { makeCloudDesk } from '../support/cloud-desk.ts'
import { type CloudProcess, startCloud } from '../support/cloud-process.ts'
import { type Cluster, noPostgres, startPostgres } from '../support/postgres.ts'

const PASSWORD = 'correct horse battery'

async function post(url: string, path: string, body: unknown, headers: Record<string, string> = {}) {
  const init = {
    method: 'POST',
    body: JSON.stringify(body),
    headers: { 'content-type': 'application/json', ...headers },
  }
  const response = await fetch(`${url}${path}`, init)
  return {
    status: response.status,
    body: await response.json(),
    cookie: response.headers.getSetCookie()[0]?.split(';')[0] ?? '',
  }
}
const get = (url: string, cookie = '') => fetch(url, { headers: { cookie } })

async function firstOwner(cloud: CloudProcess): Promise<string> {
  const token = new URL(cloud.firstLink ?? 'none:').hash.slice(1)
  const given = { token, name: 'Ada', email: 'ada@example.net', accountName: 'Phones', password: PASSWORD }
  return (await post(cloud.url, '/api/v1/invitations/accept', given)).cookie
}

/** Asks again until the answer has this status; a test's own time is the limit. */
async function until(status: number, url: string): Promise<void> {
  while ((await get(url).catch(() => undefined))?.status !== status) await Bun.sleep(100)
}

async function metric(cloud: CloudProcess, name: string): Promise<number> {
  const text = await (await get(`${cloud.operationsUrl}/metrics`)).text()
  return Number(new RegExp(`^branchline_cloud_${name} (\\S+)$`, 'm').exec(text)?.[1])
}

describe('the cloud on SQLite', () => {
  it('starts from nothing, makes the first owner by its link, and has all again after a restart', async () => {
    const data = mkdtempSync(join(tmpdir(), 'bl-cloud-'))
    try {
      const first = await startCloud([`--data=${data}`])
      const page = await get(`${first.url}/welcome`)
      expect(page.headers.get('content-security-policy')).toContain("script-src 'self'")
      expect(await page.text()).toContain('<div id="page">')
      const cookie = await firstOwner(first)
      expect((await (await get(`${first.url}/api/v1/me`, cookie)).json()).email).toBe('ada@example.net')
      expect((await get(`${first.url}/metrics`)).status).toBe(404)
      expect(await metric(first, 'database_up')).toBe(1)
      const generation = await metric(first, 'generation')
      expect(await first.stop()).toBe(0)
      await using second = await startCloud([`--data=${data}`])
      expect(second.firstLink).toBeUndefined()
      expect((await get(`${second.url}/api/v1/me`, cookie)).status).toBe(200)
      expect(await metric(second, 'generation')).toBeGreaterThan(generation)
      expect(first.output() + second.output()).not.toContain(PASSWORD)
    } finally {
      rmSync(data, { recursive: true })
    }
  })

  it('says what is wrong with its configuration, and starts nothing', async () => {
    await expect(startCloud(['--public-url=http://cloud.example.net'])).rejects.toThrow(
      /ended with 5: .*configuration cannot be used:\n {2}flag --public-url: .*https/s,
    )
    await expect(startCloud(['--nonsense'])).rejects.toThrow(/ended with 2/)
  })
})

const missing = noPostgres()
describe.skipIf(missing !== undefined)(
  `several processes on one PostgreSQL${missing === undefined ? '' : ` (${missing})`}`,
  () => {
    let cluster: Cluster
    let folder: string
    beforeAll(() => {
      cluster = startPostgres()
      folder = mkdtempSync(join(tmpdir(), 'bl-cloud-'))
    })
    afterAll(async () => {
      await cluster[Symbol.asyncDispose]()
      rmSync(folder, { recursive: true })
    })

    it('are one cloud: sessions, limits and links count in each', async () => {
      const url = await cluster.create('several')
      const flags = [`--database-url=${url}`, `--key-file=${join(folder, 'several.key')}`]
      // Together from nothing: they migrate and make the key at the same moment.
      const clouds = await Promise.all([startCloud(flags), startCloud(flags)])
      const [one, other] = clouds
      try {
        const links = clouds.map((cloud) => cloud.firstLink)
        expect(links.every((link) => link !== undefined)).toBe(true)
        let cookie = await firstOwner(one)
        if (cookie === '') cookie = await firstOwner(other)
        expect((await get(`${one.url}/api/v1/me`, cookie)).status).toBe(200)
        expect((await get(`${other.url}/api/v1/me`, cookie)).status).toBe(200)
        const statuses: number[] = []
        for (let i = 0; i < 12; i++) {
          const { url: where } = i % 2 === 0 ? one : other
          statuses.push((await post(where, '/api/v1/sign-in', { email: 'ada@example.net', password: 'wrong' })).status)
        }
        expect(statuses).toEqual([...Array(10).fill(401), 429, 429])
        expect((await post(other.url, '/api/v1/sign-out', {}, { cookie })).status).toBe(200)
        expect((await get(`${one.url}/api/v1/me`, cookie)).status).toBe(401)
        expect(await metric(one, 'generation')).not.toBe(await metric(other, 'generation'))
      } finally {
        for (const cloud of clouds) expect(await cloud.stop()).toBe(0)
      }
    })

    it('go on when the server was lost, in a new generation', async () => {
      const flags = [`--database-url=${await cluster.create('lost')}`, `--key-file=${join(folder, 'lost.key')}`]
      await using cloud = await startCloud(flags)
      const cookie = await firstOwner(cloud)
      const before = await metric(cloud, 'generation')
      cluster.crash()
      await until(503, `${cloud.url}/readyz`)
      expect((await get(`${cloud.url}/healthz`)).status).toBe(200)
      while ((await metric(cloud, 'database_up')) !== 0) await Bun.sleep(100)
      const refused = await get(`${cloud.url}/api/v1/me`, cookie)
      expect([refused.status, (await refused.json()).error.code]).toEqual([500, 'internal'])
      cluster.start()
      await until(200, `${cloud.url}/readyz`)
      expect((await get(`${cloud.url}/api/v1/me`, cookie)).status).toBe(200)
      while ((await metric(cloud, 'database_up')) !== 1) await Bun.sleep(100)
      expect(await metric(cloud, 'generation')).toBeGreaterThan(before)
    })

    it('refuse a key that is not the one of the database', async () => {
      const url = `--database-url=${await cluster.create('keys')}`
      await (await startCloud([url, `--key-file=${join(folder, 'right.key')}`])).stop()
      await expect(startCloud([url, `--key-file=${join(folder, 'none.key')}`])).rejects.toThrow(
        /secret key .*none.key is missing/,
      )
      await (await startCloud([`--data=${join(folder, 'else')}`, `--key-file=${join(folder, 'wrong.key')}`])).stop()
      await expect(startCloud([url, `--key-file=${join(folder, 'wrong.key')}`])).rejects.toThrow(
        /is not the one that this database was made with/,
      )
    })

    it('hold what two requests decide at the same moment', async () => {
      const url = await cluster.create('races')
      await using desk = await makeCloudDesk({ database: openCloudDatabase({ kind: 'postgres', url, connections: 8 }) })
      const account = await desk.account('Office')
      const people = await Promise.all(['a', 'b'].map((name) => desk.person(`${name}@example.net`, PASSWORD)))
      for (const person of people) await desk.member(account, person, 'owner')
      // Each owner takes the other one out: one must stay.
      const [a, b] = await Promise.all(people.map((person) => desk.signedIn(person)))
      const path = `/api/v1/accounts/${account}/people`
      const out = await Promise.all([
        a?.call('DELETE', `${path}/${people[1]}`),
        b?.call('DELETE', `${path}/${people[0]}`),
      ])
      expect(out.filter((answer) => answer?.status === 200)).toHaveLength(1)
      expect(await desk.deps.members.list(account)).toHaveLength(1)
      const guess = { email: 'a@example.net', password: 'wrong' }
      const guesses = await Promise.all(
        Array.from({ length: 14 }, () => desk.browser().call('POST', '/api/v1/sign-in', guess)),
      )
      expect(guesses.filter(({ status }) => status === 401)).toHaveLength(10)
    })
  },
)
