import { createServer } from 'node:net'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { OidcProvider } from '../../cloud/signin/oidc.ts'
import { type Browser, type CloudDesk, makeCloudDesk, PUBLIC_URL } from '../support/cloud-desk.ts'

const MAIN = fileURLToPath(new URL('../support/oidc-provider-process.ts', import.meta.url))
const callbackOf = (id: string) => `${PUBLIC_URL}/api/v1/sign-in/oidc/${id}/callback`

async function startProvider(verified: 'yes' | 'no') {
  const port = await new Promise<number>((resolve) => {
    const server = createServer()
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0))
    })
  })
  const child = Bun.spawn([process.execPath, MAIN, ['trusting', 'strict'].map(callbackOf).join(','), verified], {
    stdout: 'pipe',
    stderr: 'ignore',
    env: { ...process.env, OIDC_PORT: String(port), NODE_ENV: 'test' },
  })
  const reader = child.stdout.getReader()
  await reader.read()
  reader.releaseLock()
  return { issuer: new URL(`http://localhost:${port}`), stop: () => child.kill() }
}

/** A person at the provider's own pages: signs in by name, agrees, and is sent back; returns where to. */
async function atProvider(begin: string, name: string): Promise<URL> {
  const cookies = new Map<string, string>()
  let url = new URL(begin)
  let init: RequestInit = {}
  for (let steps = 0; steps < 20; steps++) {
    if (url.origin === PUBLIC_URL) return url
    const cookie = [...cookies].map(([key, value]) => `${key}=${value}`).join('; ')
    const response = await fetch(url, { ...init, redirect: 'manual', headers: { ...init.headers, cookie } })
    init = {}
    for (const line of response.headers.getSetCookie()) {
      const [pair = ''] = line.split(';')
      cookies.set(pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1))
    }
    const location = response.headers.get('location')
    if (location !== null) {
      url = new URL(location, url)
      continue
    }
    const page = await response.text()
    const action = /<form[^>]*action="([^"]+)"/.exec(page)?.[1]
    const prompt = /name="prompt" value="(\w+)"/.exec(page)?.[1] ?? ''
    if (action === undefined) throw new TypeError(`no form at ${url.pathname}: ${page.slice(0, 300)}`)
    url = new URL(action, url)
    const form = new URLSearchParams({ prompt, ...(prompt === 'login' ? { login: name, password: 'any' } : {}) })
    init = { method: 'POST', body: form.toString(), headers: { 'content-type': 'application/x-www-form-urlencoded' } }
  }
  throw new TypeError('the provider never sent anybody back')
}

describe('sign-in by an OpenID provider', () => {
  let provider: Awaited<ReturnType<typeof startProvider>>
  let doubtful: Awaited<ReturnType<typeof startProvider>>
  beforeAll(async () => {
    provider = await startProvider('yes')
    doubtful = await startProvider('no')
  })
  afterAll(() => {
    provider.stop()
    doubtful.stop()
  })
  const entry = (id: string, issuer: URL, trustEmail: boolean): OidcProvider => ({
    id,
    name: id,
    issuer,
    clientId: 'cloud',
    clientSecret: 'not-a-secret-in-a-test',
    trustEmail,
  })
  const makeDesk = (issuer = provider.issuer) =>
    makeCloudDesk({ oidc: [entry('trusting', issuer, true), entry('strict', issuer, false)] })

  async function begin(desk: CloudDesk, id = 'trusting'): Promise<{ browser: Browser; url: string }> {
    const browser = desk.browser()
    const answer = await browser.call('GET', `/api/v1/sign-in/oidc/${id}/begin`)
    expect([answer.status, answer.body]).toEqual([302, ''])
    return { browser, url: answer.headers.get('location') ?? '' }
  }
  async function signIn(desk: CloudDesk, name: string, id = 'trusting') {
    const { browser, url } = await begin(desk, id)
    const back = await atProvider(url, name)
    const answer = await browser.call('GET', `${back.pathname}${back.search}`)
    return { browser, back, answer }
  }

  it('lets in a person by its verified address, links it, and knows it again when the address changed', async () => {
    await using desk = await makeDesk()
    const ada = await desk.person('ada@example.net')
    const { browser, answer, back } = await signIn(desk, 'ada')
    expect([answer.status, answer.headers.get('location')]).toEqual([302, '/'])
    expect((await browser.call('GET', '/api/v1/me')).body.email).toBe('ada@example.net')
    // The same answer of the provider, brought again.
    expect((await browser.call('GET', `${back.pathname}${back.search}`)).status).toBe(401)
    const { db } = desk.deps.database
    await db.updateTable('person').set({ email: 'countess@example.net' }).where('id', '=', ada).execute()
    const again = await signIn(desk, 'ada', 'strict')
    expect((await again.browser.call('GET', '/api/v1/me')).body.email).toBe('countess@example.net')
  })

  it('makes nobody a person, and believes no address that it is not to believe', async () => {
    await using desk = await makeDesk()
    await desk.person('ada@example.net')
    expect((await signIn(desk, 'stranger')).answer.status).toBe(401)
    expect((await signIn(desk, 'ada', 'strict')).answer.status).toBe(401)
    await using other = await makeDesk(doubtful.issuer)
    await other.person('ada@example.net')
    expect((await signIn(other, 'ada')).answer.status).toBe(401)
  })

  it('takes an answer only in the browser that asked, with its own state', async () => {
    await using desk = await makeDesk()
    await desk.person('ada@example.net')
    const { browser, url } = await begin(desk)
    const back = await atProvider(url, 'ada')
    const victim = await begin(desk)
    // The attacker's answer in another browser: signing somebody in as the attacker.
    expect((await victim.browser.call('GET', `${back.pathname}${back.search}`)).status).toBe(401)
    expect((await desk.browser().call('GET', `${back.pathname}${back.search}`)).status).toBe(401)
    const altered = new URL(back)
    altered.searchParams.set('state', 'another')
    expect((await browser.call('GET', `${altered.pathname}${altered.search}`)).status).toBe(401)
    expect((await browser.call('GET', '/api/v1/me')).status).toBe(401)
  })

  it('is listed, and unknown when it is not there', async () => {
    await using desk = await makeDesk()
    expect((await desk.browser().call('GET', '/api/v1/sign-in/providers')).body.providers).toEqual([
      { id: 'trusting', name: 'trusting' },
      { id: 'strict', name: 'strict' },
    ])
    expect((await desk.browser().call('GET', '/api/v1/sign-in/oidc/none/begin')).status).toBe(404)
  })
})
