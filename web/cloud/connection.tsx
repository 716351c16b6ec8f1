import { ago } from '../format.ts'
import { t } from '../i18n.ts'
import { Icon } from '../kit/icon.tsx'
import { connection } from '../state.ts'
import { awaySince, LOST_MS } from './live.ts'

/** Whether news of the account arrives by itself, in a word. */
export function Connection() {
  const { state } = connection.value
  const seconds = LOST_MS / 1000
  return (
    <span class={`connection ${state}`} role="status">
      <span class="connection-word">
        {state === 'live'
          ? t('Live')
          : state === 'connecting'
            ? t('Connecting …')
            : t('Not live: looked at every {n} s', { n: seconds })}
      </span>
    </span>
  )
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
