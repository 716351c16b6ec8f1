import type { Device, Identity, KeyPlace } from './contract.ts'
import type { Definitions } from './definition.ts'
import { modelOf } from './names.ts'

const NOTHING_KNOWN = { guessed: true, lines: 1, keys: [], expansion: [], places: [], handsets: 0 } as const

/** What a device has room for, by its record and by what it was recognised as. */
export function shapeOf(
  definitions: Pick<Definitions, 'get'>,
  device: Pick<Device, 'vendor' | 'model'> | undefined,
  identity: Pick<Identity, 'vendor' | 'model'>,
) {
  const vendor = device?.vendor ?? identity.vendor
  const definition = vendor === undefined ? undefined : definitions.get(vendor)
  if (definition === undefined) return NOTHING_KNOWN
  const model = modelOf(definition, device?.model, identity.vendor === vendor ? identity.model : undefined)
  const guessed = !definition.models.some((one) => one.model === model.model)
  return {
    vendor: definition.id,
    vendorTitle: definition.title,
    ...(model.model !== 'unlisted' && { model: model.model, title: model.title }),
    guessed,
    lines: model.lines,
    keys: model.keys.map(({ kind, count }) => ({ kind, count })),
    expansion: model.expansion.map(({ name, keys, modules }) => ({ name, keys, modules })),
    places: Object.entries(model.places).map(([place, group]) => ({ place: place as KeyPlace, ...group })),
    handsets: model.hardware.handsets ?? 0,
  }
}

/** Every vendor with the models that are described. */
export function modelsOf({ all }: Pick<Definitions, 'all'>) {
  return all
    .map(({ id, title, models }) => ({ vendor: id, title, models: models.map(({ model }) => model) }))
    .sort((a, b) => a.title.localeCompare(b.title, 'en'))
}
