import type { Clock } from '../core/clock.ts'
import { InvariantError, messageOf, NotFoundError, OperatorError } from '../core/errors.ts'
import type { Ipv4 } from '../core/ipv4.ts'
import { formatMac, type Mac } from '../core/mac.ts'
import type { FileProtocol } from '../journey/contract.ts'
import type { MediaLibrary } from '../media/contract.ts'
import { holds } from './condition.ts'
import type {
  Device,
  DeviceFile,
  Devices,
  Effective,
  Explanation,
  Identity,
  Inspector,
  RenderedPreview,
} from './contract.ts'
import type { Definition, FileForm, Model } from './definition.ts'
import type { Deliveries } from './deliveries.ts'
import { withOwnDirectory } from './directory-defaults.ts'
import type { FileGuard } from './firmware-desk.ts'
import { identify } from './identify.ts'
import { mediaNotes } from './media-notes.ts'
import type { IdentityMemory } from './memory.ts'
import { fillName, type NameReader } from './names.ts'
import type { Rendering } from './rendering.ts'
import { type Subject, type SubjectFacts, subjectOf } from './subject.ts'
import { type Findings, findingsOf, NO_FINDINGS, warningsOf } from './warnings.ts'

interface InspectorFacts extends SubjectFacts {
  readonly devices: Devices
  readonly memory: IdentityMemory
  readonly names: NameReader
  readonly rendering: Rendering
  readonly clock: Clock
  readonly deliveries: Pick<Deliveries, 'closed'>
  readonly ports: { readonly http: number; readonly ldap?: number }
  /** The address under which this device reaches the box, for the URLs in its files. */
  addressFor(mac: Mac): Ipv4
  readonly media?: Pick<MediaLibrary, 'fit'>
  readonly guard?: FileGuard
}

/** Looks at devices without being asked by a phone: the same rendering, no journey, no lease. */
export function makeInspector(facts: InspectorFacts): Inspector {
  const look = (mac: Mac, device: Device | undefined): Seen => {
    const identity = facts.memory.recall(mac) ?? identify({ mac }, facts.definitions.all)
    return { mac, device, identity, subject: subjectOf(facts, mac, device, identity) }
  }
  const to = (mac: Mac, protocol: FileProtocol = 'http') =>
    ({ localAddress: facts.addressFor(mac), protocol, at: facts.clock.now() }) as const
  const made = (
    mac: Mac,
    { definition, device, firmware }: Subject,
    form: FileForm,
    model: Model,
    asked: { readonly protocol?: FileProtocol | undefined; readonly query?: string | undefined } = {},
  ) => {
    if (definition === undefined) throw new InvariantError(`a file ${form.name} of no vendor`)
    return facts.rendering.file(
      {
        ...{ definition, form, model, mac },
        ...(device !== undefined && (form.scope === 'device' || form.directory !== undefined) && { device }),
        ...(firmware !== undefined && { firmware }),
      },
      { ...to(mac, asked.protocol), ...(asked.query !== undefined && { query: asked.query }) },
    )
  }
  /** What is found out by rendering the device's files in other ways. */
  const findingsFor = ({ mac, subject }: Seen): Findings => {
    const { definition, model, device, firmware } = subject
    if (definition === undefined || model === undefined) return NO_FINDINGS
    const all = { definition, model, mac, ...(device && { device }), ...(firmware !== undefined && { firmware }) }
    return {
      idle: (names) => facts.rendering.idle(all, names, to(mac)),
      idleKeys: () => facts.rendering.idleKeys(all, to(mac)),
      // The tests hold the shipped templates to the known names.
      unknown: () => (definition.shipped ? [] : facts.rendering.unknown(all, to(mac))),
      ...(facts.media && { media: facts.media }),
    }
  }
  /** With the box's own phone book, where nobody named another. */
  const shown = (mac: Mac, { effective, definition, model, firmware }: Subject): Effective =>
    definition === undefined
      ? effective
      : withOwnDirectory(
          effective,
          { definition, model, firmware, mac },
          {
            box: { address: facts.addressFor(mac), httpPort: facts.ports.http },
            ...(facts.ports.ldap !== undefined && { ldapPort: facts.ports.ldap }),
          },
        )
  const explain = (seen: Seen, warnings: readonly string[]): Explanation => {
    const { mac, device, identity, subject } = seen
    const closed = facts.deliveries.closed(mac)
    return {
      ...{ mac, identity, warnings, effective: shown(mac, subject), media: mediaNotes(subject, facts.media) },
      files: filesOf(mac, subject, closed, (form, model) => made(mac, subject, form, model)),
      ...(closed !== undefined && { closed }),
      ...(device !== undefined && { device }),
    }
  }
  const render = (
    { mac, device, subject }: Seen,
    file: string | undefined,
    protocol?: FileProtocol,
  ): RenderedPreview => {
    const { definition, model } = subject
    const who = formatMac(mac)
    if (definition === undefined || model === undefined) throw noVendor(mac)
    const form = file === undefined ? ownForm(definition, subject) : formNamed(facts, definition, subject, mac, file)
    const query = file === undefined || !file.includes('?') ? undefined : file.slice(file.indexOf('?') + 1)
    if (form === undefined)
      throw new NotFoundError(`${definition.title} makes no file ${file ?? 'of its own'} for ${who}`)
    if (form.absent !== undefined) throw new NotFoundError(`${form.name} is never made: ${form.absent}`)
    if ((form.scope === 'device' || form.directory !== undefined) && device === undefined)
      throw new NotFoundError(`${who} is not registered`)
    const { plain, ...sent } = made(mac, subject, form, model, { protocol, query })
    return { file: nameOf(form, subject, mac) ?? form.name, ...sent, ...plain }
  }
  let trials = 0
  return {
    explain(mac) {
      const seen = look(mac, facts.devices.get(mac))
      const kept = keptBack(facts.guard, seen.subject)
      return explain(seen, [...kept, ...warningsOf(seen.subject, findingsFor(seen))])
    },
    parameters(mac) {
      const { device, subject } = look(mac, facts.devices.get(mac))
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
            to(mac),
          ),
        }))
    },
    files(mac) {
      const { subject } = look(mac, facts.devices.get(mac))
      return filesOf(mac, subject, facts.deliveries.closed(mac), (form, model) => made(mac, subject, form, model))
    },
    render: (mac, file, { protocol } = {}) => render(look(mac, facts.devices.get(mac)), file, protocol),
    try(device) {
      // What is rendered is kept by device and revision: this one must be mistaken for no other.
      trials--
      const seen = look(device.mac, { ...device, rev: trials })
      const findings = findingsOf(seen.subject, findingsFor(seen))
      return {
        explanation: explain(
          seen,
          findings.map(({ text }) => text),
        ),
        findings,
        render: (file) => render(seen, file),
      }
    },
  }
}

interface Seen {
  readonly mac: Mac
  readonly device: Device | undefined
  readonly identity: Identity
  readonly subject: Subject
}

function noVendor(mac: Mac): NotFoundError {
  return new NotFoundError(`no vendor is known for ${formatMac(mac)}: give it one, or let it ask first`)
}

/** The firmware that is set for a device and is not for it. */
function keptBack(guard: FileGuard | undefined, { mac, definition, model, effective }: Subject): string[] {
  const file = effective.settings['firmware.file']
  if (definition === undefined || model === undefined || typeof file?.value !== 'string') return []
  const objection = guard?.objection(file.value, { mac, definition, model })
  return objection === undefined ? [] : [`setting firmware.file is not given to this device: ${objection}`]
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
