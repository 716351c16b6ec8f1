export type Bag = Record<string, unknown>

export function isBag(value: unknown): value is Bag {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** JSON merge patch (RFC 7396); arrays are replaced whole. */
export function mergePatch(target: unknown, patch: unknown): unknown {
  if (!isBag(patch)) return patch
  const out: Bag = isBag(target) ? { ...target } : {}
  for (const [name, value] of Object.entries(patch)) {
    if (value === null) delete out[name]
    else out[name] = mergePatch(out[name], value)
  }
  return out
}
