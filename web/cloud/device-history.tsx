import { useSignal } from '@preact/signals'
import { api } from '../api.ts'
import { t } from '../i18n.ts'
import { Ago, Await, Empty, Section } from '../kit/states.tsx'
import type { Desk } from '../phone/desk.ts'
import { fieldWord } from '../phone/field-words.ts'
import { HistoryTab } from '../phone/history-tab.tsx'
import { useAsked } from './asked.ts'
import { useNames } from './by.ts'
import { ConflictsTab } from './conflicts.tsx'
import { atLeast, path } from './session.ts'

interface Change {
  readonly at: number
  readonly by: string
  readonly action: string
  readonly fields: readonly string[]
}

/** Who changed which fields of a phone when, and edits of it that did not fit together. */
export function DeviceHistory(props: { site: string; desk: Desk; rev: number; settled: () => void }) {
  const { site, desk, rev } = props
  const { mac } = desk
  const atBox = useSignal(false)
  const nameOf = useNames()
  const list = useAsked(`${mac} ${rev}`, async () => {
    const { changes } = await api<{ changes: readonly Change[] }>(path('sites', site, 'devices', mac, 'history'))
    return [...changes].reverse()
  })
  return (
    <>
      <Section id="conflicts" title={t('Conflicts')}>
        <ConflictsTab site={site} record={mac.replaceAll(':', '')} changed={props.settled} />
      </Section>
      {atBox.value && <HistoryTab desk={desk} />}
      <Section
        id="in-account"
        title={t('In the account')}
        action={
          atLeast('installer') &&
          !atBox.value && (
            <button
              type="button"
              onClick={() => {
                atBox.value = true
              }}
            >
              {t('Take a change back …')}
            </button>
          )
        }
      >
        <Await of={list.of} again={list.again}>
          {(changes: readonly Change[]) =>
            changes.length === 0 ? (
              <Empty icon="activity">{t('No change was recorded yet.')}</Empty>
            ) : (
              <ul class="card history">
                {changes.map((change) => (
                  <li key={`${change.at} ${change.by}`}>
                    <span>
                      <span dir="auto">{nameOf(change.by)}</span>{' '}
                      <span class="quiet">{change.fields.map(fieldWord).join(', ')}</span>
                    </span>
                    <span class="quiet">
                      <Ago at={change.at} />
                    </span>
                  </li>
                ))}
              </ul>
            )
          }
        </Await>
      </Section>
    </>
  )
}
