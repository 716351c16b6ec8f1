import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { accountsInMemory } from '../../test/support/accounts.ts'
import { DESK, device, makeFakeSite, SECRET } from '../../test/support/admin-fakes.ts'
import { makeTestClock, type TestClock } from '../../test/support/clock.ts'
import { type Accounts, ROLES, type Role, SCOPES, type Scope } from '../accounts/contract.ts'
import { type AdminApp, makeAdminApp } from './app.ts'
import type { Via } from './contract.ts'
import { accessOf, actionOf } from './policy-access.ts'

const PASSWORD = 'correct horse battery'
const LAN: Via = {
  ...{
    via: 'tcp',
    lan: true,
    secure: true,
    port: 8443,
    hosts: ['192.0.2.1', 'branchline.local'],
    address: '192.0.2.20',
  },
}
const LOOPBACK: Via = { via: 'tcp', port: 8080, address: '127.0.0.1' }
const BY = { by: 'cli:local' }

let clock: TestClock
let accounts: Accounts & Disposable
let app: AdminApp
beforeEach(() => {
  clock = makeTestClock()
  accounts = accountsInMemory(clock)
  const site = makeFakeSite()
  site.devices.set(DESK, device(DESK))
  app = makeAdminApp({ ...site.deps, accounts, clock })
})
afterEach(() => {
  app.close()
  accounts[Symbol.dispose]()
})

interface Ask {
  readonly body?: unknown
  readonly headers?: Readonly<Record<string, string>>
  readonly via?: Via
}
async function ask(method: string, path: string, { body, headers = {}, via = LAN }: Ask = {}) {
  const base = via.secure ? 'https://192.0.2.1:8443' : 'http://127.0.0.1:8080'
  const response = await app.request(
    `${base}${path}`,
    {
      method,
      headers: { 'content-type': 'application/json', ...headers },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    },
    via,
  )
  const text = await response.text()
  const json = (response.headers.get('content-type') ?? '').includes('json') ? JSON.parse(text) : undefined
  return { status: response.status, json, text, headers: response.headers, cookie: response.headers.get('set-cookie') }
}
/** The header that a browser sends after an answer. */
const cookieOf = (set: string | null) => ({ cookie: (set ?? '').split(';')[0] ?? '' })

async function enter(name: string, password = PASSWORD, via = LAN): Promise<Record<string, string>> {
  const { status, cookie } = await ask('POST', '/api/v1/sign-in', { body: { name, password }, via })
  expect(status).toBe(200)
  return cookieOf(cookie)
}
const add = (name: string, role: Role) => accounts.add({ name, role, password: PASSWORD }, BY)

/** Every route that the OpenAPI document has, and those beside it. */
async function documented(): Promise<[string, string][]> {
  const { json } = await ask('GET', '/api/openapi.json', { via: { via: 'socket' } })
  const paths = json.paths as Record<string, Record<string, unknown>>
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method): [string, string] => [method.toUpperCase(), path]),
  )
}
const filled = (path: string) => path.replace('{mac}', '00005e005301').replace(/\{\w+\}/g, 'x')

