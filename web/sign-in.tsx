import { useState } from 'preact/hooks'
import type { SignInState } from '../services/admin/schema-accounts.ts'
import { ApiError, api } from './api.ts'

/** The browser's event that a session ended: what was asked was answered 401. */
export const SIGNED_OUT = 'signed-out'

/** Asks how this browser stands. The page itself is for `signed-in` and `open`. */
export const standing = () => api<SignInState>('/sign-in')

interface Sent {
  readonly name: string
  readonly password: string
  readonly code?: string
  readonly setupCode?: string
}

/** Signing in, or making the first account of a box that has none. Calls `done` when the page may be shown. */
export function SignIn({ state, done }: { state: SignInState; done: () => void }) {
  const first = state.state === 'first'
  const [problem, setProblem] = useState('')
  const [busy, setBusy] = useState(false)
  const [asksCode, setAsksCode] = useState(false)

  async function send(event: SubmitEvent): Promise<void> {
    event.preventDefault()
    const form = new FormData(event.currentTarget as HTMLFormElement)
    const field = (name: string) => String(form.get(name) ?? '').trim()
    const password = String(form.get('password') ?? '')
    if (first && password !== String(form.get('again') ?? '')) {
      setProblem('The two passwords differ.')
      return
    }
    const body: Sent = {
      ...{ name: field('name'), password },
      ...(field('code') !== '' && { code: field('code') }),
      ...(first && state.needsSetupCode && { setupCode: field('setupCode') }),
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

  return (
    <main id="main" class="narrow">
      <h1>{first ? 'Make the first account' : 'Sign in'}</h1>
      {first && <p>Nobody has an account on this box yet. This one may do everything.</p>}
      <form class="form" aria-label={first ? 'First account' : 'Sign in'} onSubmit={(event) => void send(event)}>
        {first && state.needsSetupCode && (
          <Field
            name="setupCode"
            label="Setup code"
            autocomplete="off"
            hint="The box printed it when it started; “branchline accounts trust” prints it again."
          />
        )}
        <Field name="name" label="Name" autocomplete="username" />
        <Field
          name="password"
          label="Password"
          type="password"
          autocomplete={first ? 'new-password' : 'current-password'}
          {...(first && { hint: 'At least 10 characters.' })}
        />
        {first && <Field name="again" label="Password again" type="password" autocomplete="new-password" />}
        {asksCode && <Field name="code" label="Code of your authenticator" autocomplete="one-time-code" />}
        <p class={problem ? 'failed' : ''} role="alert">
          {problem}
        </p>
        <button type="submit" disabled={busy}>
          {first ? 'Make the account' : 'Sign in'}
        </button>
      </form>
    </main>
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
      {hint !== undefined && <small id={`${id}-hint`}>{hint}</small>}
    </div>
  )
}

function textOf(error: unknown, first: boolean): string {
  if (!(error instanceof ApiError)) return 'It failed.'
  if (error.code === 'refused') return first ? 'The setup code is not right.' : 'Name, password or code is not right.'
  return error.message
}
