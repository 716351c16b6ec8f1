import type { Accounts } from '../../services/accounts/contract.ts'
import type { AdminDeps } from '../../services/admin/contract.ts'
import type { Assist } from '../../services/assist/contract.ts'
import { makeCounters } from '../../services/core/counters.ts'
import { ConflictError, InvariantError, NotFoundError, OperatorError } from '../../services/core/errors.ts'
import { parseIpv4 } from '../../services/core/ipv4.ts'
import { silentLog } from '../../services/core/log.ts'
import { type Mac, parseMac } from '../../services/core/mac.ts'
import type { Lease } from '../../services/dhcp/contract.ts'
import type { People } from '../../services/directory/contract.ts'
import { makeDirectory } from '../../services/directory/directory.ts'
import type { Alarm, Happening, Journey, JourneySummary, Verdict } from '../../services/journey/contract.ts'
import { makeImports } from '../../services/moves/imports.ts'
import type { Device, Layer, Line } from '../../services/phones/contract.ts'
import { isSecretName } from '../../services/phones/secret-name.ts'
import type { Change, Records } from '../../services/records/contract.ts'
import { peopleInMemory } from './people.ts'
import { fakeWorkbench } from './workbench.ts'

export const NOW = Date.UTC(2026, 10, 22, 9, 0, 0)
export const DESK = parseMac('00:00:5e:00:53:01')
export const LOBBY = parseMac('00:00:5e:00:53:02')
export const STRANGER = parseMac('00:00:5e:00:53:03')
export const SECRET = 'h0rse&"battery'
export const ADMIN_PASSWORD = 'st4ple-of-the-site'

/** An object of which only the given members may be used; anything else is a fault of the test. */
export function only<T extends object>(name: string, members: Partial<T>): T {
  return new Proxy(members, {
    get(target, key) {
      if (key in target) return Reflect.get(target, key)
      throw new InvariantError(`unannounced use of ${name}.${String(key)}`)
    },
  }) as T
}

export function device(mac: Mac, fields: Partial<Device> = {}): Device {
  const line: Line = { index: 1, user: '101', secret: SECRET, label: 'Reception' }
  return {
    mac,
    rev: 1,
    name: 'Reception',
    vendor: 'yealink',
    model: 'SIP-T46U',
    enabled: true,
    lines: [line],
    keys: [],
    settings: { timezone: 'Europe/Berlin', adminPassword: ADMIN_PASSWORD },
    extra: {},
    dhcpOptions: [],
    ...fields,
  }
}

export interface FakeSite {
  readonly deps: AdminDeps
  readonly devices: Map<Mac, Device>
  readonly verdicts: Map<Mac, Verdict>
  readonly alarms: Alarm[]
  readonly resyncs: string[]
  readonly allowed: string[]
  readonly logged: string[]
  /** Who wrote, in order. */
  /** What was asked of DHCP. */
  readonly dhcpChanges: object[]
  readonly authors: string[]
  happen(happening: Happening): void
  see(mac: Mac, verdict: Verdict, fields?: Partial<Journey>): void
  /** Runs everything that waits for its time. */
  tick(): void
}

