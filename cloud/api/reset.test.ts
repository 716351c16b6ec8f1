import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type CloudDesk, makeCloudDesk } from '../../test/support/cloud-desk.ts'

const PASSWORD = 'correct horse battery'
const NEXT = 'another good one'

let desk: CloudDesk
beforeEach(async () => {
  desk = await makeCloudDesk({ mail: true })
})
afterEach(() => desk[Symbol.asyncDispose]())

const ask = (email: string) => desk.browser().call('POST', '/api/v1/sign-in/reset', { email })
const confirm = (token: string, password = NEXT) =>
  desk.browser().call('POST', '/api/v1/sign-in/reset/confirm', { token, password })
const signIn = (password: string) =>
  desk.browser().call('POST', '/api/v1/sign-in', { email: 'ada@example.net', password })

/** Asks, and waits for the letter. */
async function token(): Promise<string> {
  const { done } = await desk.deps.passwordReset.request('ada@example.net', '192.0.2.1')
  await done
  return /\/reset#(blr_\S+)/.exec(desk.letters.at(-1)?.text ?? '')?.[1] ?? ''
}

describe('a new password by mail', () => {
  it('is set by the link, once, and ends every session', async () => {
    const person = await desk.person('ada@example.net', PASSWORD)
    const browser = await desk.signedIn(person)
    const link = await token()
    expect(desk.letters).toMatchObject([{ to: 'ada@example.net' }])
    expect((await browser.call('GET', '/api/v1/me')).status).toBe(200)
    // One that is too easy does not use it up.
    expect((await confirm(link, 'short')).status).toBe(400)
    expect((await confirm(link)).body).toEqual({ ok: true })
    expect((await browser.call('GET', '/api/v1/me')).status).toBe(401)
    expect([(await signIn(PASSWORD)).status, (await signIn(NEXT)).status]).toEqual([401, 200])
    expect((await confirm(link, 'a third password')).status).toBe(404)
    expect(desk.letters.at(-1)?.subject).toBe('Your password was changed')
    const stored = await desk.deps.database.db.selectFrom('audit').selectAll().execute()
    expect(stored.map(({ action }) => action)).toEqual(['password.reset'])
    expect(JSON.stringify(stored)).not.toContain('blr_')
  })

  it('works for an hour, and only by the newest link', async () => {
    await desk.person('ada@example.net', PASSWORD)
    const first = await token()
    const second = await token()
    expect((await confirm(first)).status).toBe(404)
    desk.clock.advance(3_600_000)
    expect((await confirm(second)).status).toBe(404)
    expect((await signIn(PASSWORD)).status).toBe(200)
  })

  it('still asks for the second factor, and lets in at once who was kept out by guesses', async () => {
    await desk.person('ada@example.net', PASSWORD)
    for (let i = 0; i < 11; i++) await signIn('wrong')
    expect((await signIn(PASSWORD)).status).toBe(429)
    await confirm(await token())
    expect((await signIn(NEXT)).status).toBe(200)
    await desk.deps.database.db.updateTable('person').set({ totp_sealed: 'sealed:x' }).execute()
    expect((await signIn(NEXT)).body.next).toBe('second-factor')
  })

  it('tells nobody who has an account, and fills nobody’s letter box', async () => {
    await desk.person('ada@example.net', PASSWORD)
    const [known, unknown] = [await ask('ada@example.net'), await ask('nobody@example.net')]
    expect([known.status, known.body]).toEqual([unknown.status, unknown.body])
    for (const email of ['ada@example.net', 'nobody@example.net']) {
      for (let i = 0; i < 2; i++) await ask(email)
      expect((await ask(email)).status).toBe(429)
    }
    await Bun.sleep(0)
    expect(desk.letters.filter(({ to }) => to !== 'ada@example.net')).toEqual([])
    expect(desk.letters.length).toBeLessThanOrEqual(3)
    expect((await ask('no address')).status).toBe(400)
  })
})
