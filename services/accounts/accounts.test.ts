import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { plainPasswords, reversingBox } from '../../test/support/accounts.ts'
import { makeTestClock, type TestClock } from '../../test/support/clock.ts'
import { memoryDatabase } from '../../test/support/database.ts'
import { ConflictError, NotFoundError, OperatorError } from '../core/errors.ts'
import type { SqlDatabase } from '../core/sql.ts'
import { makeAccounts } from './accounts.ts'
import { decodeBase32 } from './codec-base32.ts'
import type { Accounts, SignIn } from './contract.ts'
import { scopesOf } from './policy.ts'
import { totpAt } from './policy-totp.ts'
import { hmacSha1 } from './secret.ts'

const PASSWORD = 'correct horse battery'
const OTHER = 'staple of the office'
const DESK = { address: '192.0.2.20', agent: 'Firefox' }
const ELSEWHERE = { address: '192.0.2.66', agent: 'curl' }
const BY = { by: 'cli:local' }
const MINUTE = 60_000

let db: SqlDatabase & Disposable
let clock: TestClock
let guessed: string[]
let accounts: Accounts
let seed: number

function open(): Accounts {
  return makeAccounts({
    ...{ db, clock, passwords: plainPasswords(), secretBox: reversingBox },
    // Different every time, and the same in every run.
    random: (length) => Uint8Array.from({ length }, () => (seed = (seed * 73 + 41) % 251)),
    guessing: (subject, text) => void guessed.push(`${subject}: ${text}`),
  })
}
beforeEach(async () => {
  db = memoryDatabase()
  clock = makeTestClock()
  guessed = []
  seed = 7
  accounts = open()
})
afterEach(() => db[Symbol.dispose]())

function signedIn(outcome: SignIn): Extract<SignIn, { kind: 'in' }> {
  if (outcome.kind !== 'in') throw new OperatorError(`not signed in: ${outcome.kind}`)
  return outcome
}
const enter = async (name = 'maria', password = PASSWORD) => signedIn(await accounts.signIn({ name, password }, DESK))
const addMaria = () => accounts.add({ name: 'maria', role: 'owner', password: PASSWORD }, BY)

describe('accounts', () => {
  it('begin with an owner, and there is always one', async () => {
    const told: boolean[] = []
    accounts.onChange(() => void told.push(accounts.exist()))
    await expect(accounts.add({ name: 'maria', role: 'viewer', password: PASSWORD }, BY)).rejects.toThrow(
      'the first account must be an owner',
    )
    await accounts.add({ name: 'Maria', role: 'owner', password: PASSWORD }, BY)
    await accounts.add({ name: 'tom', role: 'installer', password: OTHER }, BY)
    await expect(addMaria()).rejects.toThrow(ConflictError)
    for (const attempt of [
      () => accounts.remove('maria', BY),
      () => accounts.remove('maria', { ...BY, last: true }),
      () => accounts.change('maria', { role: 'admin' }, BY),
      () => accounts.change('maria', { disabled: true }, BY),
    ])
      expect(attempt).toThrow('maria is the only owner')
    accounts.change('tom', { role: 'owner' }, BY)
    accounts.remove('maria', BY)
    expect(accounts.list().map(({ name, role }) => [name, role])).toEqual([['tom', 'owner']])
    accounts.remove('tom', { ...BY, last: true })
    expect([accounts.exist(), told]).toEqual([false, [true, false]])
    expect(() => accounts.get('tom')).toThrow(NotFoundError)
  })

  it.each([
    ['maria', 'short', 'at least 10'],
    ['maria', 'aaaaaaaaaaaa', '4 different'],
    ['maria', 'Password1234', 'among the first'],
    ['maria-lopez', 'Maria-Lopez1', 'not the name'],
    ['maria', 'x'.repeat(300), '4 different|at most 256'],
    ['', PASSWORD, 'a name has'],
    ['a b', PASSWORD, 'a name has'],
    ['../etc', PASSWORD, 'a name has'],
  ])('%j with %j will not do', async (name, password, why) => {
    await expect(accounts.add({ name, role: 'owner', password }, BY)).rejects.toThrow(new RegExp(why))
  })

  it('keeps nothing in the database that opens a door', async () => {
    await addMaria()
    const { secret } = await enter()
    const token = accounts.addToken({ account: 'maria', label: 'x', scopes: ['read'], days: 1 }, BY)
    const factor = accounts.totpBegin('maria')
    const code = totpAt(decodeBase32(factor.secret), Math.floor(clock.now() / 30_000), hmacSha1)
    const codes = accounts.totpOn('maria', code, BY)
    const tables = ['account', 'account_session', 'account_token', 'account_event']
    const text = JSON.stringify(tables.map((table) => db.query(`SELECT * FROM ${table}`).all()))
    for (const clear of [
      PASSWORD,
      secret,
      token.secret,
      factor.secret,
      ...codes,
      ...codes.map((it) => it.replace('-', '')),
    ])
      expect(text).not.toContain(clear)
  })
})

