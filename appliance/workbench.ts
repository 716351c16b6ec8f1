import type { AdminDeps, PhoneShape } from '../services/admin/contract.ts'
import type { Mac } from '../services/core/mac.ts'
import type { KeyPlace } from '../services/phones/contract.ts'
import { modelOf } from '../services/phones/names.ts'
import { settingFacts } from '../services/phones/setting-facts.ts'
import type { makeHeart } from './heart.ts'
import { tryLayer } from './layer-trial.ts'
import { templateWords } from './template-words.ts'

type Heart = Pick<
  ReturnType<typeof makeHeart>,
  'definitions' | 'inspector' | 'devices' | 'layers' | 'effectiveWith'
> & {
  readonly deliveries: { closed(mac: Mac): string | undefined }
}

/** What the page asks of the heart to offer edits. */
export function makeWorkbench(heart: Heart): AdminDeps['workbench'] {
  const { definitions, inspector, deliveries } = heart
  const settings = settingFacts()
  const models = definitions.all
    .map(({ id, title, models }) => ({ vendor: id, title, models: models.map(({ model }) => model) }))
    .sort((a, b) => a.title.localeCompare(b.title, 'en'))
  return {
    settings: () => settings,
    models: () => models,
    held: (mac) => deliveries.closed(mac),
    tryLayer: (kind, id, layer) => tryLayer(heart, kind, id, layer),
    templateWords(vendor) {
      const definition = definitions.get(vendor)
      return definition && templateWords(definition)
    },
    shapeOf(mac): PhoneShape {
      const { device, identity } = inspector.explain(mac)
      const vendor = device?.vendor ?? identity.vendor
      const definition = vendor === undefined ? undefined : definitions.get(vendor)
      if (definition === undefined) return { guessed: true, lines: 1, keys: [], expansion: [], places: [], handsets: 0 }
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
    },
  }
}
