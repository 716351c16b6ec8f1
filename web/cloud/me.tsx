import { useEffect } from 'preact/hooks'
import { api } from '../api.ts'
import { t } from '../i18n.ts'
import { PasswordQuestion } from '../system/fresh.tsx'
import { type Begun, type Factor, SecondFactor } from '../system/second-factor.tsx'
import { Sessions } from '../system/sessions.tsx'
import { MyPassword } from './my-password.tsx'
import { Passkeys } from './passkeys.tsx'
import { proven } from './proof.ts'
import { askWho, signOut, who } from './session.ts'

type BegunHere = Begun & { readonly ticket: string }

/** How somebody signs in: password, second factor, passkeys, and where they are signed in. */
export function MePage() {
  useEffect(() => {
    document.title = `${t('Your sign-in')} · Branchline`
  }, [])
  const me = who.value?.me
  const factor: Factor = {
    on: me?.hasTotp ?? false,
    begin: () => proven(() => api<BegunHere>('/me/totp/begin', { method: 'POST' })),
    async confirm(begun, code) {
      const body = { ticket: (begun as BegunHere).ticket, code }
      const codes = await proven(() => api<{ recoveryCodes: string[] }>('/me/totp', { method: 'POST', body }))
      await askWho()
      return codes?.recoveryCodes ?? []
    },
    async remove() {
      const done = await proven(() => api('/me/totp', { method: 'DELETE' }).then(() => true))
      await askWho()
      return done ?? false
    },
  }
  return (
    <>
      <div class="page-head">
        <h1>{t('Your sign-in')}</h1>
        <button type="button" onClick={() => void signOut()}>
          {t('Sign out')}
        </button>
      </div>
      <p class="head-line">
        <strong dir="auto">{me?.name}</strong> <span class="quiet breaking">{me?.email}</span>
      </p>
      <Passkeys />
      <div class="columns">
        {me?.hasPassword && <MyPassword />}
        <SecondFactor factor={factor} />
      </div>
      <Sessions />
      <PasswordQuestion />
    </>
  )
}