describe('signing in', () => {
  beforeEach(addMaria)

  it('says the same to an unknown name, a wrong password and a disabled account, and works as long on each', async () => {
    await accounts.add({ name: 'tom', role: 'viewer', password: OTHER }, BY)
    accounts.change('tom', { disabled: true }, BY)
    for (const given of [
      { name: 'hunter22', password: PASSWORD },
      { name: 'maria', password: OTHER },
      { name: 'tom', password: OTHER },
    ])
      expect(await accounts.signIn(given, DESK)).toEqual({ kind: 'refused' })
    expect(plainPasswords.verified).toBe(3)
    // What was typed may be a password in the wrong field.
    expect(JSON.stringify(accounts.events(50))).not.toContain('hunter22')
  })

  it('holds an account for longer and longer, whoever asks from wherever, and lets go of it', async () => {
    const waits: number[] = []
    for (let round = 0; round < 4; round++) {
      for (let i = 0; i < 9; i++) {
        const from = { address: `192.0.2.${100 + round * 10 + i}`, agent: '' }
        const outcome = await accounts.signIn({ name: 'Maria', password: 'wrong' }, from)
        if (outcome.kind !== 'held') continue
        waits.push((outcome.until - clock.now()) / 1000)
        break
      }
      expect((await accounts.signIn({ name: 'maria', password: PASSWORD }, DESK)).kind).toBe('held')
      clock.advance((waits.at(-1) ?? 0) * 1000)
    }
    expect(waits).toEqual([30, 60, 120, 240])
    expect(guessed[0]).toMatch(/^192\.0\.2\.104: wrong passwords for maria/)
    await enter()
    expect(await accounts.signIn({ name: 'maria', password: 'wrong' }, DESK)).toEqual({ kind: 'refused' })
  })

  it('holds an address that tries many names, and a right password of its own does not wash it clean', async () => {
    for (let i = 0; i < 12; i++) await accounts.signIn({ name: `guess${i}`, password: 'x' }, ELSEWHERE)
    expect((await accounts.signIn({ name: 'maria', password: PASSWORD }, ELSEWHERE)).kind).toBe('held')
    expect((await accounts.signIn({ name: 'maria', password: PASSWORD }, DESK)).kind).toBe('in')
    clock.advance(5 * MINUTE)
    expect((await accounts.signIn({ name: 'maria', password: PASSWORD }, ELSEWHERE)).kind).toBe('in')
    await accounts.signIn({ name: 'guess', password: 'x' }, ELSEWHERE)
    expect((await accounts.signIn({ name: 'maria', password: PASSWORD }, ELSEWHERE)).kind).toBe('held')
  })

  it('counts tries that come at the same time, and hashes a few of them at once', async () => {
    const outcomes = await Promise.all(
      Array.from({ length: 40 }, (_, i) =>
        accounts.signIn({ name: 'maria', password: `wrong${i}` }, { address: `198.51.100.${i}`, agent: '' }),
      ),
    )
    expect(outcomes.filter(({ kind }) => kind === 'refused').length).toBe(5)
    expect(outcomes.every(({ kind }) => kind === 'refused' || kind === 'held')).toBe(true)
    const many = await Promise.all(
      Array.from({ length: 40 }, (_, i) =>
        accounts.signIn({ name: `n${i}`, password: 'wrong' }, { address: `203.0.113.${i}`, agent: '' }),
      ),
    )
    expect(many.some(({ kind }) => kind === 'busy')).toBe(true)
    expect(plainPasswords.mostAtOnce).toBe(2)
  })

  it('asks for the code once the password is right; a code is good once, a recovery code too', async () => {
    const { secret, uri } = accounts.totpBegin('maria')
    expect(uri).toBe(`otpauth://totp/Branchline:maria?secret=${secret}&issuer=Branchline`)
    expect(() => accounts.totpOn('maria', '000000', BY)).toThrow('does not fit')
    const at = (offset = 0) => totpAt(decodeBase32(secret), Math.floor(clock.now() / 30_000) + offset, hmacSha1)
    const codes = accounts.totpOn('maria', at(), BY)
    const attempt = async (code?: string) =>
      (await accounts.signIn({ name: 'maria', password: PASSWORD, ...(code && { code }) }, DESK)).kind
    expect(await attempt()).toBe('code')
    expect(await attempt(at())).toBe('refused')
    clock.advance(30_000)
    expect([await attempt(at()), await attempt(at())]).toEqual(['in', 'refused'])
    expect(await attempt(at(5))).toBe('refused')
    const recovery = (codes[0] ?? '').toUpperCase().replace('-', ' ')
    expect([await attempt(recovery), await attempt(recovery)]).toEqual(['in', 'refused'])
    expect(accounts.get('maria').recoveryCodes).toBe(9)
    expect(await accounts.signIn({ name: 'maria', password: 'wrong', code: at() }, ELSEWHERE)).toEqual({
      kind: 'refused',
    })
  })
})

