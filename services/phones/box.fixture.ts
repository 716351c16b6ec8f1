import { makeCounters } from '../core/counters.ts'
import { ConflictError, NotFoundError } from '../core/errors.ts'
import { type Ipv4, parseIpv4 } from '../core/ipv4.ts'
import { silentLog } from '../core/log.ts'
import { type Mac, parseMac } from '../core/mac.ts'
import type { SecretBox } from '../core/secret.ts'
import type { Lease } from '../dhcp/contract.ts'
import type { PhoneBook } from '../directory/contract.ts'
import type { NamedFile, NamedFiles } from '../files/contract.ts'
import type { Happening } from '../journey/contract.ts'
import type { MediaLibrary } from '../media/contract.ts'
import type { Change, Records, StoredRecord } from '../records/contract.ts'
import { makeDhcpAdvisor, makePnpAdvisor } from './advisor.ts'
import { claimAllowed } from './claim-pages.ts'
import type { Devices } from './contract.ts'
import type { Definitions } from './definition.ts'
import { makeDeliveries } from './deliveries.ts'
import { makeDevices, makeLayers } from './devices.ts'
import type { Delivered } from './fingerprint.ts'
import type { FingerprintStore } from './fingerprint-store.ts'
import { makeFirmwareDesk } from './firmware-desk.ts'
import { makeInspector } from './inspector.ts'
import { makeIdentityMemory } from './memory.ts'
import { makeLiveNameReader } from './names.ts'
import { makeProvisioner } from './provisioner.ts'
import { readDefinitions } from './read.ts'
import { makeRefetchAdvisor } from './refetch.ts'
import { makeRenderer } from './render.ts'
import { makeRendering } from './rendering.ts'
import { NO_PHONE_BOOK, TEMPLATES } from './sample.fixture.ts'
import type { OverlayLayer } from './subject.ts'

