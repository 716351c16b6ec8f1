import { type ColumnForm, columnKey, type Format, OWN } from './formats.ts'

// From a heading to the field that it means. Fields: `mac`, `name`, `vendor`, `model`, `vendorModel`, `group`, `enabled`,
// `notes`, `line` (which line the row is about), `extension`, `line.FIELD`, `lineN.FIELD`, `person.FIELD`, `settings.NAME`,
// `extra.VENDOR.NAME`, `assigned`, `keep`, `rowEnabled`, `rowDisabled`.

export const LINE_FIELDS = [
  ...(['label', 'user', 'authUser', 'secret', 'displayName', 'server', 'port', 'transport'] as const),
  ...(['outboundProxy', 'backupServer', 'expires', 'srtp', 'voicemail', 'shared'] as const),
] as const

export interface Column {
  /** Counted from 0. */
  readonly index: number
  /** As it stands in the file. */
  readonly heading: string
  readonly form: ColumnForm
}

export interface Columns {
  readonly taken: readonly Column[]
  readonly ignored: readonly { readonly column: string; readonly columnNumber: number; readonly reason: string }[]
  /** Two columns that mean one field: the second. */
  readonly doubled: readonly Column[]
}

/** What the own format reads besides its synonyms: `Line 1 user`, `line2_secret`, `settings.language`, `extra.snom.x`. */
function ownForm(heading: string): ColumnForm | undefined {
  const text = heading.trim()
  // These names reach the prototype chain; nothing of ours or of a vendor is called so.
  if (/(?:^|\.)(?:__proto__|constructor|prototype)(?:\.|$)/.test(text)) return undefined
  const [, kind = '', rest = ''] = /^(settings|extra)\.(.+)$/i.exec(text) ?? []
  if (kind.toLowerCase() === 'settings') return { to: `settings.${rest}` }
  if (kind !== '') return /^[^.]+\../.test(rest) ? { to: `extra.${rest}` } : undefined
  const [, number = '1', name = ''] = /^(?:line(\d{1,2})\.?)?(.+)$/.exec(columnKey(text)) ?? []
  const field = LINE_FIELDS.find((it) => it.toLowerCase() === name)
  return field && Number(number) > 0 ? { to: `line${Number(number)}.${field}` } : undefined
}

/** The field that a word of an override means, as the own format spells it; undefined: none. */
export function fieldNamed(word: string): ColumnForm | undefined {
  if (word === '') return { ignore: 'left out, as was asked' }
  if (/^(?:line(?:\d{1,2})?\.\w+|person\.\w+|extension|vendorModel|line)$/.test(word)) return { to: word }
  return OWN.columns.get(columnKey(word)) ?? ownForm(word)
}

/** What each column of a file is taken for. `overrides`: by heading or by `#3`. */
export function columnsOf(
  format: Format,
  headings: readonly string[],
  overrides: Readonly<Record<string, ColumnForm>>,
): Columns {
  const taken: Column[] = []
  const ignored: { column: string; columnNumber: number; reason: string }[] = []
  const doubled: Column[] = []
  const seen = new Set<string>()
  const over = new Map(Object.entries(overrides).map(([name, form]) => [overrideKey(name), form]))
  for (const [index, cell] of headings.entries()) {
    const heading = cell.trim()
    const asked = over.get(`#${index + 1}`) ?? over.get(overrideKey(heading))
    const form = asked ?? format.columns.get(columnKey(heading)) ?? (format === OWN ? ownForm(heading) : undefined)
    const column = { index, heading: heading.slice(0, 60), form: form ?? {} }
    if (form?.to === undefined) {
      if (heading === '' && form === undefined) continue
      const reason = form?.ignore ?? 'no such column is known'
      ignored.push({ column: column.heading, columnNumber: index + 1, reason })
    } else if (seen.has(form.to) && form.fallback !== true && form.to !== 'keep') doubled.push(column)
    else {
      seen.add(form.to)
      taken.push(column)
    }
  }
  return { taken, ignored, doubled }
}

function overrideKey(name: string): string {
  return /^#\d+$/.test(name) ? name : columnKey(name)
}