/** A site of a few devices whose parts are small fakes. `realTime` lets timers run by themselves. */
export function makeFakeSite(options: { readonly realTime?: boolean } = {}): FakeSite {
  const devices = new Map<Mac, Device>()
  const verdicts = new Map<Mac, Verdict>()
  const journeys = new Map<Mac, Journey>()
  const layers = new Map<string, { rev: number; layer: Layer }>()
  const alarms: Alarm[] = []
  const resyncs: string[] = []
  const allowed: string[] = []
  const logged: string[] = []
  const authors: string[] = []
  const dhcpChanges: object[] = []
  const happenings = new Set<(happening: Happening) => void>()
  const changes = new Set<(change: Change) => void>()
  const timers = new Set<() => void>()
  let seq = 0
  let people = 0

  const verdictOf = (mac: Mac): Verdict => verdicts.get(mac) ?? { state: 'never-seen', text: 'never seen here' }
  const changed = (id: string, by: string) => {
    authors.push(by)
    seq++
    for (const listener of changes) listener({ seq, mutationId: `m${seq}`, kind: 'device', id, by, at: NOW })
  }
  const check = (input: unknown) => {
    const name = (input as { name?: unknown }).name
    return name === 'bad' ? [{ path: 'name', message: 'bad is no good name' }] : []
  }
  const put = (mac: Mac, input: unknown, { by, base }: { by: string; base?: number }): Device => {
    const before = devices.get(mac)
    if (base !== undefined && base !== (before?.rev ?? 0)) throw new ConflictError(`${mac} changed since ${base}`)
    const faults = check(input)
    if (faults.length > 0) throw Object.assign(new OperatorError('device has 1 fault'), { faults })
    const given = input as Partial<Device>
    const lines = (given.lines ?? []).map((line) => {
      const old = before?.lines.find((it) => it.index === line.index)?.secret
      const { secret, ...rest } = line as { secret?: string | null } & Line
      if (secret === null) return rest
      const keep = secret ?? old
      return { ...rest, ...(keep === undefined ? {} : { secret: keep }) }
    })
    const stored: Device = {
      enabled: true,
      keys: [],
      settings: {},
      extra: {},
      dhcpOptions: [],
      ...given,
      lines,
      mac,
      rev: (before?.rev ?? 0) + 1,
    }
    devices.set(mac, stored)
    changed(mac, by)
    return stored
  }

  const lease: Lease = {
    address: parseIpv4('192.0.2.51'),
    state: 'active',
    network: 'office',
    mac: DESK,
    hostName: 'SIP-T46U',
    parameters: [66],
    interface: 'eth0',
    startedAt: NOW - 60_000,
    endsAt: NOW + 3_540_000,
  }

  const deps: AdminDeps = {
    devices: only<AdminDeps['devices']>('devices', {
      get: (mac) => devices.get(mac),
      list: () => [...devices.values()],
      put,
      check: (_mac, input) => check(input),
      draft: (mac, input) => ({ ...device(mac), ...(input as Partial<Device>) }),
      putMany: (items, { by }) => items.map(({ mac, input }) => put(mac, input, { by })),
      remove: (mac, { by, base }) => {
        const before = devices.get(mac)
        if (base !== undefined && base !== before?.rev) throw new ConflictError(`${mac} changed since ${base}`)
        devices.delete(mac)
        changed(mac, by)
      },
    }),
    layers: only<AdminDeps['layers']>('layers', {
      get: (kind, id) => layers.get(`${kind}/${id}`),
      list: (kind) =>
        [...layers].flatMap(([key, stored]) =>
          key.startsWith(`${kind}/`) ? [{ id: key.slice(kind.length + 1), ...stored }] : [],
        ),
      put: (kind, id, input, { base }) => {
        const before = layers.get(`${kind}/${id}`)
        if (base !== undefined && base !== (before?.rev ?? 0))
          throw new ConflictError(`${kind} ${id} changed since ${base}`)
        const layer = { settings: {}, extra: {}, dhcpOptions: [], ...(input as Partial<Layer>) }
        const stored = { rev: (before?.rev ?? 0) + 1, layer }
        layers.set(`${kind}/${id}`, stored)
        return stored
      },
    }),
    directory: {
      ...makeDirectory({ people: peopleInMemory().people, newId: () => `p${++people}` }),
      preview: {
        documents: () => [{ vendor: 'yealink', title: 'Yealink', documents: ['directory.xml'] }],
        render: (vendor, document, query = '') => {
          if (`${vendor}/${document}` !== 'yealink/directory.xml')
            throw new NotFoundError(`no ${document} of ${vendor}`)
          const bytes = new TextEncoder().encode(`<book>${query}</book>`)
          return { file: document, bytes, contentType: 'text/xml', hash: 'cd'.repeat(32) }
        },
      },
    },
    inspector: only<AdminDeps['inspector']>('inspector', {
      explain: (mac) => {
        const known = devices.get(mac)
        return {
          mac,
          ...(known && { device: known }),
          identity: {
            vendor: 'yealink',
            model: 'SIP-T46U',
            firmware: '108.86.0.20',
            mac,
            confidence: 3,
            used: [{ source: 'userAgent', text: 'Yealink SIP-T46U 108.86.0.20' }],
          },
          effective: {
            settings: {
              timezone: { value: 'Europe/Berlin', layer: 'site' },
              language: { value: 'de', layer: 'group', of: 'lobby' },
              adminPassword: { value: ADMIN_PASSWORD, layer: 'site' },
            },
            extra: { 'phone_setting.lcd_logo.mode': { value: '1', layer: 'model', of: 'SIP-T46U' } },
            dhcpOptions: [
              { value: { code: 66, type: 'text', value: 'http://192.0.2.1/' }, layer: 'vendor', of: 'yealink' },
            ],
          },
          warnings: ['line 17 is left out: T46U has 16 lines'],
          files: [
            { name: `${mac}.boot`, secret: false, own: false, absent: 'a boot file would replace the others' },
            { name: 'y000000000108.cfg', secret: false, own: false, problem: 'template yealink/common: line 3' },
            { name: `${mac}.cfg`, secret: true, own: true },
          ],
        }
      },
      parameters: (mac) => [
        {
          file: `${mac}.cfg`,
          parameters: [
            {
              ...{ name: 'local_time.time_zone', value: '+1', secret: false },
              from: [{ what: 'timezone', layer: 'site' }],
              template: { file: 'yealink/settings.liquid', line: 18 },
            },
            { name: 'account.1.password', secret: true, from: [{ what: 'line 1 secret', layer: 'device' }] },
          ],
        },
      ],
      render: (mac, file = `${mac}.cfg`) => {
        if (file !== `${mac}.cfg`) throw new NotFoundError(`no file ${JSON.stringify(file)} for ${mac}`)
        const text =
          `#!version:1.0.0.1\naccount.1.user_name = 101\naccount.1.password = ${SECRET}\nnote = ${SECRET}\n` +
          `url = http://u:${encodeURIComponent(SECRET)}@192.0.2.1/\nxml <p>${SECRET.replace('&', '&amp;').replace('"', '&quot;')}</p>\n` +
          `security.user_password = admin:${ADMIN_PASSWORD}\nlang = de\n`
        return { file, bytes: new TextEncoder().encode(text), contentType: 'text/plain', hash: 'ab'.repeat(32) }
      },
    }),
    assist: only<Assist>('assist', {}),
    accounts: only<Accounts>('accounts', { exist: () => false, secretShown: () => undefined }),
    fingerprint: 'AB:CD',
    journeys: only<AdminDeps['journeys']>('journeys', {
      of: (mac) => journeys.get(mac),
      verdictOf,
      list: () =>
        [...journeys.values()].map(
          ({ happenings: _, ...rest }): JourneySummary => ({ ...rest, verdict: verdictOf(rest.mac) }),
        ),
      onHappening: (listener) => {
        happenings.add(listener)
        return () => happenings.delete(listener)
      },
    }),
    alarms: only<AdminDeps['alarms']>('alarms', { list: () => alarms }),
    leases: only<AdminDeps['leases']>('leases', { all: () => [lease] }),
    dhcp: {
      setInterface: (name, change, { by }) => void dhcpChanges.push({ name, ...change, by }),
      listen: async () => [],
      networks: () => [],
      choices: () => [],
      told: () => {
        throw new NotFoundError('the box gives no addresses yet')
      },
      addNetwork(input, { by }) {
        dhcpChanges.push({ ...input, by, added: true })
        return 'added'
      },
      setNetwork: (id, change, { by }) => void dhcpChanges.push({ id, ...change, by }),
      removeNetwork: (id, { by }) => void dhcpChanges.push({ id, by, removed: true }),
      status: () => ({
        interfaces: [
          { name: 'eth0', mode: 'full', answering: true, reason: 'answers everybody on eth0', foreign: [] },
          {
            name: 'eth1',
            mode: 'full',
            answering: false,
            reason: 'off: another server (198.51.100.9) answers here',
            foreign: [{ interface: 'eth1', server: parseIpv4('198.51.100.9'), firstSeen: NOW - 9000, lastSeen: NOW }],
          },
        ],
        networks: [{ id: 'office', size: 100, active: 1, offered: 0, declined: 0 }],
      }),
    },
    records: only<AdminDeps['records']>('records', {
      history: () => [
        {
          seq: 1,
          mutationId: 'm1',
          kind: 'device',
          id: DESK,
          before: { lines: 'old' },
          after: { lines: 'new' },
          by: 'cli:root',
          at: NOW,
        },
      ],
      onChange: (listener) => {
        changes.add(listener)
        return () => changes.delete(listener)
      },
    }),
    moving: {
      moves: only<AdminDeps['moving']['moves']>('moves', {}),
      scans: only<AdminDeps['moving']['scans']>('scans', {}),
      imports: makeImports({
        records: only<Records>('records', {}),
        devices: { get: (mac) => devices.get(mac), check: (_mac, input) => check(input), putMany: () => [] },
        people: only<People>('people', {}),
        naming: { vendor: () => undefined, model: () => undefined, vendorTitle: () => undefined },
        ...{ isSecret: isSecretName, clock: { now: () => NOW }, hash: (text) => text },
      }),
    },
    counters: makeCounters(),
    allow: (mac, { by }) => void allowed.push(`${mac} ${by}`),
    resync: async (mac, { by }) => {
      resyncs.push(`${mac} ${by}`)
      return { kind: 'accepted', status: 200, challenged: false }
    },
    refetch: only<AdminDeps['refetch']>('refetch', {}),
    files: only<AdminDeps['files']>('files', {}),
    fileUses: () => [],
    links: { neighbours: () => [] },
    cloud: only<AdminDeps['cloud']>('cloud', { onChange: () => () => undefined }),
    updates: only<AdminDeps['updates']>('updates', {}),
    backups: only<AdminDeps['backups']>('backups', {}),
    restores: only<AdminDeps['restores']>('restores', {}),
    logs: { after: () => [] },
    boxNetwork: only<AdminDeps['boxNetwork']>('boxNetwork', {}),
    health: () => ({ ok: true, problems: [] }),
    templates: only<AdminDeps['templates']>('templates', { packs: only<AdminDeps['templates']['packs']>('packs', {}) }),
    rollouts: only<AdminDeps['rollouts']>('rollouts', { onChange: () => () => undefined }),
    workbench: fakeWorkbench(),
    about: () => ({
      version: '0.1.0',
      mode: 'box',
      startedAt: NOW - 3_600_000,
      addresses: ['eth0 192.0.2.1/24', 'eth1 198.51.100.1/24'],
      listeners: [
        { service: 'dhcp', where: 'eth0:67' },
        { service: 'tftp', where: '192.0.2.1:69' },
        { service: 'http', where: '192.0.2.1:80' },
      ],
    }),
    tell: ({ step }) => TELL[step.kind] ?? step.kind,
    isSecret: isSecretName,
    clock: { now: () => (options.realTime ? Date.now() : NOW) },
    log: { ...silentLog, error: (text, fields) => void logged.push(`${text} ${JSON.stringify(fields)}`) },
    every: (ms, work) => {
      if (options.realTime) {
        const timer = setInterval(work, ms)
        return () => clearInterval(timer)
      }
      timers.add(work)
      return () => timers.delete(work)
    },
  }
  return {
    dhcpChanges,
    deps,
    devices,
    verdicts,
    alarms,
    resyncs,
    allowed,
    logged,
    authors,
    happen: (happening) => {
      for (const listener of happenings) listener(happening)
    },
    see: (mac, verdict, fields = {}) => {
      verdicts.set(mac, verdict)
      const base = { mac, firstSeen: NOW - 60_000, lastSeen: NOW, happenings: [] }
      journeys.set(mac, { ...base, ...journeys.get(mac), ...fields })
    },
    tick: () => {
      for (const work of [...timers]) work()
    },
  }
}

const TELL: Readonly<Record<string, string>> = {
  'dhcp.asked': 'asked for an address (DHCP DISCOVER)',
  'dhcp.answered': 'was given 192.0.2.51 and told http://192.0.2.1/ (option 66)',
  'file.served': 'was given its configuration 00005e005301.cfg over HTTP',
  'file.completed': 'fetched all of 00005e005301.cfg (2.1 kB)',
  'file.refused': 'asked for 00005e005302.cfg and was refused: the address holds no lease of ours',
  'file.missing': 'asked for y000000000108.cfg, which no template makes',
  'pnp.asked': 'asked by PnP who configures it',
}
