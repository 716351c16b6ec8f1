import { useSignal } from '@preact/signals'
import { useMemo } from 'preact/hooks'
import { api } from '../api.ts'
import { plural, t } from '../i18n.ts'
import { ColumnsMenu } from '../kit/columns-menu.tsx'
import { FindField } from '../kit/find-field.tsx'
import { Await, Empty } from '../kit/states.tsx'
import { ChangesPill, Steadily } from '../kit/steady.tsx'
import { useNarrow } from '../narrow.ts'
import { route, setQuery } from '../router.ts'
import { useAsked } from './asked.ts'
import { BulkDialog } from './bulk.tsx'
import { driftSentence } from './drift.tsx'
import { ExportAll } from './export-all.tsx'
import { fleetChosen, fleetColumns } from './fleet-columns.tsx'
import { type Counts, Filters, filterOf, isDrift, queryOf } from './fleet-filters.tsx'
import { FleetFirmware } from './fleet-firmware.tsx'
import { FleetTable, keyOf } from './fleet-table.tsx'
import { atLeast, path } from './session.ts'
import { useFleetSites } from './sites.tsx'
import { useTyped } from './typed.ts'
import type { FleetDevice } from './types.ts'

const PAGE = 200
/** Of an export. */
const MOST = 500

const LIVE = { what: ['devices', 'box'] } as const

interface Listed {
  readonly devices: readonly FleetDevice[]
  readonly next: string | null
}

/** The phones of all sites: what each shall have, what it has, and edits of many at once. */
export function FleetPage() {
  const filter = filterOf(route.value.query)
  const query = queryOf(filter)
  const text = useTyped(filter.text ?? '', (typed) => setQuery({ ...filter, text: typed }))
  const counts = useAsked(query, () => api<Counts>(`${path('fleet', 'counts')}?${query}`), LIVE)
  const sites = useFleetSites()
  const named = sites.of.kind === 'ready' ? sites.of.value : []
  const names = useMemo(() => new Map(named.map(({ siteId, name }) => [siteId, name])), [named])
  return (
    <>
      <h1>{t('Fleet')}</h1>
      <search class="filters">
        <div class="filter-first">
          <FindField
            id="find-fleet"
            label={t('Find a phone')}
            placeholder={t('Name, number, MAC address, model …')}
            value={text.value}
            change={(to) => {
              text.value = to
            }}
          />
        </div>
        <Filters filter={filter} counts={counts.of} sites={named} />
      </search>
      {counts.of.kind === 'ready' && <FleetFirmware counts={counts.of.value.firmware} filter={filter} />}
      {isDrift(filter.drift) && <p class="hint">{driftSentence(filter.drift)}</p>}
      <Devices key={query} query={query} names={names} changed={counts.again} />
    </>
  )
}

function Devices(props: { query: string; names: ReadonlyMap<string, string>; changed: () => void }) {
  const { query, names } = props
  const ask = (limit: number, after?: string) => {
    const page = new URLSearchParams({ limit: String(limit), ...(after !== undefined && { after }) })
    return api<Listed>(`${path('fleet', 'devices')}?${query}${query && '&'}${page}`)
  }
  const first = useAsked(query, () => ask(PAGE), LIVE)
  const more = useSignal<Listed | undefined>(undefined)
  const selected = useSignal<ReadonlySet<string>>(new Set())
  const narrow = useNarrow()
  const columns = fleetColumns(names)
  const editing = useSignal<'chosen' | 'all' | undefined>(undefined)
  const loadMore = async (after: string) => {
    const page = await ask(PAGE, after)
    more.value = { devices: [...(more.value?.devices ?? []), ...page.devices], next: page.next }
  }
  return (
    <Await of={first.of} again={first.again} rows={10}>
      {(it: Listed) => {
        // What came from the first page to a later one, or back, stands where it is newest.
        const newest = new Set(it.devices.map(keyOf))
        const rows = [...it.devices, ...(more.value?.devices ?? []).filter((row) => !newest.has(keyOf(row)))]
        const next = more.value === undefined ? it.next : more.value.next
        const chosen = rows.filter((row) => selected.value.has(keyOf(row)))
        if (rows.length === 0)
          return (
            <Empty icon="phone">
              <p>{query === '' ? t('No site has a phone yet.') : t('No phone fits.')}</p>
              {query !== '' && (
                <button type="button" onClick={() => setQuery({})}>
                  {t('Show all')}
                </button>
              )}
            </Empty>
          )
        return (
          <Steadily rows={rows} keyOf={keyOf}>
            {(steady) => (
              <>
                <div class="list-head">
                  <span role="status">
                    {chosen.length > 0
                      ? plural('{n} phone chosen|{n} phones chosen', chosen.length)
                      : next === null
                        ? plural('{n} phone|{n} phones', rows.length)
                        : t('the first {n} phones', { n: rows.length })}
                  </span>
                  <ChangesPill of={steady} />
                  <span class="grow" />
                  {!narrow && <ColumnsMenu columns={columns.filter(({ id }) => id !== 'name')} chosen={fleetChosen} />}
                  <ExportAll
                    file="phones.csv"
                    heads={columns.map(({ title }) => title)}
                    cells={(row: FleetDevice) => columns.map(({ plain }) => plain(row))}
                    ask={async (after) => {
                      const { devices, next: further } = await ask(MOST, after)
                      return { rows: devices, next: further }
                    }}
                  />
                  {atLeast('installer') && (
                    <button
                      type="button"
                      class={chosen.length > 0 ? 'primary' : ''}
                      onClick={() => {
                        editing.value = chosen.length > 0 ? 'chosen' : 'all'
                      }}
                    >
                      {chosen.length > 0 ? t('Edit them') : t('Edit all that are found')}
                    </button>
                  )}
                </div>
                <FleetTable steady={steady} sites={names} selected={selected} />
                {next !== null && (
                  <button type="button" onClick={() => void loadMore(next)}>
                    {t('Show more')}
                  </button>
                )}
                {editing.value && (
                  <BulkDialog
                    names={names}
                    target={
                      editing.value === 'chosen'
                        ? { devices: chosen.map(({ siteId, mac }) => ({ site: siteId, mac })) }
                        : { filter: Object.fromEntries(new URLSearchParams(query)) }
                    }
                    close={(made) => {
                      editing.value = undefined
                      if (!made) return
                      selected.value = new Set()
                      more.value = undefined
                      first.again()
                      props.changed()
                    }}
                  />
                )}
              </>
            )}
          </Steadily>
        )
      }}
    </Await>
  )
}
