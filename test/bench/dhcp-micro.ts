// How many DISCOVER-OFFER-REQUEST-ACK exchanges a second the server makes in process: decode, decide, commit on disk,
// encode; everything but the kernel's sockets. With `journal` the journal of the box is kept too.
// Run: node appliance/bin/bun.mjs test/bench/dhcp-micro.ts [CLIENTS] [BATCH] [journal]
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { migrate } from '../../appliance/database/migrate.ts'
import { makeCounters } from '../../services/core/counters.ts'
import { formatIpv4, type Ipv4, parseCidr, parseIpv4 } from '../../services/core/ipv4.ts'
import { silentLog } from '../../services/core/log.ts'
import type { OfferedOption } from '../../services/dhcp/contract.ts'
import { Engine, type EnginePort } from '../../services/dhcp/engine.ts'
import { QUEUE_RULES } from '../../services/dhcp/policy-queue.ts'
import { compileSetup } from '../../services/dhcp/policy-setup.ts'
import { DEFAULT_GUARD } from '../../services/dhcp/policy-types.ts'
import { LeaseStore } from '../../services/dhcp/store.ts'
import { makeJournal } from '../../services/journey/journal.ts'
import { openDatabase } from '../../services/program/sqlite.ts'
import { clientBytes, network, pool } from '../support/dhcp-kit.ts'

const clients = Number(process.argv[2] ?? 50_000)
const batch = Number(process.argv[3] ?? 50)
const withJournal = process.argv[4] === 'journal'
const folder = mkdtempSync(join(tmpdir(), 'dhcp-micro-'))
const path = join(folder, 'box.db')
const db = openDatabase(path)
migrate(db, { path, now: 0 })

const option66: readonly OfferedOption[] = [{ code: 66, type: 'text', value: 'http://10.0.0.1/provisioning/' }]
const office = network({
  subnet: parseCidr('10.0.0.0/8'),
  pools: [pool('10.1.0.0', '10.2.255.255')],
  router: parseIpv4('10.0.0.1'),
})
const setup = compileSetup({ networks: [office] }, new Set([parseIpv4('10.0.0.1')]))
const sent: Uint8Array[] = []
const port: EnginePort = {
  link: () => ({
    name: 'eth0',
    phonesOnly: false,
    keptOff: false,
    addresses: [{ address: parseIpv4('10.0.0.1'), prefix: 8 }],
  }),
  send: (bytes) => void sent.push(bytes),
  foreign() {},
  isOwnProbe: () => false,
}
const clock = { now: () => Date.now() }
const counters = makeCounters()
const journal = makeJournal({ db, clock, log: silentLog, counters, isKnown: () => false, holderOf: () => undefined })
const engine = new Engine(
  {
    store: new LeaseStore(db),
    clock,
    log: silentLog,
    counters,
    journal: withJournal ? journal : { record() {} },
    alarms: { raise() {}, list: () => [] },
    advisor: { advise: () => ({ phone: true, options: option66 }) },
    guard: DEFAULT_GUARD,
    isClear: () => true,
    probe() {},
  },
  setup,
  [],
)

const parameters = [1, 3, 6, 12, 15, 28, 42, 66, 67, 43, 120]
const from = parseIpv4('0.0.0.0')
function macOf(client: number): string {
  const tail = client.toString(16).padStart(6, '0')
  return `00:15:65:${tail.slice(0, 2)}:${tail.slice(2, 4)}:${tail.slice(4)}`
}
const discovers = Array.from({ length: clients }, (_, i) =>
  clientBytes({ type: 'discover', mac: macOf(i), xid: i, vendorClass: 'yealink', parameters }),
)
const requests = Array.from({ length: clients }, (_, i) =>
  clientBytes({
    type: 'request',
    mac: macOf(i),
    xid: i,
    server: '10.0.0.1',
    wants: '0.0.0.0',
    vendorClass: 'yealink',
    parameters,
  }),
)
const wantsAt = requests[0]?.findIndex((byte, i, all) => i >= 240 && byte === 50 && all[i + 1] === 4) ?? -1

/** Decides all of a batch; the engine takes no more than it would between two looks at its sockets. */
function drain(): void {
  for (let done = 0; done < batch; done += QUEUE_RULES.batch) engine.drain()
}

let acknowledged = 0
let last: Ipv4 | undefined
const cpu = process.cpuUsage()
const began = performance.now()
for (let start = 0; start < clients; start += batch) {
  const end = Math.min(clients, start + batch)
  for (let i = start; i < end; i++) engine.take({ bytes: discovers[i] ?? new Uint8Array(), from, port })
  drain()
  for (const offer of sent.splice(0)) {
    const request = requests[readWord(offer, 4)] ?? new Uint8Array()
    request.set(offer.subarray(16, 20), wantsAt + 2)
    engine.take({ bytes: request, from, port })
  }
  drain()
  for (const ack of sent.splice(0)) {
    if (ack[242] === 5) acknowledged++
    last = readWord(ack, 16) as Ipv4
  }
  // The journal writes behind, by a timer.
  if (withJournal) await new Promise((resolve) => setImmediate(resolve))
}
const { user, system } = process.cpuUsage(cpu)
const seconds = (performance.now() - began) / 1000
console.log(
  `${acknowledged} of ${clients} exchanges, ${batch} at once: ${Math.round(acknowledged / seconds)} DORA/s, ` +
    `${Math.round((user + system) / acknowledged)} µs of CPU each, ` +
    `last address ${last === undefined ? 'none' : formatIpv4(last)}, rss ${Math.round(process.memoryUsage.rss() / 1e6)} MB`,
)
await journal[Symbol.asyncDispose]()
db[Symbol.dispose]()
rmSync(folder, { recursive: true })

function readWord(bytes: Uint8Array, at: number): number {
  return new DataView(bytes.buffer, bytes.byteOffset).getUint32(at)
}
