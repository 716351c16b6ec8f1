import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import type { AccountEventView } from '../../services/admin/schema-accounts.ts'
import type { RecordChange } from '../../services/admin/schema-changes.ts'
import { api } from '../api.ts'
import { csvOf, download } from '../csv.ts'
import { t } from '../i18n.ts'
import { SelectField } from '../kit/field.tsx'
import { FindField } from '../kit/find-field.tsx'
import { Ago, Await, Empty, Said, Section } from '../kit/states.tsx'
import { RightNow } from '../overview-now.tsx'
import { may } from '../session.ts'
import { changes, type Loaded, load } from '../state.ts'
import { ChangeRow } from './change-row.tsx'
import { kindWord } from './words.ts'

const STEP = 200
const KINDS = ['device', 'person', 'site', 'group', 'model', 'vendor', 'network', 'interface', 'template'] as const

/** Who changed what, who came in, what phones do now. */
export function ActivityPage() {
  return (
    <>
      <h1>{t('Activity')}</h1>
      <div class="columns wide-first">
        <Changes />
        <div class="stacked">
          <RightNow />
          {may('accounts') && <Entries />}
        </div>
      </div>
    </>
  )
}

function Changes() {
  const list = useSignal<Loaded<readonly RecordChange[]>>({ kind: 'loading' })
  const kind = useSignal('')
  const find = useSignal('')
  const more = useSignal(false)
  const page = async (before?: number) => {
    const query = new URLSearchParams({
      limit: String(STEP),
      ...(kind.peek() !== '' && { kind: kind.peek() }),
      ...(before !== undefined && { before: String(before) }),
    })
    const rows = (await api<{ changes: RecordChange[] }>(`/changes?${query}`)).changes
    more.value = rows.length === STEP
    return rows
  }
  const ask = () => void load(list, () => page())
  useEffect(ask, [kind.value, changes.value])
  const goOn = (rows: readonly RecordChange[]) =>
    void load(list, async () => [...rows, ...(await page(rows.at(-1)?.seq))])
  const words = find.value.toLowerCase().split(/\s+/).filter(Boolean)
  const fits = (row: RecordChange) => {
    const text = `${row.by} ${row.kind} ${row.id} ${row.fields.join(' ')}`.toLowerCase()
    return words.every((word) => text.includes(word))
  }
  const save = (rows: readonly RecordChange[]) => {
    const head = ['time', 'by', 'kind', 'id', 'did', 'fields']
    const lines = rows.map((row) => [
      ...[new Date(row.at).toISOString(), row.by, row.kind, row.id, row.did],
      row.fields.join(' '),
    ])
    download('branchline-changes.csv', csvOf([head, ...lines]), 'text/csv')
  }
  return (
    <Section id="changes" title={t('Changes')}>
      <search class="filters">
        <div class="filter-first">
          <FindField
            id="find-changes"
            label={t('Find')}
            placeholder={t('Who, what or which field')}
            value={find.value}
            change={(text) => {
              find.value = text
            }}
          />
          <SelectField
            label={t('Kind')}
            value={kind.value}
            change={(value) => {
              kind.value = value
            }}
            choices={[
              { value: '', text: t('everything') },
              ...KINDS.map((value) => ({ value, text: kindWord(value) })),
            ]}
          />
        </div>
      </search>
      <Await of={list.value} again={ask} rows={8}>
        {(all: readonly RecordChange[]) => {
          const rows = all.filter(fits)
          return rows.length === 0 ? (
            <Empty icon="pencil">{t('Nothing was changed, or nothing fits.')}</Empty>
          ) : (
            <>
              <div class="list-head">
                <span role="status">{t('{n} of the newest {all} changes', { n: rows.length, all: all.length })}</span>
                <button type="button" onClick={() => save(rows)}>
                  {t('Export CSV')}
                </button>
              </div>
              <ol class="history card activity">
                {rows.map((row) => (
                  <ChangeRow key={row.seq} row={row} done={ask} />
                ))}
              </ol>
              {more.value && (
                <div class="buttons">
                  <button type="button" onClick={() => goOn(all)}>
                    {t('Older ones')}
                  </button>
                </div>
              )}
            </>
          )
        }}
      </Await>
    </Section>
  )
}

/** Who signed in, who was refused, who saw a secret. */
function Entries() {
  const events = useSignal<Loaded<readonly AccountEventView[]>>({ kind: 'loading' })
  const ask = () =>
    void load(events, async () => (await api<{ events: AccountEventView[] }>('/account-events?limit=200')).events)
  useEffect(ask, [])
  const save = (rows: readonly AccountEventView[]) => {
    const lines = rows.map((row) => [
      ...[new Date(row.at).toISOString(), row.kind, row.account ?? '', row.by, row.address ?? '', row.text],
    ])
    download(
      'branchline-entries.csv',
      csvOf([['time', 'kind', 'account', 'by', 'address', 'text'], ...lines]),
      'text/csv',
    )
  }
  return (
    <Section
      id="entries"
      title={t('Who came in')}
      action={
        events.value.kind === 'ready' &&
        events.value.value.length > 0 && (
          <button
            type="button"
            aria-label={`${t('Export CSV')}: ${t('Who came in')}`}
            onClick={() => save(events.value.kind === 'ready' ? events.value.value : [])}
          >
            {t('Export CSV')}
          </button>
        )
      }
    >
      <Await of={events.value} again={ask}>
        {(rows: readonly AccountEventView[]) =>
          rows.length === 0 ? (
            <Empty icon="person">{t('Nobody has signed in yet.')}</Empty>
          ) : (
            <ol class="history card">
              {rows.slice(0, 100).map((row) => (
                <li key={row.seq}>
                  <span>
                    <Said>{row.text}</Said>
                  </span>
                  <span class="quiet">
                    {row.address} <Ago at={row.at} />
                  </span>
                </li>
              ))}
            </ol>
          )
        }
      </Await>
    </Section>
  )
}
