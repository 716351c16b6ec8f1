import type { Clock } from '../core/clock.ts'
import { NotFoundError } from '../core/errors.ts'
import type { SqlDatabase } from '../core/sql.ts'
import type { AccountEvent, ChangeOptions, Origin, Principal, Session } from './contract.ts'
import { FRESH_MS, IDLE_MS, isAlive, LONGEST_MS, MAX_SESSIONS_EACH, NOTE_MS } from './policy.ts'
import { hashOf, newSecret, type Random } from './secret.ts'
import * as store from './store.ts'

const MAX_AGENT = 200

interface SessionsDeps {
  readonly db: SqlDatabase
  readonly clock: Clock
  readonly random: Random
  readonly note: (event: Omit<AccountEvent, 'seq' | 'at'>) => void
}

/** Browsers that are signed in. A cookie holds a secret; the database its hash, by which the rest of the box names it. */
export function makeSessions({ db, clock, random, note }: SessionsDeps) {
  function alive(hash: string): store.StoredSession | undefined {
    const session = store.getSession(db, hash)
    return session !== undefined && isAlive(session, clock.now()) ? session : undefined
  }

  function endAll(account: string, keep?: string): number {
    const ending = store.listSessions(db, account).filter(({ hash }) => hash !== keep)
    for (const { hash } of ending) store.removeSession(db, hash)
    return ending.length
  }

  return {
    /** Always a new one: what a browser brought along is never made valid. */
    open(account: store.StoredAccount, { address, agent }: Origin): { secret: string; session: Session } {
      const secret = newSecret(random)
      const now = clock.now()
      const hash = hashOf(secret)
      const session = {
        ...{ hash, account: account.name, createdAt: now, seenAt: now, endsAt: now + LONGEST_MS, provenAt: now },
        ...{ address, agent: agent.slice(0, MAX_AGENT) },
      }
      db.write(() => {
        store.dropOldSessions(db, now, now - IDLE_MS)
        for (const old of store.listSessions(db, account.name).slice(MAX_SESSIONS_EACH - 1))
          store.removeSession(db, old.hash)
        store.putSession(db, session)
        const current = store.getAccount(db, account.name)
        if (current) store.putAccount(db, { ...current, signedInAt: now })
        note({ kind: 'signed-in', account: account.name, by: `account:${account.name}`, address, text: session.agent })
      })
      const { hash: _hash, provenAt: _proven, ...shown } = session
      return { secret, session: { ...shown, id: store.sessionId(hash) } }
    },
    bySecret(secret: string): Principal | undefined {
      const session = alive(hashOf(secret))
      const account = session && store.getAccount(db, session.account)
      if (session === undefined || account === undefined || account.disabled) return undefined
      const now = clock.now()
      if (now - session.seenAt >= NOTE_MS) store.putSession(db, { ...session, seenAt: now })
      return { kind: 'session', account: account.name, role: account.role, session: session.hash }
    },
    accountOf: (hash: string) => alive(hash)?.account,
    proven(hash: string): boolean {
      const session = alive(hash)
      if (session) store.putSession(db, { ...session, provenAt: clock.now() })
      return session !== undefined
    },
    isFresh(who: Principal): boolean {
      const session = who.kind === 'session' ? alive(who.session) : undefined
      return session !== undefined && clock.now() < session.provenAt + FRESH_MS
    },
    signOut(secret: string, origin: Origin): void {
      const session = store.getSession(db, hashOf(secret))
      if (session === undefined) return
      store.removeSession(db, session.hash)
      const { account } = session
      note({ kind: 'signed-out', account, by: `account:${account}`, address: origin.address, text: '' })
    },
    of(account: string): Session[] {
      return store
        .listSessions(db, account)
        .filter((session) => isAlive(session, clock.now()))
        .map(({ hash: _hash, provenAt: _proven, ...session }) => session)
    },
    end(account: string, id: string, { by }: ChangeOptions): void {
      const session = store.listSessions(db, account).find((it) => it.id === id)
      if (session === undefined) throw new NotFoundError(`${account} has no session ${JSON.stringify(id.slice(0, 40))}`)
      store.removeSession(db, session.hash)
      note({ kind: 'session-ended', account, by, text: `of ${session.address}` })
    },
    endAll,
  }
}
