import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type CloudDatabase, openCloudDatabase } from '../../cloud/database/open.ts'
import { openFolderStore } from '../../cloud/files/folder-store.ts'
import { openS3Store } from '../../cloud/files/s3-store.ts'
import { describeBlobStore } from '../support/blob-store-suite.ts'
import { type CloudDesk, makeCloudDesk, PUBLIC_URL } from '../support/cloud-desk.ts'
import { type Cluster, noPostgres, startPostgres } from '../support/postgres.ts'
import { startS3 } from '../support/s3-server.ts'

const KEYS = { accessKeyId: 'AKTEST', secretAccessKey: 'secret/with+signs', region: 'eu-test-1' }
const DAY = 86_400_000
const temporary = () => mkdtempSync(join(tmpdir(), 'bl-blobs-'))

describeBlobStore('folder', async () => {
  const folder = temporary()
  return { store: await openFolderStore(folder, Date.now()), dispose: async () => rmSync(folder, { recursive: true }) }
})

async function openS3(endpoint: string, folder: string, given: Partial<typeof KEYS> = {}) {
  return openS3Store({ ...KEYS, ...given, endpoint, bucket: 'phones', prefix: 'branch line/', folder }, Date.now())
}

describeBlobStore('S3', async () => {
  const server = startS3(KEYS)
  const folder = temporary()
  return {
    store: await openS3(server.endpoint, folder),
    async dispose() {
      server[Symbol.dispose]()
      expect(server.refused).toEqual([])
      // Nothing of what waited there is left.
      expect(readdirSync(join(folder, 'incoming'))).toEqual([])
      rmSync(folder, { recursive: true })
    },
  }
})

describe('a store that speaks S3', () => {
  it('is told from one that has no such content when it refuses, and its failures are told without the key', async () => {
    using server = startS3(KEYS)
    const folder = temporary()
    const wrong = await openS3(server.endpoint, folder, { secretAccessKey: 'another' })
    const thrown = await wrong.has('a'.repeat(64)).catch((error: unknown) => String(error))
    expect(thrown).toContain('does not do what it is asked')
    expect(thrown).not.toContain('another')
    expect(server.refused).toHaveLength(1)
    const right = await openS3(server.endpoint, folder)
    server.fail = 503
    await expect(right.has('a'.repeat(64))).rejects.toThrow('does not do what it is asked')
    server.fail = undefined
    expect(await right.has('a'.repeat(64))).toBe(false)
    rmSync(folder, { recursive: true })
  })
})

async function makeOffice(database?: CloudDatabase) {
  const desk = await makeCloudDesk(database === undefined ? {} : { database })
  const account = await desk.account('Office')
  const owner = await desk.person('owner@example.net')
  await desk.member(account, owner, 'owner')
  const browser = await desk.signedIn(owner)
  const path = `/api/v1/accounts/${account}/files`
  const cookie = () => [...browser.cookies].map(([name, value]) => `${name}=${value}`).join('; ')
  const send = (method: string, where: string, body?: string | Uint8Array, headers: Record<string, string> = {}) =>
    desk.app.fetch(
      new Request(`${PUBLIC_URL}${where}`, {
        method,
        headers: { cookie: cookie(), 'x-branchline': '1', ...headers },
        ...(body === undefined ? {} : { body: body as BodyInit }),
      }),
      { address: '192.0.2.1' },
    )
  const put = (name: string, body: string | Uint8Array, query = '') =>
    send('POST', `${path}?name=${encodeURIComponent(name)}${query}`, body, { 'content-type': 'application/x-rom' })
  return { desk, account, path, browser, send, put, [Symbol.asyncDispose]: () => desk[Symbol.asyncDispose]() }
}

const blobs = (desk: CloudDesk) => desk.deps.database.db.selectFrom('blob').select('hash').execute()

