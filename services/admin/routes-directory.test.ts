import { describe, expect, it } from 'vitest'
import { makeFakeSite } from '../../test/support/admin-fakes.ts'
import { makeAdminApp } from './app.ts'

function client() {
  const site = makeFakeSite()
  const app = makeAdminApp(site.deps)
  const send = async (method: string, path: string, body?: unknown, headers: Record<string, string> = {}) => {
    const text = typeof body === 'string' ? body : body === undefined ? undefined : JSON.stringify(body)
    const response = await app.request(`http://localhost/api/v1${path}`, {
      method,
      ...(text === undefined ? {} : { body: text }),
      headers: { 'content-type': 'application/json', ...headers },
    })
    const answer = await response.text()
    const isJson = response.headers.get('content-type')?.startsWith('application/json')
    return { status: response.status, headers: response.headers, body: isJson ? JSON.parse(answer) : answer }
  }
  return { site, send }
}

const ADA = { name: 'Ada Lovelace', extension: '204', line: { user: '204', secret: 'hunter2' } }

describe('people', () => {
  it('are made, read, changed and removed, and no secret is shown', async () => {
    const { send } = client()
    const made = await send('POST', '/people', ADA)
    expect([made.status, made.headers.get('etag')]).toEqual([201, '"1"'])
    expect(made.body).toMatchObject({ id: 'p1', listed: true, line: { index: 1, user: '204', hasSecret: true } })
    expect(JSON.stringify(made.body)).not.toContain('hunter2')
    const patched = await send('PATCH', '/people/p1', { note: 'x', line: { label: 'Ada' } })
    expect(patched.body).toMatchObject({ rev: 2, note: 'x', line: { user: '204', label: 'Ada', hasSecret: true } })
    // What was read can be sent back.
    const again = await send('PUT', '/people/p1', patched.body)
    expect([again.status, again.body.rev]).toEqual([200, 2])
    expect((await send('PATCH', '/people/p1', { line: { secret: null } })).body.line).toMatchObject({ hasSecret: true })
    expect((await send('PUT', '/people/p1', { ...ADA, line: { user: '204', secret: null } })).body.line).toMatchObject({
      hasSecret: false,
    })
    expect((await send('DELETE', '/people/p1')).status).toBe(204)
    expect((await send('GET', '/people/p1')).status).toBe(404)
    expect((await send('PUT', '/people/ada', ADA)).status).toBe(201)
  })

  it('are guarded by their revision', async () => {
    const { send } = client()
    await send('PUT', '/people/ada', ADA)
    expect((await send('PUT', '/people/ada', { ...ADA, rev: 5 })).status).toBe(409)
    expect((await send('PATCH', '/people/ada', { note: 'x' }, { 'if-match': '"7"' })).status).toBe(412)
    expect((await send('DELETE', '/people/ada', undefined, { 'if-match': '"7"' })).status).toBe(412)
    expect((await send('PATCH', '/people/ada', { note: 'x' }, { 'if-match': '"1"' })).status).toBe(200)
  })

  it('are refused with every fault by its path', async () => {
    const { send } = client()
    const answer = await send('PUT', '/people/ada', {
      extension: 'a b',
      numbers: [{ kind: 'work', number: 'call me' }],
    })
    expect(answer.status).toBe(400)
    const paths = answer.body.error.faults.map(({ path }: { path: string }) => path)
    expect(paths).toEqual(['name', 'extension', 'numbers.0.number'])
  })

  it('are listed by name, page by page, and found', async () => {
    const { send } = client()
    for (const [i, name] of ['Zoë', 'Änne', 'Bob', 'ada'].entries())
      await send('PUT', `/people/x${i}`, { name, extension: `20${i}` })
    const names = async (query: string) => {
      const { body } = await send('GET', `/people?${query}`)
      return [body.total, body.people.map(({ name }: { name: string }) => name)]
    }
    expect(await names('')).toEqual([4, ['ada', 'Änne', 'Bob', 'Zoë']])
    expect(await names('offset=2&limit=1')).toEqual([4, ['Bob']])
    expect(await names('search=zoe')).toEqual([1, ['Zoë']])
    expect(await names('search=202')).toEqual([1, ['Bob']])
    expect((await send('GET', '/people?limit=100000')).status).toBe(400)
  })

  it('are imported after a look, all or none, and exported', async () => {
    const { send } = client()
    const csv = { 'content-type': 'text/csv' }
    const text = 'id,name,extension\nada,Ada,204\nbob,Bob,205\n'
    const look = await send('POST', '/people/import', text, csv)
    expect([look.status, look.body.applied, look.body.rows.length]).toEqual([200, false, 2])
    expect((await send('GET', '/people')).body.total).toBe(0)
    const bad = await send('POST', '/people/import?dryRun=0', `${text}eve,Eve,two hundred\n`, csv)
    expect([bad.status, bad.body.applied]).toEqual([422, false])
    expect(bad.body.faults).toMatchObject([{ row: 3, line: 4, column: 'extension', columnNumber: 3 }])
    expect((await send('GET', '/people')).body.total).toBe(0)
    expect((await send('POST', '/people/import?dryRun=0', text, csv)).body.applied).toBe(true)
    const out = await send('GET', '/people/export?format=csv')
    expect(out.headers.get('content-type')).toBe('text/csv; charset=utf-8')
    expect(out.body.split('\r\n')).toHaveLength(4)
    const cards = (await send('GET', '/people/export?format=vcard')).body
    expect(cards).toContain('FN:Ada\r\n')
    const back = await send('POST', '/people/import', cards, { 'content-type': 'text/vcard' })
    expect(back.body.rows.map(({ id, action }: { id: string; action: string }) => [id, action])).toEqual([
      ['ada', 'update'],
      ['bob', 'update'],
    ])
  })

  it('an edit keeps the other properties of a card', async () => {
    const { send } = client()
    const card = 'BEGIN:VCARD\r\nVERSION:4.0\r\nUID:ada\r\nFN:Ada\r\nX-SHOE-SIZE:38\r\nEND:VCARD\r\n'
    await send('POST', '/people/import?dryRun=0', card, { 'content-type': 'text/vcard' })
    const { body } = await send('GET', '/people/ada')
    expect(body.fromCard).toBe(true)
    await send('PUT', '/people/ada', { ...body, extension: '204' })
    expect((await send('GET', '/people/export?format=vcard')).body).toContain('X-SHOE-SIZE:38\r\n')
  })
})

describe('the phone book', () => {
  it('is shown in the form of a vendor', async () => {
    const { send } = client()
    expect((await send('GET', '/phone-book')).body.vendors).toMatchObject([{ vendor: 'yealink' }])
    const shown = await send('GET', '/phone-book/yealink/directory.xml?query=search%3Dada')
    expect(shown.body).toMatchObject({ contentType: 'text/xml', text: '<book>search=ada</book>' })
    expect((await send('GET', '/phone-book/nobody/x.xml')).status).toBe(404)
  })
})
