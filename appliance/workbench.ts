import type { AdminDeps } from '../services/admin/contract.ts'
import type { Mac } from '../services/core/mac.ts'
import { settingFacts } from '../services/phones/setting-facts.ts'
import { modelsOf, shapeOf } from '../services/phones/shape.ts'
import { templateWords } from '../services/phones/template-words.ts'
import type { makeHeart } from './heart.ts'
import { tryLayer } from './layer-trial.ts'

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
  const models = modelsOf(definitions)
  return {
    settings: () => settings,
    models: () => models,
    held: (mac) => deliveries.closed(mac),
    tryLayer: (kind, id, layer) => tryLayer(heart, kind, id, layer),
    templateWords(vendor) {
      const definition = definitions.get(vendor)
      return definition && templateWords(definition)
    },
    shapeOf(mac) {
      const { device, identity } = inspector.explain(mac)
      return shapeOf(definitions, device, identity)
    },
  }
}
