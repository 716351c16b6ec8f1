import type { Ipv4 } from '../services/core/ipv4.ts'
import type { Mac } from '../services/core/mac.ts'
import type { SecretBox } from '../services/core/secret.ts'
import type { SqlDatabase } from '../services/core/sql.ts'
import type { Journeys } from '../services/journey/contract.ts'
import { makeDhcpAdvisor, makePnpAdvisor } from '../services/phones/advisor.ts'
import { makeDeliveries } from '../services/phones/deliveries.ts'
import { makeDevices, makeLayers } from '../services/phones/devices.ts'
import { makeFingerprintStore } from '../services/phones/fingerprint-store.ts'
import { makeInspector } from '../services/phones/inspector.ts'
import { makeIdentityMemory } from '../services/phones/memory.ts'
import { makeNameReader } from '../services/phones/names.ts'
import { makeProvisioner, type ProvisionerDependencies } from '../services/phones/provisioner.ts'
import { readDefinitions } from '../services/phones/read.ts'
import { makeRefetchAdvisor } from '../services/phones/refetch.ts'
import { makeRenderer } from '../services/phones/render.ts'
import { makeRendering } from '../services/phones/rendering.ts'
import type { Records } from '../services/records/contract.ts'
import type { BoxConfig } from './config/config.ts'
import { shippedTemplates } from './templates.ts'

type Given = Pick<
  ProvisionerDependencies,
  'leases' | 'neighbour' | 'journal' | 'alarms' | 'clock' | 'log' | 'counters' | 'files' | 'uploads'
>

export interface HeartDeps extends Given {
  readonly config: BoxConfig
  readonly db: SqlDatabase
  readonly records: Records
  readonly secretBox: SecretBox
  readonly passwordKey: Uint8Array
  readonly journeys: Pick<Journeys, 'of'>
  /** The box's address towards a device, for the URLs in a preview. */
  addressFor(mac: Mac): Ipv4
}

/** Puts the phones service together. */
export function makeHeart(deps: HeartDeps) {
  const { config, records, secretBox, passwordKey } = deps
  const definitions = readDefinitions(shippedTemplates(), config.templates)
  const devices = makeDevices({ records, secrets: secretBox, definitions })
  const layers = makeLayers({ records, secrets: secretBox, definitions })
  const memory = makeIdentityMemory((mac) => deps.journeys.of(mac))
  const names = makeNameReader(definitions.all)
  const facts = { definitions, devices, layers, memory, names, passwordKey, ports: { http: config.ports.http } }
  const deliveries = makeDeliveries({ store: makeFingerprintStore(deps.db), records, log: deps.log })
  const rendering = makeRendering({ ...facts, renderer: makeRenderer() })
  const inspector = makeInspector({ ...facts, rendering, deliveries, clock: deps.clock, addressFor: deps.addressFor })
  return {
    definitions,
    devices,
    layers,
    deliveries,
    provisioner: makeProvisioner({ ...deps, ...facts, rendering, deliveries }),
    dhcpAdvisor: makeDhcpAdvisor(facts),
    pnpAdvisor: makePnpAdvisor(facts),
    inspector,
    refetchAdvisor: makeRefetchAdvisor({ ...facts, inspector, records, journeys: deps.journeys, clock: deps.clock }),
    close() {
      devices.close()
      layers.close()
      deliveries.close()
    },
  }
}
