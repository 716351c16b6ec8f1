import { describe, expect, it } from 'vitest'
import { makeFakeSite } from '../../test/support/admin-fakes.ts'
import { movesBox } from '../../test/support/moves-box.ts'
import { parseMac } from '../core/mac.ts'
import { makeAdminApp } from './app.ts'
import * as wire from './schema-moves.ts'

const OLD = parseMac('805ec0005301')
const by = 'test'
const SECRETS = /s3cret|hunter2000|site-pass/

function setUp() {
  const box = movesBox()
  box.layers.put('site', 'site', { settings: { adminPassword: 'site-pass-2000' } }, { by })
  const line = { index: 1, user: '101', secret: 's3cret-101' }
  box.devices.put(OLD, { vendor: 'yealink', model: 'T46S', name: 'Desk', lines: [line] }, { by })
  const { deps } = makeFakeSite()
  const app = makeAdminApp({ ...deps, moving: box })
  const call = async (method: string, path: string, body?: unknown, type = 'application/json') => {
    const text = typeof body === 'string' ? body : JSON.stringify(body)
    const response = await app.request(
      `/api/v1${path}`,
      { method, headers: { 'content-type': type }, ...(body !== undefined && { body: text }) },
      { via: 'tcp' },
    )
    const answer = await response.text()
    expect(answer, path).not.toMatch(SECRETS)
    return { status: response.status, json: JSON.parse(answer) }
  }
  return { box, call }
}

describe('replacing', () => {
  it('shows, does and takes back, as documented and without a secret', async () => {
    const { box, call } = setUp()
    const shown = await call('POST', '/devices/805ec0005301/replace', { to: '00:04:13:00:53:01', model: 'D785' })
    expect(shown.status).toBe(200)
    expect(wire.ReplaceResult.safeParse(shown.json).error?.issues).toBeUndefined()
    expect(shown.json).toMatchObject({ applied: false, fromRev: 1, toRev: 0, file: { masked: true } })
    expect(shown.json.file.text).toContain('•')
    expect(box.devices.get(parseMac('000413005301'))).toBeUndefined()

    const input = { to: 'MAC: 000413005301', model: 'D785', old: 'remove', fromRev: 1, toRev: 0 }
    const done = await call('POST', '/devices/805ec0005301/replace?dryRun=0', input)
    expect(done.json).toMatchObject({
      applied: true,
      move: { from: '80:5e:c0:00:53:01', by: 'page:local', old: 'remove' },
    })
    const { json } = await call('GET', '/moves')
    expect(json.moves.map((move: { id: string }) => move.id)).toEqual([done.json.move.id])
    const undone = await call('POST', `/moves/${done.json.move.id}/undo`, {})
    expect(wire.MoveView.safeParse(undone.json).error?.issues).toBeUndefined()
    expect(undone.json.undone).toMatchObject({ by: 'page:local' })
    expect(box.devices.get(OLD)?.name).toBe('Desk')
  })

  it.each([
    [404, '/devices/805ec0005309/replace', { to: '000413005301' }, 'no device'],
    [400, '/devices/805ec0005301/replace', { to: '8.05E+11' }, 'turned into a number by a spreadsheet'],
    [400, '/devices/805ec0005301/replace', { to: '000413005301', nonsense: 1 }, 'not as documented'],
    [409, '/devices/805ec0005301/replace', { to: '000413005301', fromRev: 7 }, 'is at revision 1'],
    [404, '/moves/nothing/undo', {}, 'no move nothing'],
    [404, '/import/apply', { token: 'nothing' }, 'no such preview'],
  ])('%i: %s %j', async (status, path, body, message) => {
    const answer = await setUp().call('POST', path, body)
    expect([answer.status, answer.json.error.message]).toEqual([status, expect.stringContaining(message)])
  })
})

describe('lists', () => {
  it('show their columns, what each is taken for and what it says, secrets left out', async () => {
    const { call } = setUp()
    const text = 'Wer,MAC,Password\nAda,805ec0005302,s3cret-102\nBob,805ec0005303,\n'
    const { json } = await call('POST', '/import/columns', text, 'text/csv')
    expect(wire.SheetColumns.safeParse(json).error?.issues).toBeUndefined()
    expect(json.columns).toEqual([
      { number: 1, heading: 'Wer', reason: 'no such column is known', samples: ['Ada', 'Bob'] },
      { number: 2, heading: 'MAC', field: 'mac', samples: ['805ec0005302', '805ec0005303'] },
      { number: 3, heading: 'Password', field: 'line1.secret', samples: ['•••', ''] },
    ])
    const named = await call('POST', '/import/columns?column=%231%3Dname', text, 'text/csv')
    expect(named.json.columns[0]).toMatchObject({ field: 'name' })
    const odd = await call('POST', '/import/columns?column=%231%3Dnonsense.x', text, 'text/csv')
    expect([odd.status, odd.json.error.message]).toEqual([400, 'no field is called "nonsense.x"'])
  })

  it('are shown and then done by their token', async () => {
    const { box, call } = setUp()
    const text = 'Wer,Kiste,Geheim\nAda,805ec0005302,s3cret-102\n'
    const query = '?column=Wer%3Dname&column=Kiste%3Dmac&column=%233%3Dline1.secret&group=front'
    const bad = await call('POST', `/import/preview${query}`, text, 'text/csv')
    expect(wire.ImportPlan.safeParse(bad.json).error?.issues).toBeUndefined()
    expect(bad.json.faults).toEqual([
      { row: 1, line: 2, column: 'Geheim', columnNumber: 3, message: "the line's user is missing" },
    ])
    const shown = await call('POST', `/import/preview${query}`, text.replace('s3cret-102', ''), 'text/csv')
    expect(shown.json).toMatchObject({ applied: false, counts: { create: 1 }, rows: [{ name: 'Ada' }] })
    expect(box.records.list('device')).toHaveLength(1)
    const done = await call('POST', '/import/apply', { token: shown.json.token })
    expect(done.json).toMatchObject({ applied: true, counts: { create: 1 } })
    expect(box.devices.get(parseMac('805ec0005302'))).toMatchObject({ name: 'Ada', group: 'front' })
  })

  it('in a form that is none are refused', async () => {
    const { call } = setUp()
    const answer = await call('POST', '/import/preview?column=nonsense', 'mac\n', 'text/csv')
    expect([answer.status, answer.json.error.message]).toEqual([400, '"nonsense" is not of the form HEADING=FIELD'])
    expect((await call('POST', '/import/preview', 'PK\u0003\u0004', 'text/csv')).json.error.message).toContain(
      'workbook',
    )
    const { json } = await call('GET', '/import/formats')
    for (const format of json.formats) expect(wire.FormatView.safeParse(format).success).toBe(true)
  })
})

it('a scanned label is told', async () => {
  const { call } = setUp()
  const known = await call('POST', '/scan', { text: 'MAC:805EC0005301' })
  expect(wire.Scanned.safeParse(known.json).success).toBe(true)
  expect(known.json).toMatchObject({ kind: 'known', mac: '80:5e:c0:00:53:01', name: 'Desk' })
  expect((await call('POST', '/scan', { text: '6938818305533' })).json).toEqual({
    ...{ kind: 'unreadable', reason: expect.stringContaining('article number') },
  })
})
