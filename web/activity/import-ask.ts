import type { ErrorBody } from '../../services/admin/schema.ts'
import type { ImportPlanView, SheetColumnsView } from '../../services/admin/schema-moves.ts'
import { ApiError } from '../api.ts'
import { remember, remembered } from '../prefs.ts'

/** Which field a column is, by its number, where a person said so; `''` leaves it out. */
export type Columns = Readonly<Record<number, string>>

/** Sends a list to be read; nothing is stored by it. */
export function previewImport(
  file: Blob,
  options: Readonly<Record<'format' | 'server' | 'group', string>>,
  columns: Columns,
): Promise<ImportPlanView> {
  return send('preview', file, options, columns)
}

/** What each column of a list is taken for. */
export function askColumns(file: Blob, format: string): Promise<SheetColumnsView> {
  return send('columns', file, { format }, {})
}

async function send<Result>(
  what: string,
  file: Blob,
  options: Readonly<Record<string, string>>,
  columns: Columns,
): Promise<Result> {
  const query = new URLSearchParams(Object.entries(options).filter(([, value]) => value !== ''))
  for (const [number, field] of Object.entries(columns)) query.append('column', `#${number}=${field}`)
  const response = await fetch(`/api/v1/import/${what}?${query}`, {
    method: 'POST',
    headers: { 'x-branchline': '1', 'content-type': 'text/csv' },
    body: file,
  }).catch(() => {
    throw new ApiError(0, 'the box cannot be reached')
  })
  if (response.ok) return (await response.json()) as Result
  const body = (await response.json().catch(() => undefined)) as ErrorBody | undefined
  throw new ApiError(response.status, body?.error.message ?? `the box answered ${response.status}`)
}

const MOST_KEPT = 200
const keyOf = (heading: string) => heading.trim().toLowerCase()

function kept(): Map<string, string> {
  try {
    const rows: unknown = JSON.parse(remembered('import-columns') ?? '[]')
    return new Map(Array.isArray(rows) ? (rows as [string, string][]) : [])
  } catch {
    return new Map()
  }
}

/** What this person said of headings like these before. */
export function columnsAsBefore({ columns }: SheetColumnsView): Columns {
  const known = kept()
  return Object.fromEntries(
    columns.flatMap(({ number, heading, field }) => {
      const said = known.get(keyOf(heading))
      return said === undefined || said === field ? [] : [[number, said]]
    }),
  )
}

/** Remembers what a heading means, so that the next list of this kind needs no word. */
export function rememberColumn(heading: string, field: string): void {
  if (keyOf(heading) === '') return
  const known = kept()
  known.delete(keyOf(heading))
  known.set(keyOf(heading), field)
  remember('import-columns', JSON.stringify([...known].slice(-MOST_KEPT)))
}
