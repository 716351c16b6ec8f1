import { fromLatin1 } from '../core/bytes.ts'

/** The longest name in bytes after decoding. */
export const MAX_NAME = 255
/** So much of a query is looked at: a search text and where a page begins need no more. */
const MAX_QUERY = 1024

export type CleanPath =
  | { readonly kind: 'path'; readonly path: string; readonly query?: string }
  | { readonly kind: 'refused'; readonly reason: string }

/**
 * The name that a request target asks for: without scheme, authority and stray slashes, after exactly one
 * percent-decoding; and the query as it came. Nothing of it ever becomes a path of the file system; what could only be an attack is refused
 * here all the same (threat model, names and paths).
 */
export function cleanPath(target: string): CleanPath {
  const local = originForm(target)
  if (local === undefined) return { kind: 'refused', reason: 'not a path' }
  const query = local.indexOf('?')
  const bytes = percentDecode(fromLatin1(query < 0 ? local : local.slice(0, query)))
  const segments = utf8(bytes)?.split('/')
  // Strict UTF-8 also refuses overlong forms, in which `%c0%ae` would be a dot.
  if (segments === undefined) return { kind: 'refused', reason: 'name is not utf-8' }
  const path = segments.filter((segment) => segment !== '').join('/')
  if (fromUtf8Length(path) > MAX_NAME) return { kind: 'refused', reason: `name over ${MAX_NAME} bytes` }
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is refused
  if (/[\u0000-\u001f\u007f-\u009f]/.test(path)) return { kind: 'refused', reason: 'control character in name' }
  if (path.includes('\\')) return { kind: 'refused', reason: 'backslash in name' }
  if (segments.includes('..')) return { kind: 'refused', reason: 'parent folder in name' }
  return { kind: 'path', path, ...(query >= 0 && { query: local.slice(query + 1, query + 1 + MAX_QUERY) }) }
}

/** What follows the first `?` of a request target, as it came; undefined when there is none. */
export function queryOf(target: string): string | undefined {
  const at = target.indexOf('?')
  return at < 0 ? undefined : target.slice(at + 1)
}

/** The path of an origin-form or absolute-form target (RFC 9112 §3.2); the authority is never trusted. */
function originForm(target: string): string | undefined {
  if (target.startsWith('/')) return target
  const absolute = /^https?:\/\/[^/?]*(.*)$/is.exec(target)
  if (absolute) return absolute[1] ?? ''
  // Some small clients leave the first slash out. `*` and `host:port` name no file.
  return target === '*' || /^[^/]*:\d*$/.test(target) ? undefined : target
}

/** One percent-decoding. A `%` without two hexadecimal digits stays: it shows a macro that the phone left as it was. */
function percentDecode(bytes: Uint8Array): Uint8Array {
  if (!bytes.includes(0x25)) return bytes
  const out = new Uint8Array(bytes.length)
  let length = 0
  for (let i = 0; i < bytes.length; i++) {
    const high = bytes[i] === 0x25 ? hexDigit(bytes[i + 1]) : -1
    const low = high < 0 ? -1 : hexDigit(bytes[i + 2])
    if (low >= 0) i += 2
    out[length++] = low >= 0 ? high * 16 + low : (bytes[i] ?? 0)
  }
  return out.subarray(0, length)
}

function hexDigit(byte: number | undefined): number {
  if (byte === undefined) return -1
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30
  const letter = byte | 0x20
  return letter >= 0x61 && letter <= 0x66 ? letter - 0x57 : -1
}

const strict = new TextDecoder('utf-8', { fatal: true })

function utf8(bytes: Uint8Array): string | undefined {
  try {
    return strict.decode(bytes)
  } catch {
    return undefined
  }
}

function fromUtf8Length(text: string): number {
  return new TextEncoder().encode(text).length
}
