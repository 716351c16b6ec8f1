import type { Naming } from './contract.ts'
import type { Definition, Definitions } from './definition.ts'
import { derivedFrom } from './live-definitions.ts'
import { findModel, modelKey } from './model-index.ts'

/** Names by the descriptions of the vendors, in the one spelling that recognition uses too (`modelKey`). */
export function makeNaming(definitions: Definitions): Naming {
  const vendors = derivedFrom(definitions, vendorNames)
  const found = (definition: Definition, text: string) => {
    const model = findModel(definition, text)
    return model === undefined ? undefined : { vendor: definition.id, model: model.model, title: model.title }
  }
  return {
    vendor: (text) => vendors().get(modelKey(text.slice(0, 100))) ?? undefined,
    model(text, vendor) {
      if (vendor !== undefined) {
        const definition = definitions.get(vendor)
        return definition && found(definition, text)
      }
      const [one, other] = definitions.all.flatMap((definition) => found(definition, text) ?? [])
      return other === undefined ? one : undefined
    },
    vendorTitle: (vendor) => definitions.get(vendor)?.title,
  }
}

function vendorNames(all: readonly Definition[]): ReadonlyMap<string, string | null> {
  const vendors = new Map<string, string | null>()
  for (const { id, title, modelPrefixes } of all) {
    for (const key of new Set([modelKey(id), modelKey(title), ...modelPrefixes])) {
      // What two vendors put before their models names neither.
      const taken = vendors.get(key)
      vendors.set(key, taken === undefined || taken === id ? id : null)
    }
  }
  return vendors
}