describe('every route', () => {
  it('has a rule, and no rule is for a route that is not there', async () => {
    const routes = [...(await documented()), ['GET', '/metrics'], ['GET', '/api/openapi.json']] as const
    expect(routes.length).toBeGreaterThan(80)
    expect(routes.filter(([method, path]) => actionOf(method, filled(path)) === undefined)).toEqual([])
    const { ROUTES } = await import('./policy-access.ts')
    const known = new Set(routes.map(([method, path]) => `${method} ${path}`))
    const ruled = ROUTES.flatMap(([route]) => {
      const [methods = '', path = ''] = route.split(' ')
      return methods.split(',').map((method) => `${method} ${path}`)
    })
    expect(ruled.filter((route) => !known.has(route))).toEqual([])
    expect(new Set(ruled).size).toBe(ruled.length)
  })

  it('is closed on the LAN to whoever is not signed in, with and without accounts, but for signing in', async () => {
    const routes = [...(await documented()), ['GET', '/metrics'], ['GET', '/api/openapi.json']] as const
    for (const round of ['no accounts', 'an owner']) {
      if (round === 'an owner') await add('maria', 'owner')
      for (const [method, path] of routes) {
        if (actionOf(method, filled(path)) === 'public') continue
        const { status, json } = await ask(method, filled(path), { body: method === 'GET' ? undefined : {} })
        expect([status, json.error.code], `${round}: ${method} ${path}`).toEqual([401, 'sign-in'])
      }
      for (const path of ['/api/v1/nothing', '/api/v2', '/api/v1/devices/'])
        expect((await ask('GET', path)).status, path).toBe(401)
    }
  })

  it('is refused to roles below its own, and to tokens without its scope', async () => {
    const least: Record<string, Role> = { read: 'viewer', metrics: 'viewer', devices: 'installer', site: 'admin' }
    for (const [method, path] of await documented()) {
      const action = actionOf(method, filled(path)) ?? 'none'
      for (const role of ROLES) {
        const expected =
          action === 'public' || action === 'self'
            ? true
            : action === 'accounts'
              ? role === 'owner'
              : ROLES.indexOf(role) <= ROLES.indexOf(least[action] ?? 'owner')
        const label = `${role}: ${method} ${path}`
        expect(accessOf({ kind: 'account', role }, method, filled(path)) === 'allowed', label).toBe(expected)
        for (const scope of SCOPES) {
          const asker = { kind: 'token' as const, role, scopes: [scope] }
          const may = action === 'public' || (action === scope && expected)
          expect(accessOf(asker, method, filled(path)) === 'allowed', `${scope} of ${label}`).toBe(may)
        }
      }
    }
  })

  it.each([
    ['viewer', 403],
    ['installer', 204],
    ['admin', 204],
    ['owner', 204],
  ] as const)('%s removes a device: %d, over HTTP', async (role, expected) => {
    await add('maria', 'owner')
    await add('tom', role)
    const headers = await enter('tom')
    expect((await ask('DELETE', '/api/v1/devices/00005e005301', { headers })).status).toBe(expected)
    expect((await ask('GET', '/api/v1/devices', { headers })).status).toBe(200)
    expect((await ask('GET', '/api/v1/accounts', { headers })).status).toBe(role === 'owner' ? 200 : 403)
    expect((await ask('GET', '/api/v1/nothing', { headers })).status).toBe(404)
  })
})

