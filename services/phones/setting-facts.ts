import { z } from 'zod'
import type { SettingValue } from './contract.ts'
import { SETTING_FAMILIES } from './settings.ts'
import type { SettingDefinition } from './settings-types.ts'

/** One setting as a form asks for it. */
export interface FormFacts {
  readonly name: string
  readonly family: string
  readonly doc: string
  readonly shape: string
  readonly form: 'flag' | 'whole' | 'choice' | 'list' | 'text'
  readonly words?: readonly string[]
  readonly secret: boolean
  readonly builtIn?: SettingValue
  readonly example?: SettingValue
}

/** Every setting there is, in the order of the reference. */
export function settingFacts(): readonly FormFacts[] {
  return SETTING_FAMILIES.flatMap(({ title, settings }) => settings.map((one) => factsOf(title, one)))
}

function factsOf(family: string, definition: SettingDefinition): FormFacts {
  const { name, doc, shape, secret, builtIn, example, type } = definition
  return {
    ...{ name, family, doc, shape, secret, ...formOf(type) },
    ...(builtIn !== undefined && !secret && { builtIn }),
    ...(!secret && { example }),
  }
}

function formOf(type: z.ZodType): Pick<FormFacts, 'form' | 'words'> {
  if (type instanceof z.ZodBoolean) return { form: 'flag' }
  if (type instanceof z.ZodNumber) return { form: 'whole' }
  if (type instanceof z.ZodEnum) return { form: 'choice', words: type.options.map(String) }
  if (!(type instanceof z.ZodArray)) return { form: 'text' }
  const { element } = type
  return { form: 'list', ...(element instanceof z.ZodEnum && { words: element.options.map(String) }) }
}
