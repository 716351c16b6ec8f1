import { ConflictError, NotFoundError, OperatorError } from '../core/errors.ts'
import { formatMac, type Mac } from '../core/mac.ts'
import type { People, Person } from '../directory/contract.ts'
import type { Device, Devices } from '../phones/contract.ts'
import type { Assignee, ClaimPages, WaitingPerson } from './contract.ts'

export interface AssignDeps {
  readonly devices: Pick<Devices, 'get' | 'list' | 'put'>
  readonly people: Pick<People, 'get' | 'list' | 'put' | 'byExtension'>
  readonly pages: Pick<ClaimPages, 'identity'>
}

/** How many devices each person has. */
export function phonesOf(devices: Pick<Devices, 'list'>): ReadonlyMap<string, number> {
  const counts = new Map<string, number>()
  for (const { person } of devices.list()) if (person !== undefined) counts.set(person, (counts.get(person) ?? 0) + 1)
  return counts
}

/** Who has a SIP account and no phone, by extension. */
export function waitingPeople({ devices, people }: Pick<AssignDeps, 'devices' | 'people'>): readonly WaitingPerson[] {
  const counts = phonesOf(devices)
  return people
    .list()
    .flatMap(({ id, name, extension, line, claimPin }) =>
      extension === undefined || line === undefined || counts.has(id)
        ? []
        : [{ id, name, extension, hasPin: claimPin !== undefined }],
    )
    .toSorted((a, b) => a.extension.localeCompare(b.extension, 'en', { numeric: true }))
}

/** The person that somebody names. Throws `NotFoundError` or `OperatorError`. */
export function personNamed({ people }: Pick<AssignDeps, 'people'>, to: Assignee): Person {
  if ('person' in to) {
    const person = people.get(to.person)
    if (person === undefined) throw new NotFoundError(`no person ${JSON.stringify(to.person.slice(0, 64))}`)
    return person
  }
  const person = people.byExtension(to.extension)
  if (person !== undefined) return person
  const several = people.list().filter(({ extension }) => extension === to.extension).length
  const extension = JSON.stringify(to.extension.slice(0, 32))
  if (several > 1) throw new OperatorError(`${several} people have extension ${extension}: name the person instead`)
  throw new NotFoundError(`nobody has extension ${extension}`)
}

/**
 * Makes the record of a device with the line of a person. It must have none: what an administrator set up is not taken
 * over. A PIN of the person is used up by it, unless they may have several phones.
 */
export function giveTo(deps: AssignDeps, mac: Mac, person: Person, by: string): Device {
  if (person.line === undefined)
    throw new OperatorError(`${person.name} has no SIP account: give them a line first, then the phone`)
  if (deps.devices.get(mac) !== undefined) throw new ConflictError(`${formatMac(mac)} has a record already`)
  const { vendor, model } = deps.pages.identity(mac)
  const label = person.line.label ?? person.extension
  const device = deps.devices.put(
    mac,
    {
      name: person.name.slice(0, 100),
      person: person.id,
      ...(vendor !== undefined && { vendor }),
      ...(model !== undefined && { model: model.slice(0, 40) }),
      lines: [
        {
          displayName: person.name.slice(0, 128),
          ...(label !== undefined && { label: label.slice(0, 64) }),
          ...person.line,
          index: 1,
        },
      ],
    },
    { by, base: 0 },
  )
  if (person.claimPin !== undefined && person.severalPhones !== true)
    deps.people.put(person.id, { ...inputOf(person), claimPin: null }, { by })
  return device
}

/** A person as an editor would send it back: the store keeps the secrets that are left out. */
export function inputOf(person: Person): Record<string, unknown> {
  const { id: _id, rev: _rev, line, claimPin: _pin, ...rest } = person
  if (line === undefined) return rest
  const { secret: _secret, ...shown } = line
  return { ...rest, line: shown }
}
