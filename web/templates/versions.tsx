import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import type { VersionRow } from '../../services/admin/schema-templates.ts'
import { api } from '../api.ts'
import { t } from '../i18n.ts'
import { Await, Empty } from '../kit/states.tsx'
import { toast } from '../kit/toast.tsx'
import { type Loaded, load } from '../state.ts'
import { tried } from '../tried.ts'
import type { VersionsProps } from './ground.ts'
import { type SeenVersion, VersionList, VersionShown } from './version-list.tsx'

/** What an operator made of this text over time, each compared with what is in the editor, each good for coming back. */
export function Versions({ ground, path, now, restored }: VersionsProps) {
  const versions = useSignal<Loaded<readonly VersionRow[]>>({ kind: 'loading' })
  const seen = useSignal<SeenVersion | undefined>(undefined)
  const ask = () =>
    void load(versions, async () => (await api<{ versions: VersionRow[] }>(`${path}/versions`)).versions)
  useEffect(ask, [path])
  const look = (seq: number) =>
    tried(t('It cannot be shown'), async () => {
      seen.value = { seq, text: (await api<{ text: string }>(`${path}/versions/${seq}`)).text }
    })
  const restore = (seq: number) =>
    tried(t('It was not brought back'), async () => {
      await api(`${path}/restore`, { method: 'POST', body: { seq } })
      seen.value = undefined
      toast(t('The text of version {n} is in use again.', { n: seq }))
      restored()
      ask()
    })
  return (
    <>
      <Await of={versions.value} again={ask}>
        {(list: readonly VersionRow[]) =>
          list.length === 0 ? (
            <Empty icon="pencil">{t('Nobody has written an own text here yet.')}</Empty>
          ) : (
            <VersionList versions={list} byOf={({ by }) => by} look={look} />
          )
        }
      </Await>
      {seen.value && (
        <VersionShown
          seen={seen.value}
          now={now}
          close={() => {
            seen.value = undefined
          }}
        >
          {ground.mayEdit && (
            <div class="buttons end">
              <button type="button" class="primary" onClick={() => void restore(seen.value?.seq ?? 0)}>
                {t('Bring it back')}
              </button>
            </div>
          )}
        </VersionShown>
      )}
    </>
  )
}
