import type { PeoplePage } from '../../services/admin/schema-directory.ts'
import { api } from '../api.ts'
import type { Option } from '../kit/combobox.tsx'
import { devices, listOf } from '../state.ts'

export interface Extension {
  readonly number: string
  readonly name: string
}

const MOST = 8

/** People and phones whose name or number fits, people first; asked live. */
export async function findExtensions(text: string): Promise<readonly Option<Extension>[]> {
  const query = text.trim()
  const { people } = await api<PeoplePage>(`/people?limit=${MOST}&search=${encodeURIComponent(query)}`)
  const found = new Map<string, Option<Extension>>()
  const offer = (number: string, name: string) => {
    if (number !== '' && !found.has(number))
      found.set(number, { key: number, text: name || number, note: number, value: { number, name } })
  }
  for (const person of people) offer(person.extension ?? person.numbers[0]?.number ?? '', person.name)
  const low = query.toLowerCase()
  for (const row of listOf(devices.peek()))
    for (const line of row.lines)
      if (`${line.user} ${line.label ?? ''} ${row.name ?? ''}`.toLowerCase().includes(low))
        offer(line.user, row.name ?? line.label ?? '')
  return [...found.values()].slice(0, MOST)
}
