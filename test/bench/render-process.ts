// Renders the own files of many devices of every vendor, through the inspector and through what answers phones, and prints
// the times as JSON. Run by part-render.ts on one core: node appliance/bin/bun.mjs test/bench/render-process.ts DEVICES
import { InvariantError } from '../../services/core/errors.ts'
import { formatIpv4, ipv4FromBytes } from '../../services/core/ipv4.ts'
import { type Mac, parseMac } from '../../services/core/mac.ts'
import { definitions, makeTestBox } from '../../services/phones/box.fixture.ts'
import { holds } from '../../services/phones/condition.ts'
import { SITE, sampleDevice } from '../../services/phones/sample.ts'

/** What is printed. Times in milliseconds, of single files in microseconds. */
export interface RenderTimes {
  readonly devices: number
  readonly vendors: number
  readonly models: number
  readonly bytes: number
  /** Every own file once, from descriptions that were only read: templates are parsed on the way. */
  readonly first: number
  /** Every own file again after a change that concerns all, as phones ask for them. */
  readonly again: number
  /** CPU time of both together, the runtime's helpers included. */
  readonly cpu: number
  /** For each vendor the model whose file takes longest. */
  readonly slowest: readonly { readonly vendor: string; readonly model: string; readonly us: number }[]
}

interface Subject {
  readonly vendor: string
  readonly model: string
  readonly mac: Mac
  readonly from: string
  path: string
}

const ROUNDS = 5
const by = 'bench'
const count = Number(process.argv[2] ?? 1000)
// A model that is only recognised has no file of its own.
const models = definitions.all.flatMap((definition) =>
  definition.models
    .filter((model) =>
      definition.files.some(
        ({ own, when }) => own && (when === undefined || holds(definition, when, model, undefined)),
      ),
    )
    .map((model) => ({ definition, model })),
)
const box = makeTestBox()
box.layers.put('site', 'site', SITE, { by })
const subjects = Array.from({ length: count }).map((_none, i): Subject => {
  const kind = models[i % models.length]
  if (kind === undefined) throw new InvariantError('no models')
  const { definition, model } = kind
  const mac = parseMac(`00005e${(i + 1).toString(16).padStart(6, '0')}`)
  const { mac: _, rev: __, ...record } = sampleDevice(model, mac)
  box.devices.put(mac, { ...record, vendor: definition.id }, { by })
  const from = formatIpv4(ipv4FromBytes(Uint8Array.of(10, i >> 16, (i >> 8) & 255, i & 255)))
  box.lease(from, mac)
  return { vendor: definition.id, model: model.model, mac, from, path: '' }
})

/** Nothing that was rendered before holds any more: somebody changed the site. */
function changeSite(round: number): void {
  box.layers.put('site', 'site', { ...SITE, settings: { ...SITE.settings, 'vlan.id': 30 + round } }, { by })
}

function askAll(took: (subject: Subject, ms: number) => void): void {
  for (const subject of subjects) {
    const began = performance.now()
    const answer = box.ask(subject.path, subject.from)
    took(subject, performance.now() - began)
    if (answer.kind !== 'content' || !answer.own) throw new InvariantError(`${subject.path}: ${answer.reason}`)
  }
}

let bytes = 0
const used = process.cpuUsage()
const began = performance.now()
for (const subject of subjects) {
  const file = box.inspector.render(subject.mac)
  subject.path = `/${subject.vendor}/${file.file}`
  bytes += file.bytes.length
}
const first = performance.now() - began

changeSite(0)
const later = performance.now()
askAll(() => {})
const again = performance.now() - later
const { user, system } = process.cpuUsage(used)

// The least of some rounds: what else the machine does is no part of a file's own time.
const least = new Map<Subject, number>()
for (let round = 1; round <= ROUNDS; round++) {
  changeSite(round)
  askAll((subject, ms) => least.set(subject, Math.min(ms, least.get(subject) ?? Number.POSITIVE_INFINITY)))
}
const slowest = new Map<string, { vendor: string; model: string; us: number }>()
for (const [{ vendor, model }, ms] of least) {
  const us = ms * 1000
  if (us > (slowest.get(vendor)?.us ?? 0)) slowest.set(vendor, { vendor, model, us })
}
const times: RenderTimes = {
  devices: count,
  vendors: new Set(subjects.map(({ vendor }) => vendor)).size,
  models: Math.min(models.length, count),
  bytes,
  first,
  again,
  cpu: (user + system) / 1000,
  slowest: [...slowest.values()].sort((a, b) => b.us - a.us),
}
console.log(JSON.stringify(times))
