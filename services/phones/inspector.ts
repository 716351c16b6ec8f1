import type { Clock } from '../core/clock.ts'
import { InvariantError, messageOf, NotFoundError, OperatorError } from '../core/errors.ts'
import type { Ipv4 } from '../core/ipv4.ts'
import { formatMac, type Mac } from '../core/mac.ts'
import { holds } from './condition.ts'
import type { Device, DeviceFile, Devices, Identity, Inspector } from './contract.ts'
import type { Definition, FileForm, Model } from './definition.ts'
import type { Deliveries } from './deliveries.ts'
import { identify } from './identify.ts'
import type { IdentityMemory } from './memory.ts'
import { fillName, type NameReader } from './names.ts'
import type { Rendering } from './rendering.ts'
import { type Subject, type SubjectFacts, subjectOf } from './subject.ts'
import { warningsOf } from './warnings.ts'

interface InspectorFacts extends SubjectFacts {
  readonly devices: Devices
  readonly memory: IdentityMemory
  readonly names: NameReader
  readonly rendering: Rendering
  readonly clock: Clock
  readonly deliveries: Pick<Deliveries, 'closed'>
  /** The address under which this device reaches the box, for the URLs in its files. */
  addressFor(mac: Mac): Ipv4
}

/** Looks at devices without being asked by a phone: the same rendering, no journey, no lease. */
export function makeInspector(facts: InspectorFacts): Inspector {
  const look = (mac: Mac): { device: Device | undefined; identity: Identity; subject: Subject } => {
    const device = facts.devices.get(mac)
    const identity = facts.memory.recall(mac) ?? identify({ mac }, facts.definitions.all)
    return { device, identity, subject: subjectOf(facts, mac, device, identity) }
  }
  const made = (mac: Mac, { definition, device, firmware }: Subject, form: FileForm, model: Model) => {
    if (definition === undefined) throw new InvariantError(`a file ${form.name} of no vendor`)
    return facts.rendering.file(
      {
        ...{ definition, form, model, mac },
        ...(device !== undefined && form.scope === 'device' && { device }),
        ...(firmware !== undefined && { firmware }),
      },
      { localAddress: facts.addressFor(mac), protocol: 'http', at: facts.clock.now() },
    )
  }
  const idle = (mac: Mac, { definition, model, device, firmware }: Subject, names: readonly string[]) =>
    definition === undefined || model === undefined
      ? []
      : facts.rendering.idle(
          { definition, model, mac, ...(device && { device }), ...(firmware !== undefined && { firmware }) },
          names,
          { localAddress: facts.addressFor(mac), protocol: 'http', at: facts.clock.now() },
        )
  const unknown = (mac: Mac, { definition, model, device, firmware }: Subject) =>
    // The tests hold the shipped templates to the known names.
    definition === undefined || definition.shipped || model === undefined
      ? []
      : facts.rendering.unknown(
          { definition, model, mac, ...(device && { device }), ...(firmware !== undefined && { firmware }) },
          { localAddress: facts.addressFor(mac), protocol: 'http', at: facts.clock.now() },
        )
  return {
    explain(mac) {
      const { device, identity, subject } = look(mac)
      const closed = facts.deliveries.closed(mac)
      return {
        mac,
        identity,
        effective: subject.effective,
        files: filesOf(mac, subject, closed, (form, model) => made(mac, subject, form, model)),
        warnings: warningsOf(subject, {
          idle: (names) => idle(mac, subject, names),
          unknown: () => unknown(mac, subject),
        }),
        ...(closed !== undefined && { closed }),
        ...(device !== undefined && { device }),
      }
    },
    parameters(mac) {
      const { device, subject } = look(mac)
      const { definition, model, firmware } = subject
      if (definition === undefined || model === undefined) throw noVendor(mac)
      return definition.files
        .filter((form) => form.from !== undefined && (form.scope !== 'device' || device !== undefined))
        .filter((form) => applies(definition, form, subject))
        .map((form) => ({
          file: nameOf(form, subject, mac) ?? form.name,
          parameters: facts.rendering.parameters(
            {
              ...{ definition, form, model, mac },
              ...(device !== undefined && form.scope === 'device' && { device }),
              ...(firmware !== undefined && { firmware }),
            },
            { localAddress: facts.addressFor(mac), protocol: 'http', at: facts.clock.now() },
          ),
        }))
    },
    render(mac, file) {
      const { device, subject } = look(mac)
      const { definition, model } = subject
      const who = formatMac(mac)
      if (definition === undefined || model === undefined) throw noVendor(mac)
      const form = file === undefined ? ownForm(definition, subject) : formNamed(facts, definition, subject, mac, file)
      if (form === undefined)
        throw new NotFoundError(`${definition.title} makes no file ${file ?? 'of its own'} for ${who}`)
      if (form.absent !== undefined) throw new NotFoundError(`${form.name} is never made: ${form.absent}`)
      if (form.scope === 'device' && device === undefined) throw new NotFoundError(`${who} is not registered`)
      return { file: nameOf(form, subject, mac) ?? form.name, ...made(mac, subject, form, model) }
    },
  }
}

