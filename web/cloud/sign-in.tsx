import { useSignal } from '@preact/signals'
import { api } from '../api.ts'
import { t } from '../i18n.ts'
import { useAsked, useDoing } from './asked.ts'
import { Entrance } from './entrance.tsx'
import { PlainField } from './plain-field.tsx'
import { Problem } from './problem.tsx'

interface SignedIn {
  readonly next: 'done' | 'second-factor'
  readonly ticket?: string
}

/** The way in: by password and second factor, by passkey, or by a provider. */
export function SignIn({ done }: { done: () => void }) {
  const ticket = useSignal<string | undefined>(undefined)
  return (
    <Entrance title={ticket.value === undefined ? t('Sign in') : t('Second factor')}>
      {ticket.value === undefined ? (
        <ByPassword
          done={(next) => {
            if (next.next === 'done') done()
            else ticket.value = next.ticket
          }}
        />
      ) : (
        <ByCode
          ticket={ticket.value}
          done={done}
          back={() => {
            ticket.value = undefined
          }}
        />
      )}
    </Entrance>
  )
}

function ByPassword({ done }: { done: (next: SignedIn) => void }) {
  const email = useSignal('')
  const password = useSignal('')
  const { busy, failed, faultAt, run } = useDoing()
  const send = async (event: SubmitEvent) => {
    event.preventDefault()
    const body = { email: email.value.trim(), password: password.value }
    const next = await run(() => api<SignedIn>('/sign-in', { method: 'POST', body }))
    if (next) done(next)
  }
  return (
    <>
      <form class="form card" aria-label={t('Sign in')} onSubmit={(event) => void send(event)}>
        <PlainField
          label={t('E-mail address')}
          value={email}
          type="email"
          autocomplete="username"
          fault={faultAt('email')}
        />
        <PlainField label={t('Password')} value={password} type="password" autocomplete="current-password" />
        <Problem of={failed.value} />
        <div class="buttons">
          <button type="submit" class="primary" disabled={busy.value}>
            {t('Sign in')}
          </button>
          <a href="/reset">{t('Forgot the password?')}</a>
        </div>
      </form>
      <OtherWays done={() => done({ next: 'done' })} />
    </>
  )
}

function ByCode(props: { ticket: string; done: () => void; back: () => void }) {
  const code = useSignal('')
  const { busy, failed, run } = useDoing()
  const send = async (event: SubmitEvent) => {
    event.preventDefault()
    const body = { ticket: props.ticket, code: code.value.trim() }
    if (await run(() => api('/sign-in/second-factor', { method: 'POST', body }))) props.done()
  }
  return (
    <form class="form card" aria-label={t('Second factor')} onSubmit={(event) => void send(event)}>
      <PlainField
        label={t('Code of your authenticator')}
        value={code}
        autocomplete="one-time-code"
        hint={t('Without it at hand, one of the recovery codes does it too.')}
      />
      <Problem of={failed.value} />
      <div class="buttons">
        <button type="submit" class="primary" disabled={busy.value}>
          {t('Sign in')}
        </button>
        <button type="button" onClick={props.back}>
          {t('Back')}
        </button>
      </div>
    </form>
  )
}

/** Passkey and providers. */
function OtherWays({ done }: { done: () => void }) {
  const { busy, failed, run } = useDoing()
  const providers = useAsked('', async () => {
    return (await api<{ providers: readonly { id: string; name: string }[] }>('/sign-in/providers')).providers
  })
  const list = providers.of.kind === 'ready' ? providers.of.value : []
  const able = typeof PublicKeyCredential !== 'undefined' && 'parseRequestOptionsFromJSON' in PublicKeyCredential
  if (!able && list.length === 0) return null
  return (
    <section class="other-ways" aria-label={t('Other ways to sign in')}>
      <div class="buttons">
        {able && (
          <button
            type="button"
            disabled={busy.value}
            onClick={() =>
              void run(byPasskey).then((signedIn) => {
                if (signedIn) done()
              })
            }
          >
            {t('Sign in with a passkey')}
          </button>
        )}
        {list.map((one) => (
          <a key={one.id} class="button" href={`/api/v1/sign-in/oidc/${encodeURIComponent(one.id)}/begin`}>
            <span dir="auto">{one.name}</span>
          </a>
        ))}
      </div>
      <Problem of={failed.value} />
    </section>
  )
}

async function byPasskey(): Promise<boolean> {
  const begun = await api<{ ticket: string; options: PublicKeyCredentialRequestOptionsJSON }>(
    '/sign-in/passkey/begin',
    { method: 'POST' },
  )
  const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(begun.options)
  const credential = await navigator.credentials.get({ publicKey })
  if (!(credential instanceof PublicKeyCredential)) return false
  await api('/sign-in/passkey', { method: 'POST', body: { ticket: begun.ticket, response: credential.toJSON() } })
  return true
}
