import { describe, expect, it } from 'vitest'
import {
  ADMIN_PASSWORD,
  DESK,
  device,
  LOBBY,
  makeFakeSite,
  NOW,
  SECRET,
  STRANGER,
} from '../../test/support/admin-fakes.ts'
import { InvariantError } from '../core/errors.ts'
import { parseIpv4 } from '../core/ipv4.ts'
import { makeAdminApp } from './app.ts'
import * as wire from './schema.ts'
import { ParametersView } from './schema-parameters.ts'

const JSON_TYPE = { 'content-type': 'application/json' }

function setUp() {
  const site = makeFakeSite()
  site.devices.set(DESK, device(DESK))
  site.see(
    DESK,
    { state: 'configured', text: 'configured 12 s ago' },
    {
      address: parseIpv4('192.0.2.51'),
      happenings: [
        {
          at: NOW,
          mac: DESK,
          step: { kind: 'file.missing', protocol: 'tftp', file: 'x', reason: 'none', expected: true },
        },
      ],
    },
  )
  site.see(STRANGER, { state: 'unknown-device', text: 'unknown' })
  const app = makeAdminApp(site.deps)
  const call = async (
    method: string,
    path: string,
    body?: unknown,
    headers: Record<string, string> = {},
    via: 'tcp' | 'socket' = 'tcp',
  ) => {
    const init = {
      method,
      headers: { ...JSON_TYPE, ...headers },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    }
    const response = await app.request(path, init, { via })
    const text = await response.text()
    for (const secret of [SECRET, ADMIN_PASSWORD, 'n3w-secret'])
      if (!path.includes('reveal=1')) expect(text, `${method} ${path}`).not.toContain(secret)
    const json = (response.headers.get('content-type') ?? '').includes('json') ? JSON.parse(text) : undefined
    return { status: response.status, json, text, headers: response.headers }
  }
  return { site, app, call }
}

describe('every read', () => {
  it.each([
    ['/api/v1/devices/00005E005301', wire.DeviceView],
    ['/api/v1/devices/0000.5e00.5301/explain', wire.ExplainView],
    ['/api/v1/devices/00005e005301/parameters', ParametersView],
    ['/api/v1/devices/00-00-5e-00-53-01/file', wire.FilePreview],
    ['/api/v1/journeys/00:00:5e:00:53:01', wire.JourneyView],
    ['/api/v1/dhcp', wire.DhcpView],
    ['/api/v1/about', wire.AboutView],
  ])('%s is as documented', async (path, schema) => {
    const { status, json } = await setUp().call('GET', path)
    expect(status).toBe(200)
    expect(schema.safeParse(json).error?.issues).toBeUndefined()
  })

  it.each([
    ['/api/v1/devices', 'devices', wire.DeviceRow],
    ['/api/v1/devices/00005e005301/files', 'files', wire.FileRow],
    ['/api/v1/devices/00005e005301/history', 'changes', wire.ChangeView],
    ['/api/v1/journeys', 'journeys', wire.Sighting],
    ['/api/v1/new-devices', 'journeys', wire.Sighting],
    ['/api/v1/leases', 'leases', wire.LeaseView],
  ])('%s lists what is documented', async (path, name, schema) => {
    const { json } = await setUp().call('GET', path)
    expect(json[name].length).toBeGreaterThan(0)
    for (const row of json[name]) expect(schema.safeParse(row).error?.issues).toBeUndefined()
  })

  it('is in the OpenAPI document', async () => {
    const { json } = await setUp().call('GET', '/api/openapi.json')
    expect(json.openapi).toBe('3.1.0')
    expect(Object.keys(json.paths)).toEqual(
      expect.arrayContaining([
        '/api/v1/devices',
        '/api/v1/devices/{mac}',
        '/api/v1/devices/import',
        '/api/v1/devices/{mac}/explain',
        '/api/v1/devices/{mac}/parameters',
        '/api/v1/devices/{mac}/resync',
        '/api/v1/layers/{kind}/{id}',
        '/api/v1/new-devices/{mac}/adopt',
        '/api/v1/events',
        '/api/v1/health',
      ]),
    )
  })

  it('puts trouble first', async () => {
    const { site, call } = setUp()
    site.devices.set(LOBBY, device(LOBBY, { name: 'Z' }))
    site.see(LOBBY, { state: 'trouble', text: 'refused' })
    const { json } = await call('GET', '/api/v1/devices')
    expect(json.devices.map((row: wire.DeviceRow) => row.mac)).toEqual(['00:00:5e:00:53:02', '00:00:5e:00:53:01'])
  })

  it('answers unknown things in the one error shape', async () => {
    const { call } = setUp()
    for (const path of [
      '/api/v1/devices/00005e005399',
      '/api/v1/journeys/00005e005399',
      '/api/v1/nothing',
      '/api/v1/layers/site/site',
      '/api/v1/devices/00005e005301/file?name=../x',
    ]) {
      const { status, json } = await call('GET', path)
      expect([path, status]).toEqual([path, 404])
      expect(wire.ErrorBody.safeParse(json).success).toBe(true)
    }
    const bad = await call('GET', '/api/v1/devices/ff:ff:ff:ff:ff:ff')
    expect([bad.status, bad.json.error.faults[0].path]).toEqual([400, 'mac'])
  })

  it('switches DHCP on an interface and refuses a mode that there is not', async () => {
    const { site, call } = setUp()
    expect((await call('PUT', '/api/v1/dhcp/interfaces/eth1', { mode: 'phones-only' })).status).toBe(200)
    expect(site.dhcpChanges).toEqual([
      { name: 'eth1', mode: 'phones-only', besideForeignServer: false, by: expect.any(String) },
    ])
    expect((await call('PUT', '/api/v1/dhcp/interfaces/eth1', { mode: 'loud' })).status).toBe(400)
    expect(site.dhcpChanges).toHaveLength(1)
  })

  it('has counters and gauges for Prometheus', async () => {
    const { site, call } = setUp()
    site.deps.counters.add('dhcp.malformed', 3)
    const { text } = await call('GET', '/metrics')
    expect(text).toContain('\nbranchline_dhcp_malformed_total 3\n')
    expect(text).toContain('branchline_dhcp_answering{interface="eth1"} 0\n')
    expect(text).toContain('branchline_sightings{verdict="configured"} 1\n')
  })
})

