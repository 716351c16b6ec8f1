import { messageOf } from '../core/errors.ts'
import type { Ipv4 } from '../core/ipv4.ts'
import { contains, formatIpv4, networkOf, readIpv4 } from '../core/ipv4.ts'
import type { Lan, LanInterface } from '../core/net.ts'
import type { Connection, ConnectionDeps, ConnectionLimits } from './connection.ts'
import { makeConnection } from './connection.ts'
import type { ListenerStatus } from './contract.ts'
import type { PublicFile } from './policy.ts'

/** A key and its certificate chain, leaf first. Give an RSA and an EC one: old phones know RSA only. */
export interface TlsIdentity {
  readonly keyPem: string
  readonly chainPem: string
}

/** One kind of listener, opened on every address of every LAN interface. */
export type ListenerSettings =
  | { readonly scheme: 'http'; readonly port: number }
  | {
      readonly scheme: 'https'
      readonly port: number
      readonly identities: readonly TlsIdentity[]
      /** Default TLSv1.2. Older ones only on a port of their own, for phones that know nothing newer. */
      readonly minVersion?: keyof typeof TLS_VERSION
    }

export interface ConfigHttpSettings {
  readonly listeners: readonly ListenerSettings[]
  /** Names of interfaces to serve; absent: all that the LAN lists. */
  readonly interfaces?: readonly string[]
  /** By name without a leading slash, e.g. `ca.pem`; served to anybody. */
  readonly publicFiles?: ReadonlyMap<string, PublicFile>
  readonly limits?: Partial<ConnectionLimits>
  /** Open connections in all and from one address. */
  readonly maxConnections?: number
  readonly maxPerSource?: number
}

export interface ConfigHttpDeps
  extends Pick<ConnectionDeps, 'provisioner' | 'blobs' | 'journal' | 'clock' | 'log' | 'counters'> {
  readonly lan: Lan
  readonly settings: ConfigHttpSettings
  /** Makes the nonce of a digest challenge; whoever checks the response must know it again. */
  readonly nonce?: () => string
}

export interface ConfigHttp extends AsyncDisposable {
  start(): void
  stop(): Promise<void>
  /** What is listening now, and what is not and why. */
  status(): readonly ListenerStatus[]
  /** Replaces certificates and public files; connections that are open go on as they are. */
  reconfigure(settings: ConfigHttpSettings): void
}

const TLS_VERSION = { TLSv1: 0x0301, 'TLSv1.1': 0x0302, 'TLSv1.2': 0x0303, 'TLSv1.3': 0x0304 } as const

const LIMITS: ConnectionLimits = {
  headTicks: 10,
  idleTicks: 15,
  bodyTicks: 60,
  stallTicks: 30,
  uploadBytes: 1_048_576,
  refusalDelayMs: 20,
}
const MAX_UPLOADS = 16
const MAX_REFUSALS_A_SECOND = 10

interface Bound {
  readonly status: ListenerStatus
  readonly close: () => void
}

