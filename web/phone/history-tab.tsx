import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import type { ChangeView } from '../../services/admin/schema.ts'
import { byWord } from '../activity/words.ts'
import { t } from '../i18n.ts'
import { confirmed } from '../kit/dialog.tsx'
import { Ago, Await, Empty, Section } from '../kit/states.tsx'
import { toast } from '../kit/toast.tsx'
import { may } from '../session.ts'
import { changes, type Loaded, load } from '../state.ts'
import { tried } from '../tried.ts'
import type { Desk } from './desk.ts'
import { fieldWord } from './field-words.ts'

/** Who changed what when, and a way to take each change back. */
export function HistoryTab({ desk }: { desk: Desk }) {
  const history = useSignal<Loaded<readonly ChangeView[]>>({ kind: 'loading' })
  const ask = () => void load(history, desk.history)
  useEffect(ask, [desk, changes.value])
  const undo = async (change: ChangeView) => {
    const yes = await confirmed({
      title: t('Take this change back?'),
      consequences: [
        t('These get the values that they had before: {fields}.', { fields: change.fields.map(fieldWord).join(', ') }),
        t('What else was changed since stays. The phone gets it when it fetches again.'),
      ],
      action: t('Take it back'),
    })
    if (!yes) return
    await tried(t('It was not taken back'), async () => {
      await desk.undo(change.seq)
      await desk.load()
      ask()
      toast(t('The change is taken back.'))
    })
  }
  return (
    <Section id="history" title={t('History')}>
      <Await of={history.value} again={ask}>
        {(list: readonly ChangeView[]) =>
          list.length === 0 ? (
            <Empty icon="pencil">{t('Nothing was changed yet.')}</Empty>
          ) : (
            <ol class="history card">
              {[...list].reverse().map((change, i) => {
                const made =
                  i === list.length - 1 && change.fields.includes('enabled') && change.fields.includes('lines')
                return (
                  <li key={change.seq}>
                    <span>
                      {made
                        ? t('The record was made')
                        : change.fields.length === 0
                          ? t('Stored without a change')
                          : change.fields.map(fieldWord).join(', ')}
                    </span>
                    <span class="quiet">
                      <span dir="auto">{byWord(change.by)}</span>, <Ago at={change.at} />
                    </span>
                    {!made && change.fields.length > 0 && may('devices') && (
                      <button type="button" disabled={desk.edits.value > 0} onClick={() => void undo(change)}>
                        {t('Take it back')}
                      </button>
                    )}
                  </li>
                )
              })}
            </ol>
          )
        }
      </Await>
    </Section>
  )
}
