import { Database } from 'bun:sqlite'
import { readdir, readFile } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { makeLoopbackLan } from '../../appliance/net/loopback-lan.ts'
import { fromLatin1, latin1 } from '../../services/core/bytes.ts'
import { makeCounters } from '../../services/core/counters.ts'
import { parseIpv4 } from '../../services/core/ipv4.ts'
import { silentLog } from '../../services/core/log.ts'
import { DemoBox } from '../support/box-process.ts'

/** Each stands in a place of its own, so that a find tells where it came from. */
const SECRETS = {
  line: 'sIpS3cretOfLine-Zq81',
  secondLine: 's3cond&"<Line>-Wx72',
  imported: 'importedS3cret-Kp63',
  admin: 'adminPassw0rd-Lm54',
  siteAdmin: 'siteAdminPw-Jh45',
  user: 'us3rPassword-Gf36',
  extra: 'rawParamPw-Ds27',
  person: 'secretOfAPerson-Vb29',
  importedPerson: 'importedPerson-Nm47',
  refused: 'inARefusedEdit-Ay18',
} as const
const MAC = '805ec000d001'

let box: DemoBox
/** Everything that anybody saw, by where. */
const seen = new Map<string, string>()

beforeAll(async () => {
  box = await DemoBox.start('--log-level', 'debug')
  await everything()
})
afterAll(() => box[Symbol.asyncDispose]())

async function ask(method: string, path: string, body?: unknown, via: 'page' | 'socket' = 'page'): Promise<Response> {
  const init = {
    method,
    headers: { 'content-type': typeof body === 'string' && /^(mac|id),/.test(body) ? 'text/csv' : 'application/json' },
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  }
  const response = via === 'page' ? await fetch(new URL(path, box.page), init) : await box.ask(path, init)
  const text = await response.clone().text()
  seen.set(`${method} ${path} (${via}, ${response.status}, ${seen.size})`, `${text}\n${[...response.headers]}`)
  return response
}

/** The stream of live events, from before the first edit on. */
async function followEvents(): Promise<() => Promise<void>> {
  const stop = new AbortController()
  const response = await fetch(new URL('/api/v1/events', box.page), { signal: stop.signal })
  let text = ''
  const reading = (async () => {
    const decoder = new TextDecoder()
    for await (const part of response.body ?? []) text += decoder.decode(part, { stream: true })
  })().catch(() => undefined)
  return async () => {
    // Its own end is in it: the removal of a device that was made for this.
    await box.until(async () => (text.includes('00:00:5e:00:53:55') ? true : undefined), 'the last event')
    stop.abort()
    await reading
    seen.set('live events', text)
  }
}

