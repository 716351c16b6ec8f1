import { useSignal } from '@preact/signals'
import { api } from '../api.ts'
import { t } from '../i18n.ts'
import { TextField } from '../kit/field.tsx'
import { Section } from '../kit/states.tsx'
import { toast } from '../kit/toast.tsx'
import { roleWord, session } from '../session.ts'
import { faultsOf } from '../state.ts'
import { tried } from '../tried.ts'
import { SecondFactor } from './second-factor.tsx'
import { Sessions } from './sessions.tsx'
import { Tokens } from './tokens.tsx'

/** A person's own account: password, second factor, where they are signed in, tokens for their programs. */
export function AccountTab() {
  const { account = '', role } = session.value
  const leave = () =>
    tried(t('You were not signed out'), async () => {
      await api('/sign-out', { method: 'POST' })
      location.reload()
    })
  return (
    <>
      <div class="card need-who">
        <span>
          {t('Signed in as')} <strong dir="auto">{account}</strong> <span class="tag">{roleWord(role)}</span>
        </span>
        <button type="button" onClick={() => void leave()}>
          {t('Sign out')}
        </button>
      </div>
      <div class="columns">
        <Password />
        <SecondFactor />
      </div>
      <Sessions />
      <Tokens />
    </>
  )
}

function Password() {
  const old = useSignal('')
  const password = useSignal('')
  const again = useSignal('')
  const failed = useSignal<string | undefined>(undefined)
  const send = async (event: SubmitEvent) => {
    event.preventDefault()
    failed.value = undefined
    if (password.value !== again.value) {
      failed.value = t('The two passwords differ.')
      return
    }
    try {
      session.value = await api('/me/password', { method: 'PUT', body: { old: old.value, password: password.value } })
      for (const field of [old, password, again]) field.value = ''
      toast(t('Your password is changed. You are signed out everywhere else.'))
    } catch (error) {
      const it = faultsOf(error)
      failed.value = it.status === 401 ? t('The password is not right.') : it.text
    }
  }
  const field = (label: string, name: string, of: typeof old, hint?: string) => (
    <TextField
      {...{ label, name, hint }}
      type="password"
      value={of.value}
      change={(value) => {
        of.value = value
      }}
    />
  )
  return (
    <Section id="password" title={t('Password')}>
      <form class="card stacked" onSubmit={(event) => void send(event)} aria-label={t('Change your password')}>
        {field(t('Password until now'), 'current-password', old)}
        {field(t('New password'), 'new-password', password, t('At least 10 characters.'))}
        {field(t('Password again'), 'again', again)}
        {failed.value && (
          <p class="failed" role="alert">
            {failed.value}
          </p>
        )}
        <div class="buttons">
          <button type="submit" disabled={old.value === '' || password.value === ''}>
            {t('Change your password')}
          </button>
        </div>
      </form>
    </Section>
  )
}
