import { describe, expect, it } from 'vitest'
import { makeWorkbench } from '../appliance/workbench.ts'
import { makeAdminApp } from '../services/admin/app.ts'
import type { ExplainView } from '../services/admin/schema.ts'
import type { RecordChange } from '../services/admin/schema-changes.ts'
import type {
  EditPreview,
  LayerPreview,
  SettingView,
  ShapeView,
  TemplateWordsView,
} from '../services/admin/schema-workbench.ts'
import { formatMac, parseMac } from '../services/core/mac.ts'
import { readDefinitions } from '../services/phones/read.ts'
import { TEMPLATES } from '../services/phones/sample.fixture.ts'
import { makeFakeSite } from './support/admin-fakes.ts'
import { movesBox } from './support/moves-box.ts'

const MAC = parseMac('80:5e:c0:12:34:56')
const SECRET = 'correct-horse'

/** The API over the real heart, with one phone that has a record. */
function site() {
  const box = movesBox()
  const { devices, inspector, records, layers, effectiveWith } = box
  const definitions = readDefinitions(TEMPLATES)
  const workbench = makeWorkbench({
    ...{ definitions, inspector, devices, layers, effectiveWith },
    deliveries: { closed: () => undefined },
  })
  const fake = makeFakeSite()
  const app = makeAdminApp({ ...fake.deps, devices, layers, inspector, records, workbench })
  devices.put(
    MAC,
    { name: 'Desk', vendor: 'yealink', model: 'T46U', lines: [{ index: 1, user: '201', secret: SECRET }] },
    { by: 'test' },
  )
  const ask = async <Body>(method: string, path: string, body?: unknown) => {
    const response = await app.request(
      `/api/v1${path}`,
      {
        method,
        headers: { host: 'localhost', 'content-type': 'application/json', 'x-branchline': '1' },
        ...(body !== undefined && { body: JSON.stringify(body) }),
      },
      { via: 'socket' },
    )
    return { status: response.status, body: (await response.json()) as Body }
  }
  return { ...box, ask, path: `/devices/${formatMac(MAC)}`, dhcpChanges: fake.dhcpChanges }
}

describe('what an editor of a device is told', () => {
  it('tells how many lines and keys there are, and which modules it takes', async () => {
    const { ask, path } = site()
    const { body } = await ask<ShapeView>('GET', `${path}/shape`)
    expect(body).toMatchObject({ vendor: 'yealink', model: 'T46U', guessed: false, lines: 16 })
    expect(body.keys.reduce((sum, { count }) => sum + count, 0)).toBeGreaterThan(20)
    expect(body.expansion[0]?.keys).toBeGreaterThan(0)
  })

  it('says that the numbers are guessed where the model is not described', async () => {
    const { ask } = site()
    const { body } = await ask<ShapeView>('GET', '/devices/02:00:5e:00:53:01/shape')
    expect(body).toMatchObject({ guessed: true, lines: 1, keys: [] })
  })

  it('lists every setting with the form that asks for it, no secret among the values', async () => {
    const { ask } = site()
    const { settings } = (await ask<{ settings: SettingView[] }>('GET', '/settings')).body
    const of = (name: string) => settings.find((one) => one.name === name)
    expect(of('timezone')).toMatchObject({ form: 'text', builtIn: 'Etc/UTC' })
    expect(of('timeFormat')).toMatchObject({ form: 'choice', words: ['12h', '24h'] })
    expect(of('sip.expires')).toMatchObject({ form: 'whole', builtIn: 3600 })
    expect(of('ntpServers')).toMatchObject({ form: 'list' })
    expect(settings.filter((one) => one.form === 'flag').length).toBeGreaterThan(5)
    for (const one of settings.filter(({ secret }) => secret)) {
      expect(one.builtIn).toBeUndefined()
      expect(one.example).toBeUndefined()
    }
  })
})

describe('a preview of an edit', () => {
  it('shows each file before and after, secrets masked, and stores nothing', async () => {
    const { ask, path, devices } = site()
    const { status, body } = await ask<EditPreview>('POST', `${path}/preview`, { settings: { language: 'de' } })
    expect(status).toBe(200)
    const changed = body.files.filter((file) => file.changed)
    expect(changed.length).toBeGreaterThan(0)
    expect(changed[0]?.before).not.toEqual(changed[0]?.after)
    expect(JSON.stringify(body)).not.toContain(SECRET)
    expect(devices.get(MAC)?.settings).toEqual({})
    expect(devices.get(MAC)?.rev).toBe(1)
  })

  it('says that a file changes where only a secret does, and shows neither the old nor the new one', async () => {
    const { ask, path } = site()
    const lines = [{ index: 1, user: '201', secret: 'battery-staple' }]
    const { body } = await ask<EditPreview>('POST', `${path}/preview`, { lines })
    const file = body.files.find((one) => one.changed)
    expect(file?.before).toEqual(file?.after)
    expect(JSON.stringify(body)).not.toMatch(/battery-staple|correct-horse/)
  })

  it('keeps the password of a line that the edit does not mention', async () => {
    const { ask, path } = site()
    const { body } = await ask<EditPreview>('POST', `${path}/preview`, { lines: [{ index: 1, user: '201' }] })
    expect(body.files.filter((one) => one.changed)).toEqual([])
  })

  it('tells what of the edit has no effect', async () => {
    const { ask, path } = site()
    const keys = [{ module: 0, index: 400, type: 'blf', value: '5' }]
    const { body } = await ask<EditPreview>('POST', `${path}/preview`, { keys })
    expect(body.added.join()).toContain('400')
    expect(body.warnings).toEqual(expect.arrayContaining(body.added))
  })

  it('refuses what could not be stored, by its path', async () => {
    const { ask, path } = site()
    const { status, body } = await ask<{ error: { faults: { path: string }[] } }>('POST', `${path}/preview`, {
      settings: { 'sip.expires': 5 },
    })
    expect(status).toBe(400)
    expect(body.error.faults.map((fault) => fault.path)).toEqual(['settings.sip.expires'])
  })
})

