import { type RenderInput, renderContext } from './context.ts'
import type { Effective } from './contract.ts'
import type { Renderer } from './render.ts'
import { settingNamed } from './settings.ts'

/**
 * Which of these settings change nothing in any of a device's files: what its vendor's templates, or its model with its
 * firmware, have no word for. Found by rendering with another value, so a template needs no list of what it can do.
 */
export function settingsWithoutEffect(
  inputs: readonly RenderInput[],
  renderer: Renderer,
  names: readonly string[],
): string[] {
  const render = (input: RenderInput) => renderer.render(input.definition, input.form, renderContext(input))
  const texts = inputs.map(render)
  return names.filter((name) =>
    inputs.every((input, i) =>
      withOthers(input.effective, name).every((effective) => render({ ...input, effective }) === texts[i]),
    ),
  )
}

/** The same with one setting as if nobody had given it, and with its example: either may happen to be what is there. */
function withOthers(effective: Effective, name: string): Effective[] {
  const definition = settingNamed(name)
  const { [name]: _now, ...rest } = effective.settings
  return [definition?.builtIn, definition?.example].map((value) => ({
    ...effective,
    settings: value === undefined ? rest : { ...rest, [name]: { value, layer: 'built-in' } },
  }))
}
