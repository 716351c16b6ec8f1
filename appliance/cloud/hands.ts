import type { Clock } from '../../services/core/clock.ts'
import type { Counters } from '../../services/core/counters.ts'
import { formatIpv4, type Ipv4 } from '../../services/core/ipv4.ts'
import type { Log } from '../../services/core/log.ts'
import type { Lan } from '../../services/core/net.ts'
import type { SqlDatabase } from '../../services/core/sql.ts'
import type { DhcpServer } from '../../services/dhcp/contract.ts'
import type { LdapServer } from '../../services/directory/ldap-server.ts'
import type { Journal, Journeys } from '../../services/journey/contract.ts'
import { stepText } from '../../services/journey/story.ts'
import type { Devices, Inspector } from '../../services/phones/contract.ts'
import type { Definitions } from '../../services/phones/definition.ts'
import { isSecretName } from '../../services/phones/secret-name.ts'
import type { Refetch } from '../../services/refetch/contract.ts'
import type { RemoteRunner } from '../../services/remote/box-runner.ts'
import type { RemoteTransport } from '../../services/remote/contract.ts'
import type { BoxConfig } from '../config/config.ts'
import type { PhoneServices } from '../phone-services.ts'
import { locate } from '../refetch/locate.ts'
import type { Authority } from '../tls/authority.ts'
import type { Listening } from './checks.ts'
import { makePhoneWeb } from './phone-web.ts'
import { openRemote, type RemoteDeps } from './remote.ts'

const FETCH_MS = 5_000

/** The box's parts, as it has composed them. */
export interface BoxParts extends Pick<PhoneServices, 'http' | 'tftp' | 'pnp'> {
  readonly config: BoxConfig
  readonly db: SqlDatabase
  readonly lan: Lan
  readonly clock: Clock
  readonly log: Log
  readonly counters: Counters
  readonly devices: Devices
  readonly records: RemoteDeps['records']
  readonly templates: RemoteDeps['templates']
  readonly inspector: Inspector
  readonly definitions: Definitions
  readonly journal: Journal & Journeys
  readonly refetch: Refetch
  readonly dhcp: DhcpServer
  readonly ldap: Pick<LdapServer, 'status'>
  readonly authority: Pick<Authority, 'caPem'>
}

/** Gives the account's people the hands that the branch lets them have. */
export function openHands(parts: BoxParts, transport: RemoteTransport): RemoteRunner {
  const { config, lan, dhcp, journal, definitions } = parts
  return openRemote(
    {
      ...parts,
      switches: config.cloud,
      journeys: journal,
      isSecret: isSecretName,
      tell: (happening) => stepText(happening.step),
      locate: (mac) => locate({ leases: dhcp.leases, journeys: journal, lan }, mac),
      web: makePhoneWeb(),
      checks: {
        ...{ lan, dataFolder: config.dataFolder },
        listeners: () => listenersOf(parts),
        dhcp: () => dhcp.status(),
        vendors: () => definitions.all.length,
        fetchOwn: () => fetchOwn(parts),
      },
    },
    transport,
  )
}

function listenersOf({ config, http, tftp, pnp, ldap }: BoxParts): readonly Listening[] {
  const at = (service: string) => (one: { address: Ipv4; port: number; listening: boolean; problem?: string }) => ({
    ...{ service, where: `${formatIpv4(one.address)}:${one.port}`, listening: one.listening },
    problem: one.problem,
  })
  const open = tftp.listening()
  return [
    ...http.status().map((one) => at(one.scheme)(one)),
    { service: 'tftp', where: `port ${config.ports.tftp}`, listening: open.length > 0 },
    ...(config.pnp
      ? pnp.status().map((one) => ({
          ...{ service: 'sip pnp', where: `${one.interface} port ${config.ports.sip}`, listening: one.listening },
          problem: one.listening ? undefined : one.reason,
        }))
      : []),
    ...(config.ldap ? ldap.status().map(at('ldap')) : []),
  ]
}

/** As a phone would: over HTTP, from an address at which the box listens. What it fetches is public. */
async function fetchOwn({ http, authority }: BoxParts): Promise<string | undefined> {
  const open = http.status().find(({ scheme, listening }) => scheme === 'http' && listening)
  if (open === undefined) return 'the HTTP host listens nowhere'
  const where = `${formatIpv4(open.address)}:${open.port}`
  try {
    const response = await fetch(`http://${where}/ca.pem`, { signal: AbortSignal.timeout(FETCH_MS) })
    if ((await response.text()) === authority.caPem) return undefined
    return `${where} answered ${response.status} and not with its own file`
  } catch {
    return `${where} does not answer`
  }
}
