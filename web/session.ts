import { computed, signal } from '@preact/signals'
import type { SignInState } from '../services/admin/schema-accounts.ts'
import { api } from './api.ts'
import { t } from './i18n.ts'

/** Who is in front of the page. The box decides what they may; this only spares them buttons that would be refused. */
export const session = signal<SignInState>({ state: 'open' })

export const askSession = () => api<SignInState>('/sign-in')

export type Right = 'devices' | 'site' | 'accounts'
const RIGHTS: Readonly<Record<NonNullable<SignInState['role']>, readonly Right[]>> = {
  viewer: [],
  installer: ['devices'],
  admin: ['devices', 'site'],
  owner: ['devices', 'site', 'accounts'],
}

const rights = computed(() => {
  const { state, role } = session.value
  return state === 'open' ? RIGHTS.owner : role === undefined ? [] : RIGHTS[role]
})

/** Whether this person may change such things. */
export function may(right: Right): boolean {
  return rights.value.includes(right)
}

export function roleWord(role: SignInState['role']): string {
  if (role === undefined) return ''
  return { viewer: t('Viewer'), installer: t('Installer'), admin: t('Administrator'), owner: t('Owner') }[role]
}
