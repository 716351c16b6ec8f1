import { computed, signal } from '@preact/signals'
import { api } from '../api.ts'
import { remember, remembered } from '../prefs.ts'
import { route, to } from '../router.ts'
import { session } from '../session.ts'
import type { Account, Me, Role } from './types.ts'

export type MyAccount = Account & { readonly role: Role }

/** Who is signed in, and the accounts that they are a person of. Undefined: nobody. */
export const who = signal<{ readonly me: Me; readonly accounts: readonly MyAccount[] } | undefined>(undefined)

/** The account that the page shows. */
export const account = signal<MyAccount | undefined>(undefined)

/** Words with which an address begins that names no account. */
const PLAIN = new Set(['', 'choose', 'claim', 'me'])

/** The parts of the address behind the account. */
export const inside = computed(() => {
  const { path } = route.value
  return PLAIN.has(path[0] ?? '') ? path : path.slice(1)
})

/** The account that the address names. */
export const accountInAddress = computed(() => {
  const first = route.value.path[0] ?? ''
  return PLAIN.has(first) ? undefined : first
})

/** Asks who is here; nobody is no failure. */
export async function askWho(): Promise<void> {
  const [me, { accounts }] = await Promise.all([api<Me>('/me'), api<{ accounts: readonly MyAccount[] }>('/accounts')])
  who.value = { me, accounts }
}

/** Goes on with an account: one of one's own, or one below it. */
export async function enter(id: string): Promise<void> {
  const mine = who.peek()?.accounts ?? []
  const own = mine.find((one) => one.id === id)
  const found = own ?? { ...(await api<Account>(`/accounts/${encodeURIComponent(id)}`)), role: roleBelow(mine) }
  account.value = found
  remember('account', id)
  session.value = { state: 'signed-in', account: who.peek()?.me.name ?? '', role: found.role }
}

/** What somebody is in an account below theirs; the account itself decides, this only spares buttons. */
function roleBelow(mine: readonly MyAccount[]): Role {
  const above = mine.filter(({ kind }) => kind !== 'customer').map(({ role }) => role)
  return above.some((role) => role === 'owner' || role === 'admin') ? 'admin' : 'viewer'
}

/** The account to begin with: the one of last time, or the only one. */
export function firstAccount(): string | undefined {
  const mine = who.peek()?.accounts.filter(({ closed }) => !closed) ?? []
  const last = remembered('account')
  return mine.find(({ id }) => id === last)?.id ?? (mine.length === 1 ? mine[0]?.id : undefined)
}

const RANK: readonly Role[] = ['viewer', 'installer', 'admin', 'owner']
/** Whether this person is that much in the account: `installer` edits, `admin` manages. */
export function atLeast(role: Role): boolean {
  return account.value !== undefined && RANK.indexOf(account.value.role) >= RANK.indexOf(role)
}

/** The address of a place of the account, for links. */
export function at(...parts: readonly string[]): string {
  return to(account.value?.id ?? '', ...parts)
}

/** Below the account in the API: its id is part of every path. */
export function path(...parts: readonly string[]): string {
  return `/accounts/${[account.value?.id ?? '', ...parts].map(encodeURIComponent).join('/')}`
}

export async function signOut(): Promise<void> {
  // An ended session is what was wanted.
  await api('/sign-out', { method: 'POST' }).catch(() => undefined)
  location.assign('/')
}
