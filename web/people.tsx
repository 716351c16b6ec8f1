import { useSignal } from '@preact/signals'
import type { ComponentChildren } from 'preact'
import { useEffect } from 'preact/hooks'
import type { PeoplePage as Page, PersonRow } from '../services/admin/schema-directory.ts'
import { api } from './api.ts'
import { plural, t } from './i18n.ts'
import { FindField } from './kit/find-field.tsx'
import { Await, Empty } from './kit/states.tsx'
import { Table } from './kit/table.tsx'
import { useNarrow } from './narrow.ts'
import { PersonDialog, type PersonGround } from './person.tsx'
import { to } from './router.ts'
import { may } from './session.ts'
import { changes, type Loaded, load } from './state.ts'
import { stored } from './undo.ts'

const MOST = 1000

/** Where people are kept: a box, or a site of an account. */
export interface PeopleGround extends PersonGround {
  /** Those whose name or number fits. */
  list(find: string): Promise<Pick<Page, 'people' | 'total'>>
  phoneLink(mac: string): string
  /** What else is said of one in the list. */
  readonly note?: (row: PersonRow) => string | undefined
}

const ofBox: PeopleGround = {
  path: '/people',
  get mayEdit() {
    return may('devices')
  },
  said: (text, id) => stored(text, 'person', id),
  list: (find) => api<Page>(`/people?limit=${MOST}&search=${encodeURIComponent(find)}`),
  phoneLink: (mac) => to('phones', mac),
}

/** People and contacts of a box. */
export function PeoplePage() {
  return <People ground={ofBox} title={<h1>{t('People')}</h1>} />
}

/** Who has which number and which phone. */
export function People({ ground, title }: { ground: PeopleGround; title: ComponentChildren }) {
  const page = useSignal<Loaded<Pick<Page, 'people' | 'total'>>>({ kind: 'loading' })
  const find = useSignal('')
  const open = useSignal<PersonRow | 'new' | undefined>(undefined)
  const narrow = useNarrow()
  const ask = () => void load(page, () => ground.list(find.value))
  useEffect(() => {
    const timer = setTimeout(ask, page.value.kind === 'ready' ? 150 : 0)
    return () => clearTimeout(timer)
  }, [find.value, changes.value])
  return (
    <>
      <div class="page-head">
        {title}
        {ground.mayEdit && (
          <button
            type="button"
            class="primary"
            onClick={() => {
              open.value = 'new'
            }}
          >
            {t('Add a person')}
          </button>
        )}
      </div>
      <search class="filters">
        <div class="filter-first">
          <FindField
            id="find-people"
            label={t('Find')}
            placeholder={t('Name or number')}
            value={find.value}
            change={(text) => {
              find.value = text
            }}
          />
        </div>
      </search>
      <Await of={page.value} again={ask} rows={8}>
        {(it: Pick<Page, 'people' | 'total'>) =>
          it.people.length === 0 ? (
            <Empty icon="people">
              <p>{find.value === '' ? t('Nobody is in the directory yet.') : t('Nobody fits.')}</p>
              <p>{t('Who has a line here can be given a phone in two clicks, or take one by PIN.')}</p>
            </Empty>
          ) : (
            <>
              <p class="list-head" role="status">
                {it.total > it.people.length
                  ? t('{n} of {all} people', { n: it.people.length, all: it.total })
                  : plural('{n} person|{n} people', it.total)}
              </p>
              <Table
                label={t('People')}
                rows={it.people}
                keyOf={(row) => row.id}
                nameOf={(row) => row.name}
                rowHeight={56}
                columns={[
                  {
                    ...{ id: 'name', title: t('Name') },
                    cell: (row) => (
                      <>
                        <button
                          type="button"
                          class="link"
                          onClick={() => {
                            open.value = row
                          }}
                        >
                          <span dir="auto">{row.name}</span>
                        </button>
                        {row.department && (
                          <span class="quiet" dir="auto">
                            {row.department}
                          </span>
                        )}
                        {ground.note?.(row) && <span class="quiet">{ground.note(row)}</span>}
                      </>
                    ),
                  },
                  {
                    ...{ id: 'extension', title: t('Extension'), width: narrow ? 6.5 : 9 },
                    cell: (row) => row.extension ?? row.numbers[0]?.number,
                  },
                  ...(narrow
                    ? []
                    : [
                        {
                          id: 'phone',
                          title: t('Phone'),
                          cell: (row: PersonRow) => <Phones row={row} ground={ground} />,
                        },
                        {
                          ...{ id: 'listed', title: t('In the phone book'), width: 10 },
                          cell: (row: PersonRow) => (row.listed ? t('yes') : t('no')),
                        },
                      ]),
                ]}
              />
            </>
          )
        }
      </Await>
      {open.value && (
        <PersonDialog
          ground={ground}
          id={open.value === 'new' ? undefined : open.value.id}
          close={() => {
            open.value = undefined
            ask()
          }}
        />
      )}
    </>
  )
}

function Phones({ row, ground }: { row: PersonRow; ground: PeopleGround }) {
  if (row.devices.length > 0)
    return (
      <span>
        {row.devices.map((mac) => (
          <a key={mac} href={ground.phoneLink(mac)} class="mac">
            {mac}
          </a>
        ))}
      </span>
    )
  return <span class="quiet">{row.hasLine ? t('waits for one') : t('no line')}</span>
}
