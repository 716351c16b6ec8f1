import { signal, useSignal } from '@preact/signals'
import { ApiError, api } from '../api.ts'
import { t } from '../i18n.ts'
import { Dialog } from '../kit/dialog.tsx'
import { TextField } from '../kit/field.tsx'
import { askSession, session } from '../session.ts'

const asked = signal<((yes: boolean) => void) | undefined>(undefined)

/**
 * What can make somebody else of a person asks for their password once more, unless it was given a moment ago. Returns
 * whether it was given.
 */
export async function passwordAgain(): Promise<boolean> {
  session.value = await askSession()
  if (session.value.state !== 'signed-in' || session.value.fresh) return true
  asked.peek()?.(false)
  return new Promise((resolve) => {
    asked.value = (yes) => {
      asked.value = undefined
      resolve(yes)
    }
  })
}

/** Where `passwordAgain` asks; stands once in the page of those who use it. */
export function PasswordQuestion() {
  const answer = asked.value
  const password = useSignal('')
  const fault = useSignal<string | undefined>(undefined)
  if (!answer) return null
  const done = (yes: boolean) => {
    password.value = ''
    fault.value = undefined
    answer(yes)
  }
  const send = async (event: SubmitEvent) => {
    event.preventDefault()
    try {
      session.value = await api('/me/confirm', { method: 'POST', body: { password: password.value } })
      done(true)
    } catch (error) {
      fault.value =
        error instanceof ApiError && error.code === 'refused'
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