/** Records in memory, with the rules that the services rely on. */
export function makeMemoryRecords(): Records {
  const stored = new Map<string, StoredRecord>()
  const listeners = new Set<(change: Change) => void>()
  const changes: Change[] = []
  const put: Records['put'] = (kind, id, body, options) => {
    const key = `${kind}/${id}`
    const before = stored.get(key)
    if (options.base !== undefined && options.base !== (before?.rev ?? 0))
      throw new ConflictError(`record ${key} changed`)
    const record = { kind, id, rev: (before?.rev ?? 0) + 1, body, updatedBy: options.by, updatedAt: 0 }
    stored.set(key, record)
    const made = { seq: 0, mutationId: '', kind, id, by: options.by, at: NOW, after: body }
    const change: Change = before === undefined ? made : { ...made, before: before.body }
    changes.push(change)
    for (const listener of listeners) listener(change)
    return record
  }
  return {
    get: (kind, id) => stored.get(`${kind}/${id}`),
    list: (kind) => [...stored.values()].filter((record) => record.kind === kind),
    put,
    putMany: (items, options) => items.map(({ kind, id, body }) => put(kind, id, body, options)),
    remove(kind, id, options) {
      if (!stored.delete(`${kind}/${id}`)) throw new NotFoundError(`no record ${kind}/${id}`)
      for (const listener of listeners) listener({ seq: 0, mutationId: '', kind, id, by: options.by, at: 0 })
    },
    batch: (work) => work(),
    history: (kind, id) => changes.filter((change) => change.kind === kind && change.id === id),
    recent: ({ limit }) => changes.toReversed().slice(0, limit),
    onChange(listener) {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
  }
}

/** Fingerprints as a database would keep them. */
export function makeMemoryFingerprints(): FingerprintStore & { readonly rows: ReadonlyMap<Mac, Delivered> } {
  const rows = new Map<Mac, Delivered>()
  return {
    rows,
    all: () => [...rows],
    save(given) {
      for (const [mac, row] of given) rows.set(mac, structuredClone(row))
    },
    remove: (mac) => void rows.delete(mac),
  }
}

/** Seals by turning the text round: enough to see that it was sealed. */
export const reversingBox: SecretBox = {
  seal: (plain) => `box:${[...plain].reverse().join('')}`,
  open: (sealed) => [...sealed.slice(4)].reverse().join(''),
}

export const definitions = readDefinitions(TEMPLATES)
export const BOX = parseIpv4('192.0.2.1')
export const NOW = Date.UTC(2026, 5, 1)

const TONE: NamedFile = {
  ...{ name: 'tone.wav', hash: 'ab', size: 2, contentType: 'audio/wav', addedAt: 0, by: 'test' },
  ...{ kind: 'tone', models: [], hardware: [] },
}

/** Everything of phones put together, with leases and neighbours that a test sets. */
export function makeTestBox(
  options: {
    readonly phoneBook?: (devices: Pick<Devices, 'list'>) => PhoneBook
    readonly ldap?: number
    readonly media?: MediaLibrary
    readonly files?: Pick<NamedFiles, 'find'>
    /** Beside a tone. */
    readonly stored?: readonly NamedFile[]
    /** Instead of the shipped ones. */
    readonly definitions?: Definitions
  } = {},
) {
  const used = options.definitions ?? definitions
  const records = makeMemoryRecords()
  const devices = makeDevices({ records, secrets: reversingBox, definitions: used })
  const layers = makeLayers({ records, secrets: reversingBox })
  const memory = makeIdentityMemory(undefined, (vendor) => used.get(vendor) !== undefined)
  const names = makeLiveNameReader(used)
  const passwordKey = new Uint8Array(32).fill(7)
  const media = options.media === undefined ? {} : { media: options.media }
  const ports = { http: 80, ...(options.ldap !== undefined && { ldap: options.ldap }) }
  const overlays = new Map<Mac, OverlayLayer>()
  const overlay = { of: (mac: Mac) => overlays.get(mac) }
  const all = [TONE, ...(options.stored ?? [])]
  const files = {
    find: (name: string) => all.find((file) => file.name.toLowerCase() === name.toLowerCase()),
    onChange: () => () => undefined,
    ...options.files,
  }
  const subjects = { definitions: used, devices, layers, memory, passwordKey, overlay }
  const desk = makeFirmwareDesk({ ...subjects, stored: files })
  const rendering = makeRendering({
    ...{ ...subjects, guard: desk, renderer: makeRenderer(), ports },
    phoneBook: options.phoneBook?.(devices) ?? NO_PHONE_BOOK,
    ...media,
  })
  const leases = new Map<Ipv4, Mac>()
  const leaseFacts = new Map<Mac, Partial<Lease>>()
  const fingerprints = makeMemoryFingerprints()
  const deliveries = makeDeliveries({ store: fingerprints, records, log: silentLog })
  const neighbours = new Map<Ipv4, Mac>()
  const journal: Happening[] = []
  const alarms: string[] = []
  const uploads: { readonly mac: Mac; readonly file: string; readonly body: Uint8Array }[] = []
  const counters = makeCounters()
  const clock = { now: () => NOW }
  const facts = { ...subjects, names, ports }
  const provisioner = makeProvisioner({
    definitions: used,
    names,
    devices,
    memory,
    rendering,
    deliveries,
    leases: {
      byAddress: (address) => {
        const mac = leases.get(address)
        return mac === undefined ? undefined : ({ mac, parameters: [], ...leaseFacts.get(mac) } as unknown as Lease)
      },
    },
    neighbour: (address) => neighbours.get(address),
    journal: { record: (happening) => void journal.push(happening) },
    mayClaim: (definition, model, firmware) => claimAllowed(facts, definition, model, firmware),
    httpPort: 80,
    alarms: { raise: (kind, subject) => void alarms.push(`${kind} ${subject}`) },
    clock,
    log: silentLog,
    counters,
    uploads: { store: (mac, file, body) => void uploads.push({ mac, file, body }) },
    files,
    guard: desk,
  })
  const inspector = makeInspector({
    ...{ ...facts, ...media, guard: desk, rendering, deliveries, clock },
    addressFor: () => BOX,
  })
  const journeys = {
    of: (mac: Mac) => ({ mac, firstSeen: 0, lastSeen: 0, happenings: journal.filter((one) => one.mac === mac) }),
  }
  return {
    ...{
      records,
      devices,
      layers,
      memory,
      names,
      rendering,
      leases,
      neighbours,
      journal,
      alarms,
      uploads,
      deliveries,
      fingerprints,
      counters,
      provisioner,
      desk,
      overlays,
      facts,
    },
    dhcp: makeDhcpAdvisor(facts),
    pnp: makePnpAdvisor(facts),
    inspector,
    refetch: makeRefetchAdvisor({ ...facts, inspector, records, journeys, clock }),
    ask(
      path: string,
      from: string,
      more: {
        userAgent?: string
        method?: 'get' | 'put'
        protocol?: 'tftp' | 'http'
        body?: Uint8Array
        at?: number
        query?: string
      } = {},
    ) {
      return provisioner.answer({
        at: NOW,
        protocol: 'http',
        method: 'get',
        path,
        from: { address: parseIpv4(from), port: 40_000 },
        localAddress: BOX,
        ...more,
      })
    },
    lease(address: string, mac: string, more: Partial<Lease> = {}) {
      leases.set(parseIpv4(address), parseMac(mac))
      leaseFacts.set(parseMac(mac), more)
    },
    neighbour: (address: string, mac: string) => void neighbours.set(parseIpv4(address), parseMac(mac)),
  }
}