describe('sessions', () => {
  beforeEach(addMaria)

  it('live on after a restart, end when unused, and end for good after a week', async () => {
    const { secret } = await enter()
    accounts = open()
    expect(accounts.bySession(secret)).toMatchObject({ kind: 'session', account: 'maria', role: 'owner' })
    for (let hour = 0; hour < 7 * 24 - 1; hour++) {
      clock.advance(60 * MINUTE)
      expect(accounts.bySession(secret)).toBeDefined()
    }
    clock.advance(61 * MINUTE)
    expect(accounts.bySession(secret)).toBeUndefined()
    const idle = await enter()
    clock.advance(12 * 60 * MINUTE)
    expect(accounts.bySession(idle.secret)).toBeUndefined()
    expect(accounts.bySession('')).toBeUndefined()
    expect(accounts.sessions('maria')).toEqual([])
  })

  it('are listed, ended one by one or all, and end with the account, its password, or when it is disabled', async () => {
    await accounts.add({ name: 'tom', role: 'admin', password: OTHER }, BY)
    const [one, two] = [await enter(), await enter()]
    expect(accounts.sessions('maria').map(({ address, agent }) => [address, agent])).toEqual([
      ['192.0.2.20', 'Firefox'],
      ['192.0.2.20', 'Firefox'],
    ])
    expect(JSON.stringify(accounts.sessions('maria'))).not.toContain(one.secret)
    expect(() => accounts.endSession('tom', one.session.id, BY)).toThrow(NotFoundError)
    accounts.endSession('maria', one.session.id, BY)
    expect([accounts.bySession(one.secret), accounts.bySession(two.secret)?.account]).toEqual([undefined, 'maria'])
    const kept = accounts.bySession(two.secret)
    const third = await enter()
    await accounts.changePassword('maria', OTHER, { ...BY, keep: kept?.kind === 'session' ? kept.session : '' })
    expect([accounts.bySession(two.secret)?.account, accounts.bySession(third.secret)]).toEqual(['maria', undefined])
    const tom = await enter('tom', OTHER)
    accounts.change('tom', { role: 'viewer' }, BY)
    expect(accounts.bySession(tom.secret)?.role).toBe('viewer')
    accounts.change('tom', { disabled: true }, BY)
    accounts.change('tom', { disabled: false }, BY)
    expect(accounts.bySession(tom.secret)).toBeUndefined()
  })

  it('are fresh for five minutes after the password was given', async () => {
    const { secret } = await enter()
    const who = accounts.bySession(secret)
    if (who?.kind !== 'session') throw new OperatorError('no session')
    expect(accounts.isFresh(who)).toBe(true)
    clock.advance(5 * MINUTE)
    expect(accounts.isFresh(who)).toBe(false)
    expect(await accounts.confirm(who.session, 'wrong', DESK)).toEqual({ kind: 'refused' })
    expect(await accounts.confirm(who.session, PASSWORD, DESK)).toBe('confirmed')
    expect(accounts.isFresh(who)).toBe(true)
    for (let i = 0; i < 5; i++) await accounts.confirm(who.session, 'wrong', DESK)
    expect(await accounts.confirm(who.session, PASSWORD, DESK)).toMatchObject({ kind: 'held' })
  })

  it('are at most twenty an account: the one unused for longest goes', async () => {
    const first = await enter()
    for (let i = 0; i < 20; i++) {
      clock.advance(1000)
      await enter()
    }
    expect([accounts.sessions('maria').length, accounts.bySession(first.secret)]).toEqual([20, undefined])
  })
})

it('tokens: what their scopes say, as long as they last, and never more than their account', async () => {
  await addMaria()
  await accounts.add({ name: 'tom', role: 'installer', password: OTHER }, BY)
  const give = (input: object) =>
    accounts.addToken({ account: 'tom', label: 'backup', scopes: ['read'], days: 2, ...input }, BY)
  expect(() => give({ scopes: ['site'] })).toThrow('a installer may not have a token for site')
  expect(() => give({ scopes: [] })).toThrow('at least one scope')
  expect(() => give({ days: 10_000 })).toThrow('1 to 730 days')
  const { token, secret } = give({ scopes: ['read', 'devices', 'read'] })
  expect(secret).toMatch(/^blt_[\w-]{43}$/)
  expect(accounts.byToken(secret)).toEqual({
    ...{ kind: 'token', account: 'tom', role: 'installer', label: 'backup', scopes: ['read', 'devices'] },
  })
  expect(
    accounts.isFresh(accounts.byToken(secret) ?? { kind: 'token', account: '', role: 'owner', label: '', scopes: [] }),
  ).toBe(false)
  for (const wrong of ['', 'blt_', `${secret}x`, secret.slice(4)]) expect(accounts.byToken(wrong)).toBeUndefined()
  expect(() => accounts.removeToken(token.id, { ...BY, account: 'maria' })).toThrow(NotFoundError)
  expect(accounts.tokens('tom')[0]?.usedAt).toBe(clock.now())
  clock.advance(2 * 86_400_000)
  expect(accounts.byToken(secret)).toBeUndefined()
  const second = give({})
  accounts.removeToken(second.token.id, BY)
  expect(accounts.byToken(second.secret)).toBeUndefined()
})

