/** What an entry of the audit log is about: `site:ID/device/805ec0123456`. */
export interface Target {
  readonly site?: string
  /** A record of the site, or what all sites share. */
  readonly kind?: string
  readonly id?: string
  readonly person?: string
  /** Anything else, as it stands. */
  readonly other?: string
}

export function targetOf(text: string): Target {
  const [place = '', kind, ...rest] = text.split('/')
  const [of, id = ''] = place.split(':', 2)
  const record = kind === undefined ? {} : { kind, id: rest.join('/') }
  if (of === 'site') return { site: id, ...record }
  if (of === 'account') return record
  return of === 'person' ? { person: id } : { other: text }
}

/** Said already by the target, or an id that tells nobody anything. */
const HIDDEN: ReadonlySet<string> = new Set(['site', 'job', 'page', 'fields', 'key', 'opened'])

/** The rest of what an entry holds, in words of its own. */
export function detailsOf(detail: unknown): readonly { readonly name: string; readonly value: string }[] {
  if (typeof detail !== 'object' || detail === null) return []
  return Object.entries(detail).flatMap(([name, value]) =>
    HIDDEN.has(name) || value === null || value === '' ? [] : [{ name, value: wordOf(value) }],
  )
}

export function fieldsIn(detail: unknown): readonly string[] {
  const { fields } = (detail ?? {}) as { fields?: unknown }
  return Array.isArray(fields) ? fields.map(String) : []
}

function wordOf(value: unknown): string {
  if (Array.isArray(value)) return value.map(wordOf).join(', ')
  return typeof value === 'object' ? JSON.stringify(value) : String(value)
}
