import { describe, expect, it } from 'vitest'
import { DESK, makeFakeSite, only } from '../../test/support/admin-fakes.ts'
import { ConflictError, NotFoundError, OperatorError } from '../core/errors.ts'
import type { Packs, Templates } from '../templates/contract.ts'
import { makeAdminApp } from './app.ts'
import type { AdminDeps } from './contract.ts'

const ROW = {
  file: 'a.liquid',
  origin: 'own',
  size: 1,
  hash: 'ab',
  own: { rev: 3, by: 'cli:x', at: 1, behind: true },
} as const
const VENDOR = { id: 'acme', title: 'Acme', files: [ROW] } as const
const FAULT = { file: 'acme/a.liquid', line: 7, column: 3, path: '(template)', message: 'tag "x" not found' }
const PACK = {
  name: 'acme',
  version: '2',
  files: 1,
  vendors: ['acme'],
  installedAt: 1,
  by: 'page:local',
  hash: 'cd',
  key: 'ab',
} as const

function site() {
  const site = makeFakeSite()
  const done: unknown[] = []
  const templates = only<Templates>('templates', {
    list: () => [VENDOR],
    get(vendor, file) {
      if (file !== 'a.liquid') throw new NotFoundError(`no template ${vendor}/${file}`)
      return { ...ROW, vendor, text: 'x', beneath: { origin: 'shipped', text: 'y', hash: 'cd' }, diff: '-y\n+x\n' }
    },
    check: () => ({ faults: [FAULT], notes: [{ file: 'acme/a.liquid', line: 2, message: 'not known' }] }),
    change(vendor, edits, options) {
      if (options.base === 1) throw new ConflictError('template acme/a.liquid is at revision 3')
      if (Object.values(edits).includes('bad')) throw Object.assign(new OperatorError('1 fault'), { faults: [FAULT] })
      done.push([vendor, edits, options])
      return VENDOR
    },
    versions: () => [{ seq: 5, at: 1, by: 'cli:x', did: 'made', size: 1, hash: 'ab' }],
    textOf: (_vendor, _file, seq) => (seq === 5 ? 'five' : undefined),
  })
  const packs = only<Packs>('packs', {
    list: () => [PACK],
    keys: () => [{ id: 'ab', title: 'ours' }],
    async install(content, options) {
      const pieces: Uint8Array[] = []
      for await (const piece of content instanceof Uint8Array ? [content] : content) pieces.push(piece)
      done.push([Buffer.concat(pieces).toString(), options])
      return PACK
    },
    back: async (name) => ({ ...PACK, name, version: '1' }),
    remove: async (name) => void done.push(`removed ${name}`),
    verify: async () => [{ name: 'acme', state: 'good' }],
    renewKeys: async (content) => void done.push(content.length),
  })
  const preview: AdminDeps['templates']['preview'] = (mac, request) => {
    done.push([mac, request])
    const bytes = new TextEncoder().encode(request.reveal ? 'secret' : '••')
    return { file: 'x.cfg', bytes, contentType: 'text/plain', hash: 'ef', changed: true, diff: '+x\n' }
  }
  const app = makeAdminApp({ ...site.deps, templates: { ...templates, packs, preview } })
  const ask = async (method: string, path: string, body?: unknown, via: 'tcp' | 'socket' = 'tcp', headers = {}) => {
    const response = await app.request(
      `http://localhost/api/v1${path}`,
      {
        method,
        headers: { 'content-type': 'application/json', ...headers },
        ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
      },
      { via },
    )
    const text = await response.text()
    return { status: response.status, body: text === '' ? undefined : JSON.parse(text) }
  }
  return { ask, done }
}