async function everything(): Promise<void> {
  const endEvents = await followEvents()
  const device = {
    vendor: 'yealink',
    model: 'SIP-T46U',
    name: 'Front desk',
    lines: [
      { index: 1, user: '201', server: 'pbx.example.net', secret: SECRETS.line },
      { index: 2, user: '202', server: 'pbx.example.net', secret: SECRETS.secondLine },
    ],
    settings: { adminPassword: SECRETS.admin, userPassword: SECRETS.user },
    extra: { yealink: { 'static.auto_provision.server.password': SECRETS.extra } },
  }
  expect((await ask('PUT', `/api/v1/devices/${MAC}`, device)).status).toBe(200)
  expect(
    (await ask('PUT', '/api/v1/layers/site/site', { settings: { adminPassword: SECRETS.siteAdmin } })).status,
  ).toBe(200)
  const csv = `mac,name,user,secret\n00:00:5e:00:53:55,Imported,255,${SECRETS.imported}\n`
  for (const query of ['', '?dryRun=0'])
    expect((await ask('POST', `/api/v1/devices/import${query}`, csv)).status).toBe(200)

  const line = { user: '204', secret: SECRETS.person }
  expect((await ask('PUT', '/api/v1/people/site', { name: 'Ada', extension: '204', line })).status).toBe(201)
  const people = `id,name,user,secret\nbob,Bob,205,${SECRETS.importedPerson}\n`
  for (const query of ['', '?dryRun=0'])
    expect((await ask('POST', `/api/v1/people/import${query}`, people)).status).toBe(200)
  await ask('PUT', '/api/v1/people/eve', { name: 'Eve', line: { user: '', secret: SECRETS.refused } })
  await ask('PUT', '/api/v1/people/eve', { name: 'Eve', secret: SECRETS.refused })
  await ask('POST', '/api/v1/people/import', `id,name,user,secret\nx,,1,"${SECRETS.refused}\n`)

  // Edits that are refused, with a secret in each place where a careless message could repeat it.
  await ask('PUT', `/api/v1/devices/${MAC}`, { lines: [{ index: 0, user: 5, secret: SECRETS.refused }] })
  await ask('PUT', `/api/v1/devices/${MAC}`, { lines: [{ index: 1, user: '1', secret: `${SECRETS.refused} \n` }] })
  await ask('PUT', `/api/v1/devices/${MAC}`, { settings: { adminPassword: [SECRETS.refused] } })
  await ask('PUT', `/api/v1/devices/${MAC}`, { settings: { adminPassword: `${SECRETS.refused}\u0007` } })
  await ask('PUT', `/api/v1/devices/${MAC}`, { secret: SECRETS.refused })
  await ask('PUT', `/api/v1/devices/${MAC}`, `{"secret":"${SECRETS.refused}",`)
  await ask('POST', '/api/v1/devices/import', `mac,secret\n00:00:5e:00:53:56,"${SECRETS.refused}\n`)
  await ask('PATCH', `/api/v1/devices/${MAC}`, { rev: 77, lines: [{ index: 1, user: '1', secret: SECRETS.refused }] })

  await bootPhone()
  await resync()
  for (const via of ['page', 'socket'] as const) {
    const openapi = (await (await ask('GET', '/api/openapi.json', undefined, via)).json()) as { paths: object }
    for (const path of Object.keys(openapi.paths))
      if (!path.endsWith('/events') && !/\{(?!mac\}|kind\}|id\})/.test(path))
        await ask('GET', path.replace('{mac}', MAC).replace('{kind}', 'site').replace('{id}', 'site'), undefined, via)
    const { files } = (await (await ask('GET', `/api/v1/devices/${MAC}/files`)).json()) as { files: { name: string }[] }
    for (const { name } of files)
      await ask('GET', `/api/v1/devices/${MAC}/file?name=${encodeURIComponent(name)}`, undefined, via)
    await ask('GET', '/metrics', undefined, via)
    await ask('GET', '/', undefined, via)
  }
  expect((await ask('GET', `/api/v1/devices/${MAC}/file?reveal=1`)).status).toBe(403)
  for (const words of [
    ['devices', 'list'],
    ['devices', 'show', MAC],
    ['people', 'list'],
    ['people', 'show', 'site'],
    ['people', 'export'],
    ['explain', MAC, '--all'],
    ['dhcp', 'status'],
  ])
    for (const more of [[], ['--json']]) {
      const { code, out, err } = await box.branchline(...words, ...more)
      expect(code).toBe(0)
      seen.set(`branchline ${[...words, ...more].join(' ')}`, out + err)
    }
  expect((await ask('DELETE', '/api/v1/devices/00005e005355')).status).toBe(204)
  await endEvents()
}

async function addressOf(mac: string): Promise<string> {
  const { leases } = await box.api<{ leases: { mac: string; address: string }[] }>('/leases')
  return leases.find((lease) => lease.mac.replaceAll(':', '') === mac)?.address ?? 'none'
}

