import type { SecretBox } from './secret.ts'

// How secrets stand in a record: `{ sealed: '…' }` in the place of the text.

type Sealed = { readonly sealed: string }

function isSealed(value: unknown): value is Sealed {
  return typeof value === 'object' && value !== null && 'sealed' in value && typeof value.sealed === 'string'
}

/**
 * The value to store for a secret that somebody gave: a text is sealed, `null` or an empty one clears it, and one that
 * was left out stays as it was `kept`. What is sealed already passes.
 */
export function sealValue(value: unknown, kept: unknown, secrets: SecretBox): unknown {
  if (value === undefined) return kept
  if (value === null || value === '') return undefined
  return typeof value === 'string' ? { sealed: secrets.seal(value) } : value
}

/** `item` with its secret field sealed as by `sealValue`; `before` is the same item as it is stored. */
export function sealField(
  item: Readonly<Record<string, unknown>>,
  field: string,
  before: Readonly<Record<string, unknown>> | undefined,
  secrets: SecretBox,
): Record<string, unknown> {
  const value = sealValue(item[field], before?.[field], secrets)
  const { [field]: _, ...rest } = item
  return value === undefined ? rest : { ...rest, [field]: value }
}

/** Opens what is sealed. A secret that this box cannot open (another box's key) counts as not there. */
export function openValue(value: unknown, secrets: SecretBox): unknown {
  if (!isSealed(value)) return value
  try {
    return secrets.open(value.sealed)
  } catch {
    return undefined
  }
}

/** The same for every value of an object. */
export function openAll(values: Readonly<Record<string, unknown>>, secrets: SecretBox): Record<string, unknown> {
  const opened: Record<string, unknown> = {}
  for (const [name, value] of Object.entries(values)) {
    const plain = openValue(value, secrets)
    if (plain !== undefined) opened[name] = plain
  }
  return opened
}
