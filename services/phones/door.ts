import type { Ipv4 } from '../core/ipv4.ts'
import type { Mac } from '../core/mac.ts'
import type { FileProtocol } from '../journey/contract.ts'
import { holds } from './condition.ts'
import { type BoxPlace, hostPort, vendorUrl } from './context.ts'
import type { Device, Identity } from './contract.ts'
import type { Definition, Definitions, FileForm, Model } from './definition.ts'
import { fillName, modelOf } from './names.ts'

// The short URL: `http://BOX/1` (only digits on a keypad) and `http://BOX/p`. A phone that takes a URL for a folder asks
// for names below it, which are looked up as anywhere; one that loads exactly this URL gets what its vendor would ask for.

/** What a person types on a phone. */
export function shortUrl(box: BoxPlace): string {
  return `http://${hostPort(box)}/1`
}

/** What stands behind the door in a requested path: a name, or nothing. Undefined: the path is another one. */
export function behindDoor(path: string): string | undefined {
  const [door = '', ...rest] = path.split('/').filter((segment) => segment !== '')
  return /^[1p]$/i.test(door) ? rest.join('/') : undefined
}

export interface DoorFacts {
  readonly definitions: Definitions
  readonly httpPort: number
  deviceOf(mac: Mac): Device | undefined
  recall(mac: Mac): Pick<Identity, 'vendor' | 'model' | 'firmware'> | undefined
  vendorOfOui(mac: Mac): string | undefined
}

export interface Behind {
  /** The name that is looked up instead. */
  readonly path: string
  /** Where the phone is sent on to, when it would be given that file. */
  readonly location?: string
  /** Why there is nothing, when there is nothing. */
  readonly reason?: string
}

/** Who asks, as far as it is known. */
export interface Asker {
  readonly path: string
  readonly holder: Mac | undefined
  readonly agent: Identity
  readonly protocol: FileProtocol
  readonly localAddress: Ipv4
}

/**
 * Where the short URL leads whoever holds the asking address; undefined for every other path. What it gets there is
 * then decided as for any name.
 */
export function throughDoor(facts: DoorFacts, asker: Asker): Behind | undefined {
  const rest = behindDoor(asker.path)
  if (rest === undefined) return undefined
  const { holder, agent, protocol, path } = asker
  if (rest !== '') return { path: rest }
  if (holder === undefined) return { path }
  const device = facts.deviceOf(holder)
  const before = facts.recall(holder)
  const vendor = device?.vendor ?? agent.vendor ?? before?.vendor ?? facts.vendorOfOui(holder)
  const definition = vendor === undefined ? undefined : facts.definitions.get(vendor)
  if (definition === undefined)
    return { path, reason: 'it asked by the short URL, and nothing says which vendor it is' }
  const told = agent.vendor === vendor ? agent : before?.vendor === vendor ? before : undefined
  const model = modelOf(definition, device?.model, told?.model)
  const name = entryName(definition, model, told?.firmware, protocol, holder)
  if (name === undefined)
    return { path, reason: `it asked by the short URL, and no file of ${definition.title} is for it alone` }
  const own = { path: `${definition.id}/${name}` }
  if (definition.manual?.short !== 'redirect' || protocol === 'tftp') return own
  const folder = vendorUrl({ address: asker.localAddress, httpPort: facts.httpPort }, definition.id)
  return { ...own, location: `${folder}${name}` }
}

function entryName(
  definition: Definition,
  model: Model,
  firmware: string | undefined,
  protocol: FileProtocol,
  mac: Mac,
): string | undefined {
  const entry = definition.manual?.entry
  const wanted = (form: FileForm) => (entry === undefined ? form.own : form.name === entry)
  const given = {
    mac,
    codes: model.codes,
    ...(model.model !== 'unlisted' && { model: model.model }),
    ...(model.code !== undefined && { code: model.code }),
  }
  const made = (form: FileForm) =>
    form.absent === undefined &&
    (form.over === undefined || form.over.includes(protocol)) &&
    (form.when === undefined || holds(definition, form.when, model, firmware))
  for (const form of definition.files) {
    // A name that needs the model is of no use before it is known; another one may do without.
    const name = wanted(form) && made(form) ? fillName(form.name, given) : undefined
    if (name !== undefined) return name
  }
  return undefined
}
