import type { Ipv4 } from '../services/core/ipv4.ts'
import type { Mac } from '../services/core/mac.ts'
import type { SecretBox } from '../services/core/secret.ts'
import type { SqlDatabase } from '../services/core/sql.ts'
import { makeDirectory } from '../services/directory/directory.ts'
import { makePeople } from '../services/directory/people.ts'
import { makePhoneBook } from '../services/directory/phone-book.ts'
import type { NamedFiles } from '../services/files/contract.ts'
import type { Journeys } from '../services/journey/contract.ts'
import type { MediaLibrary } from '../services/media/contract.ts'
import { makeDhcpAdvisor, makePnpAdvisor } from '../services/phones/advisor.ts'
import { makeBookAccess } from '../services/phones/book-access.ts'
import { makeBookPreview } from '../services/phones/book-preview.ts'
import { claimAllowed, makeClaimPages } from '../services/phones/claim-pages.ts'
import type { Device, Effective, Inspector, Layers } from '../services/phones/contract.ts'
import type { Definitions } from '../services/phones/definition.ts'
import { makeDeliveries } from '../services/phones/deliveries.ts'
import { makeDevices, makeLayers } from '../services/phones/devices.ts'
import { makeFingerprintStore } from '../services/phones/fingerprint-store.ts'
import { makeFirmwareDesk } from '../services/phones/firmware-desk.ts'
import { makeInspector } from '../services/phones/inspector.ts'
import { makeManuals } from '../services/phones/manuals.ts'
import { maskedDevices, maskedLayers, maskedOverlay } from '../services/phones/masked-site.ts'
import { makeIdentityMemory } from '../services/phones/memory.ts'
import { makeLiveNameReader } from '../services/phones/names.ts'
import { makeNaming } from '../services/phones/naming.ts'
import { makeProvisioner, type ProvisionerDependencies } from '../services/phones/provisioner.ts'
import { makeRefetchAdvisor } from '../services/phones/refetch.ts'
import { makeRenderer } from '../services/phones/render.ts'
import { makeRendering } from '../services/phones/rendering.ts'
import { type Overlay, subjectOf } from '../services/phones/subject.ts'
import type { Records } from '../services/records/contract.ts'
import { adoptByRule } from './adopt-by-rule.ts'
import type { BoxConfig } from './config/config.ts'

type Given = Pick<
  ProvisionerDependencies,
  'leases' | 'neighbour' | 'journal' | 'alarms' | 'clock' | 'log' | 'counters' | 'files' | 'uploads'
>

export interface HeartDeps extends Given {
  /** May be replaced by others while the box runs; everything here follows. */
  readonly definitions: Definitions
  readonly config: BoxConfig
  readonly db: SqlDatabase
  readonly records: Records
  readonly secretBox: SecretBox
  readonly passwordKey: Uint8Array
  readonly journeys: Pick<Journeys, 'of' | 'list' | 'onHappening'>
  readonly media?: MediaLibrary
  /** The box's address towards a device, for the URLs in a preview. */
  addressFor(mac: Mac): Ipv4
  /** The same where no device is meant. */
  address(): Ipv4
  /** Ids for new people. */
  readonly newId: () => string
  /** What a person stored; `files` are these and what was made of them. */
  readonly stored: NamedFiles
  readonly overlay: Overlay
}

/** Puts the phones service together. */
export function makeHeart(deps: HeartDeps) {
  const { config, records, secretBox, passwordKey } = deps
  const media = deps.media === undefined ? {} : { media: deps.media }
  const { definitions } = deps
  const devices = makeDevices({ records, secrets: secretBox, definitions })
  const people = makePeople({ records, secrets: secretBox })
  const phoneBook = makePhoneBook({ people, devices })
  const layers = makeLayers({ records, secrets: secretBox, definitions })
  const memory = makeIdentityMemory(
    (mac) => deps.journeys.of(mac),
    (vendor) => definitions.get(vendor) !== undefined,
  )
  const names = makeLiveNameReader(definitions)
  const subjects = { definitions, devices, layers, memory, passwordKey, overlay: deps.overlay }
  const desk = makeFirmwareDesk({ ...subjects, stored: deps.stored })
  const facts = { ...subjects, names, guard: desk, ports: portsOf(config) }
  const deliveries = makeDeliveries({ store: makeFingerprintStore(deps.db), records, log: deps.log })
  const renderer = makeRenderer()
  const rendering = makeRendering({ ...facts, ...media, phoneBook, renderer })
  const looking = { deliveries, clock: deps.clock, addressFor: deps.addressFor }
  const inspector = makeInspector({ ...facts, ...media, ...looking, rendering })
  const stopAdopting = adoptByRule({ ...deps, devices, layers })
  return {
    definitions,
    devices,
    people,
    phoneBook,
    directory: {
      ...makeDirectory({ people, newId: deps.newId }),
      preview: makeBookPreview({ definitions, rendering, clock: deps.clock, address: deps.address }),
    },
    layers,
    naming: makeNaming(definitions),
    deliveries,
    desk,
    bookAccess: makeBookAccess({
      ...facts,
      deliveries,
      leases: deps.leases,
      neighbour: (address) => deps.neighbour(address),
    }),
    provisioner: makeProvisioner({
      ...{ ...deps, ...facts, rendering, deliveries, httpPort: config.ports.http },
      mayClaim: (definition, model, firmware) => claimAllowed(facts, definition, model, firmware),
    }),
    manuals: makeManuals({ ...facts, addressFor: deps.addressFor }),
    claimPages: makeClaimPages({ ...facts, renderer }),
    dhcpAdvisor: makeDhcpAdvisor(facts),
    pnpAdvisor: makePnpAdvisor(facts),
    inspector,
    /** Looks at devices as they would be with other descriptions; everything else is as it is, secrets only when asked. */
    inspectorWith(others: Definitions, { masked }: { readonly masked: boolean }): Inspector {
      const site = {
        devices: maskedDevices(devices),
        layers: maskedLayers(layers),
        overlay: maskedOverlay(deps.overlay),
      }
      const tried = { ...facts, ...(masked && site), definitions: others, names: makeLiveNameReader(others) }
      const made = makeRendering({ ...tried, ...media, phoneBook, renderer })
      return makeInspector({ ...tried, ...media, ...looking, rendering: made })
    },
    /** What holds for a device as it would be with these layers. */
    effectiveWith: (device: Device, others: Pick<Layers, 'get'>): Effective =>
      subjectOf({ ...subjects, layers: { ...layers, ...others } }, device.mac, device, memory.recall(device.mac))
        .effective,
    refetchAdvisor: makeRefetchAdvisor({ ...facts, inspector, records, journeys: deps.journeys, clock: deps.clock }),
    close() {
      stopAdopting()
      devices.close()
      people.close()
      layers.close()
      deliveries.close()
      desk.close()
    },
  }
}

/** The ports that templates name; that of LDAP only when it is on. */
function portsOf({ ports, ldap }: BoxConfig): { readonly http: number; readonly ldap?: number } {
  return { http: ports.http, ...(ldap && { ldap: ports.ldap }) }
}
