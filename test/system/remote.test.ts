import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { CloudState } from '../../services/enrolment/contract.ts'
import { DemoBox } from '../support/box-process.ts'
import { type CloudProcess, startCloud } from '../support/cloud-process.ts'

// The account's program and a box as processes, and the web server of a phone: what people do from far away. The phones
// of the demonstration lease addresses of loopback, so a phone's own page can stand there, at its usual port.

const root = process.getuid?.() === 0
const data = mkdtempSync(join(tmpdir(), 'bl-remote-'))
let cloud: CloudProcess
let box: DemoBox
let cookie = ''
let sites = ''
let site = ''
let phone: { readonly mac: string; readonly address: string }
let web: Server | undefined
const asked: {
  readonly method: string
  readonly path: string
  readonly headers: IncomingMessage['headers']
  readonly body: string
}[] = []

interface Answer {
  readonly status: number
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of every shape
  readonly body: any
}

async function call(method: string, path: string, body?: unknown): Promise<Answer> {
  const response = await fetch(`${cloud.url}${path}`, {
    method,
    headers: { cookie, 'content-type': 'application/json' },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  })
  const known = response.headers.getSetCookie()[0]?.split(';')[0]
  if (known !== undefined) cookie = known
  return { status: response.status, body: await response.json() }
}

/** Asks for a job and waits for its end. */
async function done(kind: 'look' | 'act', job: object): Promise<Answer['body']> {
  const made = await call('POST', `${site}/jobs/${kind}`, { job })
  expect([made.status, made.body.error]).toEqual([202, undefined])
  for (;;) {
    const { body } = await call('GET', `${site}/jobs/${made.body.id}?wait=20`)
    if (['done', 'failed', 'expired'].includes(body.state)) return body
  }
}

/** A browser at the page's own name, which leads to the account's program. */
async function browse(
  url: string,
  init: { cookie?: string; method?: string; body?: string; headers?: Record<string, string> } = {},
) {
  const { host, pathname, search } = new URL(url)
  return fetch(`${cloud.url}${pathname}${search}`, {
    method: init.method ?? 'GET',
    redirect: 'manual',
    headers: { host, 'sec-fetch-site': 'same-origin', ...(init.cookie && { cookie: init.cookie }), ...init.headers },
    ...(init.body !== undefined && { body: init.body }),
  })
}

function answer(request: IncomingMessage, response: ServerResponse, body: string): void {
  const path = request.url ?? ''
  asked.push({ method: request.method ?? '', path, headers: request.headers, body })
  const own = `http://${phone.address}`
  if (path === '/') return void response.writeHead(302, { location: `${own}/index.htm` }).end()
  if (path === '/away') return void response.writeHead(302, { location: 'http://192.0.2.1/' }).end()
  if (path === '/large') return void response.end(Buffer.alloc(700_000, 'x'))
  response.writeHead(200, {
    'content-type': 'text/html',
    'set-cookie': ['SID=s3; Domain=localhost; Path=/', 'branchline-page=evil'],
    'x-accel-redirect': '/etc/passwd',
  })
  response.end(`<a href="${own}/next">next</a>${body}`)
}

