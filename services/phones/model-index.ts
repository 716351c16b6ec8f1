import type { Definition, Model } from './definition.ts'

/** One spelling for a model's name: lower-case letters and digits only. */
export function modelKey(text: string): string {
  return text.toLowerCase().replace(/[^a-z0-9+]/g, '')
}

const indexes = new WeakMap<Definition, ReadonlyMap<string, Model>>()

/** The listed model that a text names, by its name, an alias or a rebrand, with or without what stands in front of it. */
export function findModel(definition: Definition, text: string): Model | undefined {
  let index = indexes.get(definition)
  if (index === undefined) {
    const map = new Map<string, Model>()
    for (const model of definition.models)
      for (const name of [model.model, ...model.aliases, ...model.rebrands.map((rebrand) => rebrand.model)])
        map.set(modelKey(name), model)
    index = map
    indexes.set(definition, index)
  }
  return lookUp(index, definition.modelPrefixes, modelKey(text.slice(0, 100)), 2)
}

/** `Yealink SIP-T46U` has two prefixes; nothing real has more. */
function lookUp(
  index: ReadonlyMap<string, Model>,
  prefixes: readonly string[],
  key: string,
  depth: number,
): Model | undefined {
  const found = index.get(key)
  if (found !== undefined || depth === 0) return found
  for (const prefix of prefixes) {
    const model = key.startsWith(prefix) ? lookUp(index, prefixes, key.slice(prefix.length), depth - 1) : undefined
    if (model !== undefined) return model
  }
  return undefined
}
