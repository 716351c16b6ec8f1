import type { DeviceRow } from '../../services/admin/schema.ts'

/** What a person narrows the list by; each empty when not. */
export const FILTERS = ['vendor', 'model', 'group', 'state', 'firmware'] as const
export type Filter = (typeof FILTERS)[number]
export type Chosen = Readonly<Record<Filter | 'find', string>>

/** Stands for "has none" in a filter; no name of anything is a lone dash. */
export const NONE = '-'

export function chosenIn(query: URLSearchParams): Chosen {
  const of = (name: string) => query.get(name) ?? ''
  return {
    find: of('find'),
    ...{ vendor: of('vendor'), model: of('model'), group: of('group'), state: of('state'), firmware: of('firmware') },
  }
}

export function valueIn(row: DeviceRow, filter: Filter): string {
  if (filter === 'state') return row.enabled ? row.verdict.state : 'off'
  return row[filter] ?? NONE
}

export function fits(row: DeviceRow, chosen: Chosen): boolean {
  if (FILTERS.some((filter) => chosen[filter] !== '' && valueIn(row, filter) !== chosen[filter])) return false
  const words = chosen.find.toLowerCase().split(/\s+/).filter(Boolean)
  if (words.length === 0) return true
  const text = textOf(row)
  return words.every((word) => text.includes(word))
}

function textOf(row: DeviceRow): string {
  const lines = row.lines.flatMap((line) => [line.user, line.label])
  return [row.name, row.mac, row.mac.replaceAll(':', ''), row.vendor, row.model, row.group, row.address, row.firmware]
    .concat(lines, row.verdict.text)
    .join(' ')
    .toLowerCase()
}

/** The values that rows have for a filter, with how many have each. */
export function valuesOf(rows: readonly DeviceRow[], filter: Filter): readonly { value: string; count: number }[] {
  const counts = new Map<string, number>()
  for (const row of rows) {
    const value = valueIn(row, filter)
    counts.set(value, (counts.get(value) ?? 0) + 1)
  }
  return [...counts]
    .map(([value, count]) => ({ value, count }))
    .sort((a, b) => a.value.localeCompare(b.value, undefined, { numeric: true }))
}
