import type { Mac } from '../core/mac.ts'
import type { AlarmKind, FileProtocol } from '../journey/contract.ts'
import { holds } from './condition.ts'
import type { Device, Identity } from './contract.ts'
import type { Definition, FileForm, Model, UploadForm } from './definition.ts'
import { type Candidate, modelOf, type NameReading } from './names.ts'

// Who may have which file. A hardware address in a name is a name, not a secret: a file with secrets leaves only to
// the address that is known to hold that hardware address, and only for a device that a person has registered.

/** Everything that the decision about one request rests on. */
export interface ProvisionFacts {
  readonly method: 'get' | 'head' | 'put'
  readonly protocol: FileProtocol
  readonly reading: NameReading
  /** Who holds the asking address by our own lease, and by the kernel's neighbour table. */
  readonly lease?: Mac
  readonly neighbour?: Mac
  /** What the User-Agent says of the sender; its `mac` only when the agent text itself holds one. */
  readonly agent: Identity
  /** What was recognised of a device before, by any service. */
  recall(mac: Mac): Pick<Identity, 'vendor' | 'model' | 'firmware'> | undefined
  deviceOf(mac: Mac): Device | undefined
  /** The vendor that a hardware address alone tells. */
  vendorOfOui(mac: Mac): string | undefined
  /** Whether a stored public file (firmware, ring tone …) has this name. */
  readonly isNamedFile: boolean
  /** Whether a device that nobody registered may show the page on which a person claims it. */
  mayClaim(definition: Definition, model: Model, firmware: string | undefined): boolean
  /** For `put`. */
  readonly bodyBytes?: number
  readonly uploadsAccepted: boolean
}

interface Reasoned {
  readonly reason: string
  /** Whose journey this belongs to. */
  readonly mac?: Mac
}

export interface RenderSubject {
  readonly definition: Definition
  readonly form: FileForm
  readonly model: Model
  readonly firmware?: string
  /** Present for a file of one device. */
  readonly device?: Device
}

export type Decision =
  | (Reasoned & { readonly kind: 'render'; readonly stage?: 'bootstrap' } & RenderSubject)
  | (Reasoned & { readonly kind: 'named' })
  | (Reasoned & { readonly kind: 'store'; readonly form: UploadForm; readonly definition: Definition })
  | (Reasoned & { readonly kind: 'missing'; readonly expected: boolean })
  | (Reasoned & { readonly kind: 'refused'; readonly alarm?: { readonly kind: AlarmKind; readonly text: string } })

/** Decides about one file request. Everything is an argument; the same facts always give the same decision. */
export function decide(facts: ProvisionFacts): Decision {
  const { reading, lease, neighbour } = facts
  const holder = lease ?? neighbour
  const about = holder === undefined ? {} : { mac: holder }
  if (reading.kind === 'refused') return { kind: 'refused', reason: reading.reason, ...about }
  if (lease !== undefined && neighbour !== undefined && lease !== neighbour) {
    const text = `the address is leased to ${lease}, but ${neighbour} uses it`
    return { kind: 'refused', reason: text, ...about, alarm: { kind: 'neighbour-mismatch', text } }
  }
  if (reading.mac !== undefined && reading.mac !== holder) return refuseStranger(facts, reading.mac, holder)
  if (holder !== undefined && facts.agent.mac !== undefined && facts.agent.mac !== holder)
    return { kind: 'refused', reason: `the agent names ${facts.agent.mac}, but ${holder} holds the address`, ...about }
  if (facts.method === 'put') return decideUpload(facts, reading, holder)
  if (reading.candidates.length === 0) {
    if (!facts.isNamedFile) return { kind: 'missing', expected: false, reason: 'no template makes this file', ...about }
    if (holder === undefined) return { kind: 'refused', reason: NO_HOLDER }
    return { kind: 'named', reason: 'a stored file', ...about }
  }
  return decideFile(facts, reading.candidates, holder)
}

const NO_HOLDER = 'nobody is known to hold this address: no lease of ours and no neighbour entry'

function refuseStranger(facts: ProvisionFacts, asked: Mac, holder: Mac | undefined): Decision {
  if (holder !== undefined)
    return { kind: 'refused', reason: `the file is of ${asked}, but ${holder} holds the address`, mac: holder }
  // Only a registered device gets a line in its journey: guessing must not fill the box's memory.
  const known = facts.deviceOf(asked) !== undefined
  return { kind: 'refused', reason: NO_HOLDER, ...(known && { mac: asked }) }
}