function noVendor(mac: Mac): NotFoundError {
  return new NotFoundError(`no vendor is known for ${formatMac(mac)}: give it one, or let it ask first`)
}

function applies(definition: Definition, form: FileForm, subject: Subject): boolean {
  if (form.when === undefined) return true
  return subject.model !== undefined && holds(definition, form.when, subject.model, subject.firmware)
}

function ownForm(definition: Definition, subject: Subject): FileForm | undefined {
  return definition.files.find((form) => form.own && applies(definition, form, subject))
}

function formNamed(
  facts: InspectorFacts,
  definition: Definition,
  subject: Subject,
  mac: Mac,
  file: string,
): FileForm | undefined {
  const reading = facts.names.read(file)
  if (reading.kind === 'refused') throw new OperatorError(reading.reason)
  if (reading.mac !== undefined && reading.mac !== mac)
    throw new OperatorError(`${reading.file} is a file of ${formatMac(reading.mac)}`)
  return reading.candidates.find(
    (candidate) => candidate.definition === definition && applies(definition, candidate.form, subject),
  )?.form
}

function nameOf(form: FileForm, { model }: Subject, mac: Mac): string | undefined {
  return fillName(form.name, {
    mac,
    ...(model !== undefined && model.model !== 'unlisted' && { model: model.model }),
    ...(model?.code !== undefined && { code: model.code }),
    ...(model && { codes: model.codes }),
  })
}

function filesOf(
  mac: Mac,
  subject: Subject,
  closed: string | undefined,
  make: (form: FileForm, model: Model) => unknown,
): DeviceFile[] {
  const { definition } = subject
  if (definition === undefined) return []
  return definition.files
    .filter((form) => applies(definition, form, subject))
    .map((form) => {
      const file = { name: nameOf(form, subject, mac) ?? form.name, secret: form.secret, own: form.own }
      if (form.absent !== undefined) return { ...file, absent: form.absent }
      const problem = problemOf(form, subject, mac, make) ?? (form.secret ? closed : undefined)
      return problem === undefined ? file : { ...file, problem }
    })
}

function problemOf(
  form: FileForm,
  subject: Subject,
  mac: Mac,
  make: (form: FileForm, model: Model) => unknown,
): string | undefined {
  const { device, model } = subject
  if (model === undefined || nameOf(form, subject, mac) === undefined)
    return model === undefined || model.model === 'unlisted'
      ? 'the model is not known yet'
      : `what stands for the model ${model.model} in this name is not known`
  if (form.scope === 'device' && device === undefined) return 'the device is not registered'
  if (form.scope === 'device' && device?.enabled === false) return 'the device is switched off in its record'
  try {
    make(form, model)
    return undefined
  } catch (thrown) {
    return messageOf(thrown)
  }
}
