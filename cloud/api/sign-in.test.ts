import { Secret, TOTP } from 'otpauth'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { makeAuthenticator } from '../../test/support/authenticator.ts'
import { type Browser, type CloudDesk, makeCloudDesk, PUBLIC_URL } from '../../test/support/cloud-desk.ts'

const PASSWORD = 'correct horse battery'
const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR
const COOKIE = 'branchline-session'

let desk: CloudDesk
beforeEach(async () => {
  desk = await makeCloudDesk()
})
afterEach(() => desk[Symbol.asyncDispose]())

const signIn = (browser: Browser, email: string, password = PASSWORD) =>
  browser.call('POST', '/api/v1/sign-in', { email, password })
const me = (browser: Browser) => browser.call('GET', '/api/v1/me')

describe('a password', () => {
  it('signs in; a wrong one and an unknown address get the same answer', async () => {
    await desk.person('ada@example.net', PASSWORD)
    const browser = desk.browser()
    const wrong = await signIn(browser, 'ada@example.net', 'incorrect horse')
    const unknown = await signIn(browser, 'nobody@example.net', 'incorrect horse')
    expect([wrong.status, wrong.body.error.code]).toEqual([401, 'wrong-credentials'])
    expect([unknown.status, unknown.body]).toEqual([wrong.status, wrong.body])
    expect((await me(browser)).status).toBe(401)
    const right = await signIn(browser, 'Ada@Example.net')
    expect(right.body).toEqual({ next: 'done' })
    expect(right.headers.get('set-cookie')).toMatch(/; Path=\/; HttpOnly; SameSite=Lax$/)
    expect((await me(browser)).body).toMatchObject({ email: 'ada@example.net', hasPassword: true, hasTotp: false })
  })

  it('is stored as argon2id, and no token as it is', async () => {
    const person = await desk.person('ada@example.net', PASSWORD)
    const browser = desk.browser()
    await signIn(browser, 'ada@example.net')
    const { db } = desk.deps.database
    const row = await db.selectFrom('person').select('password_hash').where('id', '=', person).executeTakeFirstOrThrow()
    expect(row.password_hash).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/)
    const session = await db.selectFrom('session').select(['token_hash']).executeTakeFirstOrThrow()
    expect(session.token_hash).not.toContain(browser.cookies.get(COOKIE))
  })

  it('is limited for one address of mail, from wherever the guesses come, and for one network address', async () => {
    await desk.person('ada@example.net', PASSWORD)
    for (let i = 0; i < 10; i++) expect((await signIn(desk.browser(), 'ada@example.net', 'wrong')).status).toBe(401)
    const refused = await signIn(desk.browser(), 'ada@example.net')
    expect([refused.status, refused.body.error.code]).toEqual([429, 'too-many'])
    expect(Number(refused.headers.get('retry-after'))).toBe(180)
    desk.clock.advance(180_000)
    expect((await signIn(desk.browser(), 'ada@example.net')).status).toBe(200)
    // A success forgets the guesses of that mail address.
    expect((await signIn(desk.browser(), 'ada@example.net', 'wrong')).status).toBe(401)

    const office = desk.browser('2001:db8::1')
    const neighbour = desk.browser('2001:db8:0:0:ffff::2')
    for (let i = 0; i < 30; i++) await signIn(office, `guess${i}@example.net`, 'wrong')
    expect((await signIn(neighbour, 'ada@example.net')).status).toBe(429)
    // Who is refused leaves nothing in the database, however many addresses it names.
    const rows = () => desk.deps.database.db.selectFrom('rate').select('key').execute()
    const before = (await rows()).length
    for (let i = 0; i < 5; i++) expect((await signIn(neighbour, `more${i}@example.net`)).status).toBe(429)
    expect(await rows()).toHaveLength(before)
    expect((await signIn(desk.browser('2001:db8:0:1::1'), 'ada@example.net')).status).toBe(200)
  })

  it('lets no more guesses through when they come at once', async () => {
    await desk.person('ada@example.net', PASSWORD)
    const answers = await Promise.all(
      Array.from({ length: 16 }, () => signIn(desk.browser(), 'ada@example.net', 'wrong')),
    )
    expect(answers.filter(({ status }) => status === 401)).toHaveLength(10)
  })

  it('is changed by who knows it, and ends every other session', async () => {
    const person = await desk.person('ada@example.net', PASSWORD)
    const [here, there] = [await desk.signedIn(person), await desk.signedIn(person)]
    const change = (current: string, password: string) =>
      here.call('POST', '/api/v1/me/password', { current, password })
    expect((await change('wrong', 'another good one')).status).toBe(401)
    expect((await change(PASSWORD, 'short')).body.error.message).toBe('a password has at least 10 characters')
    expect((await change(PASSWORD, 'ada@example.net')).body.error.message).toContain('your own address')
    expect((await change(PASSWORD, 'another good one')).status).toBe(200)
    expect([(await me(here)).status, (await me(there)).status]).toEqual([200, 401])
    expect((await signIn(desk.browser(), 'ada@example.net')).status).toBe(401)
    expect((await signIn(desk.browser(), 'ada@example.net', 'another good one')).status).toBe(200)
  })
})

