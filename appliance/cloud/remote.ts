import type { AdminDeps } from '../../services/admin/contract.ts'
import { editPreview } from '../../services/admin/edit-preview.ts'
import { explainedFor } from '../../services/admin/hidden-options.ts'
import { maskedFile } from '../../services/admin/masked-file.ts'
import { undoDevice } from '../../services/admin/undo.ts'
import { changeView, explainView, journeyView } from '../../services/admin/views.ts'
import type { Clock } from '../../services/core/clock.ts'
import type { Counters } from '../../services/core/counters.ts'
import { InvariantError, NotFoundError, OperatorError } from '../../services/core/errors.ts'
import { formatIpv4 } from '../../services/core/ipv4.ts'
import type { Log } from '../../services/core/log.ts'
import { formatMac, type Mac } from '../../services/core/mac.ts'
import type { SqlDatabase } from '../../services/core/sql.ts'
import type { Happening, Journal, Journeys } from '../../services/journey/contract.ts'
import type { Devices, Inspector } from '../../services/phones/contract.ts'
import type { JsonObject, Records } from '../../services/records/contract.ts'
import type { Job, Place, Refetch } from '../../services/refetch/contract.ts'
import { carryPage, type PhoneWeb } from '../../services/remote/box-pages.ts'
import { type Doing, makeRemoteRunner, type Outcome, type RemoteRunner } from '../../services/remote/box-runner.ts'
import { makeBoxJobs } from '../../services/remote/box-store.ts'
import type { JobSpec, RemoteSwitches, RemoteTransport } from '../../services/remote/contract.ts'
import { type CheckFacts, runChecks } from './checks.ts'

export interface RemoteDeps {
  readonly db: SqlDatabase
  readonly clock: Clock
  readonly log: Log
  readonly counters: Counters
  readonly switches: RemoteSwitches
  readonly devices: Devices
  readonly records: Pick<Records, 'get' | 'history' | 'put'>
  readonly templates: Pick<AdminDeps['templates'], 'preview' | 'versions' | 'textOf'>
  readonly inspector: Inspector
  readonly journeys: Journeys & Journal
  readonly isSecret: (name: string) => boolean
  readonly tell: (happening: Happening) => string
  readonly refetch: Pick<Refetch, 'start' | 'job'>
  /** Where a phone is at this moment, and what proves it. */
  readonly locate: (mac: Mac) => Promise<Place>
  readonly web: PhoneWeb
  readonly checks: Omit<CheckFacts, 'db' | 'devices' | 'inspector'>
}

/** Happenings that travel: the newest tell why. */
const STORY = 100
/** Changes of a record that travel, the newest. */
const HISTORY = 200
/** Phones of one job that are asked at once. */
const AT_ONCE = 10
const LOOK_MS = 1_000

/** Remote hands over the box's parts, for one account. Disposing closes every page that is open. */
export function openRemote(deps: RemoteDeps, transport: RemoteTransport): RemoteRunner {
  const pages = new Set<Promise<void>>()
  const carry: Carry = (page, end) => {
    const carried = page.finally(() => {
      end()
      pages.delete(carried)
    })
    pages.add(carried)
  }
  const runner = makeRemoteRunner({
    ...deps,
    transport,
    store: makeBoxJobs(deps.db),
    after: later,
    execute: (spec, doing) => execute({ ...deps, transport, carry }, spec, doing),
  })
  return {
    look: () => runner.look(),
    async [Symbol.asyncDispose]() {
      await runner[Symbol.asyncDispose]()
      await Promise.all(pages)
    },
  }
}

/** Keeps a page until it ends. */
type Carry = (page: Promise<void>, end: () => void) => void

interface Hands extends RemoteDeps {
  readonly transport: RemoteTransport
  readonly carry: Carry
}

async function execute(deps: Hands, spec: JobSpec, doing: Doing): Promise<Outcome> {
  switch (spec.kind) {
    case 'explain':
      return explain(deps, spec.mac)
    case 'render': {
      const result = maskedFile(deps, spec.mac, spec.file)
      return { text: `${result.file}, ${result.size} bytes`, result }
    }
    case 'preview': {
      const { files, ...rest } = editPreview(deps, spec.mac, spec.patch)
      const changed = files.filter((file) => file.changed)
      // What stays as it is needs no room on the way.
      const told = files.map((file) => (file.changed ? file : { name: file.name, changed: false }))
      const text = `${changed.length} of ${files.length} files would be others`
      return { text, result: plain({ ...rest, files: told }) }
    }
    case 'template': {
      const given = { vendor: spec.vendor, edits: spec.files, reveal: false }
      const { bytes, file, contentType, hash, changed, diff } = deps.templates.preview(spec.mac, {
        ...given,
        ...(spec.file !== undefined && { file: spec.file }),
      })
      const text = new TextDecoder().decode(bytes)
      const result = plain({ file, contentType, hash, changed, diff, size: bytes.length, text, masked: true })
      return { text: `${file}, ${bytes.length} bytes`, result }
    }
    case 'versions': {
      const { vendor, text, seq } = spec
      if (seq !== undefined) {
        const found = deps.templates.textOf(vendor, text, seq)
        if (found === undefined) throw new NotFoundError(`${vendor}/${text} was taken away by change ${seq}`)
        return { text: `version ${seq}, ${found.length} characters`, result: { text: found } }
      }
      const versions = deps.templates.versions(vendor, text).slice(-HISTORY)
      return { text: `${versions.length} versions`, result: plain({ versions }) }
    }
    case 'history': {
      const changes = deps.records.history('device', spec.mac).slice(-HISTORY).map(changeView)
      return { text: `${changes.length} changes`, result: plain({ changes }) }
    }
    case 'undo':
      undoDevice(deps, spec.mac, spec.seq, `${doing.by} (account)`)
      return { text: `change ${spec.seq} is taken back` }
    case 'checks': {
      const checks = await runChecks({ ...deps, ...deps.checks }, doing, doing.tell)
      const wrong = checks.filter(({ state }) => state !== 'good')
      const text =
        wrong.length === 0 ? 'everything is as it should be' : wrong.map(({ title }) => `not so: ${title}`).join('; ')
      return { text, result: { checks: checks.map((one) => ({ ...one })) } }
    }
    case 'refetch':
    case 'reboot':
      return askPhones(deps, spec, doing)
    case 'phone-page':
      return openPage(deps, spec, doing)
    default:
      return never(spec)
  }
}

