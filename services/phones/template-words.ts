import { parseMac } from '../core/mac.ts'
import { renderContext } from './context.ts'
import type { Definition } from './definition.ts'
import { FILTERS } from './filters.ts'
import { TAGS } from './render.ts'
import { sampleDevice, sampleInput } from './sample.ts'
import { SETTINGS } from './settings.ts'

const SAMPLE_MAC = parseMac('00:00:5e:00:53:01')
const DEEPEST = 3

/** What may be written in a vendor's templates, found by looking at what one of them sees. */
export function templateWords(definition: Definition) {
  const names = new Set(SETTINGS.map(({ name }) => `settings.${name}`))
  const [model] = definition.models
  const form = definition.files.find(({ scope, secret }) => scope === 'device' && secret) ?? definition.files[0]
  if (model !== undefined && form !== undefined) {
    const context = renderContext(sampleInput(definition, form, model, sampleDevice(model, SAMPLE_MAC)))
    for (const [name, value] of Object.entries(context)) if (name !== 'settings') collect(name, value, names, 1)
  }
  return {
    variables: [...names].sort(),
    filters: [...Object.keys(FILTERS), 'as'].sort(),
    tags: [...TAGS].sort(),
  }
}

/** `lines` and, for what stands in it, `line.user`: that is how a loop over it is written. */
function collect(name: string, value: unknown, names: Set<string>, depth: number): void {
  names.add(name)
  if (depth > DEEPEST || typeof value !== 'object' || value === null) return
  if (Array.isArray(value)) {
    const [first] = value as readonly unknown[]
    if (typeof first === 'object') collect(name.replace(/^.*\./, '').replace(/s$/, ''), first, names, depth + 1)
    return
  }
  for (const [key, inner] of Object.entries(value))
    if (/^[A-Za-z_]\w*$/.test(key)) collect(`${name}.${key}`, inner, names, depth + 1)
}
