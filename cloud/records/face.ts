import { randomBytes } from 'node:crypto'
import { z } from '@hono/zod-openapi'
import { cleaned, patched, replaced } from '../../services/admin/edit.ts'
import { patchedPerson, personView, replacedPerson } from '../../services/admin/edit-person.ts'
import { optionsFor } from '../../services/admin/hidden-options.ts'
import { macParams } from '../../services/admin/route.ts'
import { DeviceInput, DeviceView, LayerInput, LayerView } from '../../services/admin/schema.ts'
import { PersonInput, PersonView } from '../../services/admin/schema-directory.ts'
import type { OptionView } from '../../services/admin/schema-network.ts'
import { keepSecrets } from '../../services/admin/secrets.ts'
import { deviceView, layerView } from '../../services/admin/views.ts'
import { NotFoundError } from '../../services/core/errors.ts'
import { formatMac, type Mac, parseMac } from '../../services/core/mac.ts'
import { type Bag, mergePatch } from '../../services/core/merge-patch.ts'
import { isSecretName } from '../../services/phones/secret-name.ts'
import { systemClock } from '../../services/program/clock.ts'
import type { RecordKind } from '../../services/records/contract.ts'
import { makeUlids } from '../../services/records/ulid.ts'
import { idParam } from '../api/route.ts'
import type { Desk } from './desk.ts'

export interface RecordKey {
  readonly kind: RecordKind
  readonly id: string
}

/** How one kind of record looks in the API: the box's shapes. */
export interface Face {
  readonly tag: string
  readonly noun: string
  /** `/devices`, and what stands behind it for one. */
  readonly path: string
  readonly item: string
  readonly listParams: z.ZodObject
  readonly params: z.ZodObject
  /** The name of the list in its answer. */
  readonly list: string
  readonly view: z.ZodObject
  readonly input: z.ZodType
  /** The parameters of one that is added without saying which; `taken`: the ids of the others of its kind. */
  newId?(given: Bag, taken: ReadonlySet<string>): Bag
  kindOf(params: Bag): RecordKind
  keyOf(params: Bag): RecordKey
  /** It is judged beside the others of its kind and by what the box says of itself, and a person hears whether that has it. */
  readonly beside?: true
  /** Without its secrets; undefined: it is not there, or cannot be read. */
  show(desk: Desk, key: RecordKey): Bag | undefined
  /** What of a view those see who may not change it. */
  hide?(view: Bag): Bag
  replace(desk: Desk, key: RecordKey, given: Bag, by: string): void
  /** JSON merge patch (RFC 7396) over what is there. */
  patch(desk: Desk, key: RecordKey, given: Bag, by: string): void
}

const hideOptions = (view: Bag): Bag => optionsFor(false, view as Bag & { readonly dhcpOptions: OptionView[] })
const none = z.object({})
const missing = ({ kind, id }: RecordKey) => new NotFoundError(`no ${kind} ${JSON.stringify(id)}`)
const text = (params: Bag, name: string) => String(params[name])

export const deviceFace: Face = {
  ...{ tag: 'Devices', noun: 'device', path: '/devices', item: '/{mac}', list: 'devices' },
  ...{ listParams: none, params: macParams, view: DeviceView, input: DeviceInput },
  kindOf: () => 'device',
  keyOf: ({ mac }) => ({ kind: 'device', id: parseMac(String(mac)) }),
  show({ devices }, { id }) {
    const device = devices.get(id as Mac)
    return device && deviceView(device, isSecretName)
  },
  hide: hideOptions,
  replace({ devices }, { id }, given, by) {
    devices.put(id as Mac, replaced({ devices, isSecret: isSecretName }, id as Mac, given), { by })
  },
  patch({ devices }, { id }, given, by) {
    if (devices.get(id as Mac) === undefined) throw new NotFoundError(`no device ${formatMac(id as Mac)}`)
    devices.put(id as Mac, patched({ devices, isSecret: isSecretName }, id as Mac, given), { by })
  },
}

const LayerKind = z
  .enum(['site', 'vendor', 'group', 'model'])
  .openapi({ param: { name: 'kind', in: 'path' }, description: 'The whole site is `site/site`' })
type LayerKind = z.infer<typeof LayerKind>

export const layerFace: Face = {
  ...{ tag: 'Settings', noun: 'layer', path: '/layers/{kind}', item: '/{id}', list: 'layers' },
  listParams: z.object({ kind: LayerKind }),
  params: z.object({ kind: LayerKind, id: idParam('id') }),
  ...{ view: LayerView, input: LayerInput },
  kindOf: ({ kind }) => kind as LayerKind,
  keyOf: ({ kind, id }) => ({ kind: kind as LayerKind, id: String(id) }),
  show({ layers }, { kind, id }) {
    const stored = layers.get(kind as LayerKind, id)
    return stored && { kind, id, rev: stored.rev, ...layerView(stored.layer, isSecretName) }
  },
  hide: hideOptions,
  replace({ layers }, { kind, id }, given, by) {
    const { kind: _kind, id: _id, ...input } = cleaned(given)
    const current = layers.get(kind as LayerKind, id)
    layers.put(kind as LayerKind, id, keepSecrets(input, current?.layer, isSecretName), { by })
  },
  patch({ layers }, key, given, by) {
    const current = layers.get(key.kind as LayerKind, key.id)
    if (current === undefined) throw missing(key)
    const { kind: _kind, id: _id, ...input } = cleaned(given)
    layers.put(key.kind as LayerKind, key.id, mergePatch({ ...current.layer }, input), { by })
  },
}

const newUlid = makeUlids({ clock: systemClock, random: (length) => new Uint8Array(randomBytes(length)) })

export const personFace: Face = {
  ...{ tag: 'People at a site', noun: 'person', path: '/people', item: '/{contact}', list: 'people' },
  listParams: none,
  params: z.object({ contact: idParam('contact') }),
  ...{ view: PersonView, input: PersonInput },
  newId: () => ({ contact: newUlid() }),
  kindOf: () => 'person',
  keyOf: (params) => ({ kind: 'person', id: text(params, 'contact') }),
  show({ people }, { id }) {
    const person = people.get(id)
    return person && personView(person)
  },
  replace({ people }, { id }, given, by) {
    people.put(id, replacedPerson(people.get(id), unshared(given)), { by })
  },
  patch({ people }, key, given, by) {
    const person = people.get(key.id)
    if (person === undefined) throw missing(key)
    people.put(key.id, patchedPerson(person, unshared(given)), { by })
  },
}

/** Without what this API adds to a view. */
export function unshared({ shared: _shared, updatedBy: _by, updatedAt: _at, ...rest }: Bag): Bag {
  return rest
}