beforeAll(async () => {
  cloud = await startCloud([`--data=${data}`, '--phone-pages-url=http://*.localhost'])
  const token = new URL(cloud.firstLink ?? 'none:').hash.slice(1)
  const owner = {
    token,
    name: 'Ada',
    email: 'ada@example.net',
    accountName: 'Phones',
    password: 'correct horse battery',
  }
  await call('POST', '/api/v1/invitations/accept', owner)
  const account = (await call('GET', '/api/v1/accounts')).body.accounts[0].id
  sites = `/api/v1/accounts/${account}/sites`
  const siteId = (await call('POST', sites, { name: 'Harbour' })).body.id
  site = `${sites}/${siteId}`
  box = await DemoBox.start('--cloud', cloud.url, '--cloud-phone-pages', 'true')
  const shown = await box.until(async () => {
    const state = await box.api<CloudState>('/cloud')
    return state.state === 'unclaimed' && state.code !== undefined ? state : undefined
  }, 'it shows a code')
  const { claimToken } = (await call('POST', '/api/v1/claims', { code: shown.code })).body
  const claim = { claimToken, siteId, phrase: shown.phrase }
  expect((await call('POST', '/api/v1/claims/confirm', claim)).status).toBe(200)
  await box.until(async () => ((await box.api<CloudState>('/cloud')).state === 'claimed' ? true : undefined), 'claimed')
  const { leases } = await box.api<{ leases: { mac?: string; address: string }[] }>('/leases')
  const { devices } = await box.api<{ devices: { mac: string; name?: string }[] }>('/devices')
  const mac = devices.find(({ name }) => name === 'Front desk')?.mac ?? ''
  phone = { mac, address: leases.find((lease) => lease.mac === mac)?.address ?? '' }
}, 90_000)
afterAll(async () => {
  web?.close()
  await box[Symbol.asyncDispose]()
  await cloud[Symbol.asyncDispose]()
  rmSync(data, { recursive: true, force: true })
})

describe('from far away', () => {
  it('a phone is explained', async () => {
    const job = await done('look', { kind: 'explain', mac: phone.mac })
    expect(job).toMatchObject({ state: 'done', by: 'ada@example.net', text: expect.stringContaining('configured') })
    expect(job.result).toMatchObject({
      mac: phone.mac,
      verdict: { state: 'configured' },
      device: { name: 'Front desk' },
    })
    expect(job.result.journey.happenings.length).toBeGreaterThan(3)
  }, 60_000)

  it('a file is rendered, its secrets masked', async () => {
    const { state, result } = await done('look', { kind: 'render', mac: phone.mac })
    expect([state, result.masked]).toEqual(['done', true])
    expect(result.text).toContain('account.1.user_name = 201')
    expect(result.text).toMatch(/account\.1\.password = •+\n/)
  }, 60_000)

  it('an edit that is not saved is seen in the file, and one with a secret is not even asked for', async () => {
    const lines = [{ index: 1, user: '201', label: 'Porter' }]
    const { state, result } = await done('look', { kind: 'preview', mac: phone.mac, patch: { lines } })
    const own = result.files.find(({ after }: { after?: string }) => after?.includes('account.1.label = Porter'))
    expect([state, own.changed, own.before.includes('Porter')]).toEqual(['done', true, false])
    const secret = { lines: [{ index: 1, user: '201', secret: 'never-to-be-stored' }] }
    const refused = await call('POST', `${site}/jobs/look`, { job: { kind: 'preview', mac: phone.mac, patch: secret } })
    expect([refused.status, JSON.stringify(refused.body).includes('never-to-be-stored')]).toEqual([400, false])
  }, 60_000)

  it('a text that is not saved is seen in the file of a phone', async () => {
    const files = { 'settings.liquid': 'phone.made_up = 1\n' }
    const job = await done('look', { kind: 'template', mac: phone.mac, vendor: 'yealink', files })
    expect([job.state, job.result.changed]).toEqual(['done', true])
    expect(job.result.diff).toContain('+phone.made_up = 1')
  }, 60_000)

  it('the history of a phone is told, and a change of it taken back', async () => {
    const before = (await box.api<{ notes?: string }>(`/devices/${phone.mac}`)).notes
    await box.ask(`/api/v1/devices/${phone.mac}`, {
      ...{ method: 'PATCH', body: JSON.stringify({ notes: 'behind the plant' }) },
      headers: { 'content-type': 'application/json' },
    })
    const { changes } = (await done('look', { kind: 'history', mac: phone.mac })).result
    const last = changes.at(-1)
    expect(last.fields).toEqual(['notes'])
    const undone = await done('act', { kind: 'undo', mac: phone.mac, seq: last.seq })
    expect([undone.state, undone.text]).toEqual(['done', `change ${last.seq} is taken back`])
    expect((await box.api<{ notes?: string }>(`/devices/${phone.mac}`)).notes).toBe(before)
    expect((await done('look', { kind: 'history', mac: phone.mac })).result.changes.at(-1).by).toBe(
      'ada@example.net (account)',
    )
  }, 60_000)

  it('the box checks itself', async () => {
    const { state, result } = await done('look', { kind: 'checks' })
    const states = Object.fromEntries(result.checks.map((one: { id: string; state: string }) => [one.id, one.state]))
    expect([state, states]).toMatchObject([
      'done',
      {
        services: 'good',
        http: 'good',
        database: 'good',
        clock: 'good',
        interfaces: 'good',
        dhcp: 'good',
        files: 'good',
      },
    ])
  }, 60_000)

  it('a phone that is not there is said not to be', async () => {
    expect(await done('look', { kind: 'explain', mac: '00:00:5e:00:53:77' })).toMatchObject({
      state: 'failed',
      text: 'no device 00:00:5e:00:53:77, and none such was ever seen here',
    })
  }, 60_000)

  it('a phone is made to fetch again, and the branch sees who wanted it', async () => {
    const key = 'same-click-1'
    const job = { kind: 'refetch', macs: [phone.mac] }
    const first = await call('POST', `${site}/jobs/act`, { job, key })
    const second = await call('POST', `${site}/jobs/act`, { job, key })
    expect([second.status, second.body.id]).toEqual([202, first.body.id])
    expect((await call('POST', `${site}/jobs/act`, { job: { ...job, kind: 'reboot' }, key })).status).toBe(409)
    await box.until(async () => {
      const { journey } = (await box.api<{ journey?: unknown }>(`/devices/${phone.mac}/journey`).catch(() => ({}))) as {
        journey?: unknown
      }
      const text = JSON.stringify(journey ?? (await box.api(`/journeys/${phone.mac}`)))
      return text.includes('ada@example.net (account)') ? true : undefined
    }, 'the journey names who asked')
    const { entries } = (await call('GET', `${sites.replace(/\/sites$/, '')}/audit`)).body
    const noted = entries.find((one: { action: string }) => one.action === 'remote.refetch')
    expect(noted).toMatchObject({ actorName: 'ada@example.net', detail: { job: first.body.id } })
    expect(entries.filter((one: { action: string }) => one.action === 'remote.refetch').length).toBe(1)
  }, 60_000)
})

