import { number, t } from '../i18n.ts'
import { SelectField } from '../kit/field.tsx'
import { setQuery } from '../router.ts'
import type { Loaded } from '../state.ts'
import { DRIFTS, type Drift, driftSentence, driftWord, verdictWord } from './drift.tsx'
import type { FleetSite } from './types.ts'

const NAMES = ['text', 'site', 'drift', 'verdict', 'vendor', 'model', 'firmware', 'group'] as const
export type Filter = Partial<Record<(typeof NAMES)[number], string>>

export type Count = readonly { readonly value: string | null; readonly devices: number }[]
export type Counts = Readonly<Record<'drift' | 'verdict' | 'vendor' | 'model' | 'firmware' | 'group', Count>>

/** The filter that stands in the address. */
export function filterOf(query: URLSearchParams): Filter {
  return Object.fromEntries(NAMES.flatMap((name) => (query.get(name) ? [[name, query.get(name)]] : [])))
}

export function queryOf(filter: Filter): string {
  return new URLSearchParams(Object.entries(filter)).toString()
}

export function isDrift(text: string | undefined): text is Drift {
  return DRIFTS.some((one) => one === text)
}

/** What the list is narrowed by, each value with how many phones it leaves. */
export function Filters(props: { filter: Filter; counts: Loaded<Counts>; sites: readonly FleetSite[] }) {
  const { filter, counts } = props
  const set = (change: Filter) => setQuery({ ...filter, ...change })
  const choicesOf = (name: keyof Counts, word: (value: string) => string) => {
    const rows = counts.kind === 'ready' ? counts.value[name] : []
    const found = rows.flatMap(({ value, devices }) =>
      value === null ? [] : [{ value, text: `${word(value)} (${number(devices)})` }],
    )
    const now = filter[name]
    // What is chosen stays to be seen, whatever is left of it.
    const kept = now === undefined || found.some(({ value }) => value === now) ? [] : [{ value: now, text: word(now) }]
    return [{ value: '', text: t('all') }, ...kept, ...found]
  }
  const plain = (value: string) => value
  const fields = [
    ['verdict', t('State'), choicesOf('verdict', verdictWord)],
    ['vendor', t('Vendor'), choicesOf('vendor', plain)],
    ['model', t('Model'), choicesOf('model', plain)],
    ['firmware', t('Firmware'), choicesOf('firmware', plain)],
    ['group', t('Group'), choicesOf('group', plain)],
  ] as const
  return (
    <>
      <DriftChips filter={filter} counts={counts.kind === 'ready' ? counts.value.drift : []} />
      <div class="fleet-filters">
        <SelectField
          label={t('Site')}
          value={filter.site ?? ''}
          change={(site) => set({ site })}
          choices={[
            { value: '', text: t('all') },
            ...props.sites.map(({ siteId, name, devices }) => ({
              value: siteId,
              text: `${name} (${number(devices)})`,
            })),
          ]}
        />
        {fields.map(([name, label, choices]) => (
          <SelectField
            key={name}
            label={label}
            value={filter[name] ?? ''}
            change={(value) => set({ [name]: value })}
            choices={choices}
          />
        ))}
      </div>
    </>
  )
}

/** How phones stand, each state with how many there are; pressed again, a state narrows no more. */
function DriftChips({ filter, counts }: { filter: Filter; counts: Count }) {
  const shown = DRIFTS.flatMap((drift) => {
    const devices = counts.find(({ value }) => value === drift)?.devices ?? 0
    return devices > 0 || filter.drift === drift ? [{ drift, devices }] : []
  })
  if (shown.length === 0) return null
  return (
    <fieldset class="plain-set drift-chips" aria-label={t('Has what is wanted')}>
      {shown.map(({ drift, devices }) => (
        <button
          key={drift}
          type="button"
          aria-pressed={filter.drift === drift}
          title={driftSentence(drift)}
          onClick={() => setQuery({ ...filter, drift: filter.drift === drift ? '' : drift })}
        >
          {driftWord(drift)} <span class="count">{number(devices)}</span>
        </button>
      ))}
    </fieldset>
  )
}
