import { api } from '../api.ts'
import { fullTime } from '../format.ts'
import { t } from '../i18n.ts'
import { Await, Empty } from '../kit/states.tsx'
import { toast } from '../kit/toast.tsx'
import { tried } from '../tried.ts'
import { useAsked } from './asked.ts'
import { at, atLeast, path } from './session.ts'

interface Conflict {
  readonly id: string
  readonly kind: string
  readonly record: string
  readonly group: string
  readonly fields: readonly string[]
  readonly side: 'box' | 'cloud'
  readonly by: string
  readonly at: number
  readonly shared: boolean
  readonly other?: unknown
  readonly stands?: unknown
}

/** Edits on both sides that did not fit together, with both values, to choose from. */
export function ConflictsTab(props: { site: string; record?: string; changed?: () => void }) {
  const { site, record } = props
  const list = useAsked(site, async () => {
    const { conflicts } = await api<{ conflicts: readonly Conflict[] }>(path('sites', site, 'conflicts'))
    return conflicts.filter((one) => record === undefined || one.record === record)
  })
  const settle = (one: Conflict, take: boolean) =>
    tried(t('It was not settled'), async () => {
      await api(path('sites', site, 'conflicts', one.id, 'settle'), { method: 'POST', body: { take } })
      toast(take ? t('The other value holds now.') : t('What stands stays.'))
      list.again()
      props.changed?.()
    })
  return (
    <Await of={list.of} again={list.again}>
      {(conflicts: readonly Conflict[]) =>
        conflicts.length === 0 ? (
          <Empty>
            <p>{t('No conflicts: every edit found its place.')}</p>
          </Empty>
        ) : (
          <ul class="cards">
            {conflicts.map((one) => (
              <li key={one.id} class="card">
                <h2 class="card-title">
                  {one.kind === 'device' && !one.shared ? (
                    <a href={at('sites', site, 'devices', one.record)}>{one.record}</a>
                  ) : (
                    <span dir="auto">
                      {one.kind} {one.record}
                    </span>
                  )}
                  : <code>{one.group}</code>
                </h2>
                <p class="quiet">
                  {one.side === 'box'
                    ? t('Changed at the branch ({when}) and in the account. What the account says stands.', {
                        when: fullTime(one.at),
                      })
                    : t('Changed in the account ({when}) and at the branch. What the branch says stands.', {
                        when: fullTime(one.at),
                      })}
                </p>
                <div class="columns">
                  <Side title={t('Stands now')} value={one.stands} />
                  <Side title={one.side === 'box' ? t('The branch had') : t('The account had')} value={one.other} />
                </div>
                {atLeast('installer') && (
                  <div class="buttons">
                    <button type="button" onClick={() => void settle(one, false)}>
                      {t('Keep what stands')}
                    </button>
                    <button type="button" class="primary" onClick={() => void settle(one, true)}>
                      {t('Take the other value')}
                    </button>
                  </div>
                )}
              </li>
            ))}
          </ul>
        )
      }
    </Await>
  )
}

function Side({ title, value }: { title: string; value: unknown }) {
  return (
    <div>
      <h3>{title}</h3>
      <pre class="code" dir="auto">
        {value === null || value === undefined ? t('taken away') : text(value)}
      </pre>
    </div>
  )
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value, null, 2)
}
