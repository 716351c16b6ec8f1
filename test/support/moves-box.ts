import { parseIpv4 } from '../../services/core/ipv4.ts'
import { silentLog } from '../../services/core/log.ts'
import type { Mac } from '../../services/core/mac.ts'
import { makePeople } from '../../services/directory/people.ts'
import { makePhoneBook } from '../../services/directory/phone-book.ts'
import type { Happening } from '../../services/journey/contract.ts'
import { makeImports } from '../../services/moves/imports.ts'
import { makeMoves } from '../../services/moves/moves.ts'
import { makeScans } from '../../services/moves/scans.ts'
import type { Device, Layers } from '../../services/phones/contract.ts'
import { makeDeliveries } from '../../services/phones/deliveries.ts'
import { makeDevices, makeLayers } from '../../services/phones/devices.ts'
import { makeFingerprintStore } from '../../services/phones/fingerprint-store.ts'
import { makeInspector } from '../../services/phones/inspector.ts'
import { makeIdentityMemory } from '../../services/phones/memory.ts'
import { makeNameReader } from '../../services/phones/names.ts'
import { makeNaming } from '../../services/phones/naming.ts'
import { readDefinitions } from '../../services/phones/read.ts'
import { makeRenderer } from '../../services/phones/render.ts'
import { makeRendering } from '../../services/phones/rendering.ts'
import { TEMPLATES } from '../../services/phones/sample.fixture.ts'
import { isSecretName } from '../../services/phones/secret-name.ts'
import { subjectOf } from '../../services/phones/subject.ts'
import { makeRecords } from '../../services/records/records.ts'
import { memoryDatabase } from './database.ts'
import { reversing } from './people.ts'

const definitions = readDefinitions(TEMPLATES)

/** The heart over a real store in memory, with what replaces phones and reads lists. */
export function movesBox() {
  const db = memoryDatabase()
  let now = Date.UTC(2026, 5, 1)
  let ids = 0
  const clock = { now: () => now++ }
  const newId = () => `01J${String(++ids).padStart(23, '0')}`
  const records = makeRecords({ db, clock, newId })
  const secrets = reversing
  const devices = makeDevices({ records, secrets, definitions })
  const layers = makeLayers({ records, secrets, definitions })
  const people = makePeople({ records, secrets })
  const memory = makeIdentityMemory()
  const names = makeNameReader(definitions.all)
  const passwordKey = new Uint8Array(32).fill(7)
  const ports = { http: 80 }
  const rendering = makeRendering({
    ...{ definitions, layers, passwordKey, renderer: makeRenderer(), ports },
    phoneBook: makePhoneBook({ people, devices }),
  })
  const deliveries = makeDeliveries({ store: makeFingerprintStore(db), records, log: silentLog })
  const inspector = makeInspector({
    ...{ definitions, devices, layers, memory, names, passwordKey, ports, rendering, deliveries, clock },
    addressFor: () => parseIpv4('192.0.2.1'),
  })
  const naming = makeNaming(definitions)
  const journal: Happening[] = []
  const reservations = new Map<Mac, readonly string[]>()
  const moves = makeMoves({
    ...{ db, records, devices, inspector, naming, clock, newId },
    journal: { record: (happening) => void journal.push(happening) },
    reservationsOf: (mac) => reservations.get(mac) ?? [],
  })
  const imports = makeImports({
    ...{ records, devices, people, naming, clock, isSecret: isSecretName },
    hash: (text) => new Bun.CryptoHasher('sha256').update(text).digest('hex'),
  })
  const ouis = new Set(definitions.all.flatMap(({ recognise }) => recognise.oui))
  const seen = new Set<Mac>()
  const scans = makeScans({
    ...{ devices, inspector, naming, isKnownOui: (oui: string) => ouis.has(oui) },
    journeys: {
      of: (mac) => (seen.has(mac) ? { mac, firstSeen: 0, lastSeen: 0, happenings: [] } : undefined),
    },
  })
  const subjects = { definitions, devices, layers, memory, passwordKey }
  return {
    effectiveWith: (device: Device, others: Pick<Layers, 'get'>) =>
      subjectOf({ ...subjects, layers: { ...layers, ...others } }, device.mac, device, undefined).effective,
    imports,
    scans,
    seen,
    db,
    clock,
    newId,
    records,
    devices,
    layers,
    people,
    memory,
    inspector,
    naming,
    journal,
    reservations,
    moves,
  }
}
