import { broadcastOf, contains, type Ipv4, networkOf, readIpv4 } from '../core/ipv4.ts'
import type { InputFault } from '../core/record-input.ts'
import type { AddressSetting, BoxNetworkState, SettingSource } from './contract.ts'

const SOURCES: readonly SettingSource[] = ['built-in', 'boot', 'page']
/** Of each kind; the system would take more, but nobody needs them. */
const MOST_SERVERS = 3

/** What is wrong with a setting; `interfaces` are those that the machine has. */
export function faultsOf(setting: AddressSetting, interfaces: readonly string[]): readonly InputFault[] {
  const faults: InputFault[] = []
  const fault = (path: string, message: string) => faults.push({ path, message })
  const { address, gateway, dns, ntp } = setting
  const own = address === undefined ? undefined : readOwn(address)
  if (typeof own === 'string') fault('address', own)
  if (gateway !== undefined) {
    const via = readIpv4(gateway)
    if (address === undefined) fault('gateway', 'a router is given only with an address; DHCP brings its own')
    else if (via === undefined) fault('gateway', `not an IPv4 address: ${gateway}`)
    else if (typeof own === 'object' && !isNeighbour(via, own))
      fault('gateway', `${gateway} is no other machine in the network of ${address}`)
  }
  if (dns.length > 0 && address === undefined)
    fault('dns', 'name servers are given only with an address; DHCP brings its own')
  for (const [name, servers] of Object.entries({ dns, ntp })) {
    if (servers.length > MOST_SERVERS) fault(name, `more than ${MOST_SERVERS} servers`)
    for (const [i, server] of servers.entries())
      if (!isUnicast(readIpv4(server))) fault(`${name}.${i}`, `not the address of a machine: ${server}`)
  }
  if (setting.interface !== undefined && !interfaces.includes(setting.interface))
    fault('interface', `no interface ${setting.interface}; there are ${interfaces.join(', ') || 'none'}`)
  return faults
}

interface Own {
  readonly address: Ipv4
  readonly prefix: number
}

function readOwn(text: string): Own | string {
  const [host = '', length = '', rest] = text.split('/')
  const address = readIpv4(host)
  if (address === undefined || rest !== undefined || !/^\d{1,2}$/.test(length))
    return `not an address with the length of its prefix, such as 192.168.10.1/24: ${text}`
  const prefix = Number(length)
  if (prefix < 8 || prefix > 30) return `a network of /${prefix} is of no use here; from /8 to /30`
  if (!isUnicast(address)) return `no machine can have this address: ${host}`
  if (address === networkOf(address, prefix) || address === broadcastOf(address, prefix))
    return `${host} is the network itself or its broadcast address`
  return { address, prefix }
}

function isNeighbour(other: Ipv4, { address, prefix }: Own): boolean {
  const network = networkOf(address, prefix)
  return (
    other !== address &&
    other !== network &&
    other !== broadcastOf(address, prefix) &&
    contains({ network, prefix }, other)
  )
}

/** Neither `this network`, loopback, link-local nor multicast and what is above it. */
function isUnicast(address: Ipv4 | undefined): boolean {
  if (address === undefined) return false
  const first = address >>> 24
  return first !== 0 && first !== 127 && first < 224 && address >>> 16 !== 0xa9fe
}

/** A setting as lines `NAME=value`, as the file on the boot partition has them. */
export function settingText(setting: AddressSetting): string {
  const lines = [
    ['ADDRESS', setting.address],
    ['GATEWAY', setting.gateway],
    ['DNS', setting.dns.length === 0 ? undefined : setting.dns.join(',')],
    ['NTP', setting.ntp.length === 0 ? undefined : setting.ntp.join(',')],
    ['INTERFACE', setting.interface],
  ]
  return lines.flatMap(([name, value]) => (value === undefined ? [] : [`${name}=${value}\n`])).join('')
}

/** What the system wrote down of the setting in force; `uptime` is the machine's, in seconds. */
export function readState(text: string | undefined, uptime: number): BoxNetworkState {
  const fields = new Map<string, string>()
  for (const line of (text ?? '').split('\n')) {
    const at = line.indexOf('=')
    if (at > 0 && at < line.length - 1) fields.set(line.slice(0, at), line.slice(at + 1).trim())
  }
  const given = (name: string) => fields.get(name)
  const address = given('ADDRESS')
  const gateway = given('GATEWAY')
  const only = given('INTERFACE')
  const last = given('last')
  const end = Number(given('end'))
  return {
    setting: {
      ...(address !== undefined && { address }),
      ...(gateway !== undefined && { gateway }),
      ...{ dns: listed(given('DNS')), ntp: listed(given('NTP')) },
      ...(only !== undefined && { interface: only }),
    },
    source: SOURCES.find((one) => one === given('source')) ?? 'built-in',
    ...(given('phase') === 'trying' && { returnsIn: Math.max(0, Math.ceil((end || 0) - uptime)) }),
    ...((last === 'kept' || last === 'returned') && { last }),
  }
}

const listed = (text = '') => text.split(',').filter((word) => word !== '')
