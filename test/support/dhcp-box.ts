// A DHCP server alone, for tests in network namespaces. Takes one JSON argument (`DhcpBoxOptions`), prints one line
// `ready` and then each happening as a line of JSON. Run: bun test/support/dhcp-box.ts '{"database": …}'
import { migrate } from '../../appliance/database/migrate.ts'
import { makeKernelLan } from '../../appliance/net/lan.ts'
import { makeCounters } from '../../services/core/counters.ts'
import { type LogFields, silentLog } from '../../services/core/log.ts'
import type { DhcpAdvice, DhcpClientFacts, DhcpSettings } from '../../services/dhcp/contract.ts'
import { makeDhcpServer } from '../../services/dhcp/server.ts'
import { openDatabase } from '../../services/program/sqlite.ts'

export interface DhcpBoxOptions {
  readonly database: string
  readonly settings: DhcpSettings
  /** What clients are told whose vendor class begins with this text; each also counts as a phone. */
  readonly classes: readonly { readonly prefix: string; readonly options: DhcpAdvice['options'] }[]
  /** Print alarms and happenings. */
  readonly talk: boolean
  readonly foreignWaitMs?: number
}

const options = JSON.parse(process.argv[2] ?? '{}') as DhcpBoxOptions
const say = (kind: string, value: object) => options.talk && console.log(JSON.stringify({ kind, ...value }))
const counters = makeCounters()
const tell = (text: string, fields?: LogFields) => void say('log', { text, ...fields })
const log = { ...silentLog, warn: tell, error: tell }
const db = openDatabase(options.database)
migrate(db, { path: options.database, now: Date.now() })
const lan = makeKernelLan({ log, counters, watchEveryMs: 200 })
const none: DhcpAdvice = { phone: false, options: [] }
const advices = options.classes.map(({ prefix, options }) => ({ prefix, advice: { phone: true, options } }))
const server = makeDhcpServer({
  lan,
  db,
  clock: { now: () => Date.now() },
  random: Math.random,
  log,
  counters,
  journal: { record: (happening) => void say('happening', happening) },
  alarms: { raise: (alarm, subject, text) => void say('alarm', { alarm, subject, text }), list: () => [] },
  advisor: {
    advise: ({ vendorClass = '' }: DhcpClientFacts) =>
      advices.find(({ prefix }) => vendorClass.startsWith(prefix))?.advice ?? none,
  },
  settings: options.settings,
  timing: { foreignWaitMs: options.foreignWaitMs ?? 4000 },
})
server.start()
console.log('ready')
process.on('SIGTERM', () => {
  console.error(JSON.stringify({ status: server.status(), counters: Object.fromEntries(counters.all()) }))
  process.exit(0)
})