describe('a session', () => {
  it('changes its token each hour; an old token works a minute longer, then ends the session', async () => {
    const browser = await desk.signedIn(await desk.person('ada@example.net'))
    const old = desk.browser()
    old.cookies.set(COOKIE, browser.cookies.get(COOKIE) ?? '')
    desk.clock.advance(HOUR + 1)
    expect((await me(browser)).status).toBe(200)
    expect(browser.cookies.get(COOKIE)).not.toBe(old.cookies.get(COOKIE))
    expect((await me(old)).status).toBe(200)
    desk.clock.advance(2 * MINUTE)
    expect((await me(browser)).status).toBe(200)
    // Somebody kept a copy of the old token.
    expect((await me(old)).status).toBe(401)
    expect((await me(browser)).status).toBe(401)
  })

  it('ends when nobody comes for a week, and after a month in any case', async () => {
    const person = await desk.person('ada@example.net')
    const idle = await desk.signedIn(person)
    const busy = await desk.signedIn(person)
    for (let day = 0; day < 29; day += 6) {
      expect((await me(busy)).status).toBe(200)
      desk.clock.advance(6 * DAY)
    }
    expect((await me(idle)).status).toBe(401)
    expect((await me(busy)).status).toBe(401)
  })

  it('is seen and ended by its person, and by nobody else', async () => {
    const [ada, eve] = [await desk.person('ada@example.net'), await desk.person('eve@example.net')]
    const [here, there, hers] = [await desk.signedIn(ada), await desk.signedIn(ada), await desk.signedIn(eve)]
    const { sessions } = (await here.call('GET', '/api/v1/me/sessions')).body
    expect(sessions.filter((one: { current: boolean }) => one.current)).toHaveLength(1)
    const other = sessions.find((one: { current: boolean }) => !one.current)
    expect((await hers.call('DELETE', `/api/v1/me/sessions/${other.id}`)).status).toBe(404)
    expect((await here.call('DELETE', `/api/v1/me/sessions/${other.id}`)).status).toBe(200)
    expect([(await me(here)).status, (await me(there)).status]).toEqual([200, 401])
    await here.call('POST', '/api/v1/sign-out', {})
    expect(here.cookies.has(COOKIE)).toBe(false)
  })

  it('is not used by pages of other sites', async () => {
    const browser = await desk.signedIn(await desk.person('ada@example.net'))
    const out = (headers: Record<string, string>) => browser.call('POST', '/api/v1/sign-out', {}, headers)
    expect((await out({ origin: 'https://evil.example' })).body.error.code).toBe('turned-away')
    expect((await out({ 'sec-fetch-site': 'cross-site' })).status).toBe(403)
    expect((await out({ 'content-type': 'text/plain' })).status).toBe(403)
    expect((await out({ origin: PUBLIC_URL, 'sec-fetch-site': 'same-origin' })).status).toBe(200)
  })
})