function decideFile(facts: ProvisionFacts, candidates: readonly Candidate[], holder: Mac | undefined): Decision {
  if (holder === undefined) return { kind: 'refused', reason: NO_HOLDER }
  const device = facts.deviceOf(holder)
  const before = facts.recall(holder)
  const vendor = chooseVendor(facts, candidates, device, holder)
  if (vendor.kind === 'missing') return { kind: 'missing', expected: false, reason: vendor.reason, mac: holder }
  const own = candidates.filter((candidate) => candidate.definition.id === vendor.id)
  const agentIsVendor = facts.agent.vendor === vendor.id
  const beforeIsVendor = before?.vendor === vendor.id
  const firmware = (agentIsVendor ? facts.agent.firmware : undefined) ?? (beforeIsVendor ? before?.firmware : undefined)
  const named = [
    device?.model,
    agentIsVendor ? facts.agent.model : undefined,
    beforeIsVendor ? before?.model : undefined,
  ]
  for (const { definition, form, models } of own) {
    const told = modelOf(definition, ...named)
    // The name of the file says the model too; it counts when nothing else does or when several share the name.
    const model = models.length === 0 || models.includes(told) ? told : (models[0] ?? told)
    if (form.when !== undefined && !holds(definition, form.when, model, firmware)) continue
    if (form.over !== undefined && !form.over.includes(facts.protocol)) continue
    const first = device === undefined ? firstFile(facts, definition, form, model, firmware) : undefined
    if (first !== undefined)
      return {
        ...{ kind: 'render', stage: 'bootstrap', definition, form: first, model, mac: holder },
        ...(firmware !== undefined && { firmware }),
        reason: 'a first file without secrets: it opens the page on which the phone is claimed',
      }
    if (form.absent !== undefined) return { kind: 'missing', expected: true, reason: form.absent, mac: holder }
    if (form.redirect !== undefined && facts.protocol === 'tftp')
      return { kind: 'missing', expected: true, reason: 'TFTP has no way to send a phone on', mac: holder }
    const subject = { definition, form, model, ...(firmware !== undefined && { firmware }) }
    if (form.scope !== 'device' && form.directory === undefined)
      return { kind: 'render', ...subject, reason: 'a file without secrets', mac: holder }
    // Names and numbers of people leave as a device's own file does: to a registered device alone.
    if (device === undefined)
      return { kind: 'missing', expected: false, reason: 'this device is not registered yet', mac: holder }
    if (!device.enabled) return { kind: 'refused', reason: 'this device is switched off in its record', mac: holder }
    const by = facts.lease === undefined ? 'the neighbour table' : 'its lease'
    const what = form.directory === undefined ? 'its own file' : 'the phone book'
    return { kind: 'render', ...subject, device, reason: `${what}, the address is its own by ${by}`, mac: holder }
  }
  return {
    kind: 'missing',
    expected: false,
    reason: 'no template makes this file for this firmware and protocol',
    mac: holder,
  }
}

/** What stands in for a file of a device that nobody registered, where the site lets such a device be claimed. */
function firstFile(
  facts: ProvisionFacts,
  definition: Definition,
  form: FileForm,
  model: Model,
  firmware: string | undefined,
): FileForm | undefined {
  const first = definition.claim?.files.find(({ name }) => name === form.name)
  return first !== undefined && facts.mayClaim(definition, model, firmware) ? first : undefined
}

/** Several vendors ask for `<mac>.cfg`: the record says whose it is, then what the device said, then its address. */
function chooseVendor(
  facts: ProvisionFacts,
  candidates: readonly Candidate[],
  device: Device | undefined,
  holder: Mac,
): { readonly kind: 'vendor'; readonly id: string } | { readonly kind: 'missing'; readonly reason: string } {
  const offered = new Set(candidates.map((candidate) => candidate.definition.id))
  if (device?.vendor !== undefined)
    return offered.has(device.vendor)
      ? { kind: 'vendor', id: device.vendor }
      : { kind: 'missing', reason: `no template of ${device.vendor}, the vendor in its record, makes this file` }
  const told = [facts.agent.vendor, facts.recall(holder)?.vendor, facts.vendorOfOui(holder)]
  for (const id of told) if (id !== undefined && offered.has(id)) return { kind: 'vendor', id }
  const [only] = offered
  if (offered.size === 1 && only !== undefined) return { kind: 'vendor', id: only }
  return { kind: 'missing', reason: `${[...offered].join(', ')} use this name and nothing says which vendor it is` }
}

function decideUpload(
  facts: ProvisionFacts,
  reading: Extract<NameReading, { kind: 'read' }>,
  holder: Mac | undefined,
): Decision {
  const about = holder === undefined ? {} : { mac: holder }
  const device = holder === undefined ? undefined : facts.deviceOf(holder)
  const accepted = reading.uploads.find(
    (upload) => upload.mac === holder && (device?.vendor === undefined || device.vendor === upload.definition.id),
  )
  if (accepted === undefined) return { kind: 'refused', reason: 'no vendor uploads a file of this name', ...about }
  if (!facts.uploadsAccepted) return { kind: 'refused', reason: 'this box keeps no uploads', ...about }
  if (device === undefined || !device.enabled)
    return { kind: 'refused', reason: 'only a registered device may upload', ...about }
  if ((facts.bodyBytes ?? 0) > accepted.form.maxBytes)
    return { kind: 'refused', reason: `the upload is larger than ${accepted.form.maxBytes} bytes`, ...about }
  return {
    kind: 'store',
    form: accepted.form,
    definition: accepted.definition,
    reason: 'an upload of its own',
    ...about,
  }
}
