import { useSignal } from '@preact/signals'
import { api } from '../api.ts'
import { t } from '../i18n.ts'
import { Section } from '../kit/states.tsx'
import { toast } from '../kit/toast.tsx'
import { useDoing } from './asked.ts'
import { PlainField } from './plain-field.tsx'
import { Problem } from './problem.tsx'

/** Another password; every other session ends. */
export function MyPassword() {
  const [current, password] = [useSignal(''), useSignal('')]
  const { busy, failed, faultAt, run } = useDoing()
  const send = async (event: SubmitEvent) => {
    event.preventDefault()
    const body = { current: current.value, password: password.value }
    if (!(await run(() => api('/me/password', { method: 'POST', body })))) return
    for (const field of [current, password]) field.value = ''
    toast(t('Your password is changed. You are signed out everywhere else.'))
  }
  return (
    <Section id="password" title={t('Password')}>
      <form class="card stacked" aria-label={t('Change your password')} onSubmit={(event) => void send(event)}>
        <PlainField
          label={t('Password until now')}
          value={current}
          type="password"
          autocomplete="current-password"
          fault={faultAt('current')}
        />
        <PlainField
          label={t('New password')}
          value={password}
          type="password"
          autocomplete="new-password"
          hint={t('At least 10 characters.')}
          fault={faultAt('password')}
        />
        <Problem of={failed.value} />
        <div class="buttons">
          <button type="submit" disabled={busy.value || current.value === '' || password.value === ''}>
            {t('Change your password')}
          </button>
        </div>
      </form>
    </Section>
  )
}
