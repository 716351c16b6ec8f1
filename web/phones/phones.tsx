import { signal, useSignal } from '@preact/signals'
import type { DeviceRow } from '../../services/admin/schema.ts'
import { csvOf, download } from '../csv.ts'
import { plural, t } from '../i18n.ts'
import { ColumnsMenu, rememberedColumns } from '../kit/columns-menu.tsx'
import { SelectField } from '../kit/field.tsx'
import { FindField } from '../kit/find-field.tsx'
import { Await, Empty, stateWord } from '../kit/states.tsx'
import { ChangesPill, useSteady } from '../kit/steady.tsx'
import { type Order, sorted, Table } from '../kit/table.tsx'
import { useNarrow } from '../narrow.ts'
import { route, setQuery, to } from '../router.ts'
import { may } from '../session.ts'
import { devices } from '../state.ts'
import { BulkBar } from './bulk.tsx'
import { DEFAULT_COLUMNS, nameOf, phoneColumns } from './columns.tsx'
import { type Chosen, chosenIn, FILTERS, type Filter, fits, NONE, valuesOf } from './filter.ts'

const order = signal<Order>({ column: 'state', down: false })
const chosenColumns = rememberedColumns('columns', DEFAULT_COLUMNS)
const selected = signal<ReadonlySet<string>>(new Set())

/** Every phone that has a record: found, narrowed, sorted, and worked on many at a time. */
export function PhonesPage() {
  const list = devices.value
  return (
    <>
      <div class="page-head">
        <h1>{t('Phones')}</h1>
        {may('devices') && (
          <a class="button primary" href={to('add')}>
            {t('Add a phone')}
          </a>
        )}
      </div>
      <Await of={list} rows={8}>
        {(rows: readonly DeviceRow[]) =>
          rows.length === 0 ? (
            <Empty icon="phone">
              <p>{t('No phone has a record yet.')}</p>
              {may('devices') && (
                <p>
                  <a href={to('new')}>{t('Adopt a new one')}</a> · <a href={to('add')}>{t('Add one by its label')}</a>
                </p>
              )}
            </Empty>
          ) : (
            <List rows={rows} />
          )
        }
      </Await>
    </>
  )
}

function List({ rows }: { rows: readonly DeviceRow[] }) {
  const narrow = useNarrow()
  const chosen = chosenIn(route.value.query)
  const all = phoneColumns(narrow)
  const columns = all.filter(({ id }) => (narrow ? ['name', 'state'] : chosenColumns.ids.value).includes(id))
  const found = sorted(
    rows.filter((row) => fits(row, chosen)),
    all,
    order.value,
  )
  const steady = useSteady(found, (row) => row.mac, JSON.stringify([chosen, order.value]))
  const known = new Set(rows.map((row) => row.mac))
  const macs = [...selected.value].filter((mac) => known.has(mac))
  const working = rows.filter((row) => selected.value.has(row.mac))
  const exported = () => {
    const table = [['MAC', ...all.map(({ title }) => title)]]
    for (const row of macs.length > 0 ? working : found) table.push([row.mac, ...all.map(({ plain }) => plain(row))])
    download('phones.csv', csvOf(table), 'text/csv;charset=utf-8')
  }
  return (
    <>
      <Filters rows={rows} chosen={chosen} />
      <div class="list-head">
        <span role="status">
          {found.length === rows.length
            ? plural('{n} phone|{n} phones', rows.length)
            : t('{n} of {all} phones', { n: found.length, all: rows.length })}
        </span>
        <ChangesPill of={steady} />
        <span class="grow" />
        {!narrow && <ColumnsMenu columns={all.filter(({ id }) => id !== 'name')} chosen={chosenColumns} />}
        <button type="button" onClick={exported}>
          {t('Export CSV')}
        </button>
      </div>
      {macs.length > 0 && may('devices') && (
        <BulkBar
          rows={working}
          groups={valuesOf(rows, 'group').flatMap(({ value }) => (value === NONE ? [] : value))}
          clear={() => {
            selected.value = new Set()
          }}
        />
      )}
      {found.length === 0 ? (
        <Empty icon="search">
          <p>{t('No phone fits.')}</p>
          <button type="button" onClick={() => setQuery({})}>
            {t('Show all')}
          </button>
        </Empty>
      ) : (
        <Table
          label={t('Phones')}
          rows={steady.rows}
          keyOf={(row) => row.mac}
          nameOf={nameOf}
          columns={columns}
          order={order}
          {...(may('devices') && { selected })}
          rowHeight={60}
          bind={steady.bind}
        />
      )}
    </>
  )
}

function Filters({ rows, chosen }: { rows: readonly DeviceRow[]; chosen: Chosen }) {
  const more = useSignal(FILTERS.some((filter) => chosen[filter] !== ''))
  const set = (name: keyof Chosen, value: string) => setQuery({ ...chosen, [name]: value })
  const count = FILTERS.filter((filter) => chosen[filter] !== '').length
  return (
    <search class="filters">
      <div class="filter-first">
        <FindField
          id="find-phones"
          label={t('Find')}
          placeholder={t('Name, number, MAC, model …')}
          value={chosen.find}
          change={(text) => set('find', text)}
        />
        <button
          type="button"
          aria-expanded={more.value}
          onClick={() => {
            more.value = !more.value
          }}
        >
          {t('Filters')}
          {count > 0 && <span class="count">{count}</span>}
        </button>
      </div>
      {more.value && (
        <div class="filter-more">
          {FILTERS.map((filter) => (
            <SelectField
              key={filter}
              label={filterWord(filter)}
              value={chosen[filter]}
              change={(value) => set(filter, value)}
              choices={[
                { value: '', text: t('All') },
                ...valuesOf(rows, filter).map(({ value, count }) => ({
                  value,
                  text: `${valueWord(filter, value)} (${count})`,
                })),
              ]}
            />
          ))}
        </div>
      )}
    </search>
  )
}

function filterWord(filter: Filter): string {
  return {
    vendor: t('Vendor'),
    model: t('Model'),
    group: t('Group'),
    state: t('State'),
    firmware: t('Firmware'),
  }[filter]
}

function valueWord(filter: Filter, value: string): string {
  if (value === NONE) return t('none')
  if (filter !== 'state') return value
  return value === 'off' ? t('Switched off') : stateWord(value as DeviceRow['verdict']['state'])
}
