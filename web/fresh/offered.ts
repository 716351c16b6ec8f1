import type { WaitingPerson } from '../../services/admin/schema-assist.ts'
import type { Option } from '../kit/combobox.tsx'

/** People whom what was typed may mean. */
export function offered(people: readonly WaitingPerson[], typed: string): readonly Option<string>[] {
  const low = typed.trim().toLowerCase()
  return people
    .filter((person) => `${person.name} ${person.extension}`.toLowerCase().includes(low))
    .slice(0, 8)
    .map((person) => ({ key: person.id, text: person.name, note: person.extension, value: person.extension }))
}
