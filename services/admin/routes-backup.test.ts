import { describe, expect, it } from 'vitest'
import { makeFakeSite, only } from '../../test/support/admin-fakes.ts'
import type { Accounts, Principal } from '../accounts/contract.ts'
import type { BackupState, ResetState, RestoreState } from '../backup/contract.ts'
import { OperatorError } from '../core/errors.ts'
import { makeAdminApp } from './app.ts'
import type { AdminDeps } from './contract.ts'

const BACKUPS: BackupState = {
  schedule: { on: false, at: '02:30', zone: 'UTC', keep: 7, firmware: false },
  ...{ job: { phase: 'idle', percent: 0 }, backups: [], free: 1 },
}
const RESTORE: RestoreState = { phase: 'none', percent: 0 }
const LOSSES: ResetState = { devices: 6, networks: 1, people: 4, files: 0, accounts: 1, kind: 'folder' }
const SOCKET = { via: 'socket' as const }
const HEADERS = { 'content-type': 'application/json', authorization: 'Bearer x' }

/** A site whose owner is signed in by a token-like session, fresh or not; `asked` is what reached the parts. */
function site(fresh: boolean, more: Partial<AdminDeps> = {}) {
  const asked: string[] = []
  const shown: string[] = []
  const note =
    <Result>(what: string, result: Result) =>
    (): Result => {
      asked.push(what)
      return result
    }
  const who = { kind: 'session', account: 'maria', role: 'owner' } as Principal
  const { deps } = makeFakeSite()
  const app = makeAdminApp({
    ...deps,
    accounts: only<Accounts>('accounts', {
      ...{ bySession: () => who, exist: () => true, isFresh: () => fresh },
      secretShown: (what, { by }) => void shown.push(`${what} ${by}`),
    }),
    backups: only<AdminDeps['backups']>('backups', {
      state: () => BACKUPS,
      newKey: note('newKey', { key: 'K', id: 'i' }),
      make: note('make', BACKUPS),
    }),
    restores: only<AdminDeps['restores']>('restores', {
      state: () => RESTORE,
      losses: () => LOSSES,
      check: note('check', RESTORE),
      apply: ({ address }) => note(address === undefined ? 'apply' : `apply ${address}`, RESTORE)(),
      reset: note('reset', undefined),
      async receive(content, { size }) {
        let length = 0
        for await (const chunk of content as ReadableStream<Uint8Array>) length += chunk.length
        asked.push(`receive ${length} ${size}`)
        return RESTORE
      },
    }),
    ...more,
  })
  const page = { via: 'tcp' as const, secure: true, hosts: ['box'], lan: true }
  const ask = (method: string, path: string, body: unknown = {}) => {
    const headers = { 'content-type': 'application/json', cookie: '__Host-branchline=s', host: 'box' }
    const init = { method, headers, ...(method === 'GET' ? {} : { body: JSON.stringify(body) }) }
    return app.request(`https://box/api/v1${path}`, init, page)
  }
  return { app, ask, asked, shown }
}

const SENSITIVE: readonly (readonly [string, string, unknown, string])[] = [
  ['POST', '/backup-key', {}, 'newKey'],
  ['POST', '/restore/check', { key: 'K' }, 'check'],
  ['POST', '/restore/apply', {}, 'apply'],
  ['POST', '/factory-reset', { confirm: 'ERASE' }, 'reset'],
]

describe('what could make somebody else of the box', () => {
  it.each(SENSITIVE)('%s %s wants the password of a moment ago', async (method, path, body, what) => {
    const stale = site(false)
    const refused = await stale.ask(method, path, body)
    expect([refused.status, await refused.text(), stale.asked]).toEqual([
      ...[403, expect.stringContaining('give your password again'), []],
    ])
    const fresh = site(true)
    expect((await fresh.ask(method, path, body)).status).toBeLessThan(300)
    expect(fresh.asked).toEqual([what])
    expect(fresh.shown).toEqual(what === 'newKey' ? ['a new recovery key account:maria'] : [])
  })

  it('a backup that is brought wants it too, is as long as it is, and has no limit but the room', async () => {
    const { app, asked } = site(true)
    const body = new Uint8Array(9 * 1024 * 1024)
    const headers = { 'content-length': String(body.length), 'content-type': 'application/octet-stream' }
    expect((await app.request('/api/v1/restore', { method: 'PUT', body, headers }, SOCKET)).status).toBe(200)
    expect(asked).toEqual([`receive ${body.length} ${body.length}`])
    const stale = site(false)
    expect((await stale.ask('PUT', '/restore', {})).status).toBe(403)
    expect(stale.asked).toEqual([])
  })

  it('a factory reset wants its word', async () => {
    const { ask, asked } = site(true)
    expect((await ask('POST', '/factory-reset', { confirm: 'erase' })).status).toBe(400)
    expect(asked).toEqual([])
    expect(await (await ask('GET', '/factory-reset')).json()).toEqual(LOSSES)
  })
})

it('restores with the address of the backup, without it, or as it is suggested', async () => {
  const { ask, asked } = site(true)
  for (const body of [{ address: true }, { address: false }, {}])
    expect((await ask('POST', '/restore/apply', body)).status).toBe(202)
  expect((await ask('POST', '/restore/apply', { address: 'yes' })).status).toBe(400)
  expect(asked).toEqual(['apply true', 'apply false', 'apply'])
})

it('making a backup needs no password again: what is made is sealed', async () => {
  const { ask, asked } = site(false)
  expect((await ask('POST', '/backups', {})).status).toBe(202)
  expect(asked).toEqual(['make'])
})

it('says in words why something cannot be done', async () => {
  const { ask } = site(true, {
    restores: only<AdminDeps['restores']>('restores', {
      check() {
        throw new OperatorError('the recovery key is mistyped: look at group 2 of 6')
      },
    }),
  })
  const answer = await ask('POST', '/restore/check', { key: 'K' })
  expect([answer.status, await answer.text()]).toEqual([400, expect.stringContaining('look at group 2 of 6')])
})

describe('the log', () => {
  const line = (seq: number, level: 'info' | 'warn', text: string) => ({
    ...{ seq, at: 1_790_000_000_000 + seq, level, text },
    fields: { mac: '805ec0005301', said: 'a "quoted"\nname' },
  })
  const all = [line(1, 'info', 'phone seen'), line(2, 'warn', 'upload dropped'), line(3, 'info', 'backup made')]
  const logs = { after: (seq: number) => all.filter((it) => it.seq > seq) }
  const get = async (path: string) => {
    const { app } = site(true, { logs })
    return app.request(`/api/v1${path}`, { headers: HEADERS }, SOCKET)
  }
  const seqs = async (path: string) =>
    ((await (await get(path)).json()) as { lines: { seq: number }[] }).lines.map(({ seq }) => seq)

  it('is narrowed by weight, by words, and by what came since', async () => {
    expect(await seqs('/logs')).toEqual([1, 2, 3])
    expect(await seqs('/logs?level=warn')).toEqual([2])
    expect(await seqs('/logs?find=BACKUP')).toEqual([3])
    expect(await seqs('/logs?after=2')).toEqual([3])
    expect((await get('/logs?level=loud')).status).toBe(400)
  })

  it('is a text of one line an event, whatever a name holds', async () => {
    const answer = await get('/logs/text?level=warn')
    expect(answer.headers.get('content-disposition')).toContain('branchline.log')
    expect(await answer.text()).toBe(
      '2026-09-21T14:13:20.002Z warn  upload dropped mac="805ec0005301" said="a \\"quoted\\"\\nname"\n',
    )
  })
})
