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
  const render = (input: RenderInput) =>
    renderer.render(input.definition, input.form.from ?? '', input.form.format, renderContext(input))
  const texts = inputs.map(render)
  return names.filter((name) =>
    inputs.every((input, i) => render({ ...input, effective: withOther(input.effective, name) }) === texts[i]),
  )
}

/** The same with one setting as if nobody had given it, or with its example where it is at its built-in value. */
function withOther(effective: Effective, name: string): Effective {
  const definition = settingNamed(name)
  const { [name]: now, ...rest } = effective.settings
  const builtIn = definition?.builtIn
  const other =
    now === undefined || JSON.stringify(now.value) === JSON.stringify(builtIn) ? definition?.example : builtIn
  return {
    ...effective,
    settings: other === undefined ? rest : { ...rest, [name]: { value: other, layer: 'built-in' } },
  }
}
