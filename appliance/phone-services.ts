import { hostname } from 'node:os'
import { type ConfigHttp, type ConfigHttpSettings, makeConfigHttp } from '../services/config-http/server.ts'
import type { Clock } from '../services/core/clock.ts'
import type { Counters } from '../services/core/counters.ts'
import { messageOf } from '../services/core/errors.ts'
import type { Log } from '../services/core/log.ts'
import type { Lan } from '../services/core/net.ts'
import type { Leases } from '../services/dhcp/contract.ts'
import type { Journal } from '../services/journey/contract.ts'
import type { Blobs, PnpAdvisor, Provisioner } from '../services/phones/contract.ts'
import { makePnpResponder, type PnpResponder } from '../services/sip/responder.ts'
import { makeTftpServer } from '../services/tftp/server.ts'
import type { TftpServer } from '../services/tftp/settings.ts'
import { every } from './admin.ts'
import type { BoxConfig } from './config/config.ts'
import type { Authority } from './tls/authority.ts'

export interface PhoneServicesDeps {
  readonly config: BoxConfig
  readonly lan: Lan
  readonly journal: Journal
  readonly clock: Clock
  readonly log: Log
  readonly counters: Counters
  readonly random: (length: number) => Uint8Array
  readonly provisioner: Provisioner
  readonly blobs: Blobs
  readonly leases: Leases
  readonly pnpAdvisor: PnpAdvisor
  readonly authority: Authority
}

export interface PhoneServices extends AsyncDisposable {
  readonly tftp: TftpServer
  readonly http: ConfigHttp
  readonly pnp: PnpResponder
}

const DAY_MS = 86_400_000

/** Starts what phones fetch from and ask: TFTP, HTTP, HTTPS, and the PnP responder unless it is switched off. */
export async function startPhoneServices(deps: PhoneServicesDeps): Promise<PhoneServices> {
  const { config, lan } = deps
  await using starting = new AsyncDisposableStack()
  const { port, ...tftpLimits } = { port: config.ports.tftp, ...config.tftp }
  const tftp = starting.use(
    makeTftpServer({
      ...deps,
      settings: { port, maxBlockSize: tftpLimits.blockSize, maxWindowSize: tftpLimits.windowSize },
    }),
  )
  await tftp.start()
  const http = starting.use(makeConfigHttp({ ...deps, settings: await httpSettings(deps) }))
  http.start()
  const renew = () => renewCertificates(deps, http)
  starting.defer(lan.onChange(renew))
  starting.defer(every(DAY_MS, renew))
  const pnp = starting.use(
    makePnpResponder({ ...deps, advisor: deps.pnpAdvisor, settings: { port: config.ports.sip } }),
  )
  if (config.pnp) pnp.start()
  const running = starting.move()
  return { tftp, http, pnp, [Symbol.asyncDispose]: () => running.disposeAsync() }
}

/** The certificate covers the box's addresses as they stand now; phones fetch the authority that signed it. */
async function httpSettings({ config, lan, authority }: PhoneServicesDeps): Promise<ConfigHttpSettings> {
  const addresses = lan.interfaces().flatMap((one) => one.addresses.map(({ address }) => address))
  const identities = await authority.certificateFor(['branchline.local', hostname()], addresses)
  return {
    listeners: [
      { scheme: 'http', port: config.ports.http },
      { scheme: 'https', port: config.ports.https, identities },
    ],
    publicFiles: new Map([
      ['ca.pem', { bytes: new TextEncoder().encode(authority.caPem), contentType: 'application/x-pem-file' }],
      ['ca.der', { bytes: authority.caDer, contentType: 'application/x-x509-ca-cert' }],
    ]),
  }
}

function renewCertificates(deps: PhoneServicesDeps, http: ConfigHttp): void {
  httpSettings(deps)
    .then((settings) => http.reconfigure(settings))
    .catch((thrown: unknown) => deps.log.error('certificates cannot be renewed', { error: messageOf(thrown) }))
}