/** The HTTP(S) host for phones: a listener on each LAN address, so that the address asked is always known. */
export function makeConfigHttp(deps: ConfigHttpDeps): ConfigHttp {
  const { lan, log, counters } = deps
  const bound = new Map<string, Bound>()
  const open = new Map<Connection, Ipv4>()
  const perSource = new Map<Ipv4, number>()
  let settings = deps.settings
  let shared = sharedDeps()
  let uploads = 0
  let refusals = 0
  let stopFollowing: (() => void) | undefined
  let ticker: ReturnType<typeof setInterval> | undefined

  function sharedDeps(): ConnectionDeps {
    const publicFiles = new Map<string, PublicFile>()
    for (const [name, file] of settings.publicFiles ?? []) publicFiles.set(name.toLowerCase(), file)
    return {
      ...deps,
      limits: { ...LIMITS, ...settings.limits },
      publicFiles,
      nonce: deps.nonce ?? (() => crypto.randomUUID().replaceAll('-', '')),
      uploads: {
        take: () => uploads < MAX_UPLOADS && ++uploads > 0,
        free: () => void uploads--,
      },
      mayJournal: () => refusals++ < MAX_REFUSALS_A_SECOND,
    }
  }

  /** Opens what is wanted and not open, closes what is open and not wanted. */
  function follow() {
    const wanted = new Map<string, () => Bound>()
    for (const [place, listener] of wantedListeners(lan.interfaces(), settings))
      wanted.set(`${listener.scheme} ${place.interface} ${place.address} ${listener.port}`, () => bind(place, listener))
    for (const [key, listener] of bound) {
      if (wanted.has(key) && listener.status.listening) continue
      listener.close()
      bound.delete(key)
    }
    for (const [key, make] of wanted) if (!bound.has(key)) bound.set(key, make())
  }

  function bind(place: { interface: string; address: Ipv4 }, listener: ListenerSettings): Bound {
    const at = { interface: place.interface, address: place.address, scheme: listener.scheme }
    try {
      const server = listen(place, listener)
      log.info('http listening', { interface: at.interface, address: formatIpv4(at.address), port: server.port })
      return { status: { ...at, port: server.port, listening: true }, close: () => server.stop() }
    } catch (thrown) {
      const problem = messageOf(thrown)
      log.error('http cannot listen', { address: formatIpv4(at.address), port: listener.port, error: problem })
      return { status: { ...at, port: listener.port, listening: false, problem }, close: () => {} }
    }
  }

  function listen(place: { interface: string; address: Ipv4 }, listener: ListenerSettings) {
    return Bun.listen<{ connection?: Connection }>({
      hostname: formatIpv4(place.address),
      port: listener.port,
      // The peer may say early that it sends no more, and still read.
      allowHalfOpen: true,
      ...(listener.scheme === 'http' ? {} : { tls: tlsOptions(listener) }),
      socket: {
        open(socket) {
          socket.data = {}
          const address = readIpv4(socket.remoteAddress)
          if (address === undefined || !admit(address)) {
            counters.add('http.turned-away')
            socket.terminate()
            return
          }
          socket.data.connection = makeConnection(
            {
              write: (bytes) => socket.write(bytes),
              shutdown: () => void socket.shutdown(),
              terminate: () => void socket.terminate(),
            },
            {
              scheme: listener.scheme,
              from: { address, port: socket.remotePort },
              interface: interfaceOf(lan.interfaces(), address) ?? place.interface,
              localAddress: place.address,
            },
            shared,
          )
          open.set(socket.data.connection, address)
        },
        data: (socket, bytes) => socket.data.connection?.onData(bytes),
        drain: (socket) => socket.data.connection?.onDrain(),
        end: (socket) => socket.data.connection?.onEnd(),
        close(socket, error) {
          const connection = socket.data?.connection
          if (connection === undefined) return
          delete socket.data.connection
          leave(connection)
          connection.onClose(error)
        },
        error: (_socket, error) => log.debug('http socket error', { error: messageOf(error) }),
      },
    })
  }

  function admit(address: Ipv4): boolean {
    const count = perSource.get(address) ?? 0
    if (open.size >= (settings.maxConnections ?? 4096) || count >= (settings.maxPerSource ?? 256)) return false
    perSource.set(address, count + 1)
    return true
  }

  function leave(connection: Connection) {
    const address = open.get(connection)
    if (address === undefined) return
    open.delete(connection)
    const count = (perSource.get(address) ?? 1) - 1
    if (count > 0) perSource.set(address, count)
    else perSource.delete(address)
  }

  async function stop() {
    clearInterval(ticker)
    ticker = undefined
    stopFollowing?.()
    stopFollowing = undefined
    for (const listener of bound.values()) listener.close()
    bound.clear()
    for (const connection of [...open.keys()]) connection.abort()
  }

  return {
    start() {
      stopFollowing ??= lan.onChange(follow)
      ticker ??= setInterval(() => {
        refusals = 0
        for (const connection of [...open.keys()]) connection.onTick()
      }, 1000)
      follow()
    },
    stop,
    status: () => [...bound.values()].map((listener) => listener.status),
    reconfigure(next) {
      settings = next
      shared = sharedDeps()
      if (stopFollowing === undefined) return
      // A listener keeps the certificate it was opened with, so all are opened anew; open connections live on.
      for (const listener of bound.values()) listener.close()
      bound.clear()
      follow()
    },
    [Symbol.asyncDispose]: stop,
  }
}

function* wantedListeners(
  interfaces: readonly LanInterface[],
  settings: ConfigHttpSettings,
): Generator<readonly [{ interface: string; address: Ipv4 }, ListenerSettings]> {
  for (const each of interfaces) {
    if (!each.up || settings.interfaces?.includes(each.name) === false) continue
    for (const { address } of each.addresses)
      for (const listener of settings.listeners) yield [{ interface: each.name, address }, listener]
  }
}

/**
 * The interface whose network holds the peer. A machine takes packets for any of its addresses on any interface,
 * so the address that was asked would not tell where the peer is.
 */
function interfaceOf(interfaces: readonly LanInterface[], peer: Ipv4): string | undefined {
  return interfaces.find((each) =>
    each.addresses.some(({ address, prefix }) => contains({ network: networkOf(address, prefix), prefix }, peer)),
  )?.name
}

function tlsOptions(listener: Extract<ListenerSettings, { scheme: 'https' }>) {
  return {
    key: listener.identities.map((identity) => identity.keyPem),
    cert: listener.identities.map((identity) => identity.chainPem),
    minVersion: TLS_VERSION[listener.minVersion ?? 'TLSv1.2'],
  }
}