function describeFiles(name: string, open: () => Promise<CloudDatabase | undefined>): void {
  describe(`files of an account on ${name}`, () => {
    it('are stored, listed, fetched in parts and taken away', async () => {
      await using office = await makeOffice(await open())
      const { path, put, send, browser } = office
      const stored = await put('firmware/T46 ü.rom', '0123456789')
      expect([stored.status, await stored.json()]).toMatchObject([200, { name: 'firmware/T46 ü.rom', size: 10 }])
      const list = (await browser.call('GET', path)).body
      expect(list).toMatchObject({
        files: [{ contentType: 'application/x-rom', addedBy: 'owner@example.net' }],
        quota: 1000,
        used: 10,
      })
      const one = `${path}/${encodeURIComponent('firmware/T46 ü.rom')}`
      const whole = await send('GET', one)
      const tag = whole.headers.get('etag') ?? ''
      expect([whole.status, await whole.text(), tag]).toEqual([200, '0123456789', `"${list.files[0].hash}"`])
      expect(whole.headers.get('content-disposition')).toBe(`attachment; filename*=UTF-8''T46%20%C3%BC.rom`)
      const part = await send('GET', one, undefined, { range: 'bytes=7-' })
      expect([part.status, await part.text(), part.headers.get('content-range')]).toEqual([206, '789', 'bytes 7-9/10'])
      const changed = await send('GET', one, undefined, { range: 'bytes=7-', 'if-range': '"other"' })
      expect(changed.status).toBe(200)
      expect((await send('GET', one, undefined, { range: 'bytes=10-' })).status).toBe(416)
      expect((await send('GET', one, undefined, { 'if-none-match': tag })).status).toBe(304)
      const head = await send('HEAD', one)
      expect([head.status, head.headers.get('content-length'), await head.text()]).toEqual([200, '10', ''])
      expect((await send('DELETE', one)).status).toBe(200)
      expect((await send('GET', one)).status).toBe(404)
      const audit = (await browser.call('GET', `/api/v1/accounts/${office.account}/audit`)).body.entries
      expect(audit.map((entry: { action: string }) => entry.action)).toEqual(['file.remove', 'file.put'])
    })

    it('are stored whole or not at all, within what the account may have', async () => {
      await using office = await makeOffice(await open())
      const { put, browser, path } = office
      expect((await put('../x', 'x')).status).toBe(400)
      expect((await put('a', 'x'.repeat(801))).status).toBe(400)
      const wrong = await put('a', 'abc', `&sha256=${'0'.repeat(64)}`)
      expect([wrong.status, (await wrong.json()).error.message]).toMatchObject([
        400,
        expect.stringContaining('nothing was stored'),
      ])
      expect((await put('a', 'x'.repeat(600))).status).toBe(200)
      const full = await put('b', 'y'.repeat(500))
      expect((await full.json()).error.message).toContain('more than the 400 that this account has left')
      // It takes the place of the old one, whose room it may use.
      expect((await put('a', 'z'.repeat(700))).status).toBe(409)
      expect((await put('a', 'z'.repeat(700), '&replace=1')).status).toBe(200)
      const many = await Promise.all(['c', 'd', 'e'].map((name) => put(name, name.repeat(200))))
      expect(many.map(({ status }) => status).sort()).toEqual([200, 400, 400])
      expect((await browser.call('GET', path)).body.used).toBe(900)
    })

    it('lose their content a day after the last name of it went', async () => {
      await using office = await makeOffice(await open())
      const { desk, account, put, send, path } = office
      const { files } = desk.deps
      await put('a', 'same')
      await put('b', 'same')
      await put('c', 'other')
      await send('DELETE', `${path}/a`)
      await send('DELETE', `${path}/c`)
      await files.sweep()
      expect(await blobs(desk)).toHaveLength(2)
      desk.clock.advance(DAY + 1)
      // Stored once more just before: it stays.
      await files.sweep()
      expect(await blobs(desk)).toHaveLength(1)
      const file = await files.get(account, 'b')
      expect(await new Response(await files.read(file, { from: 0, to: 4 })).text()).toBe('same')
    })

    it('are fetched by boxes of the account by their hash, and by nobody else', async () => {
      await using office = await makeOffice(await open())
      const { desk, put, send } = office
      const { hash } = await (await put('rom', 'content')).json()
      expect((await send('GET', `/v1/files/${hash}`)).status).toBe(401)
      const forged = await send('GET', `/v1/files/${hash}`, undefined, { authorization: `Bearer ${'x'.repeat(60)}` })
      expect(forged.status).toBe(401)
      const asBox = async (orgId: string) => {
        const { boxFileRoutes } = await import('../../cloud/files/routes-box.ts')
        const verifyToken = async () => ({
          kind: 'done' as const,
          value: { boxId: 'b', orgId, siteId: 's', sealingKey: '' },
        })
        const boxes = { ...desk.deps.boxes, enrolment: { ...desk.deps.boxes.enrolment, verifyToken } }
        const app = boxFileRoutes({ ...desk.deps, boxes })
        app.onError((_thrown, c) => c.text('', 404))
        return app.request(`/v1/files/${hash}`, {
          headers: { authorization: `Bearer ${'x'.repeat(60)}`, range: 'bytes=3-' },
        })
      }
      const answer = await asBox(office.account)
      expect([answer.status, await answer.text()]).toEqual([206, 'tent'])
      expect((await asBox(await desk.account('other'))).status).toBe(404)
    })
  })
}

describeFiles('SQLite', async () => undefined)

const missing = noPostgres()
describe.skipIf(missing !== undefined)(`on PostgreSQL${missing === undefined ? '' : ` (${missing})`}`, () => {
  let cluster: Cluster
  let made = 0
  beforeAll(() => {
    cluster = startPostgres()
  })
  afterAll(() => cluster[Symbol.asyncDispose]())
  describeFiles('PostgreSQL', async () =>
    openCloudDatabase({ kind: 'postgres', url: await cluster.create(`files${++made}`), connections: 6 }),
  )
})