/** Asks for its file as the phone that holds the address does, and as others do. */
async function bootPhone(): Promise<void> {
  const own = await addressOf(MAC)
  const phone = (address: string, url: string) =>
    box.branchline(
      ...['phone', '--vendor', 'yealink', '--model', 'SIP-T46U', '--mac', MAC, '--show'],
      ...['--tftp-port', String(box.ports['tftp-port']), '--address', address, '--url', url],
    )
  const http = `http://127.0.0.1:${box.ports['http-port']}/yealink/`
  const right = await phone(own, http)
  expect(right).toMatchObject({ code: 0, out: expect.stringContaining(SECRETS.line) })
  for (const [address, url] of [
    ['127.0.3.3', http],
    ['127.0.3.3', `https://127.0.0.1:${box.ports['https-port']}/yealink/`],
    ['127.0.3.4', 'tftp://127.0.0.1/'],
  ] as const) {
    const wrong = await phone(address, url)
    expect(wrong).toMatchObject({ code: 1 })
    seen.set(`phone at ${address} by ${url}`, wrong.out + wrong.err)
  }
}

/** The phone asks for the secret of its line, by digest, before it obeys. */
async function resync(): Promise<void> {
  await using lan = makeLoopbackLan({ log: silentLog, counters: makeCounters() })
  let notifies = 0
  const phone = lan.openUdp({
    address: parseIpv4(await addressOf(MAC)),
    port: 5060,
    onDatagram(bytes, from) {
      const text = latin1(bytes)
      seen.set(`NOTIFY ${++notifies}`, text)
      const copied = text.split('\r\n').filter((line) => /^(via|from|to|call-id|cseq):/i.test(line))
      const challenge = 'WWW-Authenticate: Digest realm="phone", nonce="n1", algorithm=MD5, qop="auth"'
      const head = /\r\nauthorization:/i.test(text) ? ['SIP/2.0 200 OK'] : ['SIP/2.0 401 Unauthorized', challenge]
      phone.send(fromLatin1([...head, ...copied, 'Content-Length: 0', '', ''].join('\r\n')), from)
    },
  })
  const response = await ask('POST', `/api/v1/devices/${MAC}/resync`, {})
  expect(await response.json()).toMatchObject({ outcome: 'accepted' })
  expect(notifies).toBe(2)
}

/** How a secret may be written: plain, in XML, in JSON, in a URL, in base 64. */
function spellings(secret: string): string[] {
  const xml = secret.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
  const forms = [secret, xml, xml.replaceAll('"', '&quot;'), JSON.stringify(secret).slice(1, -1)]
  return [...forms, encodeURIComponent(secret), btoa(secret).replace(/=+$/, '')]
}

function finds(where: string, text: string): string[] {
  return Object.entries(SECRETS).flatMap(([name, secret]) =>
    spellings(secret).some((form) => text.includes(form)) ? [`${name} in ${where}`] : [],
  )
}

it('shows no secret in any answer, event, refusal, metric or command', () => {
  expect(seen.size).toBeGreaterThan(60)
  expect([...seen].flatMap(([where, text]) => finds(where, text))).toEqual([])
})

it('logs no secret at level debug', () => {
  expect(box.log).toMatch(/ debug /)
  expect(finds('log', box.log + box.out)).toEqual([])
})

it('keeps no secret in plain on disk, and can open every one again', async () => {
  const names = await readdir(box.data, { recursive: true, withFileTypes: true })
  const files = names.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name))
  expect(files.map((file) => relative(box.data, file))).toEqual(expect.arrayContaining(['branchline.db', 'secret.key']))
  for (const file of files) expect(finds(file, (await readFile(file)).toString('latin1'))).toEqual([])
  using database = new Database(join(box.data, 'branchline.db'), { readonly: true })
  const rows = database.query<{ body: string }, []>('SELECT body FROM record').all()
  expect(rows.filter(({ body }) => body.includes('b1:')).length).toBeGreaterThan(1)
})

it('gives them to the local socket, and to the phone that they are for', async () => {
  const { bytes } = await box.branchline('render', MAC)
  const text = new TextDecoder().decode(bytes)
  for (const secret of [SECRETS.line, SECRETS.secondLine, SECRETS.admin, SECRETS.user, SECRETS.extra])
    expect(text).toContain(secret)
  expect(finds('render', text).length).toBe(5)
  const revealed = await box.ask(`/api/v1/devices/${MAC}/file?reveal=1`)
  expect(await revealed.text()).toBe(text)
})
