import { ago } from '../format.ts'
import { t } from '../i18n.ts'
import { Icon } from '../kit/icon.tsx'
import { connection } from '../state.ts'
import { awaySince, LOST_MS } from './live.ts'

/** Whether news of the account arrives by itself, in a word. */
export function Connection() {
  const { state } = connection.value
  const late = t('News does not come by itself now: what is shown is asked for every {n} s.', { n: LOST_MS / 1000 })
  return (
    <span class={`connection ${state}`} role="status" title={state === 'lost' ? late : undefined}>
      <span class="connection-word">{wordOf(state)}</span>
      {state === 'lost' && <span class="unseen"> {late}</span>}
    </span>
  )
}

function wordOf(state: typeof connection.value.state): string {
  if (state === 'live') return t('Live')
  if (state === 'connecting') return t('Connecting …')
  return awaySince.value === undefined ? t('Not live') : t('Not connected')
}

/** Across the page while the account cannot be reached: what is shown may be old. */
export function Away() {
  const since = awaySince.value
  if (since === undefined) return null
  return (
    <div class="offline" role="alert">
      <Icon name="warn" />
      <span>
        {t('The account cannot be reached. What is shown is as it was {ago}; changes cannot be saved now.', {
          ago: ago(since),
        })}
      </span>
    </div>
  )
}