describe('the second factor', () => {
  async function withTotp() {
    const person = await desk.person('ada@example.net', PASSWORD)
    const browser = await desk.signedIn(person)
    const begun = (await browser.call('POST', '/api/v1/me/totp/begin', {})).body
    const totp = new TOTP({ secret: Secret.fromBase32(begun.secret) })
    const code = () => totp.generate({ timestamp: desk.clock.now() })
    const on = await browser.call('POST', '/api/v1/me/totp', { ticket: begun.ticket, code: code() })
    expect(on.body.recoveryCodes).toHaveLength(10)
    desk.clock.advance(30_000)
    return { browser, code, codes: on.body.recoveryCodes as string[], uri: begun.uri as string }
  }
  async function half(): Promise<{ browser: Browser; ticket: string }> {
    const browser = desk.browser()
    const { body } = await signIn(browser, 'ada@example.net')
    expect(body.next).toBe('second-factor')
    expect((await me(browser)).status).toBe(401)
    return { browser, ticket: body.ticket }
  }
  const factor = (browser: Browser, ticket: string, code: string) =>
    browser.call('POST', '/api/v1/sign-in/second-factor', { ticket, code })

  it('is asked for after the password; no code is taken twice', async () => {
    const { code, uri } = await withTotp()
    expect(uri).toMatch(/^otpauth:\/\/totp\/Branchline:ada%40example.net\?issuer=Branchline&secret=[A-Z2-7]{32}&/)
    const first = await half()
    const used = code()
    expect((await factor(first.browser, first.ticket, '000000')).status).toBe(401)
    expect((await factor(first.browser, first.ticket, used)).status).toBe(200)
    expect((await me(first.browser)).status).toBe(200)
    const second = await half()
    expect((await factor(second.browser, second.ticket, used)).status).toBe(401)
    desk.clock.advance(30_000)
    expect((await factor(second.browser, second.ticket, code())).status).toBe(200)
    expect((await factor(second.browser, second.ticket, code())).status).toBe(401)
  })

  it('is replaced by a recovery code once', async () => {
    const { codes } = await withTotp()
    const typed = (codes[0] ?? '').toUpperCase().replace('-', ' ')
    const first = await half()
    expect((await factor(first.browser, first.ticket, typed)).status).toBe(200)
    const second = await half()
    expect((await factor(second.browser, second.ticket, typed)).status).toBe(401)
  })

  it('cannot be guessed: six tries, then one in five minutes, however many tickets', async () => {
    await withTotp()
    const statuses: number[] = []
    for (let i = 0; i < 8; i++) {
      const { browser, ticket } = await half()
      statuses.push((await factor(browser, ticket, '000000')).status)
    }
    expect(statuses).toEqual([401, 401, 401, 401, 401, 401, 429, 429])
  })

  it('is switched on and off by a fresh proof only', async () => {
    const { browser } = await withTotp()
    desk.clock.advance(16 * MINUTE)
    expect((await browser.call('DELETE', '/api/v1/me/totp')).body.error.code).toBe('forbidden')
    expect((await browser.call('POST', '/api/v1/me/prove', { password: 'wrong' })).status).toBe(401)
    await browser.call('POST', '/api/v1/me/prove', { password: PASSWORD })
    expect((await browser.call('DELETE', '/api/v1/me/totp')).status).toBe(200)
    expect((await signIn(desk.browser(), 'ada@example.net')).body).toEqual({ next: 'done' })
  })
})

describe('a passkey', () => {
  const authenticator = () => makeAuthenticator(PUBLIC_URL)
  async function registered() {
    const person = await desk.person('ada@example.net')
    const browser = await desk.signedIn(person)
    const device = authenticator()
    const { ticket, options } = (await browser.call('POST', '/api/v1/me/passkeys/begin', {})).body
    const response = device.create(options.challenge)
    const kept = await browser.call('POST', '/api/v1/me/passkeys', { ticket, name: 'phone', response })
    expect(kept.body).toEqual({ ok: true })
    return { browser, device, ticket, response }
  }
  const begin = async (browser: Browser) => (await browser.call('POST', '/api/v1/sign-in/passkey/begin', {})).body
  const finish = (browser: Browser, ticket: string, response: object) =>
    browser.call('POST', '/api/v1/sign-in/passkey', { ticket, response })

  it('is kept, signs in without a password, and is forgotten', async () => {
    const { browser, device, ticket, response } = await registered()
    const again = await browser.call('POST', '/api/v1/me/passkeys', { ticket, name: 'phone', response })
    expect(again.status).toBe(400)
    const other = desk.browser()
    const begun = await begin(other)
    const given = device.get(begun.options.challenge)
    expect((await finish(other, begun.ticket, given)).body).toEqual({ next: 'done' })
    expect((await me(other)).body.email).toBe('ada@example.net')
    // Heard on the way and sent again.
    expect((await finish(desk.browser(), begun.ticket, given)).status).toBe(400)
    const { passkeys } = (await browser.call('GET', '/api/v1/me/passkeys')).body
    expect(passkeys).toMatchObject([{ name: 'phone', usedAt: desk.clock.now() }])
    await browser.call('DELETE', `/api/v1/me/passkeys/${passkeys[0].id}`)
    const late = await begin(other)
    expect((await finish(other, late.ticket, device.get(late.options.challenge))).status).toBe(400)
  })

  it('is refused for another challenge, without its user, from another site, and from another device', async () => {
    const { device } = await registered()
    const browser = desk.browser()
    const attempt = async (make: (challenge: string) => object) => {
      const { ticket, options } = await begin(browser)
      return (await finish(browser, ticket, make(options.challenge))).status
    }
    expect(await attempt(() => device.get('AAAA'))).toBe(400)
    expect(await attempt((challenge) => device.get(challenge, 0x01))).toBe(400)
    expect(
      await attempt((challenge) => ({
        ...makeAuthenticator('https://evil.example').get(challenge),
        id: device.get('x').id,
      })),
    ).toBe(400)
    expect(await attempt((challenge) => authenticator().get(challenge))).toBe(400)
    expect((await me(browser)).status).toBe(401)
    expect(await attempt((challenge) => device.get(challenge))).toBe(200)
  })
})
