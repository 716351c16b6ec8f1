import type { Clock } from '../core/clock.ts'
import type { Counters } from '../core/counters.ts'
import { messageOf } from '../core/errors.ts'
import type { Ipv4 } from '../core/ipv4.ts'
import type { Log } from '../core/log.ts'
import type { Lan, LanInterface } from '../core/net.ts'
import type { SqlDatabase } from '../core/sql.ts'
import type { Alarms, Journal } from '../journey/contract.ts'
import type {
  DhcpAdvisor,
  DhcpInterfaceSettings,
  DhcpInterfaceStatus,
  DhcpServer,
  DhcpSettings,
  DhcpStatus,
  Leases,
} from './contract.ts'
import { Engine } from './engine.ts'
import type { Binding } from './lease-table.ts'
import { compileSetup, type Setup } from './policy-setup.ts'
import { DEFAULT_GUARD, type GuardRules } from './policy-types.ts'
import { DhcpPort } from './port.ts'
import { Prober } from './prober.ts'
import { LeaseStore, loadBindings } from './store.ts'

/** Addresses of one network that are probed ahead of time: enough for every phone of a site to start at once. */
const PROBED_AHEAD = 1024

export interface DhcpTiming {
  /** How long a search for other servers listens. */
  readonly foreignWaitMs: number
  readonly foreignEveryMs: number
  /** How long an address probe waits for an answer. */
  readonly probeWaitMs: number
  /** How often the probed addresses are topped up. */
  readonly probeEveryMs: number
}
const TIMING: DhcpTiming = {
  foreignWaitMs: 4_000,
  foreignEveryMs: 300_000,
  probeWaitMs: 400,
  probeEveryMs: 5_000,
}

export interface DhcpServerDeps {
  readonly lan: Lan
  /** Every commit must be on disk when it returns (`synchronous=FULL`). */
  readonly db: SqlDatabase
  readonly clock: Clock
  /** A number from 0 up to, but not including, 1. */
  readonly random: () => number
  readonly log: Log
  readonly counters: Counters
  readonly journal: Journal
  readonly alarms: Alarms
  readonly advisor: DhcpAdvisor
  readonly settings: DhcpSettings
  readonly guard?: Partial<GuardRules>
  readonly timing?: Partial<DhcpTiming>
}

/** Makes a DHCPv4 server; nothing happens before `start`. Throws `OperatorError` when the settings have faults. */
export function makeDhcpServer(deps: DhcpServerDeps): DhcpServer {
  return new Server(deps)
}

class Server implements DhcpServer {
  readonly leases: Leases
  readonly #deps: DhcpServerDeps
  readonly #timing: DhcpTiming
  readonly #engine: Engine
  readonly #prober: Prober
  readonly #store: LeaseStore
  readonly #ports = new Map<string, DhcpPort>()
  #settings: DhcpSettings
  #setup: Setup
  #stop: (() => void)[] = []