describe('undo of one change', () => {
  const seqOf = (history: readonly { readonly seq: number }[]) => history.at(-1)?.seq ?? -1

  it('gives the fields their values of before, and leaves what else was changed', async () => {
    const { ask, path, devices, records } = site()
    const put = (change: object) => {
      const now = devices.get(MAC)
      const { mac: _mac, rev: _rev, ...rest } = now ?? { mac: MAC, rev: 0 }
      devices.put(MAC, { ...rest, ...change }, { by: 'test' })
    }
    put({ name: 'Porter' })
    const renamed = seqOf(records.history('device', MAC))
    put({ group: 'lobby' })
    const { status, body } = await ask<ExplainView['device']>('POST', `${path}/history/${renamed}/undo`)
    expect(status).toBe(200)
    expect(body).toMatchObject({ name: 'Desk', group: 'lobby' })
    expect(devices.get(MAC)?.lines[0]?.secret).toBe(SECRET)
  })

  it('brings a removed device back with its password', async () => {
    const { ask, path, devices, records } = site()
    devices.remove(MAC, { by: 'test' })
    expect((await ask('POST', `${path}/history/${seqOf(records.history('device', MAC))}/undo`)).status).toBe(200)
    expect(devices.get(MAC)?.lines[0]?.secret).toBe(SECRET)
  })

  it.each([
    ['a change that made the device', (seq: number) => seq, 409],
    ['a change that there is not', () => 999, 404],
  ] as const)('refuses %s', async (_what, choose, expected) => {
    const { ask, path, records } = site()
    const seq = choose(seqOf(records.history('device', MAC)))
    expect((await ask('POST', `${path}/history/${seq}/undo`)).status).toBe(expected)
  })

  it('refuses when the same field was changed again since', async () => {
    const { ask, path, devices, records } = site()
    const { mac: _mac, rev: _rev, ...rest } = devices.get(MAC) ?? { mac: MAC, rev: 0 }
    devices.put(MAC, { ...rest, name: 'Porter' }, { by: 'test' })
    const seq = seqOf(records.history('device', MAC))
    devices.put(MAC, { ...rest, name: 'Guard' }, { by: 'test' })
    expect((await ask('POST', `${path}/history/${seq}/undo`)).status).toBe(409)
    expect(devices.get(MAC)?.name).toBe('Guard')
  })
})

describe('a preview of a layer', () => {
  const preview = (ask: ReturnType<typeof site>['ask'], layer: string, settings: object) =>
    ask<LayerPreview>('POST', `/layers/${layer}/preview`, { settings })

  it('names the devices for which something is another, with both values, and stores nothing', async () => {
    const { ask, layers } = site()
    const { status, body } = await preview(ask, 'site/site', { 'sip.server': 'pbx.example.net' })
    expect(status).toBe(200)
    expect(body).toEqual({
      devices: 1,
      affected: 1,
      effects: [
        {
          ...{ mac: formatMac(MAC), name: 'Desk', enabled: true },
          changes: [{ what: 'setting', name: 'sip.server', secret: false, after: 'pbx.example.net' }],
        },
      ],
    })
    expect(layers.get('site', 'site')).toBeUndefined()
  })

  it('leaves out those that a narrower layer decides for, and those of another group', async () => {
    const { ask, devices, layers } = site()
    layers.put('model', 'yealink:t46u', { settings: { timezone: 'Europe/Paris' } }, { by: 'test' })
    expect((await preview(ask, 'site/site', { timezone: 'Europe/Berlin' })).body.affected).toBe(0)
    expect((await preview(ask, 'group/lobby', { language: 'de' })).body.affected).toBe(0)
    const { mac: _mac, rev: _rev, ...rest } = devices.get(MAC) ?? { mac: MAC, rev: 0 }
    devices.put(MAC, { ...rest, group: 'lobby' }, { by: 'test' })
    expect((await preview(ask, 'group/lobby', { language: 'de' })).body.affected).toBe(1)
  })

  it('says that a secret changes and shows neither', async () => {
    const { ask } = site()
    const { body } = await preview(ask, 'site/site', { adminPassword: 'battery-staple' })
    expect(body.effects[0]?.changes).toEqual([{ what: 'setting', name: 'adminPassword', secret: true }])
    expect(JSON.stringify(body)).not.toContain('battery-staple')
  })

  it('refuses what could not be stored', async () => {
    const { ask } = site()
    expect((await preview(ask, 'site/site', { 'sip.expires': 5 })).status).toBe(400)
  })
})

