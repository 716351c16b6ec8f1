import { useState } from 'preact/hooks'
import type { SignInState } from '../services/admin/schema-accounts.ts'
import { ApiError, api } from './api.ts'
import { t } from './i18n.ts'
import { Icon } from './kit/icon.tsx'

/** The browser's event that a session ended: what was asked was answered 401. */
export const SIGNED_OUT = 'signed-out'

/** Signing in, or making the first account of a box that has none. Calls `done` when the page may be shown. */
export function SignIn({ state, done }: { state: SignInState; done: () => void }) {
  const first = state.state === 'first'
  return (
    <main id="main" class="narrow entrance">
      <p class="brand">
        <Icon name="phone" />
        <span>Branchline</span>
      </p>
      <h1>{first ? t('Make the first account') : t('Sign in')}</h1>
      {first && <p>{t('Nobody has an account on this box yet. This one may do everything.')}</p>}
      {first ? <FirstAccount needsSetupCode={state.needsSetupCode ?? false} done={done} /> : <Enter done={done} />}
    </main>
  )
}

interface Sent {
  readonly name: string
  readonly password: string
  readonly code?: string
  readonly setupCode?: string
}

/** Sends a form; says why not when it is refused. */
function useSending(first: boolean, done: () => void) {
  const [problem, setProblem] = useState('')
  const [busy, setBusy] = useState(false)
  const [asksCode, setAsksCode] = useState(false)
  async function send(event: SubmitEvent, read: (field: (name: string) => string) => Sent | string): Promise<void> {
    event.preventDefault()
    const form = new FormData(event.currentTarget as HTMLFormElement)
    const body = read((name) => String(form.get(name) ?? ''))
    if (typeof body === 'string') {
      setProblem(body)
      return
    }
    setBusy(true)
    setProblem('')
    try {
      await api(first ? '/sign-in/first' : '/sign-in', { method: 'POST', body })
      done()
    } catch (error) {
      if (error instanceof ApiError && error.code === 'needs-code') setAsksCode(true)
      setProblem(textOf(error, first))
    }
    setBusy(false)
  }
  return { problem, busy, asksCode, send }
}

function Enter({ done }: { done: () => void }) {
  const { problem, busy, asksCode, send } = useSending(false, done)
  return (
    <form
      class="form card"
      aria-label={t('Sign in')}
      onSubmit={(event) =>
        void send(event, (field) => {
          const code = field('code').trim()
          return { name: field('name').trim(), password: field('password'), ...(code !== '' && { code }) }
        })
      }
    >
      <Field name="name" label={t('Name')} autocomplete="username" />
      <Field name="password" label={t('Password')} type="password" autocomplete="current-password" />
      {asksCode && <Field name="code" label={t('Code of your authenticator')} autocomplete="one-time-code" />}
      <Problem text={problem} />
      <button type="submit" class="primary" disabled={busy}>
        {t('Sign in')}
      </button>
    </form>
  )
}

/** The form for the first account, on its own page and in the first run. */
export function FirstAccount({ needsSetupCode, done }: { needsSetupCode: boolean; done: () => void }) {
  const { problem, busy, send } = useSending(true, done)
  return (
    <form
      class="form card"
      aria-label={t('First account')}
      onSubmit={(event) =>
        void send(event, (field) => {
          const password = field('password')
          if (password !== field('again')) return t('The two passwords differ.')
          const code = needsSetupCode ? { setupCode: field('setupCode').trim() } : {}
          return { name: field('name').trim(), password, ...code }
        })
      }
    >
      {needsSetupCode && (
        <Field
          name="setupCode"
          label={t('Setup code')}
          autocomplete="off"
          hint={t('The box printed it when it started; “branchline accounts trust” prints it again.')}
        />
      )}
      <Field name="name" label={t('Name')} autocomplete="username" />
      <Field
        name="password"
        label={t('Password')}
        type="password"
        autocomplete="new-password"
        hint={t('At least 10 characters.')}
      />
      <Field name="again" label={t('Password again')} type="password" autocomplete="new-password" />
      <Problem text={problem} />
      <button type="submit" class="primary" disabled={busy}>
        {t('Make the account')}
      </button>
    </form>
  )
}

function Problem({ text }: { text: string }) {
  return (
    <p class={text ? 'failed' : ''} role="alert">
      {text}
    </p>
  )
}

interface FieldProps {
  readonly name: string
  readonly label: string
  readonly autocomplete: 'off' | 'username' | 'current-password' | 'new-password' | 'one-time-code'
  readonly type?: 'password'
  readonly hint?: string
}

function Field({ name, label, autocomplete, type, hint }: FieldProps) {
  const id = `sign-in-${name}`
  const described = hint === undefined ? {} : { 'aria-describedby': `${id}-hint` }
  const common = { id, name, autocomplete, required: true, autocapitalize: 'none' as const, spellcheck: false }
  return (
    <div class="field">
      <label for={id}>{label}</label>
      {type === 'password' ? (
        <input type="password" {...common} {...described} />
      ) : (
        <input {...common} {...described} />
      )}
      {hint !== undefined && (
        <small id={`${id}-hint`} class="hint">
          {hint}
        </small>
      )}
    </div>
  )
}

function textOf(error: unknown, first: boolean): string {
  if (!(error instanceof ApiError)) return t('It failed.')
  if (error.code === 'refused')
    return first ? t('The setup code is not right.') : t('Name, password or code is not right.')
  if (error.code === 'needs-code') return t('The code of your authenticator is needed.')
  return error.status === 0 ? t('the box cannot be reached') : error.message
}
