import { type Bag, isBag } from '../core/merge-patch.ts'
import type { Device, Layer, SettingValue, SettingValues } from '../phones/contract.ts'

export type IsSecret = (name: string) => boolean

/** What stands where a secret was; always the same, so that not even its length is told. */
export const MASK = '••••••••'

/** A layer without its secrets, and the names of those that were taken out. */
export function withoutSecrets(layer: Pick<Layer, 'settings' | 'extra'>, isSecret: IsSecret) {
  const settings: Record<string, SettingValue> = {}
  const extra: Record<string, Record<string, string>> = {}
  const secrets: string[] = []
  for (const [name, value] of Object.entries(layer.settings)) {
    if (isSecret(name)) secrets.push(`settings.${name}`)
    else settings[name] = value
  }
  for (const [vendor, values] of Object.entries(layer.extra)) {
    const shown: Record<string, string> = {}
    for (const [name, value] of Object.entries(values)) {
      if (isSecret(name)) secrets.push(`extra.${vendor}.${name}`)
      else shown[name] = value
    }
    extra[vendor] = shown
  }
  return { settings, extra, secrets }
}

/**
 * An edit with the secrets that it does not mention put back in, since the editor never saw them; `null` takes one out.
 * Lines are left to the store, which keeps theirs by itself.
 */
export function keepSecrets(
  input: Bag,
  current: Pick<Layer, 'settings' | 'extra'> | undefined,
  isSecret: IsSecret,
): Bag {
  const out: Bag = { ...input, settings: kept(input.settings, current?.settings ?? {}, isSecret) }
  const extra: Bag = {}
  const given = isBag(input.extra) ? input.extra : {}
  for (const vendor of new Set([...Object.keys(given), ...Object.keys(current?.extra ?? {})])) {
    const values = kept(given[vendor], current?.extra[vendor] ?? {}, isSecret)
    if (Object.keys(values).length > 0) extra[vendor] = values
  }
  out.extra = extra
  return out
}

function kept(given: unknown, current: SettingValues, isSecret: IsSecret): Bag {
  const out: Bag = {}
  for (const [name, value] of Object.entries(current)) if (isSecret(name)) out[name] = value
  for (const [name, value] of Object.entries(isBag(given) ? given : {})) {
    if (value === null) delete out[name]
    else out[name] = value
  }
  return out
}

/** Every secret that a rendered file of this device may hold, the longest first. */
export function secretsOf(
  device: Device | undefined,
  settings: SettingValues,
  extra: Readonly<Record<string, string>>,
  isSecret: IsSecret,
): readonly string[] {
  const found = new Set<string>()
  for (const line of device?.lines ?? []) if (line.secret) found.add(line.secret)
  for (const handset of device?.handsets ?? []) if (handset.ac) found.add(handset.ac)
  for (const relay of device?.relays ?? []) if (relay.code) found.add(relay.code)
  for (const [name, value] of Object.entries(settings)) if (isSecret(name) && value !== '') found.add(String(value))
  // Names of raw parameters are guessed at: a `1` taken for a secret would mask every 1 of the file.
  for (const [name, value] of Object.entries(extra)) if (isSecret(name) && value.length >= 3) found.add(value)
  return [...found].sort((a, b) => b.length - a.length)
}

/**
 * A file's text with every secret masked: by value, in the spellings that a file format or URL gives it, and once more by
 * the name before it, for secrets that no record holds (templates of an operator's own).
 */
export function maskSecrets(text: string, secrets: readonly string[]): string {
  const spellings = [...new Set(secrets.flatMap(spellingsOf))].sort((a, b) => b.length - a.length)
  let out = text
  for (const spelling of spellings)
    out = /^\d{1,2}$/.test(spelling)
      ? // A door's code may be a single digit: only where it stands alone, or no number of the file would be left.
        out.replace(new RegExp(`(?<![\\w.:-])${spelling}(?![\\w.:-])`, 'g'), MASK)
      : out.replaceAll(spelling, MASK)
  return out
    .replace(/^([ \t]*[^\s=:#<][^=:\n<]*?(?:passw|pwd|secret|token)[^=:\n<]*[=:][ \t]*)(\S[^\n\r]*)/gim, `$1${MASK}`)
    .replace(/(<([\w.:-]*(?:passw|pwd|secret|token|_pass\b)[\w.:-]*)(?:\s[^<>]*)?>)[^<]+(?=<\/\2>)/gi, `$1${MASK}`)
    .replace(/(\b[a-z][a-z0-9+.-]*:\/\/[^\s/:@]+:)[^\s/@]+@/gi, `$1${MASK}@`)
}

function spellingsOf(secret: string): string[] {
  const amp = secret.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
  const quoted = amp.replaceAll('"', '&quot;')
  const base64 = btoa(String.fromCharCode(...new TextEncoder().encode(secret))).replace(/=+$/, '')
  return [
    secret,
    amp,
    quoted,
    quoted.replaceAll("'", '&#39;'),
    quoted.replaceAll("'", '&apos;'),
    amp.replaceAll('"', '&#34;').replaceAll("'", '&#39;'),
    secret.replaceAll('\\', '\\\\').replaceAll('"', '\\"'),
    encodeURIComponent(secret),
    ...(base64.length >= 8 ? [base64] : []),
  ]
}
