import { useSignal } from '@preact/signals'
import { api } from '../api.ts'
import { t } from '../i18n.ts'
import { SelectField } from '../kit/field.tsx'
import { FindField } from '../kit/find-field.tsx'
import { Await, Empty } from '../kit/states.tsx'
import { route, setQuery } from '../router.ts'
import { useAsked } from './asked.ts'
import { AuditEntries } from './audit-entries.tsx'
import { actWord } from './audit-words.ts'
import { ExportAll } from './export-all.tsx'
import { path } from './session.ts'
import { useTyped } from './typed.ts'
import type { Entry, Site } from './types.ts'

const PAGE = 200
/** Of an export. */
const MOST = 500
const DAY_MS = 86_400_000

/** How far back, by what stands in the address; without it from the beginning. */
const SPANS: Readonly<Record<string, number | undefined>> = { day: DAY_MS, week: 7 * DAY_MS, month: 30 * DAY_MS }

/** Who did what in the account, when and from where. */
export function AuditPage() {
  const given = route.value.query
  const shown = { find: given.get('find') ?? '', site: given.get('site') ?? '', since: given.get('since') ?? '' }
  const set = (change: Partial<typeof shown>) => setQuery({ ...shown, ...change })
  const text = useTyped(shown.find, (find) => set({ find }))
  const asked = useAsked('', async () => (await api<{ sites: readonly Site[] }>(path('sites'))).sites)
  const sites = asked.of.kind === 'ready' ? asked.of.value : []
  return (
    <>
      <h1>{t('Audit log')}</h1>
      <search class="filters">
        <div class="filter-first">
          <FindField
            id="find-audit"
            label={t('Find in the log')}
            placeholder={t('Who, what, which MAC address …')}
            value={text.value}
            change={(to) => {
              text.value = to
            }}
          />
        </div>
        <div class="fleet-filters">
          <SelectField
            label={t('Site')}
            value={shown.site}
            change={(site) => set({ site })}
            choices={[{ value: '', text: t('all') }, ...sites.map(({ id, name }) => ({ value: id, text: name }))]}
          />
          <SelectField
            label={t('Since')}
            value={shown.since}
            change={(since) => set({ since })}
            choices={[
              { value: '', text: t('the beginning') },
              { value: 'month', text: t('the last month') },
              { value: 'week', text: t('the last week') },
              { value: 'day', text: t('the last day') },
            ]}
          />
        </div>
      </search>
      <Found key={JSON.stringify(shown)} shown={shown} sites={sites} />
    </>
  )
}

interface Shown {
  readonly find: string
  readonly site: string
  readonly since: string
}

function Found({ shown, sites }: { shown: Shown; sites: readonly Site[] }) {
  const more = useSignal<readonly Entry[]>([])
  const span = SPANS[shown.since]
  // Told once, so that the pages of one list begin at the same moment.
  const from = useSignal(span === undefined ? undefined : Date.now() - span)
  const ask = async (limit: number, before?: string) => {
    const query = new URLSearchParams({ limit: String(limit) })
    if (shown.find !== '') query.set('find', shown.find)
    if (shown.site !== '') query.set('site', shown.site)
    if (from.value !== undefined) query.set('from', String(from.value))
    if (before !== undefined) query.set('before', before)
    return (await api<{ entries: readonly Entry[] }>(`${path('audit')}?${query}`)).entries
  }
  const first = useAsked('', () => ask(PAGE))
  return (
    <Await of={first.of} again={first.again} rows={8}>
      {(it: readonly Entry[]) => {
        const entries = [...it, ...more.value]
        const last = entries.at(-1)
        if (last === undefined)
          return (
            <Empty icon="activity">
              {shown.find + shown.site + shown.since === '' ? t('Nothing has happened yet.') : t('Nothing fits.')}
            </Empty>
          )
        return (
          <>
            <div class="list-head">
              <span class="grow" />
              <ExportAll
                file="audit.csv"
                heads={['at', 'actor', 'name', 'action', 'what', 'target', 'address', 'detail']}
                cells={cellsOf}
                ask={async (after) => {
                  const rows = await ask(MOST, after)
                  return { rows, next: rows.length < MOST ? null : (rows.at(-1)?.id ?? null) }
                }}
              />
            </div>
            <AuditEntries entries={entries} sites={sites} />
            {entries.length % PAGE === 0 && (
              <button
                type="button"
                onClick={() =>
                  void ask(PAGE, last.id).then((next) => {
                    more.value = [...more.value, ...next]
                  })
                }
              >
                {t('Show more')}
              </button>
            )}
          </>
        )
      }}
    </Await>
  )
}

function cellsOf({ at, actor, actorName, action, target, address, detail }: Entry): readonly string[] {
  const more = detail === null || detail === undefined ? '' : JSON.stringify(detail)
  return [new Date(at).toISOString(), actor, actorName, action, actWord(action), target, address, more]
}
