import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import type { LogsView } from '../../services/admin/schema-logs.ts'
import { api } from '../api.ts'
import { clockTime, fullTime } from '../format.ts'
import { t } from '../i18n.ts'
import { Check, SelectField } from '../kit/field.tsx'
import { FindField } from '../kit/find-field.tsx'
import { ScrollBox } from '../kit/scroll-box.tsx'
import { Await, Empty, Section } from '../kit/states.tsx'
import { to } from '../router.ts'
import { type Loaded, load } from '../state.ts'

const FOLLOW_MS = 2_000
/** Lines drawn; more are in the file. */
const SHOWN = 300

/** What the box wrote down of itself since it started, the newest first. */
export function LogsTab() {
  const logs = useSignal<Loaded<LogsView>>({ kind: 'loading' })
  const level = useSignal('info')
  const find = useSignal('')
  const follow = useSignal(true)
  const query = `level=${level.value}&find=${encodeURIComponent(find.value.trim().slice(0, 100))}`
  const ask = () => load(logs, () => api<LogsView>(`/logs?${query}`))
  useEffect(() => {
    void ask()
    if (!follow.value) return
    const timer = setInterval(() => {
      if (document.visibilityState === 'visible') void ask()
    }, FOLLOW_MS)
    return () => clearInterval(timer)
  }, [query, follow.value])
  return (
    <Section
      id="logs"
      title={t('Log')}
      action={
        <span class="buttons">
          <a class="button" href={`/api/v1/logs/text?${query}`} download="branchline.log">
            {t('Download')}
          </a>
          <a class="button" href={to('system', 'diagnosis')}>
            {t('A file for whoever helps')}
          </a>
        </span>
      }
    >
      <div class="form">
        <SelectField
          label={t('From this weight on')}
          value={level.value}
          change={(value) => {
            level.value = value
          }}
          choices={['debug', 'info', 'warn', 'error'].map((value) => ({ value, text: levelWord(value) }))}
        />
        <div class="field">
          <FindField
            id="find-log"
            label={t('Find in the log')}
            placeholder={t('Find in the log')}
            value={find.value}
            change={(text) => {
              find.value = text
            }}
          />
        </div>
        <Check
          label={t('Follow')}
          checked={follow.value}
          change={(on) => {
            follow.value = on
          }}
        />
      </div>
      <Await of={logs.value} again={() => void ask()}>
        {({ lines }: LogsView) =>
          lines.length === 0 ? (
            <Empty icon="ok">{t('No such line since the box started.')}</Empty>
          ) : (
            <ScrollBox class="card log-box" label={t('Lines of the log')}>
              <ol class="log-lines">
                {[...lines]
                  .reverse()
                  .slice(0, SHOWN)
                  .map((line) => (
                    <li key={line.seq} class={line.level}>
                      <time dateTime={new Date(line.at).toISOString()} title={fullTime(line.at)}>
                        {clockTime(line.at)}
                      </time>
                      <span class={`tag ${line.level}`}>{levelWord(line.level)}</span>
                      <span lang="en" dir="auto">
                        {line.text}{' '}
                        {Object.entries(line.fields).map(([name, value]) => (
                          <code key={name}>
                            {name}={String(value)}{' '}
                          </code>
                        ))}
                      </span>
                    </li>
                  ))}
              </ol>
            </ScrollBox>
          )
        }
      </Await>
      <p class="quiet">{t('The last thousand lines since the program started. Secrets are blotted out.')}</p>
    </Section>
  )
}

function levelWord(level: string): string {
  if (level === 'debug') return t('everything')
  if (level === 'info') return t('notice')
  return level === 'warn' ? t('warning') : t('error')
}