describe('templates', () => {
  it('are listed, read and compared', async () => {
    const { ask } = site()
    expect((await ask('GET', '/templates')).body).toEqual({ vendors: [VENDOR] })
    expect((await ask('GET', '/templates/acme/a.liquid')).body).toMatchObject({
      text: 'x',
      diff: '-y\n+x\n',
      own: { behind: true },
    })
    expect((await ask('GET', '/templates/acme/b.liquid')).status).toBe(404)
    expect((await ask('GET', '/templates/acme/a.liquid/versions')).body.versions).toHaveLength(1)
    expect((await ask('GET', '/templates/acme/a.liquid/versions/5')).body).toEqual({ text: 'five' })
    expect((await ask('GET', '/templates/acme/a.liquid/versions/6')).status).toBe(404)
  })

  it('are changed with who did it and the revision that it is based on', async () => {
    const { ask, done } = site()
    const by = 'page:local'
    expect(await ask('PUT', '/templates/acme/a.liquid', { text: 'new', rev: 3 })).toMatchObject({
      status: 200,
      body: VENDOR,
    })
    await ask('PUT', '/templates/acme', { files: { 'a.liquid': 'new', 'b.liquid': null } })
    await ask('DELETE', '/templates/acme/a.liquid')
    await ask('POST', '/templates/acme/a.liquid/restore', { seq: 5 })
    await ask('POST', '/templates/acme/a.liquid/restore', { seq: 6 })
    expect(done).toEqual([
      ['acme', { 'a.liquid': 'new' }, { by, base: 3 }],
      ['acme', { 'a.liquid': 'new', 'b.liquid': null }, { by }],
      ['acme', { 'a.liquid': null }, { by }],
      ['acme', { 'a.liquid': 'five' }, { by }],
      ['acme', { 'a.liquid': null }, { by }],
    ])
    expect((await ask('PUT', '/templates/acme/a.liquid', { text: 'new', rev: 1 })).status).toBe(409)
    expect((await ask('PUT', '/templates/acme/a.liquid', { text: 'new' }, 'tcp', { 'if-match': '"1"' })).status).toBe(
      412,
    )
    expect(await ask('PUT', '/templates/acme/a.liquid', { text: 'bad' })).toMatchObject({
      status: 400,
      body: { error: { code: 'bad-input', faults: [FAULT] } },
    })
    expect((await ask('PUT', '/templates/acme/a.liquid', { text: 'x'.repeat(200_001) })).status).toBe(400)
  })

  it('are checked: each fault with line and column', async () => {
    const { ask } = site()
    const { body } = await ask('POST', '/templates/check', { vendor: 'acme', files: { 'a.liquid': 'x' } })
    expect(body).toEqual({ faults: [FAULT], notes: [{ file: 'acme/a.liquid', line: 2, message: 'not known' }] })
  })

  it('are previewed for a phone; secrets only over the local socket', async () => {
    const { ask, done } = site()
    const given = { vendor: 'acme', files: { 'a.liquid': 'x' }, mac: '00:00:5e:00:53:01', protocol: 'tftp' }
    const masked = await ask('POST', '/templates/preview', given)
    expect(masked.body).toMatchObject({ text: '••', masked: true, changed: true, diff: '+x\n', size: 6 })
    expect((await ask('POST', '/templates/preview?reveal=1', given)).status).toBe(403)
    expect((await ask('POST', '/templates/preview?reveal=1', given, 'socket')).body).toMatchObject({
      text: 'secret',
      masked: false,
    })
    expect(done.map((one) => (one as [string, { reveal: boolean }])[1].reveal)).toEqual([false, true])
    expect(done[0]).toEqual([DESK, { vendor: 'acme', edits: given.files, reveal: false, protocol: 'tftp' }])
    const nobody = await ask('POST', '/templates/preview', { ...given, mac: 'nobody' })
    expect([nobody.status, nobody.body.error.faults[0].path]).toEqual([400, 'mac'])
  })
})

describe('packs', () => {
  const binary = { 'content-type': 'application/octet-stream', 'x-branchline': '1' }
  it('are listed, installed from a stream, put back, removed, verified', async () => {
    const { ask, done } = site()
    expect((await ask('GET', '/packs')).body).toEqual({ packs: [PACK], keys: [{ id: 'ab', title: 'ours' }] })
    expect(await ask('PUT', '/packs?older=1', 'a pack', 'tcp', binary)).toMatchObject({ status: 200, body: PACK })
    expect((await ask('POST', '/packs/acme/back')).body.version).toBe('1')
    expect((await ask('DELETE', '/packs/acme')).status).toBe(204)
    expect((await ask('POST', '/packs/verify')).body).toEqual({ packs: [{ name: 'acme', state: 'good' }] })
    expect((await ask('PUT', '/packs/keys', 'list', 'tcp', binary)).status).toBe(200)
    expect((await ask('PUT', '/packs/keys', 'x'.repeat(70_000), 'tcp', binary)).status).toBe(400)
    expect(done).toEqual([['a pack', { by: 'page:local', older: true }], 'removed acme', 4])
  })

  it('a page of another site installs nothing', async () => {
    const { ask, done } = site()
    expect((await ask('PUT', '/packs', 'a pack', 'tcp', { 'content-type': 'text/plain' })).status).toBe(415)
    expect(done).toEqual([])
  })
})
