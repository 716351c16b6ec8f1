import type { ChangeView, ExplainView, FilePreview, JourneyView } from '../../services/admin/schema.ts'
import type { PersonView } from '../../services/admin/schema-directory.ts'
import type { EditPreview, ShapeView } from '../../services/admin/schema-workbench.ts'
import { api } from '../api.ts'
import type { Option } from '../kit/combobox.tsx'
import { type Desk, type Draft, makeDesk } from '../phone/desk.ts'
import type { Extension } from '../phone/extensions.ts'
import { facts } from '../settings/facts.ts'
import { listOf } from '../state.ts'
import { asked } from './job.ts'
import { explain } from './layers.ts'
import { path } from './session.ts'
import type { FleetDevice } from './types.ts'

const MOST = 8

/** What the box of the site knows of a phone beside its record. */
export type Known = ExplainView & { readonly journey?: JourneyView }

export const knownAtBox = (site: string, mac: string) => asked<Known>(site, { kind: 'explain', mac })

/** The desk of one phone in the account: its record is here, what only its box can tell is asked of that. */
export function makeCloudDesk(site: string, mac: string, saved: () => void): Desk {
  // Asked for once while the phone is looked at, not at each letter.
  let people: Promise<readonly PersonView[]> | undefined
  const everybody = () => {
    people ??= api<{ people: readonly PersonView[] }>(path('sites', site, 'people')).then(
      (it) => it.people,
      (error) => {
        people = undefined
        throw error
      },
    )
    return people
  }
  return makeDesk(mac, {
    path: path('sites', site, 'devices', mac),
    explain: () => explain(site, mac),
    shape: () => api<ShapeView>(path('sites', site, 'devices', mac, 'shape')),
    journey: async () => (await knownAtBox(site, mac)).journey,
    saved: async () => saved(),
    preview: (draft) => asked<EditPreview>(site, { kind: 'preview', mac, patch: withoutSecrets(draft) }),
    file: (file) => asked<FilePreview>(site, { kind: 'render', mac, file }),
    history: async () => (await asked<{ changes: readonly ChangeView[] }>(site, { kind: 'history', mac })).changes,
    undo: (seq) => asked(site, { kind: 'undo', mac, seq }, 'act'),
    findExtensions: async (text) => findExtensions(site, await everybody(), text),
  })
}

/** What is typed here as a secret goes nowhere before it is saved: a file shows it masked anyway. */
function withoutSecrets({ lines, settings, ...rest }: Draft): object {
  const secret = new Set(listOf(facts.peek()).flatMap((one) => (one.secret ? one.name : [])))
  const plain = Object.entries(settings ?? {}).filter(([name]) => !secret.has(name))
  return {
    ...rest,
    ...(lines && { lines: lines.map(({ secret: _secret, ...line }) => line) }),
    ...(plain.length > 0 && { settings: Object.fromEntries(plain) }),
  }
}

/** People of the site and its phones whose name or number fits, people first. */
async function findExtensions(
  site: string,
  people: readonly PersonView[],
  text: string,
): Promise<readonly Option<Extension>[]> {
  const query = text.trim().toLowerCase()
  const fits = (...texts: readonly (string | null | undefined)[]) => texts.join(' ').toLowerCase().includes(query)
  const search = new URLSearchParams({ site, text: query, limit: String(MOST) })
  const { devices } = await api<{ devices: readonly FleetDevice[] }>(`${path('fleet', 'devices')}?${search}`)
  const found = new Map<string, Option<Extension>>()
  const offer = (number: string | null | undefined, name: string) => {
    if (number && !found.has(number))
      found.set(number, { key: number, text: name || number, note: number, value: { number, name } })
  }
  for (const one of people) {
    const number = one.extension ?? one.numbers[0]?.number
    if (fits(one.name, number)) offer(number, one.name)
  }
  for (const one of devices) offer(one.extension, one.name)
  return [...found.values()].slice(0, MOST)
}
