import { keysBeyond, type RenderInput, renderContext } from './context.ts'
import type { Device, Effective, Key, KeyType } from './contract.ts'
import type { Renderer } from './render.ts'
import { placeOf } from './resolve.ts'
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

/** No template has a word for it. */
const NO_KIND = 'no kind of key' as KeyType

/**
 * The keys of a device that are of a kind which its templates have no word for at that place: rendered as a kind that
 * nobody knows, or as none, they make the same files. Keys that its model has no room for are not among them.
 */
export function keysWithoutEffect(inputs: readonly RenderInput[], renderer: Renderer, device: Device): readonly Key[] {
  const render = (input: RenderInput, keys: readonly Key[]) =>
    renderer.render(
      input.definition,
      input.form,
      renderContext(input.device === undefined ? input : { ...input, device: { ...device, keys } }),
    )
  const [any] = inputs
  if (any === undefined) return []
  const beyond = new Set(keysBeyond(device, any.model))
  const kinds = new Map<string, Key[]>()
  for (const key of device.keys) {
    if (key.type === 'none' || beyond.has(key)) continue
    const kind = `${placeOf(key)} ${key.type}`
    kinds.set(kind, [...(kinds.get(kind) ?? []), key])
  }
  const texts = inputs.map((input) => render(input, device.keys))
  const sameAs = (own: readonly Key[], type: KeyType) =>
    inputs.every(
      (input, i) =>
        render(
          input,
          device.keys.map((key) => (own.includes(key) ? { ...key, type } : key)),
        ) === texts[i],
    )
  return [...kinds.values()].flatMap((own) => (sameAs(own, NO_KIND) || sameAs(own, 'none') ? own : []))
}