describe('secrets', () => {
  it('are told to exist and never shown', async () => {
    const { json } = await setUp().call('GET', '/api/v1/devices/00005e005301')
    expect(json.lines[0]).toEqual({ index: 1, user: '101', label: 'Reception', hasSecret: true })
    expect(json.secrets).toEqual(['settings.adminPassword'])
  })

  it('stay when an edit leaves them out, and go with null', async () => {
    const { site, call } = setUp()
    const got = await call('GET', '/api/v1/devices/00005e005301')
    expect((await call('PUT', '/api/v1/devices/00005e005301', got.json)).status).toBe(200)
    expect(site.devices.get(DESK)).toMatchObject({
      settings: { adminPassword: ADMIN_PASSWORD },
      lines: [{ secret: SECRET }],
    })
    expect(site.devices.get(DESK)).not.toHaveProperty('secrets')
    await call('PATCH', '/api/v1/devices/00005e005301', { name: 'Front', settings: { adminPassword: null } })
    expect(site.devices.get(DESK)).toMatchObject({
      name: 'Front',
      settings: { timezone: 'Europe/Berlin' },
      lines: [{ secret: SECRET }],
    })
    expect(site.devices.get(DESK)?.settings).not.toHaveProperty('adminPassword')
    await call('PATCH', '/api/v1/devices/00005e005301', { lines: [{ index: 1, user: '101', secret: null }] })
    expect(site.devices.get(DESK)?.lines[0]).not.toHaveProperty('secret')
  })

  it('of handsets and relays are told to exist, stay when an edit leaves them out, and are masked in previews', async () => {
    const { site, call } = setUp()
    const handsets = [{ index: 1, name: 'Hall', ac: 'n3w-secret' }, { index: 2 }]
    const relays = [{ index: 1, code: 'n3w-secret', seconds: 5 }]
    site.devices.set(DESK, device(DESK, { handsets, relays, locked: ['sip.*'] }))
    const { json } = await call('GET', '/api/v1/devices/00005e005301')
    expect(wire.DeviceView.safeParse(json).error).toBeUndefined()
    expect([json.handsets, json.relays, json.locked]).toEqual([
      [
        { index: 1, name: 'Hall', hasAc: true },
        { index: 2, hasAc: false },
      ],
      [{ index: 1, seconds: 5, hasCode: true }],
      ['sip.*'],
    ])
    // What goes to the store holds neither the secret, which it keeps by itself, nor what only the page is told.
    expect((await call('PUT', '/api/v1/devices/00005e005301', json)).status).toBe(200)
    expect(site.devices.get(DESK)).toMatchObject({
      handsets: [{ index: 1, name: 'Hall' }, { index: 2 }],
      relays: [{ index: 1, seconds: 5 }],
      locked: ['sip.*'],
    })
    expect(JSON.stringify(site.devices.get(DESK))).not.toMatch(/hasAc|hasCode/)
    site.devices.set(DESK, device(DESK, { handsets, relays }))
    await call('PATCH', '/api/v1/devices/00005e005301', { name: 'Front' })
    expect(JSON.stringify(site.devices.get(DESK)?.handsets)).not.toContain('n3w-secret')
    expect((await call('GET', '/api/v1/devices/00005e005301/explain')).status).toBe(200)
  })

  it('are masked in a previewed file in every spelling, and revealed over the local socket alone', async () => {
    const { call } = setUp()
    const preview = await call('GET', '/api/v1/devices/00005e005301/file')
    expect(preview.json.text).toContain('account.1.password = ••••••••\nnote = ••••••••\n')
    expect(preview.json.text).not.toMatch(/battery|h0rse|st4ple/)
    expect(preview.json.text).toContain('lang = de')
    expect((await call('GET', '/api/v1/devices/00005e005301/file?reveal=1')).status).toBe(403)
    const bytes = await call('GET', '/api/v1/devices/00005e005301/file?reveal=1', undefined, {}, 'socket')
    expect(bytes.text).toContain(`account.1.password = ${SECRET}\n`)
    expect(bytes.headers.get('etag')).toBe(`"${'ab'.repeat(32)}"`)
  })

  it('of a layer stay too', async () => {
    const { site, call } = setUp()
    await call('PUT', '/api/v1/layers/site/site', { settings: { adminPassword: 'n3w-secret', language: 'en' } })
    const { json, headers } = await call('GET', '/api/v1/layers/site/site')
    expect([json.settings, json.secrets, headers.get('etag')]).toEqual([
      { language: 'en' },
      ['settings.adminPassword'],
      '"1"',
    ])
    await call('PUT', '/api/v1/layers/site/site', { settings: { language: 'de' } }, { 'if-match': '"1"' })
    expect(site.deps.layers.get('site', 'site')?.layer.settings).toEqual({
      adminPassword: 'n3w-secret',
      language: 'de',
    })
    expect((await call('PUT', '/api/v1/layers/site/site', {}, { 'if-match': '"1"' })).status).toBe(412)
  })

  it('of a layer and its locks survive being read and written back', async () => {
    const { site, call } = setUp()
    const given = { settings: { adminPassword: 'n3w-secret', language: 'en' }, locked: ['language', 'sip.*'] }
    await call('PUT', '/api/v1/layers/site/site', given)
    const { json } = await call('GET', '/api/v1/layers/site/site')
    expect([json.locked, wire.LayerView.safeParse(json).success]).toEqual([['language', 'sip.*'], true])
    expect((await call('PUT', '/api/v1/layers/site/site', json)).status).toBe(200)
    expect(site.deps.layers.get('site', 'site')?.layer).toMatchObject(given)
    expect((await call('PUT', '/api/v1/layers/site/site', { locked: 'language' })).status).toBe(400)
  })
})