describe('the list of all changes', () => {
  it('is newest first, narrowed by kind and who, goes on from a number, and tells no value', async () => {
    const { ask, layers } = site()
    layers.put(
      'site',
      'site',
      { settings: { adminPassword: 'battery-staple', timezone: 'Europe/Paris' } },
      { by: 'ann' },
    )
    layers.put('site', 'site', { settings: { timezone: 'Europe/Berlin' } }, { by: 'bob' })
    const list = async (query: string) =>
      (await ask<{ changes: RecordChange[] }>('GET', `/changes?${query}`)).body.changes
    const all = await list('')
    expect(all.map(({ by, kind, did }) => `${by} ${kind} ${did}`)).toEqual([
      'bob site edited',
      'ann site made',
      'test device made',
    ])
    expect(all[0]?.fields).toEqual(['settings.timezone'])
    expect(JSON.stringify(all)).not.toMatch(/battery|Berlin/)
    expect((await list('by=ann')).length).toBe(1)
    expect((await list('kind=device')).map(({ canUndo }) => canUndo)).toEqual([false])
    expect((await list(`before=${all[0]?.seq}`)).length).toBe(2)
    expect((await list('limit=1')).length).toBe(1)
  })

  it('lets a change of settings be taken back by itself, and refuses when the same setting was changed since', async () => {
    const { ask, layers } = site()
    const put = (settings: object) => layers.put('site', 'site', { settings }, { by: 'test' })
    const newest = async () => (await ask<{ changes: RecordChange[] }>('GET', '/changes?limit=1')).body.changes[0]?.seq
    put({ timezone: 'Europe/Paris' })
    put({ timezone: 'Europe/Berlin' })
    const first = await newest()
    put({ timezone: 'Europe/Berlin', language: 'de' })
    expect((await ask('POST', `/changes/${first}/undo`)).status).toBe(200)
    expect(layers.get('site', 'site')?.layer.settings).toEqual({ timezone: 'Europe/Paris', language: 'de' })
    expect((await ask('POST', `/changes/${first}/undo`)).status).toBe(409)
    expect((await ask('POST', '/changes/9999/undo')).status).toBe(404)
  })
})

describe('undo of what is no setting', () => {
  it('brings a removed person back with the line’s secret, and lets no making be taken back', async () => {
    const { ask, people } = site()
    const input = {
      name: 'Ada',
      extension: '301',
      numbers: [],
      listed: true,
      line: { index: 1, user: '301', secret: SECRET },
    }
    people.put('ada', input, { by: 'test' })
    people.put('ada', { ...input, extension: '302' }, { by: 'test' })
    people.remove('ada', { by: 'test' })
    const list = async () => (await ask<{ changes: RecordChange[] }>('GET', '/changes?kind=person')).body.changes
    const [removed, edited, made] = await list()
    expect([removed?.canUndo, edited?.canUndo, made?.canUndo]).toEqual([true, true, false])
    expect((await ask('POST', `/changes/${edited?.seq}/undo`)).status).toBe(409)
    expect((await ask('POST', `/changes/${removed?.seq}/undo`)).status).toBe(200)
    expect((await ask('POST', `/changes/${edited?.seq}/undo`)).status).toBe(200)
    expect((await ask('POST', `/changes/${made?.seq}/undo`)).status).toBe(409)
    expect(people.byExtension('301')).toMatchObject({ name: 'Ada', line: { secret: SECRET } })
  })

  it('puts a network back by way of the server, which may refuse it', async () => {
    const { ask, records, dhcpChanges } = site()
    records.put('network', 'office', { subnet: '192.0.2.0/24', lease: 60 }, { by: 'test' })
    records.put('network', 'office', { subnet: '192.0.2.0/24', lease: 90, domain: 'a.example' }, { by: 'test' })
    const [edited] = (await ask<{ changes: RecordChange[] }>('GET', '/changes?kind=network')).body.changes
    expect(edited?.fields).toEqual(['domain', 'lease'])
    expect((await ask('POST', `/changes/${edited?.seq}/undo`)).status).toBe(200)
    expect(dhcpChanges).toEqual([{ id: 'office', subnet: '192.0.2.0/24', lease: 60, domain: null, by: 'cli:local' }])
  })
})

describe('the words of a template', () => {
  it('are those that its templates may use, settings and the fields of a line among them', async () => {
    const { ask } = site()
    const { body } = await ask<TemplateWordsView>('GET', '/template-words/yealink')
    expect(body.variables).toEqual(expect.arrayContaining(['settings.sip.server', 'line.user', 'lines', 'box.url']))
    expect(body.filters).toContain('as')
    expect(body.tags).toContain('for')
    expect((await ask('GET', '/template-words/nobody')).status).toBe(404)
  })
})
