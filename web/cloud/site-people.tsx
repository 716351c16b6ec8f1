import type { PersonRow, PersonView } from '../../services/admin/schema-directory.ts'
import { api } from '../api.ts'
import { t } from '../i18n.ts'
import { toast } from '../kit/toast.tsx'
import { People, type PeopleGround } from '../people.tsx'
import { at, atLeast, path } from './session.ts'
import type { FleetDevice } from './types.ts'

type Stored = PersonView & { readonly shared: boolean }

/** The directory of a site: its own people, and those that the account has for all sites. */
export function SitePeople({ site }: { site: string }) {
  const of = path('sites', site, 'people')
  const shared = new Set<string>()
  const ground: PeopleGround = {
    path: of,
    mayEdit: atLeast('installer'),
    said: (text) => toast(text),
    async list(find) {
      const [{ people }, phones] = await Promise.all([api<{ people: readonly Stored[] }>(of), phonesByNumber(site)])
      const words = find.toLowerCase().split(/\s+/).filter(Boolean)
      const rows = people
        .filter((one) => {
          const text = [one.name, one.extension, ...one.numbers.map(({ number }) => number)].join(' ').toLowerCase()
          return words.every((word) => text.includes(word))
        })
        .sort((a, b) => a.name.localeCompare(b.name))
      for (const one of rows) if (one.shared) shared.add(one.id)
      return { people: rows.map((one) => rowOf(one, phones)), total: people.length }
    },
    phoneLink: (mac) => at('sites', site, 'devices', mac),
    note: ({ id }) => (shared.has(id) ? t('of the account, for all sites') : undefined),
  }
  return <People ground={ground} title={<h2>{t('Directory')}</h2>} />
}

function rowOf(
  { line, note: _note, fromCard: _card, ...person }: Stored,
  phones: ReadonlyMap<string, readonly string[]>,
) {
  const devices = phones.get(line?.user ?? '') ?? []
  return { ...person, hasLine: line !== undefined, devices: [...devices] } as PersonRow
}

/** The site's phones by the SIP user of their first line. */
async function phonesByNumber(site: string): Promise<ReadonlyMap<string, readonly string[]>> {
  const query = new URLSearchParams({ site, limit: '500' })
  const { devices } = await api<{ devices: readonly FleetDevice[] }>(`${path('fleet', 'devices')}?${query}`)
  const found = new Map<string, string[]>()
  for (const { extension, mac } of devices)
    if (extension !== null) found.set(extension, [...(found.get(extension) ?? []), mac])
  return found
}
