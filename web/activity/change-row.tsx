import type { RecordChange } from '../../services/admin/schema-changes.ts'
import { api } from '../api.ts'
import { t } from '../i18n.ts'
import { confirmed } from '../kit/dialog.tsx'
import { Ago } from '../kit/states.tsx'
import { toast } from '../kit/toast.tsx'
import { fieldWord } from '../phone/field-words.ts'
import { may } from '../session.ts'
import { tried } from '../tried.ts'
import { byWord, kindWord, placeOf } from './words.ts'

const OF_PHONES: ReadonlySet<string> = new Set(['device', 'site', 'vendor', 'group', 'model'])

/** One change, and a way to take it back where that can be. */
export function ChangeRow({ row, done }: { row: RecordChange; done: () => void }) {
  const href = placeOf(row)
  const what = row.kind === 'site' ? t('Site') : (row.name ?? row.id)
  const undo = async () => {
    const yes = await confirmed({
      title: t('Take this change back?'),
      consequences: [
        row.did === 'removed'
          ? t('The record comes back as it was.')
          : t('These get the values that they had before: {fields}.', {
              fields: row.fields.map(fieldWord).join(', ') || kindWord(row.kind),
            }),
        OF_PHONES.has(row.kind)
          ? t('What else was changed since stays. The phone gets it when it fetches again.')
          : t('What else was changed since stays.'),
      ],
      action: t('Take it back'),
    })
    if (!yes) return
    await tried(t('It was not taken back'), async () => {
      await api(`/changes/${row.seq}/undo`, { method: 'POST' })
      toast(t('The change is taken back.'))
      done()
    })
  }
  return (
    <li>
      <span>
        <span class="tag">{kindWord(row.kind)}</span>{' '}
        {href === undefined ? (
          <span dir="auto">{what}</span>
        ) : (
          <a href={href} dir="auto">
            {what}
          </a>
        )}{' '}
        {row.did === 'made' ? (
          t('was made')
        ) : row.did === 'removed' ? (
          t('was removed')
        ) : (
          <span class="quiet">{row.fields.map(fieldWord).join(', ')}</span>
        )}
      </span>
      <span class="quiet">
        <span dir="auto">{byWord(row.by)}</span>, <Ago at={row.at} />
      </span>
      {row.canUndo && may('site') && (
        <button
          type="button"
          class="link"
          aria-label={`${t('Take it back')}: ${kindWord(row.kind)} ${what} ${row.seq}`}
          onClick={() => void undo()}
        >
          {t('Take it back')}
        </button>
      )}
    </li>
  )
}
