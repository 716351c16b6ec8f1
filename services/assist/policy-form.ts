// What a phone's page sends back. Everything in it was typed by somebody or made up by a stranger.

export interface ClaimInput {
  readonly extension?: string
  readonly pin?: string
}

const MAX_QUERY = 512

/** The path and query of a request to the claim pages; undefined when the path is another one. */
export function readClaim(path: string, query: string | undefined): ClaimInput | undefined {
  const [, inPath] = /^\/*claim(?:\/+([^/]*))?\/*$/i.exec(path) ?? []
  if (inPath === undefined && !/^\/*claim\/*$/i.test(path)) return undefined
  const given = readQuery(query ?? '')
  const extension = extensionOf(given.get('ext') ?? inPath)
  const pin = given.get('pin')?.trim()
  return {
    ...(extension !== undefined && { extension }),
    ...(pin !== undefined && /^\d{1,12}$/.test(pin) && { pin }),
  }
}

function extensionOf(text: string | undefined): string | undefined {
  const trimmed = text?.trim()
  return trimmed !== undefined && /^[A-Za-z0-9*#+._@-]{1,32}$/.test(trimmed) ? trimmed : undefined
}

/** The first value of each name. Some phones put a colon before the names of their fields, or begin with `&`. */
function readQuery(query: string): ReadonlyMap<string, string> {
  const values = new Map<string, string>()
  for (const pair of query.slice(0, MAX_QUERY).split(/[?&;]/)) {
    const at = pair.indexOf('=')
    if (at < 0) continue
    const name = decoded(pair.slice(0, at)).replace(/^:/, '').toLowerCase()
    const value = decoded(pair.slice(at + 1))
    // A page whose URL carries the extension sends it again, empty, with some phones.
    if (value !== '' && !values.has(name)) values.set(name, value)
  }
  return values
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '))
  } catch {
    return ''
  }
}
