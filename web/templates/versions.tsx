import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import type { VersionRow } from '../../services/admin/schema-templates.ts'
import { api } from '../api.ts'
import { t } from '../i18n.ts'
import { Dialog } from '../kit/dialog.tsx'
import { Difference } from '../kit/difference.tsx'
import { Ago, Await, Empty } from '../kit/states.tsx'
import { toast } from '../kit/toast.tsx'
import { type Loaded, load } from '../state.ts'
import { tried } from '../tried.ts'
import type { VersionsProps } from './ground.ts'

/** What an operator made of this text over time, each compared with what is in the editor, each good for coming back. */
export function Versions({ ground, path, now, restored }: VersionsProps) {
  const versions = useSignal<Loaded<readonly VersionRow[]>>({ kind: 'loading' })
  const seen = useSignal<{ readonly seq: number; readonly text: string } | undefined>(undefined)
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
            <ol class="history card">
              {[...list].reverse().map((one) => (
                <li key={one.seq}>
                  <span>
                    {one.did === 'removed' ? t('Taken away') : one.did === 'made' ? t('First written') : t('Changed')}{' '}
                    <span class="quiet">
                      {one.by}, <Ago at={one.at} />
                    </span>
                  </span>
                  {one.did !== 'removed' && (
                    <button type="button" onClick={() => void look(one.seq)}>
                      {t('Look at it')} <span class="unseen">{one.seq}</span>
                    </button>
                  )}
                </li>
              ))}
            </ol>
          )
        }
      </Await>
      {seen.value && (
        <Dialog
          title={t('Version {n}', { n: seen.value.seq })}
          wide
          close={() => {
            seen.value = undefined
          }}
        >
          {seen.value.text === now ? (
            <p>{t('The same as in the editor.')}</p>
          ) : (
            <Difference name={t('From this version to the editor')} before={seen.value.text} after={now} />
          )}
          {ground.mayEdit && (
            <div class="buttons end">
              <button type="button" class="primary" onClick={() => void restore(seen.value?.seq ?? 0)}>
                {t('Bring it back')}
              </button>
            </div>
          )}
        </Dialog>
      )}
    </>
  )
}