describe('edits', () => {
  it('create, replace and remove, and know who did it', async () => {
    const { site, call } = setUp()
    const made = await call('PUT', '/api/v1/devices/00005e005309', {
      name: 'New',
      lines: [{ index: 1, user: '9', secret: 'n3w-secret' }],
    })
    expect([made.status, made.headers.get('etag'), made.json.lines[0].hasSecret]).toEqual([201, '"1"', true])
    const gone = await call(
      'DELETE',
      '/api/v1/devices/00005e005309',
      undefined,
      { 'if-match': '"1"', 'x-branchline-by': 'cli:root' },
      'socket',
    )
    expect([gone.status, gone.text]).toEqual([204, ''])
    expect(site.authors).toEqual(['page:local', 'cli:root'])
    expect((await call('DELETE', '/api/v1/devices/00005e005309')).status).toBe(404)
  })

  it.each([
    ['PUT', { 'if-match': '"7"' }, {}, 412],
    ['PATCH', { 'if-match': '"7"' }, {}, 412],
    ['PUT', { 'if-match': '"seven"' }, {}, 412],
    ['PUT', { 'if-none-match': '*' }, {}, 412],
    ['PUT', {}, { rev: 7 }, 409],
    ['PATCH', {}, { rev: 0 }, 409],
    ['DELETE', { 'if-match': '"7"' }, undefined, 412],
    ['PUT', { 'if-match': '"1"' }, {}, 200],
    ['PATCH', {}, { rev: 1 }, 200],
  ])('%s with %j and %j is %i', async (method, headers, body, status) => {
    const { site, call } = setUp()
    expect((await call(method, '/api/v1/devices/00005e005301', body, headers as Record<string, string>)).status).toBe(
      status,
    )
    expect(site.authors.length).toBe(status === 200 ? 1 : 0)
  })

  it('name every fault by its path', async () => {
    const { call } = setUp()
    const shape = await call('PUT', '/api/v1/devices/00005e005301', {
      lines: [{ index: 0, user: 5 }],
      enabled: 'maybe',
    })
    expect(shape.status).toBe(400)
    expect(shape.json.error.faults.map((fault: { path: string }) => fault.path)).toEqual(
      expect.arrayContaining(['lines.0.index', 'lines.0.user', 'enabled']),
    )
    const store = await call('PUT', '/api/v1/devices/00005e005301', { name: 'bad' })
    expect([store.status, store.json.error.faults]).toEqual([400, [{ path: 'name', message: 'bad is no good name' }]])
    expect((await call('PUT', '/api/v1/devices/00005e005301', '{"name":')).status).toBe(400)
  })

  it('adopt what was seen, once', async () => {
    const { site, call } = setUp()
    const path = '/api/v1/new-devices/00005e005303/adopt'
    expect((await call('POST', path, { name: 'Meeting' })).status).toBe(201)
    expect(site.devices.get(STRANGER)?.name).toBe('Meeting')
    expect((await call('POST', path, { name: 'Meeting' })).status).toBe(409)
    expect((await call('POST', '/api/v1/new-devices/00005e005399/adopt', {})).status).toBe(404)
    expect((await call('GET', '/api/v1/new-devices')).json.journeys).toEqual([])
  })

  it('allow lets a registered device have its secrets again, and says who did', async () => {
    const { call, site } = setUp()
    expect((await call('POST', '/api/v1/devices/00005e005301/allow')).status).toBe(204)
    expect((await call('POST', '/api/v1/devices/00005e005303/allow')).status).toBe(404)
    expect(site.allowed).toEqual([expect.stringMatching(/^00005e005301 \S+/)])
  })

  it('resync tells who asked and what the phone said', async () => {
    const { site, call } = setUp()
    const { json } = await call('POST', '/api/v1/devices/00005e005301/resync')
    expect([json, site.resyncs]).toEqual([
      { outcome: 'accepted', text: 'the phone accepted it (200)' },
      [`${DESK} page:local`],
    ])
    expect((await call('POST', '/api/v1/devices/00005e005303/resync')).status).toBe(404)
  })

  it('tells nothing of a fault of ours, but logs it', async () => {
    const { site } = setUp()
    const deps = {
      ...site.deps,
      about: () => {
        throw new InvariantError('a detail')
      },
    }
    const response = await makeAdminApp(deps).request('/api/v1/about', {}, { via: 'tcp' })
    expect([response.status, await response.text()]).toEqual([500, expect.not.stringContaining('a detail')])
    expect(site.logged.join()).toContain('a detail')
  })

  it('bounds the size of a body', async () => {
    const { status } = await setUp().call('POST', '/api/v1/devices/import', `[${' '.repeat(9 * 1024 * 1024)}]`)
    expect(status).toBe(413)
  })
})

