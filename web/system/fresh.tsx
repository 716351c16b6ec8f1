import { signal, useSignal } from '@preact/signals'
import { ApiError, api } from '../api.ts'
import { t } from '../i18n.ts'
import { Dialog } from '../kit/dialog.tsx'
import { TextField } from '../kit/field.tsx'
import { askSession, session } from '../session.ts'

interface Asking {
  readonly answer: (yes: boolean) => void
  /** Tells the password; throws what was wrong with it. */
  readonly prove: (password: string) => Promise<void>
}

const asked = signal<Asking | undefined>(undefined)

/**
 * What can make somebody else of a person asks for their password once more, unless it was given a moment ago. Returns
 * whether it was given.
 */
export async function passwordAgain(): Promise<boolean> {
  session.value = await askSession()
  if (session.value.state !== 'signed-in' || session.value.fresh) return true
  return askPassword(async (password) => {
    session.value = await api('/me/confirm', { method: 'POST', body: { password } })
  })
}

/** Asks for the password until it is right or given up; returns whether it was given. */
export function askPassword(prove: Asking['prove']): Promise<boolean> {
  asked.peek()?.answer(false)
  return new Promise((resolve) => {
    const answer = (yes: boolean) => {
      asked.value = undefined
      resolve(yes)
    }
    asked.value = { answer, prove }
  })
}

/** Where the question stands; stands once in the page of those who use it. */
export function PasswordQuestion() {
  const asking = asked.value
  const password = useSignal('')
  const fault = useSignal<string | undefined>(undefined)
  if (!asking) return null
  const done = (yes: boolean) => {
    password.value = ''
    fault.value = undefined
    asking.answer(yes)
  }
  const send = async (event: SubmitEvent) => {
    event.preventDefault()
    try {
      await asking.prove(password.value)
      done(true)
    } catch (error) {
      fault.value =
        error instanceof ApiError && (error.code === 'refused' || error.status === 403)
          ? t('The password is not right.')
          : (error as Error).message
    }
  }
  return (
    <Dialog title={t('Your password, please')} close={() => done(false)}>
      <p>{t('This is asked for again before accounts, secrets and keys are touched.')}</p>
      <form onSubmit={(event) => void send(event)} aria-label={t('Your password, please')} class="stacked">
        <TextField
          label={t('Password')}
          type="password"
          name="current-password"
          autofocus
          value={password.value}
          fault={fault.value}
          change={(value) => {
            password.value = value
          }}
        />
        <div class="buttons end">
          <button type="button" onClick={() => done(false)}>
            {t('Cancel')}
          </button>
          <button type="submit" class="primary">
            {t('Go on')}
          </button>
        </div>
      </form>
    </Dialog>
  )
}
