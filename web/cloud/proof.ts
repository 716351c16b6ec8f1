import { ApiError, api } from '../api.ts'
import { t } from '../i18n.ts'
import { askPassword } from '../system/fresh.tsx'
import { who } from './session.ts'

class NoProofError extends Error {
  override readonly name = 'NoProofError'
}

/** Does what needs a fresh proof of who is here, which is asked for when the account says so. Undefined: it was not given. */
export async function proven<Result>(work: () => Promise<Result>): Promise<Result | undefined> {
  try {
    return await work()
  } catch (error) {
    if (!(error instanceof ApiError) || error.status !== 403) throw error
    if (who.peek()?.me.hasPassword === false)
      throw new NoProofError(t('sign out and in again first: it was too long ago'))
    const prove = async (password: string) => {
      await api('/me/prove', { method: 'POST', body: { password } })
    }
    return (await askPassword(prove)) ? work() : undefined
  }
}
