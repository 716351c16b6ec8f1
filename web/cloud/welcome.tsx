import { useSignal } from '@preact/signals'
import { api } from '../api.ts'
import { t } from '../i18n.ts'
import { Await } from '../kit/states.tsx'
import { useAsked, useDoing } from './asked.ts'
import { Entrance } from './entrance.tsx'
import { PlainField } from './plain-field.tsx'
import { Problem } from './problem.tsx'
import { SignIn } from './sign-in.tsx'
import type { Welcome } from './types.ts'

/** Somebody opened the link of an invitation, the first owner's included. */
export function WelcomePage({ token, done }: { token: string; done: () => void }) {
  const welcome = useAsked(token, () => api<Welcome>('/invitations/look', { method: 'POST', body: { token } }))
  return (
    <Entrance title={t('Welcome')}>
      <Await of={welcome.of} again={welcome.again}>
        {(it: Welcome) => (it.known ? <Join token={token} it={it} done={done} /> : <Become {...{ token, it, done }} />)}
      </Await>
    </Entrance>
  )
}

function Become({ token, it, done }: { token: string; it: Welcome; done: () => void }) {
  const first = it.account === null
  const [accountName, email, name, password] = [useSignal(''), useSignal(''), useSignal(''), useSignal('')]
  const { busy, failed, faultAt, run } = useDoing()
  const send = async (event: SubmitEvent) => {
    event.preventDefault()
    const body = {
      ...{ token, name: name.value.trim(), password: password.value },
      ...(first && { accountName: accountName.value.trim() }),
      ...(it.email === null && { email: email.value.trim() }),
    }
    if (await run(() => api('/invitations/accept', { method: 'POST', body }))) done()
  }
  return (
    <>
      <p>
        {first
          ? t('Make the first account and its owner.')
          : t('You are invited to {account}.', { account: it.account ?? '' })}
      </p>
      <form class="form card" aria-label={t('Join')} onSubmit={(event) => void send(event)}>
        {first && (
          <PlainField
            label={t('Name of your organisation')}
            value={accountName}
            autocomplete="organization"
            fault={faultAt('accountName')}
          />
        )}
        {it.email === null ? (
          <PlainField
            label={t('E-mail address')}
            value={email}
            type="email"
            autocomplete="username"
            fault={faultAt('email')}
          />
        ) : (
          <p>{it.email}</p>
        )}
        <PlainField label={t('Your name')} value={name} autocomplete="name" fault={faultAt('name')} />
        <PlainField
          label={t('A new password')}
          value={password}
          type="password"
          autocomplete="new-password"
          hint={t('At least 10 characters.')}
          fault={faultAt('password')}
        />
        <Problem of={failed.value} />
        <button type="submit" class="primary" disabled={busy.value}>
          {t('Join')}
        </button>
      </form>
    </>
  )
}

/** Somebody who has an account here already: they say who they are, and join. */
function Join({ token, it, done }: { token: string; it: Welcome; done: () => void }) {
  const signing = useSignal(false)
  const { busy, failed, run } = useDoing()
  const join = async () => {
    if (await run(() => api('/invitations/join', { method: 'POST', body: { token } }))) done()
  }
  if (signing.value)
    return (
      <SignIn
        done={() => {
          signing.value = false
        }}
      />
    )
  return (
    <div class="card form">
      <p>
        {t('You are invited to {account}. Join as {email}, who has to be signed in.', {
          ...{ account: it.account ?? '', email: it.email ?? '' },
        })}
      </p>
      <Problem of={failed.value} />
      <div class="buttons">
        <button type="button" class="primary" disabled={busy.value} onClick={() => void join()}>
          {t('Join')}
        </button>
        <button
          type="button"
          onClick={() => {
            signing.value = true
          }}
        >
          {t('Sign in first')}
        </button>
      </div>
    </div>
  )
}

/** A new password: asked for without a link, set by one. */
export function ResetPage({ token }: { token: string }) {
  const given = useSignal('')
  const done = useSignal(false)
  const { busy, failed, run } = useDoing()
  const asks = token === ''
  const send = async (event: SubmitEvent) => {
    event.preventDefault()
    const [path, body] = asks
      ? ['/sign-in/reset', { email: given.value.trim() }]
      : ['/sign-in/reset/confirm', { token, password: given.value }]
    if (await run(() => api(path, { method: 'POST', body }))) done.value = true
  }
  return (
    <Entrance title={t('Set a new password')}>
      {done.value ? (
        <p role="status">
          {asks
            ? t('If there is somebody with this address, a link is on its way.')
            : t('Done. Sign in with the new password.')}
        </p>
      ) : (
        <form class="form card" aria-label={t('Set a new password')} onSubmit={(event) => void send(event)}>
          {asks ? (
            <PlainField label={t('E-mail address')} value={given} type="email" autocomplete="username" />
          ) : (
            <PlainField
              label={t('A new password')}
              value={given}
              type="password"
              autocomplete="new-password"
              hint={t('At least 10 characters.')}
            />
          )}
          <Problem of={failed.value} />
          <button type="submit" class="primary" disabled={busy.value}>
            {asks ? t('Send me a link') : t('Set it')}
          </button>
        </form>
      )}
      <p>
        <a href="/">{t('To the sign-in')}</a>
      </p>
    </Entrance>
  )
}
