import { makeCounters } from '../../services/core/counters.ts'
import { type Ipv4, parseIpv4 } from '../../services/core/ipv4.ts'
import { silentLog } from '../../services/core/log.ts'
import { type Mac, parseMac } from '../../services/core/mac.ts'
import type { SqlDatabase } from '../../services/core/sql.ts'
import type { Happening, Step } from '../../services/journey/contract.ts'
import type { Device } from '../../services/phones/contract.ts'
import type { Advice, JobRequest, PhoneCall, PhoneReply, Place, Way } from '../../services/refetch/contract.ts'
import { makeRefetch, type RefetchDeps } from '../../services/refetch/refetch.ts'
import type { NotifyOutcome, NotifyRequest } from '../../services/sip/contract.ts'
import { makeTestClock } from './clock.ts'
import { memoryDatabase } from './database.ts'

export const mac = (n: number): Mac => parseMac(`00005e0053${n.toString(16).padStart(2, '0')}`)
const addressOf = (of: Mac): Ipv4 => parseIpv4(`192.0.2.${Number.parseInt(of.slice(-2), 16)}`)

export const notifyWay = (of: Mac, change: Partial<Extract<Way, { kind: 'notify' }>> = {}): Way => ({
  kind: 'notify',
  event: 'check-sync',
  port: 5060,
  user: `user-${of.slice(-2)}`,
  credentials: { user: 'u', secret: 's3cret' },
  ownPort: false,
  reboots: false,
  postpones: false,
  ...change,
})
export const call: PhoneCall = {
  name: 'AutoP',
  scheme: 'http',
  port: 80,
  method: 'GET',
  path: '/servlet?key=AutoP',
  basic: false,
}
export const httpWay = (change: Partial<Extract<Way, { kind: 'http' }>> = {}): Way => ({
  kind: 'http',
  call,
  reboots: false,
  postpones: false,
  ...change,
})

export const NOW: JobRequest = {
  selection: { kind: 'all' },
  when: { kind: 'now' },
  reboot: false,
  limit: 10,
  by: 'cli:ada',
}

/** A site of phones whose answers the test gives; its database outlives `restart`. */
export function makeSite(options: { readonly phones: number; readonly advice?: (of: Mac) => Advice | undefined }) {
  const db: SqlDatabase = memoryDatabase()
  const clock = makeTestClock()
  const told: { mac: Mac | undefined; step: Step }[] = []
  const listeners = new Set<(happening: Happening) => void>()
  const happenings = new Map<Mac, Happening[]>()
  const sent: NotifyRequest[] = []
  const calls: { to: Ipv4; call: PhoneCall }[] = []
  const timers = new Set<{ at: number; work: () => void }>()
  const places = new Map<Mac, Place>()
  /** What each phone says; by default it takes everything. */
  const script = {
    notify: async (_: NotifyRequest): Promise<NotifyOutcome> => ({ kind: 'accepted', status: 200, challenged: false }),
    http: async (_: PhoneCall): Promise<PhoneReply> => ({
      kind: 'answered',
      status: 200,
      body: '',
      challenged: false,
    }),
  }
  const macs = Array.from({ length: options.phones }, (_, i) => mac(i + 1))
  const record = (happening: Happening) => {
    told.push({ mac: happening.mac, step: happening.step })
    if (happening.mac !== undefined)
      happenings.set(happening.mac, [...(happenings.get(happening.mac) ?? []), happening])
    for (const listener of [...listeners]) listener(happening)
  }
  let ids = 0
  const deps: RefetchDeps = {
    ...{ db, clock, log: silentLog, counters: makeCounters() },
    newId: () => `job-${++ids}`,
    advisor: {
      adviceFor: (of) =>
        options.advice === undefined ? { ways: [notifyWay(of)], passed: [], patienceMs: 300_000 } : options.advice(of),
      pending: (of) => ({ mac: of, files: [], changed: [], reboot: 'no', because: '' }),
      isModel: (of) => of === macs[0],
      hasModel: (vendor) => vendor === 'acme',
    },
    notifier: {
      notify: async (request) => {
        sent.push(request)
        return script.notify(request)
      },
    },
    http: {
      send: async (to, request) => {
        calls.push({ to, call: request })
        return script.http(request)
      },
    },
    devices: {
      get: () => undefined,
      list: () =>
        macs.map((one, i) => ({ mac: one, enabled: i !== 2, group: i < 2 ? 'desk' : 'hall' }) as unknown as Device),
    },
    journal: { record },
    journeys: {
      of: (of) => ({ mac: of, firstSeen: 0, lastSeen: 0, happenings: happenings.get(of) ?? [] }),
      onHappening(listener) {
        listeners.add(listener)
        return () => listeners.delete(listener)
      },
    },
    locate: async (of) => places.get(of) ?? { kind: 'held', address: addressOf(of) },
    after(ms, work) {
      const timer = { at: clock.now() + ms, work }
      timers.add(timer)
      return () => timers.delete(timer)
    },
  }
  /** Lets everything run that waits for no time. */
  const settle = async () => {
    for (let i = 0; i < 40; i++) await Promise.resolve()
  }
  const site = {
    ...{ db, clock, told, sent, calls, script, places, deps, settle, macs },
    refetch: makeRefetch(deps),
    /** Moves the clock to each timer's time in turn, up to `ms` from now. */
    async pass(ms: number) {
      const end = clock.now() + ms
      for (;;) {
        await settle()
        const [next] = [...timers].filter(({ at }) => at <= end).sort((a, b) => a.at - b.at)
        if (next === undefined) break
        timers.delete(next)
        clock.set(Math.max(next.at, clock.now()))
        next.work()
      }
      clock.set(end)
      await settle()
    },
    fetch(of: Mac) {
      record({
        at: clock.now(),
        mac: of,
        step: { kind: 'file.completed', protocol: 'http', file: `${of}.cfg`, size: 1, ms: 1, own: true },
      })
    },
    /** The process ends and another starts on the same database. */
    async restart(downMs = 0) {
      const old = site.refetch
      timers.clear()
      await old[Symbol.asyncDispose]()
      clock.advance(downMs)
      site.refetch = makeRefetch(deps)
      await settle()
    },
    steps: (of: Mac) =>
      told.filter((one) => one.mac === of && !one.step.kind.startsWith('file.')).map(({ step }) => step),
    outcomes: (id: string) => (site.refetch.job(id)?.items ?? []).map(({ state, outcome }) => outcome ?? state),
  }
  return site
}
