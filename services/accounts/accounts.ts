import type { Clock } from '../core/clock.ts'
import { ConflictError, NotFoundError, OperatorError } from '../core/errors.ts'
import type { SecretBox } from '../core/secret.ts'
import type { SqlDatabase } from '../core/sql.ts'
import type { Account, AccountEvent, Accounts, Passwords, Role, SignIn } from './contract.ts'
import { MAX_ACCOUNTS, nameFault, passwordFault } from './policy.ts'
import { makeSecondFactor } from './second-factor.ts'
import type { Random } from './secret.ts'
import { makeSessions } from './sessions.ts'
import { makeSetupCode, type SetupCode } from './setup-code.ts'
import { makeProving } from './sign-in.ts'
import * as store from './store.ts'
import { makeTokens } from './tokens.ts'

export interface AccountsDeps {
  readonly db: SqlDatabase
  readonly clock: Clock
  readonly random: Random
  readonly secretBox: SecretBox
  readonly passwords: Passwords
  /** Somebody guesses passwords: told once an hour for each subject. */
  readonly guessing: (subject: string, text: string) => void
}

/** People who may sign in on this box. Every change is on disk when its call returns. */
export function makeAccounts(deps: AccountsDeps): Accounts {
  const { db, clock } = deps
  const listeners = new Set<() => void>()
  const note = (event: Omit<AccountEvent, 'seq' | 'at'>) => store.addEvent(db, { ...event, at: clock.now() })
  const proving = makeProving({ ...deps, note })
  const sessions = makeSessions({ ...deps, note })
  const tokens = makeTokens({ ...deps, note })
  const factor = makeSecondFactor({ ...deps, note })
  const exist = () => store.listAccounts(db).length > 0
  let setup: SetupCode | undefined
  const setupNow = () => {
    setup = exist() ? undefined : (setup ?? makeSetupCode(deps))
    return setup
  }

  function tell(): void {
    for (const listener of [...listeners]) listener()
  }

  function stored(name: string): store.StoredAccount {
    const account = store.getAccount(db, name)
    if (account === undefined) throw new NotFoundError(`no account ${JSON.stringify(name.slice(0, 40))}`)
    return account
  }

  /** Throws when no owner could sign in any more. */
  function keepAnOwner(without: string): void {
    const others = store.listAccounts(db).filter((it) => it.name !== without && it.role === 'owner' && !it.disabled)
    if (others.length === 0)
      throw new OperatorError(`${without} is the only owner: make another account an owner first`)
  }

  async function make(
    input: { readonly name: string; readonly role: Role; readonly password: string },
    by: string,
    first: boolean,
  ): Promise<store.StoredAccount> {
    const fault = nameFault(input.name) ?? passwordFault(input.password, input.name)
    if (fault !== undefined) throw new OperatorError(fault)
    const password = await proving.hash(input.password)
    return db.write(() => {
      const all = store.listAccounts(db)
      if (all.some((it) => it.name === input.name)) throw new ConflictError(`there is an account ${input.name} already`)
      if (first && all.length > 0) throw new ConflictError('this box has an account already: sign in')
      if (!first && all.length === 0 && input.role !== 'owner')
        throw new OperatorError('the first account must be an owner')
      if (all.length >= MAX_ACCOUNTS)
        throw new OperatorError(`there are ${MAX_ACCOUNTS} accounts, the most there can be`)
      const now = clock.now()
      const account = {
        ...{ name: input.name, role: input.role, disabled: false, password, passwordAt: now },
        ...{ totpStep: 0, recovery: [], createdAt: now, createdBy: by },
      }
      store.putAccount(db, account)
      note({ kind: 'account-added', account: input.name, by, text: `as ${input.role}` })
      return account
    })
  }

  async function setPassword(name: string, password: string): Promise<string> {
    const fault = passwordFault(password, name)
    if (fault !== undefined) throw new OperatorError(fault)
    return proving.hash(password)
  }

  return {
    exist,
    list: () => store.listAccounts(db).map(accountOf),
    get: (name) => accountOf(stored(name)),
    async add(input, { by }) {
      const before = exist()
      const made = await make({ ...input, name: input.name.toLowerCase() }, by, false)
      if (!before) tell()
      return accountOf(made)
    },
    async addFirst({ name, password, setupCode }, origin, { needsCode }): Promise<SignIn> {
      const code = setupNow()
      if (code === undefined) throw new ConflictError('this box has an account already: sign in')
      if (needsCode) {
        const tried = code.try(setupCode ?? '', origin.address)
        if (tried === 'wrong') {
          note({ kind: 'setup-refused', by: 'nobody', address: origin.address, text: 'wrong setup code' })
          deps.guessing(origin.address, `wrong setup codes from ${origin.address}`)
          return { kind: 'refused' }
        }
        if (tried !== 'right') return { kind: 'held', until: tried.heldUntil }
      }
      const made = await make({ name: name.toLowerCase(), role: 'owner', password }, 'setup', true)
      const opened = sessions.open(made, origin)
      setupNow()
      tell()
      return { kind: 'in', ...opened, account: accountOf(stored(made.name)) }
    },
    change(name, change, { by }) {
      return db.write(() => {
        const before = stored(name)
        const after = { ...before, ...change }
        if (before.role === 'owner' && !before.disabled && (after.role !== 'owner' || after.disabled)) keepAnOwner(name)
        store.putAccount(db, after)
        if (after.disabled) sessions.endAll(name)
        const words = [after.role !== before.role && `role ${after.role}`, after.disabled ? 'disabled' : 'enabled']
        note({ kind: 'account-changed', account: name, by, text: words.filter(Boolean).join(', ') })
        return accountOf(after)
      })
    },
    remove(name, { by, last = false }) {
      db.write(() => {
        const account = stored(name)
        const only = store.listAccounts(db).length === 1
        if (account.role === 'owner' && !(only && last)) keepAnOwner(name)
        sessions.endAll(name)
        store.removeTokensOf(db, name)
        store.removeAccount(db, name)
        note({ kind: 'account-removed', account: name, by, text: `was ${account.role}` })
      })
      if (!exist()) {
        setupNow()
        tell()
      }
    },
    async reset(name, password, { by }) {
      stored(name)
      const hash = await setPassword(name, password)
      proving.forget(name)
      return db.write(() => {
        const { totpSecret: _totp, ...before } = stored(name)
        const after = { ...before, password: hash, passwordAt: clock.now(), recovery: [], disabled: false }
        store.putAccount(db, after)
        sessions.endAll(name)
        store.removeTokensOf(db, name)
        note({ kind: 'password-changed', account: name, by, text: 'reset: sessions, tokens and second factor ended' })
        return accountOf(after)
      })
    },
    async signIn(given, origin) {
      const proof = await proving.prove(given, origin, { withCode: true })
      if (proof.kind !== 'proven') return proof
      const opened = sessions.open(proof.account, origin)
      return { kind: 'in', ...opened, account: accountOf(stored(proof.account.name)) }
    },
    async confirm(session, password, origin) {
      const name = sessions.accountOf(session)
      if (name === undefined) return { kind: 'refused' }
      const proof = await proving.prove({ name, password }, origin, { withCode: false })
      if (proof.kind !== 'proven') return proof
      return sessions.proven(session) ? 'confirmed' : { kind: 'refused' }
    },
    ...{ isFresh: sessions.isFresh, bySession: sessions.bySecret, byToken: tokens.bySecret },
    ...{ signOut: sessions.signOut, sessions: sessions.of, endSession: sessions.end },
    endSessions: (account, { by, keep }) => {
      stored(account)
      const ended = sessions.endAll(account, keep)
      note({ kind: 'session-ended', account, by, text: `${ended} sessions` })
      return ended
    },
    async changePassword(account, password, { by, keep }) {
      const hash = await setPassword(account, password)
      db.write(() => {
        store.putAccount(db, { ...stored(account), password: hash, passwordAt: clock.now() })
        sessions.endAll(account, keep)
        note({ kind: 'password-changed', account, by, text: 'every other session ended' })
      })
    },
    ...{ totpBegin: factor.begin, totpOn: factor.on, totpOff: factor.off },
    ...{ tokens: tokens.list, addToken: tokens.add, removeToken: tokens.remove },
    secretShown: (text, { by, address }) => note({ kind: 'secret-shown', by, text, ...(address && { address }) }),
    events: (limit) => store.newestEvents(db, limit),
    setupCode: () => setupNow()?.code,
    onChange(listener) {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
  }
}

/** Without what proves it. */
function accountOf(it: store.StoredAccount): Account {
  return {
    ...{ name: it.name, role: it.role, disabled: it.disabled, createdAt: it.createdAt, createdBy: it.createdBy },
    ...{ passwordAt: it.passwordAt, totp: it.totpSecret !== undefined, recoveryCodes: it.recovery.length },
    ...(it.signedInAt !== undefined && { signedInAt: it.signedInAt }),
  }
}
