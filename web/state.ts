import { computed, signal } from '@preact/signals'
import type {
  AboutView,
  AlarmView,
  DeviceRow,
  DhcpView,
  HappeningView,
  LayerView,
  LeaseView,
  LiveEvent,
  Sighting,
} from '../services/admin/schema.ts'
import type { RefetchJobRow } from '../services/admin/schema-refetch.ts'
import type { RolloutRow } from '../services/admin/schema-rollouts.ts'
import { ApiError, api } from './api.ts'
import { unreachable } from './face.ts'
import { zone } from './format.ts'
import { t } from './i18n.ts'

/** What was asked for: not here yet, here, or refused with a reason. */
export type Loaded<Value> =
  | { readonly kind: 'loading' }
  | { readonly kind: 'error'; readonly text: string; readonly status?: number }
  | { readonly kind: 'ready'; readonly value: Value }

export const loading = { kind: 'loading' } as const
export const about = signal<Loaded<AboutView>>(loading)
export const dhcp = signal<Loaded<DhcpView>>(loading)
export const devices = signal<Loaded<readonly DeviceRow[]>>(loading)
export const journeys = signal<Loaded<readonly Sighting[]>>(loading)
export const leases = signal<Loaded<readonly LeaseView[]>>(loading)
export const alarms = signal<Loaded<readonly AlarmView[]>>(loading)
export const jobs = signal<Loaded<readonly RefetchJobRow[]>>(loading)
export const rollouts = signal<Loaded<readonly RolloutRow[]>>(loading)
/** What happened since the page was opened, the newest first. */
export const recent = signal<readonly (HappeningView & { readonly id: number })[]>([])
/** Whether news arrives: what is shown is as old as `since` while it does not. */
export const connection = signal<{ readonly state: 'connecting' | 'live' | 'lost'; readonly since: number }>({
  state: 'connecting',
  since: Date.now(),
})
/** The newest happening, for a device's page. */
export const latest = signal<HappeningView | undefined>(undefined)
/** Raised when a record changed, for a page that shows one. */
export const changes = signal(0)

/** The newest last sightings of what has no record. */
export const strangers = computed(() => {
  const list = journeys.value
  return list.kind === 'ready' ? { ...list, value: list.value.filter((row) => !row.known) } : list
})

const RANK = ['trouble', 'unknown-device', 'under-way', 'waiting', 'never-seen', 'configured']
/** Trouble first, what is switched off last. */
export function rankOf(row: Pick<DeviceRow, 'enabled' | 'verdict'>): number {
  return row.enabled ? RANK.indexOf(row.verdict.state) : RANK.length
}

export function listOf<Value>(list: Loaded<readonly Value[]>): readonly Value[] {
  return list.kind === 'ready' ? list.value : []
}

/** Asks and keeps the answer. What was shown before stays when that fails; the page says that it is old. */
export async function load<Value>(into: { value: Loaded<Value> }, ask: () => Promise<Value>): Promise<void> {
  try {
    into.value = { kind: 'ready', value: await ask() }
  } catch (error) {
    if (into.value.kind === 'ready') return
    const { text, status } = faultsOf(error)
    into.value = { kind: 'error', text, ...(status !== undefined && { status }) }
  }
}

export const loadDevices = () => load(devices, async () => (await api<{ devices: DeviceRow[] }>('/devices')).devices)
const loadJourneys = () => load(journeys, async () => (await api<{ journeys: Sighting[] }>('/journeys')).journeys)
export const loadDhcp = () => load(dhcp, () => api<DhcpView>('/dhcp'))
const loadNetwork = () =>
  Promise.all([loadDhcp(), load(leases, async () => (await api<{ leases: LeaseView[] }>('/leases')).leases)])
export const loadJobs = () => load(jobs, async () => (await api<{ jobs: RefetchJobRow[] }>('/refetch')).jobs)
export const loadRollouts = () =>
  load(rollouts, async () => (await api<{ rollouts: RolloutRow[] }>('/rollouts')).rollouts)

async function loadZone(): Promise<void> {
  try {
    const [site] = (await api<{ layers: LayerView[] }>('/layers/site')).layers
    const given = site?.settings.timezone
    if (typeof given === 'string') zone.value = given
  } catch {
    // Times stay in UTC, as the phones' do by default.
  }
}

export async function loadAll(): Promise<void> {
  await Promise.all([
    load(about, () => api<AboutView>('/about')),
    loadDevices(),
    loadJourneys(),
    loadNetwork(),
    loadZone(),
    loadJobs(),
    loadRollouts(),
    load(alarms, async () => (await api<{ alarms: AlarmView[] }>('/alarms')).alarms),
  ])
}

/** Runs `work` soon, once for any number of calls in between: a booting site reports hundreds of things a second. */
export function soon(ms: number, work: () => Promise<unknown>): () => void {
  let waiting = false
  return () => {
    if (waiting) return
    waiting = true
    setTimeout(() => {
      waiting = false
      void work()
    }, ms)
  }
}
const records = soon(200, () => Promise.all([loadDevices(), loadJourneys(), loadZone()]))
const network = soon(1000, loadNetwork)
const work = soon(1000, loadJobs)
/** Verdicts speak of time ("configured 12 s ago"): the box words them anew. */
export const refreshWords = () => Promise.all([loadDevices(), loadJourneys()])

const RECENT = 60
let happened = 0

/** Takes one live event into what is shown. */
export function take(event: LiveEvent): void {
  if (event.event === 'hello') {
    connection.value = { state: 'live', since: Date.now() }
    if (!event.data.resumed) void loadAll()
  } else if (event.event === 'happening') {
    latest.value = event.data
    recent.value = [{ ...event.data, id: ++happened }, ...recent.value].slice(0, RECENT)
    if (event.data.kind.startsWith('dhcp.')) network()
    if (event.data.kind.startsWith('refetch.')) work()
  } else if (event.event === 'verdict') {
    takeVerdict(event.data)
  } else if (event.event === 'alarms') {
    alarms.value = { kind: 'ready', value: event.data }
    network()
  } else if (event.event === 'record') {
    changes.value++
    records()
  } else if (event.event === 'rollout') {
    const others = listOf(rollouts.value).filter(({ id }) => id !== event.data.id)
    rollouts.value = { kind: 'ready', value: [event.data, ...others].sort((a, b) => b.createdAt - a.createdAt) }
  }
}

function takeVerdict(sighting: Sighting): void {
  if (journeys.value.kind === 'ready') {
    const others = journeys.value.value.filter((row) => row.mac !== sighting.mac)
    journeys.value = { kind: 'ready', value: [sighting, ...others] }
  }
  if (devices.value.kind !== 'ready') return
  const { mac, known: _known, firstSeen: _first, vendor: _vendor, model: _model, ...seen } = sighting
  const value = devices.value.value.map((row) => (row.mac === mac ? { ...row, ...seen } : row))
  devices.value = { kind: 'ready', value }
}

/** The text of whatever a call to the API threw, and its faults by field. */
export function faultsOf(error: unknown): {
  readonly text: string
  readonly faults: readonly { path: string; message: string }[]
  readonly status?: number
} {
  if (error instanceof ApiError) {
    const text = error.status === 0 ? unreachable() : error.message
    return { text, faults: error.faults, status: error.status }
  }
  return { text: error instanceof Error ? error.message : t('it failed'), faults: [] }
}