it('reset: a new password is all that is left', async () => {
  await addMaria()
  const { secret } = await enter()
  const token = accounts.addToken({ account: 'maria', label: 'x', scopes: ['read'], days: 1 }, BY)
  for (let i = 0; i < 6; i++) await accounts.signIn({ name: 'maria', password: 'wrong' }, ELSEWHERE)
  await accounts.reset('maria', OTHER, BY)
  expect([accounts.bySession(secret), accounts.byToken(token.secret)]).toEqual([undefined, undefined])
  expect((await accounts.signIn({ name: 'maria', password: OTHER }, DESK)).kind).toBe('in')
})

describe('the first account over the LAN', () => {
  const input = { name: 'maria', password: PASSWORD }

  it('needs the setup code, typed as people type', async () => {
    const code = accounts.setupCode() ?? ''
    expect(code).toMatch(/^[A-Z2-7]{8}$/)
    const first = (setupCode?: string) =>
      accounts.addFirst({ ...input, ...(setupCode && { setupCode }) }, DESK, { needsCode: true })
    expect(await first()).toEqual({ kind: 'refused' })
    expect(await first('AAAAAAAA')).toEqual({ kind: 'refused' })
    expect(accounts.exist()).toBe(false)
    const made = signedIn(await first(`${code.slice(0, 4).toLowerCase()} ${code.slice(4)}`))
    expect([made.account.role, accounts.bySession(made.secret)?.account, accounts.setupCode()]).toEqual([
      ...['owner', 'maria', undefined],
    ])
    await expect(first(code)).rejects.toThrow('has an account already')
  })

  it('is not for who guesses the code', async () => {
    let refused = 0
    for (let i = 0; i < 500; i++) {
      const from = { address: `192.0.2.${i % 200}`, agent: '' }
      const outcome = await accounts.addFirst({ ...input, setupCode: `AAAA${i}` }, from, { needsCode: true })
      if (outcome.kind === 'refused') refused++
      clock.advance(100)
    }
    // Fifty seconds of guessing from two hundred addresses.
    expect(refused).toBeLessThan(30)
    expect(guessed.length).toBe(refused)
    clock.advance(60 * MINUTE)
    const setupCode = accounts.setupCode() ?? ''
    expect((await accounts.addFirst({ ...input, setupCode }, DESK, { needsCode: true })).kind).toBe('in')
  })

  it('is made once, however many try at the same time', async () => {
    const outcomes = await Promise.allSettled(
      ['maria', 'tom', 'eve'].map((name) =>
        accounts.addFirst({ name, password: PASSWORD }, DESK, { needsCode: false }),
      ),
    )
    expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected', 'rejected'])
    expect(accounts.list().length).toBe(1)
  })
})

it('writes down who came, who was refused and who saw a secret, the newest first', async () => {
  await addMaria()
  await enter()
  await accounts.signIn({ name: 'maria', password: 'wrong' }, ELSEWHERE)
  accounts.secretShown('its file of 00:00:5e:00:53:01', { by: 'account:maria', address: '192.0.2.20' })
  expect(accounts.events(10).map(({ kind, by, address, text }) => [kind, by, address, text])).toEqual([
    ['secret-shown', 'account:maria', '192.0.2.20', 'its file of 00:00:5e:00:53:01'],
    ['refused', 'nobody', '192.0.2.66', 'wrong password or code'],
    ['signed-in', 'account:maria', '192.0.2.20', 'Firefox'],
    ['account-added', 'cli:local', undefined, 'as owner'],
  ])
  expect(accounts.events(1).length).toBe(1)
})

it.each([
  ['owner', ['read', 'metrics', 'devices', 'site']],
  ['admin', ['read', 'metrics', 'devices', 'site']],
  ['installer', ['read', 'metrics', 'devices']],
  ['viewer', ['read', 'metrics']],
] as const)('%s may have tokens for %j', (role, scopes) => {
  expect(scopesOf(role)).toEqual(scopes)
})
