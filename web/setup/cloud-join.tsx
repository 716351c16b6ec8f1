import { useSignal } from '@preact/signals'
import type { CloudView } from '../../services/admin/schema-cloud.ts'
import { api } from '../api.ts'
import { t } from '../i18n.ts'
import { TextField } from '../kit/field.tsx'
import { faultsOf, loading } from '../state.ts'
import { passwordAgain } from '../system/fresh.tsx'
import { cloud, loadCloud } from './progress.ts'

/** Names the account that the box shall go to, or another one while it belongs to none. */
export function CloudJoin({ it }: { it: CloudView }) {
  const known = 'url' in it ? it.url : ''
  const address = useSignal(known)
  const fault = useSignal<string | undefined>(undefined)
  const busy = useSignal(false)
  if (it.fixed || it.state === 'claimed') return null
  const go = async (url: string | null) => {
    busy.value = true
    fault.value = undefined
    try {
      if (await passwordAgain()) {
        await api('/cloud', { method: 'PUT', body: { url } })
        cloud.value = loading
        await loadCloud()
      }
    } catch (error) {
      fault.value = faultsOf(error).text
    }
    busy.value = false
  }
  const wanted = addressOf(address.value)
  const form = (
    <form
      class="stacked card join"
      aria-label={t('Join a central account')}
      onSubmit={(event) => {
        event.preventDefault()
        void go(wanted)
      }}
    >
      <TextField
        label={t('Address of the account')}
        hint={t('As its people open it in their browser, for example https://cloud.example')}
        value={address.value}
        fault={fault.value}
        required
        change={(value) => {
          address.value = value
        }}
      />
      <div class="buttons">
        <button
          type="submit"
          class={known === '' ? 'primary' : ''}
          disabled={busy.value || wanted === known || wanted === ''}
        >
          {known === '' ? t('Join this account') : t('Go to this one instead')}
        </button>
        {known !== '' && (
          <button type="button" disabled={busy.value} onClick={() => void go(null)}>
            {t('Work without one')}
          </button>
        )}
      </div>
    </form>
  )
  if (known === '') return form
  return (
    <details>
      <summary>{t('Another account, or none')}</summary>
      {form}
    </details>
  )
}

/** The address in what people type or copy: HTTPS where no scheme is said, without the place of a page in it. */
function addressOf(typed: string): string {
  const bare = typed
    .trim()
    .replace(/[#?].*$/, '')
    .replace(/(\/claim)?\/*$/, '')
  return bare === '' || /^[a-z]+:\/\//i.test(bare) ? bare : `https://${bare}`
}
