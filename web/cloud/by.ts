import { signal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import { api } from '../api.ts'
import { t } from '../i18n.ts'
import { account, atLeast, path } from './session.ts'
import type { Member } from './types.ts'

/** The names of an account's people by what records call them, once somebody who may know them has asked. */
const names = signal<{ readonly of: string; readonly by: ReadonlyMap<string, string> } | undefined>(undefined)

/** What to call whoever changed a record. */
export function useNames(): (actor: string) => string {
  const id = account.value?.id ?? ''
  useEffect(() => {
    if (names.peek()?.of === id || !atLeast('admin')) return
    void api<{ people: readonly Member[] }>(path('people')).then(
      ({ people }) => {
        names.value = { of: id, by: new Map(people.map((one) => [`person:${one.personId}`, one.name || one.email])) }
      },
      // Without their names, what they are has to do.
      () => undefined,
    )
  }, [id])
  const known = names.value?.of === id ? names.value.by : undefined
  return (actor) => known?.get(actor) ?? kindOf(actor)
}

function kindOf(actor: string): string {
  const [kind] = actor.split(':')
  if (kind === 'box') return t('the branch')
  if (kind === 'token') return t('a program')
  return kind === 'person' ? t('somebody of the account') : actor
}
