import { useSignal } from '@preact/signals'
import { api } from '../api.ts'
import { csvOf, download } from '../csv.ts'
import { t } from '../i18n.ts'
import { Await, Empty } from '../kit/states.tsx'
import { useAsked } from './asked.ts'
import { AuditEntries } from './audit-entries.tsx'
import { path } from './session.ts'
import type { Entry } from './types.ts'

const PAGE = 200

/** Who did what in the account, when and from where. */
export function AuditPage() {
  const more = useSignal<readonly Entry[]>([])
  const ask = async (before = '') => {
    const query = `?limit=${PAGE}${before && `&before=${encodeURIComponent(before)}`}`
    return (await api<{ entries: readonly Entry[] }>(`${path('audit')}${query}`)).entries
  }
  const first = useAsked('', ask)
  return (
    <>
      <h1>{t('Audit log')}</h1>
      <Await of={first.of} again={first.again} rows={8}>
        {(it: readonly Entry[]) => {
          const entries = [...it, ...more.value]
          if (entries.length === 0) return <Empty icon="activity">{t('Nothing has happened yet.')}</Empty>
          const last = entries.at(-1)
          return (
            <>
              <div class="list-head">
                <button type="button" onClick={() => download('audit.csv', csvOf(rowsOf(entries)), 'text/csv')}>
                  {t('Export as CSV')}
                </button>
              </div>
              <AuditEntries entries={entries} />
              {entries.length % PAGE === 0 && last && (
                <button
                  type="button"
                  onClick={() =>
                    void ask(last.id).then((next) => {
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
    </>
  )
}

function detailOf(detail: unknown): string {
  return detail === null || detail === undefined ? '' : JSON.stringify(detail)
}

function rowsOf(entries: readonly Entry[]): readonly (readonly string[])[] {
  return [
    ['at', 'actor', 'name', 'action', 'target', 'address', 'detail'],
    ...entries.map((one) => [
      ...[new Date(one.at).toISOString(), one.actor, one.actorName, one.action, one.target, one.address],
      detailOf(one.detail),
    ]),
  ]
}
