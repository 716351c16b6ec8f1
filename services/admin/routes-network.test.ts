import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { accountsInMemory } from '../../test/support/accounts.ts'
import { DESK, device, type FakeSite, makeFakeSite } from '../../test/support/admin-fakes.ts'
import { makeTestClock } from '../../test/support/clock.ts'
import type { Accounts, Role } from '../accounts/contract.ts'
import { formatMac } from '../core/mac.ts'
import { type AdminApp, makeAdminApp } from './app.ts'
import type { AdminDeps, StoredNetwork, Via } from './contract.ts'

const PASSWORD = 'correct horse battery'
const HIDDEN = 'http://user:hush@192.0.2.9/'
const OPTION = { code: 160, type: 'text', value: HIDDEN, always: true } as const
const OFFICE: StoredNetwork = {
  ...{ id: 'office', rev: 1, fixed: false, interface: 'eth0', subnet: '192.0.2.0/24', lease: 3600 },
  ...{ pools: ['192.0.2.50-192.0.2.60'], dns: [], ntp: [], options: [OPTION] },
  reservations: [{ address: '192.0.2.20', mac: '00:00:5e:00:53:01' }],
}
const told = { code: 160, type: 'text', text: HIDDEN, always: true, plain: false } as const
const LAN: Via = { via: 'tcp', lan: true, secure: true, port: 8443, hosts: ['192.0.2.1'], address: '192.0.2.20' }

let site: FakeSite
let accounts: Accounts & Disposable
let app: AdminApp
beforeEach(async () => {
  const clock = makeTestClock()
  accounts = accountsInMemory(clock)
  site = makeFakeSite()
  site.devices.set(DESK, device(DESK, { dhcpOptions: [OPTION] }))
  const dhcp: AdminDeps['dhcp'] = {
    ...site.deps.dhcp,
    networks: () => [OFFICE],
    told: () => ({
      ...{ network: 'office', phone: true },
      options: [
        { ...told, code: 1, text: '255.255.255.0', from: 'network', plain: true },
        { ...told, code: 161, from: 'network' },
        { ...told, from: 'device' },
      ],
    }),
  }
  site.deps.layers.put('site', 'site', { settings: {}, extra: {}, dhcpOptions: [OPTION] }, { by: 'test' })
  app = makeAdminApp({ ...site.deps, dhcp, accounts, clock })
  await accounts.add({ name: 'maria', role: 'owner', password: PASSWORD }, { by: 'cli:local' })
})
afterEach(() => {
  app.close()
  accounts[Symbol.dispose]()
})

async function ask(method: string, path: string, headers: Record<string, string> = {}, body?: object) {
  const init = { method, headers: { 'content-type': 'application/json', ...headers } }
  const answer = await app.request(
    `https://192.0.2.1:8443/api/v1${path}`,
    { ...init, ...(body && { body: JSON.stringify(body) }) },
    LAN,
  )
  const text = await answer.text()
  return { status: answer.status, text, json: JSON.parse(text), headers: answer.headers }
}

async function enter(role: Role): Promise<Record<string, string>> {
  await accounts.add({ name: role, role, password: PASSWORD }, { by: 'cli:local' })
  const { headers } = await ask('POST', '/sign-in', {}, { name: role, password: PASSWORD })
  return { cookie: (headers.get('set-cookie') ?? '').split(';')[0] ?? '' }
}

const mac = formatMac(DESK)
const READ = ['/dhcp/networks', '/layers/site', '/layers/site/site', `/devices/${mac}`, `/devices/${mac}/explain`]

describe('the value of a DHCP option', () => {
  it.each<[Role, readonly string[]]>([
    ['viewer', []],
    ['installer', [`/devices/${mac}`, `/devices/${mac}/explain`]],
    ['admin', READ],
  ])('is shown to a %s where they may change it', async (role, open) => {
    const headers = await enter(role)
    const shown: string[] = []
    for (const path of READ) {
      const { status, text } = await ask('GET', path, headers)
      expect([path, status]).toEqual([path, 200])
      expect(text, path).toContain('"code":160')
      if (text.includes('hush')) shown.push(path)
      else expect(text, path).toContain('"hidden":true')
    }
    expect(shown).toEqual(open)
  })

  it.each<[Role, readonly number[]]>([
    ['viewer', [1]],
    ['installer', [1, 160]],
    ['admin', [1, 161, 160]],
  ])('is shown to a %s among what a phone is told, with what is nobody’s secret', async (role, open) => {
    const { json } = await ask('GET', `/devices/${mac}/dhcp`, await enter(role))
    const options = json.options as { code: number; text?: string; plain?: boolean }[]
    expect(options.filter(({ text }) => text !== undefined).map(({ code }) => code)).toEqual(open)
    expect(options.map(({ plain }) => plain)).toEqual([undefined, undefined, undefined])
  })
})

describe('whole networks', () => {
  it('are added and removed by those who may change the site', async () => {
    const input = { name: 'Annex', subnet: '198.51.100.0/24' }
    for (const [role, status] of [
      ['installer', 403],
      ['admin', 201],
    ] as const) {
      const headers = await enter(role)
      const added = await ask('POST', '/dhcp/networks', headers, input)
      expect([role, added.status, added.headers.get('location')]).toEqual([
        ...[role, status, status === 201 ? '/api/v1/dhcp/networks/added' : null],
      ])
      const removed = await ask('DELETE', '/dhcp/networks/office', headers)
      expect(removed.status).toBe(status === 201 ? 200 : 403)
    }
    expect(site.dhcpChanges).toEqual([
      { ...input, by: 'account:admin', added: true },
      { id: 'office', by: 'account:admin', removed: true },
    ])
    const odd = await ask('POST', '/dhcp/networks', await enter('owner'), { ...input, password: 'x' })
    expect([odd.status, odd.json.error.faults.length]).toEqual([400, 1])
  })

  it('say before whom their removal would concern', async () => {
    const headers = await enter('viewer')
    expect((await ask('GET', '/dhcp/networks/office/removal', headers)).json).toEqual({
      ...{ leases: 1, phones: 1, reservations: 1, interface: 'eth0' },
    })
    expect((await ask('GET', '/dhcp/networks/nowhere/removal', headers)).status).toBe(404)
  })
})