function explain({ inspector, journeys, isSecret, tell }: RemoteDeps, mac: Mac): Outcome {
  const explanation = inspector.explain(mac)
  const story = journeys.of(mac)
  if (explanation.device === undefined && story === undefined)
    throw new NotFoundError(`no device ${formatMac(mac)}, and none such was ever seen here`)
  const verdict = journeys.verdictOf(mac)
  const journey = story && journeyView({ ...story, happenings: story.happenings.slice(-STORY) }, verdict, tell)
  const view = {
    // Whoever may look may ask for this: no value of a DHCP option is among it.
    ...explainedFor(false, explainView(explanation, verdict, isSecret)),
    ...(journey && { journey }),
  }
  return { text: verdict.text, result: plain(view) }
}

/** As it would travel: fields that are undefined are no JSON. */
function plain(view: object): JsonObject {
  return JSON.parse(JSON.stringify(view)) as JsonObject
}

/** The job's id is the key of the box's own job: whatever happens between, no phone is asked twice. */
async function askPhones(
  { refetch }: RemoteDeps,
  { kind, macs }: JobSpec & { readonly macs: readonly Mac[] },
  { id, by, tell, signal }: Doing,
): Promise<Outcome> {
  let job: Job = refetch.start({
    ...{ selection: { kind: 'devices', macs }, when: { kind: 'now' }, limit: AT_ONCE, by: `${by} (account)` },
    ...{ reboot: kind === 'reboot', key: `account:${id}` },
  })
  for (let said = -1; job.state === 'waiting' || job.state === 'running'; ) {
    const ended = job.items.filter(({ state }) => state === 'ended').length
    if (ended !== said) tell(`${ended} of ${job.items.length} phones`, Math.round((ended / job.items.length) * 100))
    said = ended
    await pause(LOOK_MS, signal)
    if (signal.aborted) throw new OperatorError('the box was stopped')
    const now = refetch.job(job.id)
    if (now === undefined) throw new OperatorError('somebody at the branch removed it')
    job = now
  }
  const items = job.items.map(({ mac, outcome = 'cancelled', text }) => ({ mac: formatMac(mac), outcome, text }))
  const fetched = items.filter(({ outcome }) => outcome === 'fetched').length
  const [only] = items
  const text = items.length === 1 && only !== undefined ? only.text : `${fetched} of ${items.length} phones fetched`
  return { text, result: { items } }
}

async function openPage(
  deps: Hands,
  { mac, page, scheme, minutes }: JobSpec & { readonly kind: 'phone-page' },
  { by, signal }: Doing,
): Promise<Outcome> {
  const { devices, journeys, clock, log, web, transport } = deps
  if (devices.get(mac) === undefined) throw new NotFoundError(`no device ${formatMac(mac)} is set up here`)
  const address = async () => addressAt(await deps.locate(mac))
  const place = await address()
  if ('reason' in place) throw new OperatorError(place.reason)
  const note = (what: string) =>
    journeys.record({ at: clock.now(), mac, step: { kind: 'record.changed', by: `${by} (account)`, what } })
  note(`its own web page was opened for ${minutes} minutes`)
  const end = AbortSignal.any([signal, AbortSignal.timeout(minutes * 60_000)])
  deps.carry(carryPage(page, scheme, { ...{ transport, web, address, log, clock, after: later }, signal: end }), () =>
    note('its own web page was closed'),
  )
  return { text: `its page is open for ${minutes} minutes`, result: { address: place.address } }
}

/** The address that holds this MAC now: where nothing proves it, nothing is sent. */
function addressAt(place: Place): { readonly address: string } | { readonly reason: string } {
  if (place.kind === 'held') return { address: formatIpv4(place.address) }
  if (place.kind === 'shared')
    return { reason: `another device (${formatMac(place.holder)}) holds the phone’s address now` }
  if (place.kind === 'unproven')
    return { reason: 'nothing proves that the phone has its address now: is it switched on?' }
  return { reason: 'nobody knows where the phone is: it was not seen here yet' }
}

function later(ms: number, work: () => void): () => void {
  const timer = setTimeout(work, ms)
  return () => clearTimeout(timer)
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer)
      signal.removeEventListener('abort', end)
      resolve()
    }
    const timer = setTimeout(end, ms)
    signal.addEventListener('abort', end)
  })
}

function never(spec: never): never {
  throw new InvariantError(`no such job: ${JSON.stringify(spec)}`)
}
