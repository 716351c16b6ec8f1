import { printable } from '../core/bytes.ts'
import type { Clock } from '../core/clock.ts'
import type { Counters } from '../core/counters.ts'
import { messageOf } from '../core/errors.ts'
import { formatIpv4, type Ipv4 } from '../core/ipv4.ts'
import type { Log } from '../core/log.ts'
import { formatMac, type Mac } from '../core/mac.ts'
import type { Lease, Leases } from '../dhcp/contract.ts'
import type { NamedFile, NamedFiles } from '../files/contract.ts'
import type { Alarms, Journal, Step } from '../journey/contract.ts'
import type { Answer, Devices, FileRequest, Identity, Provisioner } from './contract.ts'
import type { Definitions } from './definition.ts'
import type { Deliveries } from './deliveries.ts'
import { type Behind, throughDoor } from './door.ts'
import type { Seen } from './fingerprint.ts'
import type { FirmwareDesk } from './firmware-desk.ts'
import { GUARD_LIMITS, type Guard, type GuardLimits, type GuardVerdict, makeGuard } from './guard.ts'
import { derivedFrom } from './live-definitions.ts'
import type { IdentityMemory } from './memory.ts'
import type { NameReader, NameReading } from './names.ts'
import { type Decision, decide, type ProvisionFacts } from './provision.ts'
import type { Rendering } from './rendering.ts'
import { makeOuiReader, makeTextReader } from './text-reader.ts'

/** Where accepted uploads go. */
export interface UploadSink {
  store(mac: Mac, file: string, body: Uint8Array): void
}

export interface ProvisionerDependencies {
  readonly definitions: Definitions
  readonly names: NameReader
  readonly devices: Devices
  readonly memory: IdentityMemory
  readonly rendering: Rendering
  readonly leases: Pick<Leases, 'byAddress'>
  readonly deliveries: Pick<Deliveries, 'objection' | 'note'>
  neighbour(address: Ipv4): Mac | undefined
  readonly mayClaim: ProvisionFacts['mayClaim']
  readonly httpPort: number
  readonly journal: Journal
  readonly alarms: Pick<Alarms, 'raise'>
  readonly clock: Clock
  readonly log: Log
  readonly counters: Counters
  readonly files?: Pick<NamedFiles, 'find'>
  /** Refuses a stored file to a device that it is not for. */
  readonly guard?: Pick<FirmwareDesk, 'misfit'>
  readonly uploads?: UploadSink
  readonly limits?: GuardLimits
}

/** The one place where TFTP, HTTP and HTTPS get their answers. */
export function makeProvisioner(deps: ProvisionerDependencies): Provisioner {
  // Anybody can send a TFTP request with a phone's address on it: what comes that way must not silence the phone's own
  // HTTP, whose address a handshake has proven. Who guesses by HTTP is silenced in both.
  const guards = { tftp: makeGuard(deps.limits ?? GUARD_LIMITS), http: makeGuard(deps.limits ?? GUARD_LIMITS) }
  const readers = derivedFrom(deps.definitions, (all) => ({
    readAgent: makeTextReader(all, 'userAgent'),
    readClass: makeTextReader(all, 'vendorClass'),
    vendorOfOui: makeOuiReader(all),
  }))
  return {
    answer(request) {
      try {
        const { readAgent, ...others } = readers()
        return answer(deps, guardFor(guards, request), request, readAgent(request.userAgent), others)
      } catch (thrown) {
        // A fault of ours must not take a protocol's server down with it.
        deps.counters.add('provision.failed')
        deps.log.error('provisioning failed', { error: messageOf(thrown), address: formatIpv4(request.from.address) })
        return { kind: 'missing', expected: false, file: '', reason: 'the box failed to make the file' }
      }
    },
  }
}

function guardFor(guards: Readonly<Record<'tftp' | 'http', Guard>>, { protocol, at, from }: FileRequest): Guard {
  const proven = protocol !== 'tftp' || guards.http.silence(at, from.address) !== undefined
  return proven ? guards.http : guards.tftp
}

interface Readers {
  vendorOfOui(mac: Mac): string | undefined
  readClass(text: string | undefined): Identity
}

