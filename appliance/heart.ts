import type { Ipv4 } from '../services/core/ipv4.ts'
import type { Mac } from '../services/core/mac.ts'
import type { SecretBox } from '../services/core/secret.ts'
import type { SqlDatabase } from '../services/core/sql.ts'
import type { NamedFiles } from '../services/files/contract.ts'
import type { Journeys } from '../services/journey/contract.ts'
import { makeDhcpAdvisor, makePnpAdvisor } from '../services/phones/advisor.ts'
import { makeDeliveries } from '../services/phones/deliveries.ts'
import { makeDevices, makeLayers } from '../services/phones/devices.ts'
import { makeFingerprintStore } from '../services/phones/fingerprint-store.ts'
import { makeFirmwareDesk } from '../services/phones/firmware-desk.ts'
import { makeInspector } from '../services/phones/inspector.ts'
import { makeIdentityMemory } from '../services/phones/memory.ts'
import { makeNameReader } from '../services/phones/names.ts'
import { makeProvisioner, type ProvisionerDependencies } from '../services/phones/provisioner.ts'
import { readDefinitions } from '../services/phones/read.ts'
import { makeRenderer } from '../services/phones/render.ts'
import { makeRendering } from '../services/phones/rendering.ts'
import { resyncRecipe } from '../services/phones/resync.ts'
import type { Overlay } from '../services/phones/subject.ts'
import type { Records } from '../services/records/contract.ts'
import type { BoxConfig } from './config/config.ts'
import { shippedTemplates } from './templates.ts'

type Given = Pick<
  ProvisionerDependencies,
  'leases' | 'neighbour' | 'journal' | 'alarms' | 'clock' | 'log' | 'counters' | 'uploads'
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
  readonly files: NamedFiles
  readonly overlay: Overlay
}

/** Puts the phones service together. */
export function makeHeart(deps: HeartDeps) {
  const { config, records, secretBox, passwordKey } = deps
  const definitions = readDefinitions(shippedTemplates(), config.templates)
  const devices = makeDevices({ records, secrets: secretBox, definitions })
  const layers = makeLayers({ records, secrets: secretBox, definitions })
  const memory = makeIdentityMemory((mac) => deps.journeys.of(mac))
  const names = makeNameReader(definitions.all)
  const subjects = { definitions, devices, layers, memory, passwordKey, overlay: deps.overlay }
  const desk = makeFirmwareDesk({ ...subjects, stored: deps.files })
  const facts = { ...subjects, names, guard: desk, ports: { http: config.ports.http } }
  const deliveries = makeDeliveries({ store: makeFingerprintStore(deps.db), records, log: deps.log })
  const rendering = makeRendering({ ...facts, renderer: makeRenderer() })
  return {
    definitions,
    devices,
    layers,
    deliveries,
    desk,
    provisioner: makeProvisioner({ ...deps, ...facts, rendering, deliveries }),
    dhcpAdvisor: makeDhcpAdvisor(facts),
    pnpAdvisor: makePnpAdvisor(facts),
    inspector: makeInspector({ ...facts, rendering, deliveries, clock: deps.clock, addressFor: deps.addressFor }),
    resyncRecipe: (mac: Mac, options: { readonly reboot: boolean }) => resyncRecipe(facts, mac, options),
    close() {
      devices.close()
      layers.close()
      deliveries.close()
      desk.close()
    },
  }
}
