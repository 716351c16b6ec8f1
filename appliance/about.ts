import type { About, Listener } from '../services/admin/contract.ts'
import type { ConfigHttp } from '../services/config-http/server.ts'
import { formatIpv4 } from '../services/core/ipv4.ts'
import type { Lan } from '../services/core/net.ts'
import type { DhcpStatus } from '../services/dhcp/contract.ts'
import type { LdapServer } from '../services/directory/ldap-server.ts'
import { VERSION } from '../services/program/version.ts'
import type { PnpResponder } from '../services/sip/responder.ts'
import type { TftpServer } from '../services/tftp/settings.ts'
import { table } from './cli/usage.ts'
import type { BoxConfig } from './config/config.ts'

export interface BoxFacts {
  readonly mode: About['mode']
  readonly startedAt: number
  readonly lan: Lan
  readonly config: BoxConfig
  readonly dhcp: DhcpStatus
  readonly tftp: Pick<TftpServer, 'listening'>
  readonly http: Pick<ConfigHttp, 'status'>
  readonly pnp: Pick<PnpResponder, 'status'>
  readonly ldap: Pick<LdapServer, 'status'>
  /** Where the page is on the LAN. */
  readonly pages: readonly Listener[]
}

/** What the box is and where it listens, now. */
export function describeBox({ mode, startedAt, lan, config, dhcp, tftp, http, pnp, ldap, pages }: BoxFacts): About {
  const dhcpWhere = dhcp.interfaces.map(({ name, mode: dhcpMode, answering, reason }) =>
    answering ? `${name} port ${config.ports.dhcp}, ${dhcpMode}` : `${name}: ${reason}`,
  )
  const httpWhere = (scheme: 'http' | 'https') =>
    http
      .status()
      .filter((one) => one.scheme === scheme)
      .map(({ address, port, listening, problem }) =>
        listening ? `${formatIpv4(address)}:${port}` : `off on ${formatIpv4(address)}:${port}: ${problem}`,
      )
  const pnpWhere = config.pnp
    ? pnp
        .status()
        .map((one) => (one.listening ? `${one.interface} port ${config.ports.sip}` : `${one.interface}: ${one.reason}`))
    : ['off: by configuration']
  const ldapWhere = ldap
    .status()
    .map(({ address, port, listening, problem }) =>
      listening ? `${formatIpv4(address)}:${port}` : `off on ${formatIpv4(address)}:${port}: ${problem}`,
    )
  const listeners: Listener[] = [
    ...listenersOf('dhcp', dhcpWhere),
    ...listenersOf(
      'tftp',
      tftp.listening().map(({ device, local }) => `${device} port ${local.port}`),
    ),
    ...listenersOf('http', httpWhere('http')),
    ...listenersOf('https', httpWhere('https')),
    ...listenersOf('sip pnp', pnpWhere),
    // Off unless somebody wants it, so nothing is said of it then.
    ...(config.ldap ? listenersOf('ldap', ldapWhere) : []),
    ...pages,
  ]
  const addresses = lan
    .interfaces()
    .flatMap((one) => one.addresses.map(({ address, prefix }) => `${one.name} ${formatIpv4(address)}/${prefix}`))
  return { version: VERSION, mode, startedAt, addresses, listeners }
}

function listenersOf(service: string, where: readonly string[]): Listener[] {
  return where.length === 0
    ? [{ service, where: 'off: no interface with an address' }]
    : where.map((one) => ({ service, where: one }))
}

export interface Door {
  readonly page: string | undefined
  readonly fingerprint: string
  readonly setupCode: string | undefined
}

/** The lines with which a started box greets. */
export function greet(about: About, { page, fingerprint, setupCode }: Door): string {
  const rows = about.listeners.map(({ service, where }) => [`  ${service}`, where])
  const dhcpOff = about.listeners
    .filter(({ service }) => service === 'dhcp')
    .every(({ where }) => /: off\b/.test(where))
  const hint =
    dhcpOff && about.mode === 'box' ? '  DHCP stays off until you enable it: branchline dhcp enable INTERFACE\n' : ''
  const title = `branchline ${about.version}${about.mode === 'demo' ? ', demonstration on loopback' : ''}`
  const onLan = about.listeners.some(({ service, where }) => service === 'page' && where.startsWith('https:'))
  const trust = onLan ? `  its certificate authority has SHA-256 ${fingerprint}\n` : ''
  const first =
    setupCode === undefined || about.mode === 'demo'
      ? ''
      : onLan
        ? `  nobody has an account yet: make the first one on the page, with the setup code ${setupCode}\n`
        : '  nobody has an account yet: branchline accounts add NAME makes the first\n'
  return `${title}: ${about.addresses.join(', ') || 'no address yet'}\n${table(rows)}${hint}  page  ${page ?? 'off'}\n${trust}${first}`
}