describe('import', () => {
  const post = (body: string, query = '', type = 'text/csv') => {
    const { site, call } = setUp()
    return call('POST', `/api/v1/devices/import${query}`, body, { 'content-type': type }).then((answer) => ({
      ...answer,
      site,
    }))
  }

  it('previews without writing, then applies all', async () => {
    const csv = 'mac,name,user,secret\r\n00-00-5E-00-53-01,Front,,\r\n0000.5e00.5309,"Back\nroom",109,n3w-secret\r\n'
    const preview = await post(csv)
    expect([preview.status, preview.json.applied, preview.site.authors]).toEqual([200, false, []])
    expect(preview.json.rows.map((row: { line: number; action: string }) => [row.line, row.action])).toEqual([
      [2, 'update'],
      [3, 'create'],
    ])
    const { site, json } = await post(csv, '?dryRun=0')
    expect(json.applied).toBe(true)
    expect(site.devices.get(DESK)).toMatchObject({
      name: 'Front',
      lines: [{ user: '101', secret: SECRET }],
      settings: { adminPassword: ADMIN_PASSWORD },
    })
    expect([...site.devices.values()][1]).toMatchObject({
      name: 'Back\nroom',
      lines: [{ index: 1, user: '109', secret: 'n3w-secret' }],
    })
  })

  it('applies nothing when one row has a fault, and says where', async () => {
    const { status, json, site } = await post(
      'mac;name\n"00:00:5e:00:53:11";"two\nlines"\nnonsense;x\n01005e-5e0053;x\n00005e005312;bad\n',
      '?dryRun=0',
    )
    expect([status, json.applied, site.authors]).toEqual([422, false, []])
    expect(json.faults.map((it: wire.RowFault) => [it.row, it.line, it.column, it.columnNumber])).toEqual([
      [2, 4, 'mac', 1],
      [3, 5, 'mac', 1],
      [4, 6, 'name', 2],
    ])
  })

  it('reads JSON, with the line of each item', async () => {
    const { status, json } = await post(
      '{ "devices": [\n {"mac":"00005e005311","name":"a [{"},\n {"mac":"00005e00"},\n {"mac":"00005E005311"}\n]}',
      '',
      'application/json',
    )
    expect([status, json.faults.map((it: wire.RowFault) => [it.row, it.line, it.column])]).toEqual([
      200,
      [
        [2, 3, 'mac'],
        [3, 4, 'mac'],
      ],
    ])
  })
})
