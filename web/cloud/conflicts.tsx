import { useSignal } from '@preact/signals'
import { api } from '../api.ts'
import { fullTime } from '../format.ts'
import { t } from '../i18n.ts'
import { Await, Empty } from '../kit/states.tsx'
import { ChangesPill, Steadily } from '../kit/steady.tsx'
import { toast } from '../kit/toast.tsx'
import { tried } from '../tried.ts'
import { useAsked } from './asked.ts'
import { groupWord, linesOf } from './conflict-value.ts'
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
  const list = useAsked(
    site,
    async () => {
      const { conflicts } = await api<{ conflicts: readonly Conflict[] }>(path('sites', site, 'conflicts'))
      return conflicts.filter((one) => record === undefined || one.record === record)
    },
    { what: ['conflicts'], site },
  )
  // They go at once, whoever's pointer is there.
  const settled = useSignal<ReadonlySet<string>>(new Set())
  const settle = (one: Conflict, take: boolean) =>
    tried(t('It was not settled'), async () => {
      await api(path('sites', site, 'conflicts', one.id, 'settle'), { method: 'POST', body: { take } })
      toast(take ? t('The other value holds now.') : t('What stands stays.'))
      settled.value = new Set([...settled.value, one.id])
      list.again()
      props.changed?.()
    })
  return (
    <Await of={list.of} again={list.again}>
      {(conflicts: readonly Conflict[]) =>
        conflicts.every(({ id }) => settled.value.has(id)) ? (
          <Empty>
            <p>{t('No conflicts: every edit found its place.')}</p>
          </Empty>
        ) : (
          <Steadily rows={conflicts} keyOf={({ id }) => id}>
            {(steady) => (
              <>
                <ChangesPill of={steady} over />
                <ul class="cards" {...steady.bind}>
                  {steady.rows
                    .filter(({ id }) => !settled.value.has(id))
                    .map((one) => (
                      <li key={one.id} class="card">
                        <h2 class="card-title">
                          <Title site={site} one={one} />: {groupWord(one.group)}
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
                          <Side title={t('Stands now')} value={one.stands} other={one.other} />
                          <Side
                            title={one.side === 'box' ? t('The branch had') : t('The account had')}
                            value={one.other}
                            other={one.stands}
                          />
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
              </>
            )}
          </Steadily>
        )
      }
    </Await>
  )
}

/** One side's value, what the other has otherwise marked. */
function Side({ title, value, other }: { title: string; value: unknown; other: unknown }) {
  const others = new Set(linesOf(other))
  return (
    <div>
      <h3>{title}</h3>
      <ul class="conflict-side code">
        {linesOf(value).map((line) => (
          <li key={line} dir="auto">
            {others.has(line) ? line : <mark>{line}</mark>}
          </li>
        ))}
      </ul>
    </div>
  )
}

/** `device 80:5e:c0:12:34:56`, with a way to it. */
function Title({ site, one }: { site: string; one: Conflict }) {
  const mac = /^[0-9a-f]{12}$/.test(one.record) ? one.record.match(/../g)?.join(':') : undefined
  if (one.kind !== 'device' || one.shared || mac === undefined)
    return (
      <span dir="auto">
        {one.kind} {one.record}
      </span>
    )
  return (
    <a class="mac" href={at('sites', site, 'devices', mac)}>
      {mac}
    </a>
  )
}
