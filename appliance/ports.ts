import { OperatorError } from '../services/core/errors.ts'
import { ANY, parseIpv4 } from '../services/core/ipv4.ts'
import type { Lan } from '../services/core/net.ts'
import type { DhcpSettings } from '../services/dhcp/contract.ts'
import { PNP_GROUP } from '../services/sip/listeners.ts'
import type { BoxConfig } from './config/config.ts'
import { portFaults, type WantedPort } from './net/port-check.ts'

const LOOPBACK = parseIpv4('127.0.0.1')

/** Throws `OperatorError` that names every port of the services which another program has, or this user may not open. */
export async function checkPorts(config: BoxConfig, dhcp: DhcpSettings, lan: Lan): Promise<void> {
  const { ports } = config
  const answering = dhcp.interfaces.filter(({ mode }) => mode !== 'off')
  const wanted: WantedPort[] = [
    ...answering.map(({ name }) => ({
      ...{ service: 'dhcp', protocol: 'udp' as const, port: ports.dhcp, flag: 'dhcp-port' },
      at: { device: name, address: ANY },
    })),
    { service: 'tftp', protocol: 'udp', port: ports.tftp, flag: 'tftp-port' },
    { service: 'http', protocol: 'tcp', port: ports.http, flag: 'http-port' },
    { service: 'https', protocol: 'tcp', port: ports.https, flag: 'https-port' },
    ...(config.pnp
      ? [{ service: 'sip', protocol: 'udp' as const, port: ports.sip, flag: 'sip-port', groups: [PNP_GROUP] }]
      : []),
    ...(config.ldap ? [{ service: 'ldap', protocol: 'tcp' as const, port: ports.ldap, flag: 'ldap-port' }] : []),
    { service: 'page', protocol: 'tcp', port: ports.admin, flag: 'admin-port', at: { address: LOOPBACK } },
  ]
  const faults = await portFaults(lan, wanted)
  if (faults.length > 0) throw new OperatorError(`the box cannot start:\n${faults.map((it) => `  ${it}`).join('\n')}`)
}
