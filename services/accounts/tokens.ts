import type { Clock } from '../core/clock.ts'
import { NotFoundError, OperatorError } from '../core/errors.ts'
import type { SqlDatabase } from '../core/sql.ts'
import type { AccountEvent, Accounts, Principal, Token } from './contract.ts'
import { MAX_TOKEN_DAYS, MAX_TOKENS_EACH, NOTE_MS, scopesOf } from './policy.ts'
import { hashOf, newSecret, type Random } from './secret.ts'
import * as store from './store.ts'

/** Begins every token, so that scanners for lost secrets know one. */
const PREFIX = 'blt_'
const DAY_MS = 86_400_000

interface TokensDeps {
  readonly db: SqlDatabase
  readonly clock: Clock
  readonly random: Random
  readonly note: (event: Omit<AccountEvent, 'seq' | 'at'>) => void
}

/** Keys for programs. */
export function makeTokens({ db, clock, random, note }: TokensDeps) {
  const list = (account?: string): Token[] =>
    store.listTokens(db).filter((token) => account === undefined || token.account === account)

  const add: Accounts['addToken'] = ({ account: name, label, scopes, days }, { by }) => {
    const account = store.getAccount(db, name)
    if (account === undefined) throw new NotFoundError(`no account ${JSON.stringify(name.slice(0, 40))}`)
    const surplus = scopes.find((scope) => !scopesOf(account.role).includes(scope))
    if (surplus !== undefined) throw new OperatorError(`a ${account.role} may not have a token for ${surplus}`)
    if (scopes.length === 0) throw new OperatorError('a token needs at least one scope')
    if (!Number.isInteger(days) || days < 1 || days > MAX_TOKEN_DAYS)
      throw new OperatorError(`a token lasts 1 to ${MAX_TOKEN_DAYS} days, not ${days}`)
    if (list(name).length >= MAX_TOKENS_EACH)
      throw new OperatorError(`${name} has ${MAX_TOKENS_EACH} tokens, the most there can be: remove one first`)
    const secret = `${PREFIX}${newSecret(random)}`
    const hash = hashOf(secret)
    const now = clock.now()
    const token: Token = {
      ...{ id: hash.slice(0, 12), account: name, label, scopes: [...new Set(scopes)] },
      ...{ createdAt: now, endsAt: now + days * DAY_MS },
    }
    db.write(() => {
      store.putToken(db, { ...token, hash })
      note({ kind: 'token-made', account: name, by, text: `${token.id} for ${token.scopes.join(', ')}, ${days} days` })
    })
    return { token, secret }
  }

  return {
    list,
    add,
    bySecret(secret: string): Principal | undefined {
      if (!secret.startsWith(PREFIX)) return undefined
      const token = store.tokenByHash(db, hashOf(secret))
      const account = token && store.getAccount(db, token.account)
      const now = clock.now()
      if (token === undefined || account === undefined || account.disabled || now >= token.endsAt) return undefined
      if (now - (token.usedAt ?? 0) >= NOTE_MS) store.noteTokenUse(db, token.id, now)
      return { kind: 'token', account: account.name, role: account.role, label: token.label, scopes: token.scopes }
    },
    remove: ((id, { by, account }) => {
      const token = list(account).find((it) => it.id === id)
      if (token === undefined) throw new NotFoundError(`no token ${JSON.stringify(id.slice(0, 40))}`)
      store.removeToken(db, id)
      note({ kind: 'token-ended', account: token.account, by, text: id })
    }) satisfies Accounts['removeToken'],
  }
}
