import { computed, signal } from '@preact/signals'
import type {
  AboutView,
  AlarmView,
  DeviceRow,
  DhcpView,
  HappeningView,
  LeaseView,
  LiveEvent,
  Sighting,
} from '../services/admin/schema.ts'
import { ApiError, api } from './api.ts'

/** What was asked for: not here yet, here, or refused with a reason. */
export type Loaded<Value> =
  | { readonly kind: 'loading' }
  | { readonly kind: 'error'; readonly text: string }
  | { readonly kind: 'ready'; readonly value: Value }

const loading = { kind: 'loading' } as const
export const about = signal<Loaded<AboutView>>(loading)
export const dhcp = signal<Loaded<DhcpView>>(loading)
export const devices = signal<Loaded<readonly DeviceRow[]>>(loading)
export const journeys = signal<Loaded<readonly Sighting[]>>(loading)
export const leases = signal<Loaded<readonly LeaseView[]>>(loading)
export const alarms = signal<Loaded<readonly AlarmView[]>>(loading)
/** Whether news arrives: what is shown is as old as `since` while it does not. */
export const connection = signal<{ readonly state: 'connecting' | 'live' | 'lost'; readonly since: number }>({
  state: 'connecting',
  since: Date.now(),
})
/** The newest happening, for a device's page to add to its timeline. */
export const latest = signal<HappeningView | undefined>(undefined)
/** Raised when a record changed, for a page that shows one. */
export const changes = signal(0)
/** Now, to the second: texts such as "12 s ago" follow it. */
export const now = signal(Date.now())
export const place = signal(globalThis.location?.hash ?? '')

export const strangers = computed(() => {
  const list = journeys.value
  return list.kind === 'ready' ? { ...list, value: list.value.filter((row) => !row.known) } : list
})

const RANK = ['trouble', 'unknown-device', 'under-way', 'waiting', 'never-seen', 'configured']
export const byTrouble = computed(() => {
  const list = devices.value
  if (list.kind !== 'ready') return list
  const rank = (row: DeviceRow) => (row.enabled ? RANK.indexOf(row.verdict.state) : RANK.length)
  return {
    ...list,
    value: [...list.value].sort(
      (a, b) => rank(a) - rank(b) || (a.name ?? a.mac).localeCompare(b.name ?? b.mac, undefined, { numeric: true }),
    ),
  }
})

async function load<Value>(into: { value: Loaded<Value> }, ask: () => Promise<Value>): Promise<void> {
  try {
    into.value = { kind: 'ready', value: await ask() }
  } catch (error) {
    // What was shown before stays; the header says that it is old.
    if (into.value.kind !== 'ready')
      into.value = { kind: 'error', text: error instanceof Error ? error.message : 'it failed' }
  }
}

export const loadDevices = () => load(devices, async () => (await api<{ devices: DeviceRow[] }>('/devices')).devices)
const loadJourneys = () => load(journeys, async () => (await api<{ journeys: Sighting[] }>('/journeys')).journeys)
const loadNetwork = () =>
  Promise.all([
    load(dhcp, () => api<DhcpView>('/dhcp')),
    load(leases, async () => (await api<{ leases: LeaseView[] }>('/leases')).leases),
  ])

export async function loadAll(): Promise<void> {
  await Promise.all([
    load(about, () => api<AboutView>('/about')),
    loadDevices(),
    loadJourneys(),
    loadNetwork(),
    load(alarms, async () => (await api<{ alarms: AlarmView[] }>('/alarms')).alarms),
  ])
}

/** Runs `work` soon, once for any number of calls in between: a booting site reports hundreds of things a second. */
function soon(ms: number, work: () => Promise<unknown>): () => void {
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
const records = soon(200, () => Promise.all([loadDevices(), loadJourneys()]))
const network = soon(1000, loadNetwork)

/** Takes one live event into what is shown. */
export function take(event: LiveEvent): void {
  if (event.event === 'hello') {
    connection.value = { state: 'live', since: Date.now() }
    if (!event.data.resumed) void loadAll()
  } else if (event.event === 'happening') {
    latest.value = event.data
    if (event.data.kind.startsWith('dhcp.')) network()
  } else if (event.event === 'verdict') {
    takeVerdict(event.data)
  } else if (event.event === 'alarms') {
    alarms.value = { kind: 'ready', value: event.data }
    network()
  } else if (event.event === 'record') {
    changes.value++
    records()
  } else {
    network()
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

const NAMES = ['hello', 'beat', 'happening', 'verdict', 'alarms', 'record'] as const
/** The box sends a beat every 15 s: two missed ones are a lost connection, whatever the browser believes. */
const SILENCE_MS = 40_000

/** Follows the box for as long as the page is open; returns the way to stop. */
export function follow(): () => void {
  let source: EventSource | undefined
  let heard = Date.now()
  let retry: ReturnType<typeof setTimeout> | undefined
  let lastId = ''
  const lost = () => {
    if (connection.value.state !== 'lost') connection.value = { state: 'lost', since: Date.now() }
  }
  const connect = () => {
    source?.close()
    heard = Date.now()
    const it = new EventSource(`/api/v1/events${lastId ? `?after=${encodeURIComponent(lastId)}` : ''}`)
    source = it
    for (const name of NAMES)
      it.addEventListener(name, (message) => {
        heard = Date.now()
        if (message.lastEventId) lastId = message.lastEventId
        take({ event: name, data: JSON.parse(message.data) } as LiveEvent)
      })
    it.addEventListener('error', () => {
      lost()
      // The browser retries a broken stream by itself, but gives up after an answer that is no stream.
      if (it.readyState === EventSource.CLOSED)
        retry ??= setTimeout(() => {
          retry = undefined
          connect()
        }, 3000)
    })
  }
  connect()
  const second = setInterval(() => {
    now.value = Date.now()
    if (Date.now() - heard > SILENCE_MS) {
      lost()
      connect()
    }
  }, 1000)
  const moved = () => {
    place.value = location.hash
  }
  addEventListener('hashchange', moved)
  return () => {
    source?.close()
    clearInterval(second)
    clearTimeout(retry)
    removeEventListener('hashchange', moved)
  }
}

/** The text of whatever a call to the API threw, and its faults by field. */
export function faultsOf(error: unknown): { text: string; faults: readonly { path: string; message: string }[] } {
  if (error instanceof ApiError) return { text: error.message, faults: error.faults }
  return { text: error instanceof Error ? error.message : 'it failed', faults: [] }
}
