import type { Json, JsonObject } from '../records/contract.ts'
import type { SealedSecret } from './contract.ts'

/** SHA-256 of a text's UTF-8, as lower-case hexadecimal. */
export type Hash = (text: string) => string

/** Names the secret in a leaf without telling it. */
export type SecretId = (secret: SealedSecret) => string

/** In the cloud and on the wire a secret carries its id. One that came without is only like itself. */
export const wireSecretId: SecretId = (secret) => secret.id ?? secret.sealed

/** Whether a value is a sealed secret: `sealed`, perhaps `id`, and nothing else. */
export function isSecret(value: Json): value is JsonObject & SealedSecret {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false
  const { sealed, id, ...rest } = value as JsonObject
  return typeof sealed === 'string' && (id === undefined || typeof id === 'string') && Object.keys(rest).length === 0
}

/** A copy in which every secret is what `change` makes of it; undefined takes its name out of the object around it. */
export function mapSecrets(value: Json, change: (secret: SealedSecret) => Json | undefined): Json {
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value))
    return value.map((item: Json) => (isSecret(item) ? (change(item) ?? null) : mapSecrets(item, change)))
  const entries = Object.entries(value as JsonObject).flatMap(([name, inner]): [string, Json][] => {
    const made = isSecret(inner) ? change(inner) : mapSecrets(inner, change)
    return made === undefined ? [] : [[name, made]]
  })
  return Object.fromEntries(entries)
}

/** The same for a body. */
export function mapBodySecrets(body: JsonObject, change: (secret: SealedSecret) => Json | undefined): JsonObject {
  return mapSecrets(body, change) as JsonObject
}

/** A body without its secrets. */
export function withoutSecrets(body: JsonObject): JsonObject {
  return mapBodySecrets(body, () => undefined)
}

/**
 * A body with the secrets that another one has in the same places, where it has none itself. Items of a list are the same
 * by their `index`, else by their place.
 */
export function withSecretsOf(body: JsonObject, other: JsonObject): JsonObject {
  const made: Record<string, Json> = { ...body }
  for (const [name, theirs] of Object.entries(other)) {
    const own = Object.hasOwn(body, name) ? body[name] : undefined
    if (own === undefined && isSecret(theirs)) made[name] = theirs
    else if (isBag(own) && isBag(theirs) && !isSecret(own)) made[name] = withSecretsOf(own, theirs)
    else if (Array.isArray(own) && Array.isArray(theirs))
      made[name] = own.map((item: Json, i) => {
        const match: Json | undefined =
          theirs.find((one: Json) => isBag(one) && isBag(item) && sameItem(one, item)) ?? theirs[i]
        return isBag(item) && isBag(match) && !isSecret(item) ? withSecretsOf(item, match) : item
      })
  }
  return made
}

function isBag(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function sameItem(one: JsonObject, other: JsonObject): boolean {
  return one.index !== undefined && one.index === other.index
}

/**
 * One text for one value: names in order of their UTF-16 code units (as RFC 8785 sorts them), secrets by their id. Two
 * values are the same when their texts are.
 */
export function valueText(value: Json, secretId: SecretId): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  if (Array.isArray(value)) return `[${value.map((item: Json) => valueText(item, secretId)).join(',')}]`
  if (isSecret(value)) return `{"secret":${JSON.stringify(secretId(value))}}`
  const object = value as JsonObject
  const names = Object.keys(object).sort()
  return `{${names.map((name) => `${JSON.stringify(name)}:${valueText(object[name] ?? null, secretId)}`).join(',')}}`
}

/** The fields of a body that are there, of those named. */
export function pick(body: JsonObject, fields: readonly string[]): JsonObject {
  return Object.fromEntries(
    fields.flatMap((field): [string, Json][] => {
      const value = Object.hasOwn(body, field) ? body[field] : undefined
      return value === undefined ? [] : [[field, value]]
    }),
  )
}

/** A body with some fields taken out and some set. */
export function patched(
  body: JsonObject,
  patch: { readonly set: JsonObject; readonly unset: readonly string[] },
): JsonObject {
  const gone = new Set(patch.unset)
  return { ...Object.fromEntries(Object.entries(body).filter(([name]) => !gone.has(name))), ...patch.set }
}

/** What the digest of a feed is the hash of: its living records in order of kind and id. */
export function digestText(
  records: readonly { readonly kind: string; readonly id: string; readonly rev: number }[],
): string {
  return records
    .map(({ kind, id, rev }) => JSON.stringify([kind, id, rev]))
    .sort()
    .join('\n')
}
