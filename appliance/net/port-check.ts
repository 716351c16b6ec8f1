import { createServer } from 'node:net'
import { messageOf } from '../../services/core/errors.ts'
import { ANY, formatIpv4, type Ipv4 } from '../../services/core/ipv4.ts'
import type { Lan, LanInterface } from '../../services/core/net.ts'

/** A port that a service is going to open, and the flag that moves it. */
export interface WantedPort {
  readonly service: string
  readonly protocol: 'udp' | 'tcp'
  readonly port: number
  readonly flag: string
  /** Absent: on every address of every interface that is up. */
  readonly at?: { readonly device?: string; readonly address: Ipv4 }
  /** The groups that are joined; such a port may be shared. */
  readonly groups?: readonly Ipv4[]
}

/**
 * Tries each port and gives it back at once. Returns why some cannot be had, for a person: better not to start than to
 * run half, since a phone that gets no answer says nothing.
 */
export async function portFaults(lan: Lan, wanted: readonly WantedPort[]): Promise<string[]> {
  const faults: string[] = []
  for (const one of wanted)
    for (const at of one.at === undefined ? placesOf(lan.interfaces()) : [one.at]) {
      const problem = one.protocol === 'udp' ? tryUdp(lan, one, at) : await tryTcp(one.port, at.address)
      const fault = problem === undefined ? undefined : explain(one, at.address, problem)
      if (fault !== undefined) faults.push(fault)
    }
  return faults
}

function placesOf(interfaces: readonly LanInterface[]) {
  return interfaces
    .filter(({ up }) => up)
    .flatMap(({ name, addresses }) => addresses.map(({ address }) => ({ device: name, address })))
}

function tryUdp(lan: Lan, { port, groups }: WantedPort, at: NonNullable<WantedPort['at']>): string | undefined {
  try {
    // With a group the services bind the device alone.
    const place = groups === undefined ? at : { ...at, address: ANY }
    lan.openUdp({ ...place, port, ...(groups === undefined ? {} : { groups }), onDatagram() {} }).close()
    return undefined
  } catch (thrown) {
    return messageOf(thrown)
  }
}

function tryTcp(port: number, address: Ipv4): Promise<string | undefined> {
  return new Promise((resolve) => {
    const server = createServer()
    server.once('error', (error) => resolve(messageOf(error)))
    server.listen(port, formatIpv4(address), () => server.close(() => resolve(undefined)))
  })
}

/** Undefined for what may pass by itself: an interface that just went away is waited for. */
function explain({ service, protocol, port, flag }: WantedPort, address: Ipv4, problem: string): string | undefined {
  const what = `${service}: ${protocol} port ${port}${address === ANY ? '' : ` on ${formatIpv4(address)}`}`
  if (problem.includes('EADDRINUSE')) return `${what} is taken by another program; choose another with --${flag}`
  if (problem.includes('EACCES')) return `${what} is not allowed to this user; choose one over 1023 with --${flag}`
  return undefined
}