function answer(
  deps: ProvisionerDependencies,
  guard: Guard,
  request: FileRequest,
  agent: Identity,
  { vendorOfOui, readClass }: Readers,
): Answer {
  const { address } = request.from
  const binding = deps.leases.byAddress(address)
  const lease = binding?.mac
  const neighbour = deps.neighbour(address)
  const holder = lease ?? neighbour
  const known = {
    recall: (mac: Mac) => deps.memory.recall(mac),
    deviceOf: (mac: Mac) => deps.devices.get(mac),
    vendorOfOui,
  }
  const behind = throughDoor({ ...deps, ...known }, { ...request, holder, agent })
  const reading = deps.names.read(behind?.path ?? request.path)
  const subject = (reading.kind === 'read' ? reading.mac : undefined) ?? agent.mac ?? ''
  const named = findNamed(deps, reading)
  // Firmware may be fetched in hundreds of ranges: a stored file costs nothing of what a device may ask in a minute.
  const verdict = named === undefined ? guard.admit(request.at, address, subject) : silenced(guard, request)
  if (verdict.kind === 'silence') {
    deps.counters.add('provision.silence')
    return { kind: 'silence', file: reading.file, reason: verdict.reason }
  }
  if (holder !== undefined && (agent.mac === undefined || agent.mac === holder)) recognise(deps, request, holder, agent)
  const decided = decide({
    ...known,
    mayClaim: deps.mayClaim,
    method: request.method,
    protocol: request.protocol,
    reading,
    agent,
    isNamedFile: named !== undefined,
    uploadsAccepted: deps.uploads !== undefined,
    ...(lease !== undefined && { lease }),
    ...(neighbour !== undefined && { neighbour }),
    ...(request.body !== undefined && { bodyBytes: request.body.length }),
  })
  const decision = behind === undefined ? decided : behindTheDoor(decided, behind)
  const guarded = decision.kind === 'render' && (decision.form.secret || decision.form.directory !== undefined)
  const owner = guarded ? decision.mac : undefined
  if (owner !== undefined) {
    const seen = seenOf(binding, agent, readClass)
    const reason = deps.deliveries.objection(owner, seen, request.at)
    if (reason !== undefined) return holdBack(deps, request, owner, reading.file, reason)
    if (request.method === 'get' && decision.kind === 'render' && decision.form.secret)
      deps.deliveries.note(owner, seen, request.at)
  }
  if (decision.kind === 'named' && named !== undefined && decision.mac !== undefined) {
    const reason = deps.guard?.misfit(decision.mac, named)
    if (reason !== undefined) return keepBack(deps, request, decision.mac, reading.file, reason)
  }
  const made = carryOut(deps, request, reading, decision, named)
  if (made.kind === 'refused') {
    if (decision.kind === 'refused' && decision.alarm !== undefined)
      deps.alarms.raise(decision.alarm.kind, formatIpv4(address), decision.alarm.text)
    if (guard.refused(request.at, address))
      deps.alarms.raise('enumeration', formatIpv4(address), 'this address asked for many files that are not its own')
  }
  if (made.kind !== 'stored' || request.body !== undefined) record(deps, request, made)
  return made
}

/** By the short URL a phone is sent on to what it would be given, and what is missing is missing for another reason. */
function behindTheDoor(decided: Decision, { location, reason }: Behind): Decision {
  if (decided.kind === 'missing' && reason !== undefined) return { ...decided, reason }
  if (decided.kind !== 'render' || location === undefined) return decided
  return { ...decided, form: { ...decided.form, redirect: location, secret: false } }
}

function seenOf(lease: Lease | undefined, agent: Identity, readClass: Readers['readClass']): Seen {
  return {
    vendorClass: lease?.vendorClass,
    classVendor: readClass(lease?.vendorClass).vendor,
    agentVendor: agent.vendor,
    parameters: lease?.parameters,
    relay: lease?.relay,
  }
}

function silenced(guard: Guard, { at, from }: FileRequest): GuardVerdict {
  const reason = guard.silence(at, from.address)
  return reason === undefined ? { kind: 'pass' } : { kind: 'silence', reason }
}

/** A file that is not for this device. Somebody told it to ask, so this is not counted towards silence either. */
function keepBack(deps: ProvisionerDependencies, request: FileRequest, mac: Mac, file: string, reason: string): Answer {
  const made: Answer = { kind: 'refused', mac, file, reason }
  record(deps, request, made)
  return made
}