  constructor(deps: DhcpServerDeps) {
    this.#deps = deps
    this.#settings = deps.settings
    this.#timing = { ...TIMING, ...deps.timing }
    this.#setup = compileSetup(deps.settings, oursOf(deps.lan.interfaces()))
    this.#prober = new Prober({
      ...deps,
      waitMs: this.#timing.probeWaitMs,
      onResult: (address, device, used) => this.#onProbe(address, device, used),
    })
    const guard = { ...DEFAULT_GUARD, ...deps.guard }
    const isClear = (address: Ipv4) => !this.#settings.probe || this.#prober.isClear(address)
    const probe = (address: Ipv4, device: string) => this.#prober.ask(address, device)
    this.#store = new LeaseStore(deps.db)
    this.#engine = new Engine(
      { ...deps, store: this.#store, guard, isClear, probe },
      this.#setup,
      loadBindings(deps.db),
    )
    this.leases = {
      byAddress: (address) => this.#active(this.#engine.table.at(address)),
      byMac: (mac) => this.#engine.table.byMac(mac, deps.clock.now()),
      all: () => this.#engine.table.all().map((binding) => this.#aged(binding)),
    }
  }

  start(): void {
    this.#fold()
    this.#reconcile(this.#deps.lan.interfaces())
    this.#stop.push(this.#deps.lan.onChange((interfaces) => this.#onChange(interfaces)))
    const timer = setInterval(() => this.#tick(), this.#timing.probeEveryMs)
    this.#stop.push(() => clearInterval(timer))
    this.#probeAhead()
  }

  update(settings: DhcpSettings): void {
    const interfaces = this.#deps.lan.interfaces()
    const setup = compileSetup(settings, oursOf(interfaces))
    const ports = settings.serverPort !== this.#settings.serverPort || settings.clientPort !== this.#settings.clientPort
    this.#settings = settings
    this.#setup = setup
    this.#engine.rebuild(setup)
    if (ports) this.#closePorts()
    if (this.#stop.length === 0) return
    this.#reconcile(interfaces)
    this.#probeAhead()
  }

  status(): DhcpStatus {
    const now = this.#deps.clock.now()
    this.#engine.table.expire(now)
    const present = new Map(this.#deps.lan.interfaces().map((lan) => [lan.name, lan]))
    const interfaces = this.#settings.interfaces.map(
      (wanted) => this.#ports.get(wanted.name)?.status() ?? closedStatus(wanted, present.get(wanted.name)),
    )
    const counts = new Map(this.#setup.networks.map(({ id }) => [id, { active: 0, offered: 0, declined: 0 }]))
    for (const { network, state, endsAt } of this.#engine.table.all()) {
      const count = counts.get(network)
      if (count !== undefined && endsAt > now && (state === 'active' || state === 'offered' || state === 'declined'))
        count[state]++
    }
    const none = { active: 0, offered: 0, declined: 0 }
    const networks = this.#setup.networks.map(({ id, size }) => ({ id, size, ...(counts.get(id) ?? none) }))
    return { interfaces, networks }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const stop of this.#stop) stop()
    this.#stop = []
    this.#prober.close()
    this.#closePorts()
    this.#fold()
  }

  #fold(): void {
    try {
      this.#store.fold()
    } catch (thrown) {
      // A full disk, say. What was appended stays where it is and is read from there.
      this.#deps.log.warn('dhcp lease changes cannot be folded', { error: messageOf(thrown) })
    }
  }

  #active(binding: Binding | undefined): Binding | undefined {
    return binding?.state === 'active' && binding.endsAt > this.#deps.clock.now() ? binding : undefined
  }

  #aged(binding: Binding): Binding {
    const over = binding.endsAt <= this.#deps.clock.now() && binding.state !== 'released'
    return over ? { ...binding, state: 'expired' } : binding
  }

  #onChange(interfaces: readonly LanInterface[]): void {
    const ours = oursOf(interfaces)
    if (ours.symmetricDifference(this.#setup.ours).size > 0) {
      this.#setup = compileSetup(this.#settings, ours)
      this.#engine.rebuild(this.#setup)
    }
    this.#reconcile(interfaces)
    this.#probeAhead()
  }

  /** Opens, updates and closes ports until they are what settings and interfaces say. */
  #reconcile(interfaces: readonly LanInterface[]): void {
    const present = new Map(interfaces.map((lan) => [lan.name, lan]))
    const wanted = new Map(this.#settings.interfaces.map((settings) => [settings.name, settings]))
    for (const [name, port] of this.#ports) {
      const settings = wanted.get(name)
      if (settings !== undefined && isUsable(settings, present.get(name)) && port.fits(settings)) continue
      port.close()
      this.#ports.delete(name)
    }
    for (const settings of wanted.values()) {
      const lan = present.get(settings.name)
      if (lan === undefined || !isUsable(settings, lan)) continue
      const port = this.#ports.get(settings.name)
      if (port === undefined) this.#openPort(settings, lan)
      else {
        port.update(settings, lan)
        port.open()
      }
    }
  }

  #openPort(settings: DhcpInterfaceSettings, lan: LanInterface): void {
    const { serverPort, clientPort } = this.#settings
    const { foreignWaitMs, foreignEveryMs } = this.#timing
    const port = new DhcpPort(
      {
        ...this.#deps,
        ours: () => this.#setup.ours,
        serverPort,
        clientPort,
        foreignWaitMs,
        foreignEveryMs,
        take: (packet) => this.#engine.take(packet),
      },
      settings,
      lan,
    )
    this.#ports.set(settings.name, port)
    port.open()
  }

  #closePorts(): void {
    for (const port of this.#ports.values()) port.close()
    this.#ports.clear()
  }

  #onProbe(address: Ipv4, device: string, used: boolean): void {
    // The client that waits for this address may be its holder: it answers for itself after a restart of ours.
    const mac = this.#engine.table.at(address)?.mac
    const itself = used && mac !== undefined && this.#deps.lan.neighbour(address) === mac
    if (itself) this.#prober.accept(address)
    this.#engine.probed(address, device, used && !itself)
  }

  #tick(): void {
    // A port that could not be opened (still held by another program) is tried again.
    this.#reconcile(this.#deps.lan.interfaces())
    this.#probeAhead()
  }

  #probeAhead(): void {
    if (!this.#settings.probe) return
    this.#engine.table.expire(this.#deps.clock.now())
    const wanted = this.#setup.networks.flatMap((network) => {
      const device = network.spec.interface
      if (device === undefined || !this.#ports.has(device)) return []
      return this.#engine.table.upcoming(network, PROBED_AHEAD).map((address) => ({ address, device }))
    })
    void this.#prober.ahead(wanted)
  }
}

function oursOf(interfaces: readonly LanInterface[]): ReadonlySet<Ipv4> {
  return new Set(interfaces.flatMap((lan) => lan.addresses.map(({ address }) => address)))
}

function isUsable(settings: DhcpInterfaceSettings, lan: LanInterface | undefined): boolean {
  return settings.mode !== 'off' && lan !== undefined && lan.up && lan.addresses.length > 0
}

function closedStatus(settings: DhcpInterfaceSettings, lan: LanInterface | undefined): DhcpInterfaceStatus {
  const why =
    settings.mode === 'off'
      ? 'off: not enabled for this interface'
      : lan === undefined
        ? 'off: there is no such interface'
        : lan.up
          ? 'off: the interface has no IPv4 address'
          : 'off: the interface is down'
  return { name: settings.name, mode: settings.mode, answering: false, reason: why, foreign: [] }
}
