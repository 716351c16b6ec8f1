import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { DESK, device, makeFakeSite } from '../../test/support/admin-fakes.ts'
import { OperatorError } from '../core/errors.ts'
import { parseMac } from '../core/mac.ts'
import { makeAdminApp } from './app.ts'
import { type Assets, loadAssets } from './assets.ts'
import { type AdminListener, type ServeOptions, serveAdmin } from './serve.ts'

const page = (text: string, contentType: string) => ({
  bytes: new TextEncoder().encode(text),
  gzip: Bun.gzipSync(new TextEncoder().encode(text)),
  contentType,
  etag: `"${text}"`,
})
const ASSETS: Assets = new Map([
  ['/index.html', page('<!doctype html>', 'text/html')],
  ['/page-0123456789.js', page('x', 'text/javascript')],
  ['/style-0123456789.css', page('a{}'.repeat(100), 'text/css')],
])

let folder: string
let open: AdminListener[]
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'admin-'))
  open = []
})
afterEach(async () => {
  for (const listener of open) await listener[Symbol.asyncDispose]()
  rmSync(folder, { recursive: true, force: true })
})

async function serve(options: Partial<ServeOptions>): Promise<AdminListener> {
  const listener = await serveAdmin({ app: makeAdminApp(makeFakeSite().deps), assets: ASSETS, ...options })
  open.push(listener)
  return listener
}
const ask = (socket: string, path = '/api/v1/health') => fetch(`http://localhost${path}`, { unix: socket })

describe('the page', () => {
  it('is served on loopback, by names that it knows alone', async () => {
    const { url = '' } = await serve({ port: 0 })
    const index = await fetch(url)
    expect([index.status, await index.text(), index.headers.get('cache-control')]).toEqual([
      200,
      '<!doctype html>',
      'no-cache',
    ])
    expect(index.headers.get('content-security-policy')).toContain("script-src 'self'")
    expect((await fetch(`${url}page-0123456789.js`)).headers.get('cache-control')).toContain('immutable')
    expect((await fetch(`${url}page-0123456789.js`, { headers: { 'if-none-match': '"x"' } })).status).toBe(304)
    for (const path of ['..%2f..%2fetc%2fpasswd', '%2e%2e/package.json', 'nothing'])
      expect((await fetch(url + path)).status).toBe(404)
    expect((await fetch(url, { method: 'POST', headers: { 'x-branchline': '1' } })).status).toBe(405)
    expect((await fetch(`${url}api/v1/health`)).status).toBe(200)
    expect((await fetch(url, { headers: { host: 'evil.example' } })).status).toBe(421)
  })

  it('is compressed for who takes that, with a tag of its own, and not where that would make it longer', async () => {
    const { url = '' } = await serve({ port: 0 })
    const get = (path: string, accept: string, more: Record<string, string> = {}) =>
      fetch(url + path, { headers: { 'accept-encoding': accept, ...more }, decompress: false })
    const packed = await get('style-0123456789.css', 'br;q=1.0, gzip;q=0.8')
    expect([packed.headers.get('content-encoding'), packed.headers.get('vary')]).toEqual(['gzip', 'accept-encoding'])
    const bytes = new Uint8Array(await packed.arrayBuffer())
    expect(new TextDecoder().decode(Bun.gunzipSync(bytes))).toBe('a{}'.repeat(100))
    const tag = packed.headers.get('etag') ?? ''
    expect((await get('style-0123456789.css', 'gzip', { 'if-none-match': tag })).status).toBe(304)
    expect((await get('style-0123456789.css', 'identity', { 'if-none-match': tag })).status).toBe(200)
    for (const [path, accept] of [
      ['style-0123456789.css', 'identity'],
      ['style-0123456789.css', 'gzip;q=0'],
      ['page-0123456789.js', 'gzip'],
    ] as const)
      expect((await get(path, accept)).headers.get('content-encoding'), `${path} ${accept}`).toBeNull()
  })

  it('gets long lists compressed, and nothing that may hold a secret', async () => {
    const site = makeFakeSite()
    for (let n = 0; n < 100; n++) site.devices.set(parseMac(`00005e00${(0x5300 + n).toString(16)}`), device(DESK))
    const { url = '' } = await serve({ port: 0, app: makeAdminApp(site.deps) })
    const get = (path: string) =>
      fetch(`${url}api/v1/${path}`, { headers: { 'accept-encoding': 'gzip' }, decompress: false })
    const list = await get('devices')
    expect(list.headers.get('content-encoding')).toBe('gzip')
    const text = new TextDecoder().decode(Bun.gunzipSync(new Uint8Array(await list.arrayBuffer())))
    expect(JSON.parse(text).devices.length).toBe(100)
    expect((await get('about')).headers.get('content-encoding')).toBeNull()
    expect(await (await get('journeys')).json()).toEqual({ journeys: [] })
  })

  it('says clearly that its port is taken, and leaves no socket behind', async () => {
    const { url = '' } = await serve({ port: 0 })
    const socketPath = join(folder, 'box.sock')
    await expect(serve({ port: Number(new URL(url).port), socketPath })).rejects.toThrow(
      /^port \d+ on 127\.0\.0\.1 is taken by another program/,
    )
    expect(readdirSync(folder)).toEqual([])
  })

  it('refuses to serve a page that was not built', async () => {
    await expect(loadAssets(join(folder, 'none'))).rejects.toThrow(OperatorError)
    await expect(loadAssets(folder)).rejects.toThrow('no index.html')
  })
})

describe('the local socket', () => {
  it('needs no password, opens to its owner alone, and goes with its listener', async () => {
    const socketPath = join(folder, 'box.sock')
    const listener = await serve({ socketPath })
    expect((await ask(socketPath)).status).toBe(200)
    expect(statSync(socketPath).mode & 0o777).toBe(0o600)
    expect(readdirSync(folder)).toEqual(['box.sock'])
    await listener[Symbol.asyncDispose]()
    expect(readdirSync(folder)).toEqual([])
  })

  it('is made inside of its folder, the one place that the box may write to', async () => {
    const inner = join(folder, 'inner')
    mkdirSync(inner)
    const before = statSync(folder).mtimeMs
    await serve({ socketPath: join(inner, 'box.sock') })
    expect([readdirSync(folder), readdirSync(inner)]).toEqual([['inner'], ['box.sock']])
    expect(statSync(folder).mtimeMs).toBe(before)
  })

  it('is not taken from a box that answers', async () => {
    const socketPath = join(folder, 'box.sock')
    await serve({ socketPath })
    await expect(serve({ socketPath })).rejects.toThrow('another box is running and answers on')
    expect((await ask(socketPath)).status).toBe(200)
  })

  it('replaces one on which nobody answers', async () => {
    const socketPath = join(folder, 'box.sock')
    const code = `Bun.listen({ unix: ${JSON.stringify(socketPath)}, socket: { data() {} } }); process.kill(process.pid, 'SIGKILL')`
    await Bun.spawn([process.execPath, '-e', code], { stdout: 'ignore', stderr: 'ignore' }).exited
    expect(statSync(socketPath).isSocket()).toBe(true)
    await serve({ socketPath })
    expect((await ask(socketPath)).status).toBe(200)
  })

  it('leaves a file that is no socket alone', async () => {
    const socketPath = join(folder, 'box.sock')
    writeFileSync(socketPath, 'kept')
    await expect(serve({ socketPath })).rejects.toThrow('is in the way and is not a socket')
    await expect(serve({ socketPath: join(folder, 'x'.repeat(100)) })).rejects.toThrow('too long')
  })
})
