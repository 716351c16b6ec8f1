import { readMac } from '../core/mac.ts'
import { holds } from './condition.ts'
import { renderContext } from './context.ts'
import type { Definition, Model } from './definition.ts'
import { unknownParameters } from './provenance.ts'
import { type Renderer, TemplateError } from './render.ts'
import { sampleDevice, sampleInput } from './sample.ts'
import { notKnown } from './warnings.ts'

/** One thing about a template that is no fault but surely not meant. */
export interface TemplateWarning {
  readonly file: string
  readonly line: number
  readonly message: string
}

/**
 * The parameters that a vendor's templates write and its list does not have, each with its place and the nearest known names.
 * Found by rendering a made-up device of every kind that the templates tell apart, so that names put together count too.
 */
export function templateWarnings(definition: Definition, renderer: Renderer): readonly TemplateWarning[] {
  const found = new Map<string, TemplateWarning>()
  const mac = readMac('00005e005301')
  if (mac === undefined) return []
  for (const model of kindsOf(definition))
    for (const form of definition.files) {
      if (form.from === undefined || (form.when !== undefined && !holds(definition, form.when, model, undefined)))
        continue
      const input = sampleInput(definition, form, model, sampleDevice(model, mac))
      try {
        const traced = renderer.trace(definition, form, renderContext(input))
        for (const { name, template } of unknownParameters(input, traced)) {
          const own = template?.file.slice(template.file.indexOf('/') + 1) ?? form.from
          const place = { file: definition.origins.get(own) ?? own, line: template?.line ?? 1 }
          // One line of a loop writes many; its first says enough.
          const key = `${place.file}:${place.line}`
          if (!found.has(key)) found.set(key, { ...place, message: `parameter ${name} ${notKnown(definition, name)}` })
        }
      } catch (thrown) {
        if (!(thrown instanceof TemplateError)) throw thrown
        // A made-up device is no proof that a template is at fault, but worth a look.
        const file = definition.origins.get(form.from) ?? form.from
        const message = `${form.name} cannot be made for a ${model.model} that uses everything: ${thrown.message}`
        found.set(`${file}:${thrown.message}`, { file, line: 1, message })
      }
    }
  return [...found.values()].sort((a, b) => a.file.localeCompare(b.file, 'en') || a.line - b.line)
}

/** One model of each kind that the templates can tell apart. */
export function kindsOf(definition: Definition): readonly Model[] {
  const seen = new Map<string, Model>()
  for (const model of definition.models) {
    const conditions = [...definition.conditions.keys()].map((name) => holds(definition, name, model, undefined))
    const key = JSON.stringify([conditions, model.family, Object.keys(model.hardware), Object.keys(model.places)])
    if (!seen.has(key)) seen.set(key, model)
  }
  return [...seen.values()]
}