describe('a session', () => {
  beforeEach(() => add('maria', 'owner'))

  it('is a cookie that scripts, other sites and plain HTTP never see', async () => {
    const { cookie, json } = await ask('POST', '/api/v1/sign-in', { body: { name: 'maria', password: PASSWORD } })
    expect(cookie).toMatch(/^__Host-branchline=[\w-]{43}; Path=\/; HttpOnly; Secure; SameSite=Strict$/)
    expect(json).toEqual({ state: 'signed-in', account: 'maria', role: 'owner', fresh: true })
    const local = await ask('POST', '/api/v1/sign-in', { body: { name: 'maria', password: PASSWORD }, via: LOOPBACK })
    expect(local.cookie).toMatch(/^branchline=[\w-]{43}; Path=\/; HttpOnly; SameSite=Strict$/)
  })

  it('is never the one that the browser brought along (fixation), and replaces the one before', async () => {
    const planted = 'A'.repeat(43)
    const before = { cookie: `__Host-branchline=${planted}` }
    expect((await ask('GET', '/api/v1/devices', { headers: before })).status).toBe(401)
    const entered = await ask('POST', '/api/v1/sign-in', {
      body: { name: 'maria', password: PASSWORD },
      headers: before,
    })
    expect(entered.cookie).not.toContain(planted)
    expect((await ask('GET', '/api/v1/devices', { headers: before })).status).toBe(401)
    const first = cookieOf(entered.cookie)
    await ask('POST', '/api/v1/sign-in', { body: { name: 'maria', password: PASSWORD }, headers: first })
    expect((await ask('GET', '/api/v1/devices', { headers: first })).status).toBe(401)
    expect(accounts.sessions('maria').length).toBe(1)
  })

  it('ends at signing out, and its name in the list opens nothing', async () => {
    const headers = await enter('maria')
    const { sessions } = (await ask('GET', '/api/v1/me/sessions', { headers })).json
    expect(sessions).toEqual([expect.objectContaining({ account: 'maria', address: '192.0.2.20' })])
    const named = { cookie: `__Host-branchline=${sessions[0].id}` }
    expect((await ask('GET', '/api/v1/devices', { headers: named })).status).toBe(401)
    const out = await ask('POST', '/api/v1/sign-out', { headers })
    expect(out.cookie).toMatch(/^__Host-branchline=; Max-Age=0; Path=\//)
    expect((await ask('GET', '/api/v1/devices', { headers })).status).toBe(401)
  })

  it('is asked for on loopback too, and over the local socket never', async () => {
    expect((await ask('GET', '/api/v1/devices', { via: LOOPBACK })).status).toBe(401)
    expect((await ask('GET', '/api/v1/devices', { via: { via: 'socket' } })).status).toBe(200)
    const headers = await enter('maria', PASSWORD, LOOPBACK)
    expect((await ask('GET', '/api/v1/devices', { headers, via: LOOPBACK })).status).toBe(200)
    // A cookie of the plain way in is none over TLS.
    expect((await ask('GET', '/api/v1/devices', { headers })).status).toBe(401)
  })

  it('says who did it', async () => {
    const site = makeFakeSite()
    const again = makeAdminApp({ ...site.deps, accounts, clock })
    const { secret } = accounts.addToken({ account: 'maria', label: 'backup', scopes: ['devices'], days: 1 }, BY)
    for (const headers of [await enter('maria'), { authorization: `Bearer ${secret}` }]) {
      const init = {
        method: 'PUT',
        body: '{"name":"Desk"}',
        headers: { ...headers, 'content-type': 'application/json' },
      }
      await again.request('https://192.0.2.1:8443/api/v1/devices/00005e005301', init, LAN)
    }
    again.close()
    expect(site.authors).toEqual(['account:maria', 'token:maria/backup'])
  })
})

describe('what wants the password again', () => {
  beforeEach(() => add('maria', 'owner'))
  const REVEAL = '/api/v1/devices/00005e005301/file?reveal=1'

  it('shows secrets to owners alone, a moment after their password, and writes it down', async () => {
    await add('tom', 'admin')
    expect((await ask('GET', REVEAL, { headers: await enter('tom') })).status).toBe(403)
    const headers = await enter('maria')
    const shown = await ask('GET', REVEAL, { headers })
    expect([shown.status, shown.text.includes(SECRET)]).toEqual([200, true])
    clock.advance(5 * 60_000)
    const late = await ask('GET', REVEAL, { headers })
    expect([late.status, late.json.error.message]).toEqual([403, expect.stringContaining('give your password again')])
    expect((await ask('POST', '/api/v1/me/confirm', { body: { password: 'wrong' }, headers })).status).toBe(401)
    expect((await ask('POST', '/api/v1/me/confirm', { body: { password: PASSWORD }, headers })).status).toBe(200)
    expect((await ask('GET', REVEAL, { headers })).status).toBe(200)
    const scopes: Scope[] = ['read', 'devices', 'site']
    const { secret } = accounts.addToken({ account: 'maria', label: 'y', scopes, days: 1 }, BY)
    expect((await ask('GET', REVEAL, { headers: { authorization: `Bearer ${secret}` } })).status).toBe(403)
    expect((await ask('GET', REVEAL, { via: { via: 'socket' } })).status).toBe(200)
    expect(
      accounts
        .events(50)
        .filter(({ kind }) => kind === 'secret-shown')
        .map(({ by }) => by),
    ).toEqual([...['cli:local', 'account:maria', 'account:maria']])
  })

  it('guards accounts, tokens and the second factor', async () => {
    const headers = await enter('maria')
    clock.advance(5 * 60_000)
    for (const [method, path, body] of [
      ['POST', '/api/v1/accounts', { name: 'eve', role: 'owner', password: PASSWORD }],
      ['PUT', '/api/v1/accounts/maria/password', { password: 'another long one' }],
      ['POST', '/api/v1/me/second-factor', undefined],
      ['DELETE', '/api/v1/me/second-factor', undefined],
      ['POST', '/api/v1/me/tokens', { label: 'x', scopes: ['read'] }],
    ] as const)
      expect((await ask(method, path, { body, headers })).status, path).toBe(403)
    expect(
      (await ask('PUT', '/api/v1/me/password', { body: { old: 'wrong', password: 'another long one' }, headers }))
        .status,
    ).toBe(401)
    expect(
      (await ask('PUT', '/api/v1/me/password', { body: { old: PASSWORD, password: 'another long one' }, headers }))
        .status,
    ).toBe(200)
    expect((await enter('maria', 'another long one')).cookie).toContain('__Host-branchline=')
  })
})

describe('a token', () => {
  it('is sent as Bearer alone, beats a cookie, and ends by itself and by hand', async () => {
    await add('maria', 'owner')
    const { token, secret } = accounts.addToken({ account: 'maria', label: 'x', scopes: ['metrics'], days: 1 }, BY)
    const bearer = { authorization: `Bearer ${secret}` }
    expect((await ask('GET', '/metrics', { headers: bearer })).status).toBe(200)
    expect((await ask('GET', '/api/v1/devices', { headers: bearer })).status).toBe(403)
    expect((await ask('GET', '/api/v1/accounts', { headers: bearer })).status).toBe(403)
    expect((await ask('GET', `/metrics?token=${secret}`)).status).toBe(401)
    expect(
      (await ask('GET', '/metrics', { headers: { authorization: `Basic ${btoa(`maria:${PASSWORD}`)}` } })).status,
    ).toBe(401)
    const both = { ...(await enter('maria')), ...bearer }
    expect((await ask('GET', '/api/v1/devices', { headers: both })).status).toBe(403)
    expect((await ask('GET', '/api/v1/me/sessions', { headers: bearer })).status).toBe(403)
    accounts.removeToken(token.id, BY)
    expect((await ask('GET', '/metrics', { headers: bearer })).status).toBe(401)
  })
})

describe('the first account', () => {
  const first = (body: object, via: Via) => ask('POST', '/api/v1/sign-in/first', { body, via })
  const input = { name: 'maria', password: PASSWORD }

  it('over the LAN needs the setup code; on loopback it does not', async () => {
    expect((await ask('GET', '/api/v1/sign-in')).json).toEqual({ state: 'first', needsSetupCode: true })
    expect((await first(input, LAN)).json.error.code).toBe('refused')
    expect((await first({ ...input, setupCode: 'AAAAAAAA' }, LAN)).status).toBe(401)
    expect((await ask('GET', '/api/v1/sign-in', { via: LOOPBACK })).json).toEqual({ state: 'open' })
    const made = await first(input, LOOPBACK)
    expect([made.status, made.cookie]).toEqual([200, expect.stringContaining('branchline=')])
    expect((await ask('GET', '/api/v1/sign-in')).json).toEqual({ state: 'signed-out' })
    expect((await first({ ...input, name: 'eve' }, LOOPBACK)).status).toBe(409)
  })

  it('says how long to wait after too many wrong codes', async () => {
    for (let i = 0; i < 5; i++) await first({ ...input, setupCode: 'AAAAAAAA' }, LAN)
    const held = await first({ ...input, setupCode: accounts.setupCode() ?? '' }, LAN)
    expect([held.status, held.headers.get('retry-after')]).toEqual([429, '10'])
    clock.advance(10_000)
    expect((await first({ ...input, setupCode: accounts.setupCode() ?? '' }, LAN)).status).toBe(200)
  })
})

it('takes no more than a few kilobytes from whoever is not signed in, and reads nothing of the rest', async () => {
  await add('maria', 'owner')
  const big = { name: 'maria', password: 'x'.repeat(5000) }
  expect((await ask('POST', '/api/v1/sign-in', { body: big })).status).toBe(413)
  let read = 0
  const endless = new ReadableStream({
    pull(controller) {
      read++
      controller.enqueue(new Uint8Array(65_536))
    },
  })
  const init = { method: 'PUT', body: endless, headers: { 'x-branchline': '1' } }
  const response = await app.request('https://192.0.2.1:8443/api/v1/files/firmware.bin', init, LAN)
  expect([response.status, read < 3]).toEqual([401, true])
})

it('ends the live events of a session soon after it ended', async () => {
  const site = makeFakeSite()
  const live = makeAdminApp({ ...site.deps, accounts, clock })
  await add('maria', 'owner')
  const headers = await enter('maria')
  const response = await live.request('https://192.0.2.1:8443/api/v1/events', { headers }, LAN)
  const reader = response.body?.getReader()
  expect(new TextDecoder().decode((await reader?.read())?.value)).toContain('event: hello')
  site.tick()
  expect(new TextDecoder().decode((await reader?.read())?.value)).toContain('event: beat')
  accounts.endSessions('maria', BY)
  site.tick()
  expect((await reader?.read())?.done).toBe(true)
  live.close()
})