/** It holds its address and asks for its own file, so this is no guessing: it is not counted towards silence. */
function holdBack(deps: ProvisionerDependencies, request: FileRequest, mac: Mac, file: string, reason: string): Answer {
  deps.alarms.raise('fingerprint-changed', formatMac(mac), reason)
  return keepBack(deps, request, mac, file, reason)
}

/** A stored file by its whole name, or by what follows the vendor's folder: a phone appends names to the URL it was given. */
function findNamed(deps: ProvisionerDependencies, reading: NameReading): NamedFile | undefined {
  if (reading.kind === 'refused' || reading.candidates.length > 0) return undefined
  const { path, folder } = reading
  return deps.files?.find(path) ?? (folder === undefined ? undefined : deps.files?.find(path.slice(folder.length + 1)))
}

function recognise(deps: ProvisionerDependencies, request: FileRequest, mac: Mac, agent: Identity): void {
  const { vendor, model, firmware, hardware } = agent
  if (vendor === undefined || !deps.memory.remember(mac, { ...agent, mac })) return
  deps.journal.record({
    at: request.at,
    mac,
    address: request.from.address,
    ...(request.interface !== undefined && { interface: request.interface }),
    step: {
      kind: 'identified',
      vendor,
      because: `its agent text ${printable(request.userAgent ?? '', 120)}`,
      ...(model !== undefined && { model }),
      ...(firmware !== undefined && { firmware }),
      ...(hardware !== undefined && { hardware }),
    },
  })
}

function carryOut(
  deps: ProvisionerDependencies,
  request: FileRequest,
  reading: NameReading,
  decision: Decision,
  named: NamedFile | undefined,
): Answer {
  const base = { file: reading.file, reason: decision.reason, ...(decision.mac !== undefined && { mac: decision.mac }) }
  switch (decision.kind) {
    case 'render':
      try {
        if (decision.form.redirect !== undefined)
          return { ...base, kind: 'redirect', location: deps.rendering.location(decision, request) }
        const { plain: _, ...file } = deps.rendering.file(decision, request)
        return {
          ...base,
          kind: 'content',
          ...file,
          secret: decision.form.secret,
          own: decision.form.own,
          stage: decision.stage ?? 'full',
        }
      } catch (thrown) {
        const reason = messageOf(thrown)
        deps.alarms.raise('template-error', `${decision.definition.id}/${decision.form.from}`, reason)
        return { ...base, kind: 'missing', expected: false, reason }
      }
    case 'named':
      if (named === undefined) return { ...base, kind: 'missing', expected: false }
      return { ...base, kind: 'blob', blob: { hash: named.hash, size: named.size }, contentType: named.contentType }
    case 'store':
      if (deps.uploads === undefined || decision.mac === undefined)
        return { ...base, kind: 'refused', reason: 'there is nowhere to keep it' }
      if (request.body === undefined) return { ...base, kind: 'stored' }
      deps.uploads.store(decision.mac, reading.file, request.body)
      return { ...base, kind: 'stored' }
    case 'missing':
      return { ...base, kind: 'missing', expected: decision.expected }
    case 'refused':
      return { ...base, kind: 'refused' }
  }
}

function record(deps: ProvisionerDependencies, request: FileRequest, made: Answer): void {
  deps.counters.add(`provision.${made.kind}`)
  const step = stepOf(request, made)
  if (step === undefined) return
  deps.journal.record({
    at: request.at,
    address: request.from.address,
    ...(made.mac !== undefined && { mac: made.mac }),
    ...(request.interface !== undefined && { interface: request.interface }),
    step,
  })
}

function stepOf(request: FileRequest, made: Answer): Step | undefined {
  const { protocol } = request
  const file = printable(made.file, 100)
  const agent = request.userAgent === undefined ? {} : { userAgent: printable(request.userAgent) }
  switch (made.kind) {
    case 'content': {
      const { hash, own, secret } = made
      return { kind: 'file.served', protocol, file, ...agent, size: made.bytes.length, hash, own, secret }
    }
    case 'blob': {
      const { hash, size } = made.blob
      return { kind: 'file.served', protocol, file, ...agent, size, hash, own: false, secret: false }
    }
    case 'stored':
      return { kind: 'file.uploaded', protocol, file, size: request.body?.length ?? 0 }
    case 'missing':
      return { kind: 'file.missing', protocol, file, ...agent, reason: made.reason, expected: made.expected }
    case 'refused':
      return { kind: 'file.refused', protocol, file, ...agent, reason: made.reason }
    default:
      return undefined
  }
}
