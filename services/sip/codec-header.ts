/** Parameters of a header by lower-case name, quotes taken off; a parameter without value is an empty text. */
export type Parameters = ReadonlyMap<string, string>

export interface NameAddress {
  /** The address itself, without angle brackets. */
  readonly uri: string
  /** Header parameters, e.g. `tag`. */
  readonly parameters: Parameters
}

export interface SipUri {
  readonly scheme: string
  /** As written, escapes not decoded. */
  readonly user?: string
  readonly host: string
}

export interface Via {
  /** Host and port as the sender wrote them. */
  readonly sentBy: string
  readonly parameters: Parameters
}

const MAX_PARAMETERS = 64

/** Splits at a separator that stands neither in quotes nor in angle brackets. At most 64 parts. */
export function splitOutside(text: string, separator: ',' | ';'): string[] {
  const parts: string[] = []
  let quoted = false
  let deep = false
  let from = 0
  for (let i = 0; i < text.length && parts.length < MAX_PARAMETERS - 1; i++) {
    const char = text[i]
    if (quoted && char === '\\') i++
    else if (char === '"') quoted = !quoted
    else if (quoted) continue
    else if (char === '<') deep = true
    else if (char === '>') deep = false
    else if (char === separator && !deep) {
      parts.push(text.slice(from, i).trim())
      from = i + 1
    }
  }
  parts.push(text.slice(from).trim())
  return parts
}

/** `token;name=value;name="value"` as the token, lower-case, and its parameters. */
export function parseTokenWithParameters(text: string): { readonly token: string; readonly parameters: Parameters } {
  const [token = '', ...rest] = splitOutside(text, ';')
  return { token: token.toLowerCase(), parameters: readParameters(rest) }
}

/** A From, To or Contact value: `"Name" <uri>;tag=x`, `<uri>`, or a bare address whose parameters are the header's. */
export function parseNameAddress(text: string): NameAddress {
  const [address = '', ...rest] = splitOutside(text, ';')
  const open = address.lastIndexOf('<')
  const close = address.indexOf('>', open)
  const uri = open === -1 ? address : address.slice(open + 1, close === -1 ? undefined : close)
  return { uri: uri.trim(), parameters: readParameters(rest) }
}

/** The parts of a SIP address that matter here, or undefined. */
export function parseUri(text: string): SipUri | undefined {
  const match = /^(sips?):(?:([^@\s]*)@)?([^;?\s@<>]+)/i.exec(text)
  const [, scheme = '', user, host = ''] = match ?? []
  if (match === null) return undefined
  return { scheme: scheme.toLowerCase(), host, ...(user === undefined ? {} : { user }) }
}

/** One Via value (`SIP/2.0/UDP host:port;branch=…`), blanks anywhere as RFC 3261 §25.1 allows; or undefined. */
export function parseVia(text: string): Via | undefined {
  const [head = '', ...rest] = splitOutside(text, ';')
  const match = /^SIP\s*\/\s*2\.0\s*\/\s*\w+\s+(\S.*)$/i.exec(head)
  return match?.[1] === undefined
    ? undefined
    : { sentBy: match[1].replace(/\s/g, '').toLowerCase(), parameters: readParameters(rest) }
}

/** Puts text in quotes as RFC 3261 §25.1 has it. */
export function quote(text: string): string {
  return `"${text.replace(/["\\]/g, '\\$&')}"`
}

/** Escapes the user part of an address: what RFC 3261 §25.1 does not allow there becomes `%xx`. */
export function escapeUser(user: string): string {
  return encodeURIComponent(user.toWellFormed()).replace(/%(?:24|26|2B|2C|2F|3B|3D|3F)/g, decodeURIComponent)
}

export function readParameters(parts: readonly string[]): Parameters {
  const parameters = new Map<string, string>()
  for (const part of parts) {
    const equals = part.indexOf('=')
    const name = (equals === -1 ? part : part.slice(0, equals)).trim().toLowerCase()
    // The first of two equal names counts, so that one added behind it cannot replace it.
    if (name !== '' && !parameters.has(name))
      parameters.set(name, equals === -1 ? '' : unquote(part.slice(equals + 1).trim()))
  }
  return parameters
}

function unquote(text: string): string {
  if (!text.startsWith('"')) return text
  return text.replace(/^"|"$/g, '').replace(/\\(.)/g, '$1')
}