describe.skipIf(!root)('a phone’s own page', () => {
  it('is off until somebody switches it on for the site', async () => {
    const refused = await call('POST', `${site}/phone-pages`, { mac: phone.mac })
    expect([refused.status, refused.body.error.message]).toEqual([
      403,
      'this site does not allow phones’ pages to be opened',
    ])
  })

  it('is shown at a name of its own, for a while, to one browser', async () => {
    web = createServer((request, response) => {
      let body = ''
      request.on('data', (part) => {
        body += part
      })
      request.on('end', () => answer(request, response, body))
    })
    await new Promise<void>((resolve) => web?.listen(80, phone.address, resolve))
    expect((await call('PUT', `${site}/remote`, { phonePages: true })).status).toBe(200)
    const opened = await call('POST', `${site}/phone-pages`, { mac: phone.mac, minutes: 5 })
    expect([opened.status, opened.body.error]).toEqual([202, undefined])
    const { url, page } = opened.body
    const job = (await call('GET', `${site}/jobs/${page.jobId}?wait=20`)).body
    expect([job.state, job.text]).toEqual(['done', 'its page is open for 5 minutes'])

    const { origin } = new URL(url)
    expect((await browse(`${origin}/`)).status).toBe(403)
    const entered = await browse(url, { headers: { 'sec-fetch-site': 'cross-site' } })
    expect([entered.status, entered.headers.get('refresh')]).toEqual([200, '0; url=/'])
    const mine = entered.headers.getSetCookie()[0]?.split(';')[0] ?? ''
    expect(mine).toMatch(/^branchline-page=blp_/)
    // Once.
    expect((await browse(url)).status).toBe(403)

    const led = await browse(`${origin}/`, { cookie: mine })
    expect([led.status, led.headers.get('location')]).toEqual([302, '/index.htm'])
    const shown = await browse(`${origin}/index.htm`, {
      cookie: `${mine}; SID=s3; branchline-session=secret`,
      headers: { referer: `${origin}/`, 'x-forwarded-for': '198.51.100.9' },
    })
    expect([shown.status, await shown.text()]).toEqual([200, '<a href="/next">next</a>'])
    expect(shown.headers.getSetCookie()).toEqual(['SID=s3; Path=/; SameSite=Lax'])
    expect(shown.headers.get('x-accel-redirect')).toBeNull()
    expect(shown.headers.get('content-security-policy')).toContain("default-src 'self'")
    const { headers } = asked.at(-1) ?? { headers: {} }
    expect(headers).toMatchObject({ host: phone.address, cookie: 'SID=s3', referer: `http://${phone.address}/` })
    expect(headers).not.toHaveProperty('x-forwarded-for')
    expect(headers).not.toHaveProperty('sec-fetch-site')

    const posted = await browse(`${origin}/cgi?x=1`, { cookie: mine, method: 'POST', body: 'a=b', headers: { origin } })
    expect(await posted.text()).toContain('a=b')
    expect(asked.at(-1)).toMatchObject({ method: 'POST', path: '/cgi?x=1', body: 'a=b' })
    expect((await (await browse(`${origin}/large`, { cookie: mine })).text()).length).toBe(700_000)
    const many = await Promise.all(Array.from({ length: 20 }, (_, i) => browse(`${origin}/n${i}`, { cookie: mine })))
    expect(many.map(({ status }) => status)).toEqual(Array.from({ length: 20 }, () => 200))

    // What must not get through.
    const before = asked.length
    const away = await browse(`${origin}/away`, { cookie: mine })
    expect([away.status, await away.text()]).toEqual([502, 'the phone leads away from itself: http://192.0.2.1/\n'])
    const foreign = { cookie: mine, method: 'POST', body: 'a=b', headers: { origin: 'http://evil.example' } }
    expect((await browse(`${origin}/cgi`, foreign)).status).toBe(403)
    expect((await browse(`${origin}/`, { cookie: mine, headers: { 'sec-fetch-site': 'same-site' } })).status).toBe(403)
    expect((await browse(`${origin}/sw.js`, { cookie: mine, headers: { 'service-worker': 'script' } })).status).toBe(
      403,
    )
    expect(
      (await browse(`${origin}/x`, { cookie: mine, method: 'POST', body: 'x'.repeat(600_000), headers: { origin } }))
        .status,
    ).toBe(413)
    expect((await browse(`http://p${'0'.repeat(25)}.localhost/`, { cookie: mine })).status).toBe(403)
    // The account's routes are not at this name, nor the page at the account's.
    expect((await browse(`${origin}/api/v1/me`, { cookie: `${mine}; ${cookie}` })).headers.get('content-type')).toBe(
      'text/html',
    )
    expect(asked.length).toBe(before + 2)
    expect((await fetch(`${cloud.url}/.branchline/open`)).status).toBe(404)

    expect((await call('DELETE', `${site}/phone-pages/${page.id}`)).status).toBe(200)
    const closed = await browse(`${origin}/`, { cookie: mine })
    expect([closed.status, await closed.text()]).toEqual([
      403,
      'this page is closed, or was not opened in this browser\n',
    ])
    const { entries } = (await call('GET', `${sites.replace(/\/sites$/, '')}/audit`)).body
    const acts = entries
      .map((one: { action: string }) => one.action)
      .filter((one: string) => one.startsWith('remote.phone-page'))
    expect(acts).toEqual(['remote.phone-page.closed', 'remote.phone-page.ended', 'remote.phone-page'])
    expect(box.log + cloud.output()).not.toContain('blp_')
  }, 60_000)
})
