import { createHash, timingSafeEqual } from 'node:crypto'
import type { Clock } from '../core/clock.ts'
import type { Counters } from '../core/counters.ts'
import { messageOf } from '../core/errors.ts'
import { formatIpv4, type Ipv4, readIpv4 } from '../core/ipv4.ts'
import type { Log } from '../core/log.ts'
import type { Lan } from '../core/net.ts'
import type { Journal, Step } from '../journey/contract.ts'
import type { Asker, BookAccess, PhoneBook } from './contract.ts'
import { makeLdapConnection } from './ldap-connection.ts'
import type { LdapFacts } from './policy-ldap.ts'

export interface LdapServerDeps {
  readonly lan: Lan
  readonly access: BookAccess
  readonly phoneBook: PhoneBook
  readonly journal: Journal
  readonly clock: Clock
  readonly log: Log
  readonly counters: Counters
  readonly settings: { readonly port: number; readonly idleSeconds?: number }
}

export interface LdapListener {
  readonly interface: string
  readonly address: Ipv4
  readonly port: number
  readonly listening: boolean
  readonly problem?: string
}

export interface LdapServer extends AsyncDisposable {
  start(): void
  status(): readonly LdapListener[]
}

const MAX_CONNECTIONS = 512
const MAX_PER_SOURCE = 8
const IDLE_SECONDS = 300
/** Journey lines of refused connections: who knocks all the time must not fill the record. */
const MAX_REFUSALS_A_SECOND = 5

interface Open {
  readonly address: Ipv4
  readonly connection: ReturnType<typeof makeLdapConnection>
  told: boolean
}

/** The LDAP server for phones: read only, a listener on each LAN address, for registered devices alone. */
export function makeLdapServer(deps: LdapServerDeps): LdapServer {
  const { lan, log, counters, settings } = deps
  const bound = new Map<string, { readonly status: LdapListener; close(): void }>()
  const perSource = new Map<Ipv4, number>()
  const open = new Set<{ terminate(): void }>()
  let refusals = 0
  let stopFollowing: (() => void) | undefined
  let ticker: ReturnType<typeof setInterval> | undefined

  const record = (place: { interface: string; address: Ipv4 }, step: Step, asker: Asker) =>
    deps.journal.record({
      at: deps.clock.now(),
      address: place.address,
      interface: place.interface,
      step,
      ...(asker.mac !== undefined && { mac: asker.mac }),
    })

  function refuse(place: { interface: string; address: Ipv4 }, asker: Extract<Asker, { kind: 'refused' }>) {
    counters.add('ldap.refused')
    if (refusals++ < MAX_REFUSALS_A_SECOND) record(place, { kind: 'directory.refused', reason: asker.reason }, asker)
  }

  function factsOf(asker: Extract<Asker, { kind: 'device' }>): LdapFacts {
    const { view, credentials } = asker
    return {
      entries: () => deps.phoneBook.find(view),
      ...(credentials !== undefined && {
        verify: (user: string, password: string) =>
          // Both are compared, so that time tells nothing of either.
          Number(same(user, credentials.user)) + Number(same(password, credentials.password)) === 2,
      }),
    }
  }

  function bind(place: { interface: string; address: Ipv4 }) {
    const at = { ...place, port: settings.port }
    try {
      const server = listen(place)
      log.info('ldap listening', { interface: at.interface, address: formatIpv4(at.address), port: server.port })
      return { status: { ...at, port: server.port, listening: true }, close: () => server.stop() }
    } catch (thrown) {
      const problem = messageOf(thrown)
      log.error('ldap cannot listen', { address: formatIpv4(at.address), port: at.port, error: problem })
      return { status: { ...at, listening: false, problem }, close: () => {} }
    }
  }

  function listen(local: { interface: string; address: Ipv4 }) {
    return Bun.listen<{ open?: Open }>({
      hostname: formatIpv4(local.address),
      port: settings.port,
      allowHalfOpen: true,
      socket: {
        open(socket) {
          socket.data = {}
          const address = readIpv4(socket.remoteAddress)
          const count = address === undefined ? 0 : (perSource.get(address) ?? 0)
          if (address === undefined || open.size >= MAX_CONNECTIONS || count >= MAX_PER_SOURCE) {
            counters.add('ldap.turned-away')
            return void socket.terminate()
          }
          const place = { interface: local.interface, address }
          const asker = deps.access.asker(address)
          if (asker.kind === 'refused') {
            refuse(place, asker)
            return void socket.terminate()
          }
          counters.add('ldap.connections')
          const state: Open = { address, told: false, connection: connect(socket, place, () => state) }
          socket.data.open = state
          socket.timeout(settings.idleSeconds ?? IDLE_SECONDS)
          perSource.set(address, count + 1)
          open.add(socket)
        },
        data: (socket, bytes) => {
          socket.timeout(settings.idleSeconds ?? IDLE_SECONDS)
          socket.data.open?.connection.onData(bytes)
        },
        drain: (socket) => socket.data.open?.connection.onDrain(),
        end: (socket) => socket.data.open?.connection.onEnd(),
        timeout: (socket) => void socket.terminate(),
        close(socket) {
          open.delete(socket)
          const address = socket.data?.open?.address
          if (address === undefined) return
          delete socket.data.open
          const left = (perSource.get(address) ?? 1) - 1
          if (left > 0) perSource.set(address, left)
          else perSource.delete(address)
        },
        error: (_socket, error) => log.debug('ldap socket error', { error: messageOf(error) }),
      },
    })
  }

  function connect(
    socket: { write(bytes: Uint8Array): number; shutdown(): void; terminate(): void },
    place: { interface: string; address: Ipv4 },
    state: () => Open,
  ) {
    let asker: Asker | undefined
    return makeLdapConnection({
      wire: {
        write: (bytes) => socket.write(bytes),
        shutdown: () => void socket.shutdown(),
        terminate: () => void socket.terminate(),
      },
      facts() {
        // Asked for at each message: a device may lose its address, or be switched off, while it is connected.
        asker = deps.access.asker(place.address)
        if (asker.kind === 'device') return factsOf(asker)
        refuse(place, asker)
        return undefined
      },
      answered({ found }) {
        counters.add('ldap.requests')
        if (found === undefined || asker === undefined || state().told) return
        state().told = true
        record(place, { kind: 'directory.asked', found }, asker)
      },
      malformed(reason) {
        counters.add('ldap.malformed')
        log.debug('ldap message dropped', { address: formatIpv4(place.address), reason })
      },
    })
  }

  function follow() {
    const wanted = new Map<string, { interface: string; address: Ipv4 }>()
    for (const each of lan.interfaces())
      if (each.up)
        for (const { address } of each.addresses)
          wanted.set(`${each.name} ${address}`, { interface: each.name, address })
    for (const [key, listener] of bound) {
      if (wanted.has(key) && listener.status.listening) continue
      listener.close()
      bound.delete(key)
    }
    for (const [key, place] of wanted) if (!bound.has(key)) bound.set(key, bind(place))
  }

  return {
    start() {
      stopFollowing ??= lan.onChange(follow)
      ticker ??= setInterval(() => {
        refusals = 0
      }, 1000)
      follow()
    },
    status: () => [...bound.values()].map(({ status }) => status),
    async [Symbol.asyncDispose]() {
      clearInterval(ticker)
      ticker = undefined
      stopFollowing?.()
      stopFollowing = undefined
      for (const listener of bound.values()) listener.close()
      bound.clear()
      for (const socket of [...open]) socket.terminate()
    },
  }
}

function same(one: string, other: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest()
  return timingSafeEqual(digest(one), digest(other))
}
