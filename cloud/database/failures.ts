import { isConstraintError } from '../../services/program/sqlite.ts'

// Which failure of a database it was; the two name them differently.

/** PostgreSQL's five-character state (appendix A of its manual); Bun calls it errno. */
function sqlState(thrown: unknown): string | undefined {
  if (typeof thrown !== 'object' || thrown === null || !('errno' in thrown)) return undefined
  return typeof thrown.errno === 'string' ? thrown.errno : undefined
}

/** A row with this key is there already. */
export function isDuplicate(thrown: unknown): boolean {
  if (sqlState(thrown) === '23505') return true
  const code = typeof thrown === 'object' && thrown !== null && 'code' in thrown ? String(thrown.code) : ''
  return isConstraintError(thrown) && /_(UNIQUE|PRIMARYKEY)$/.test(code)
}

/** The transaction lost against another one and may be tried again: serialization failure, deadlock, SQLite busy. */
export function isRetryable(thrown: unknown): boolean {
  const state = sqlState(thrown)
  if (state === '40001' || state === '40P01') return true
  return isBusy(thrown)
}

/** SQLite: another process writes. */
export function isBusy(thrown: unknown): boolean {
  return typeof thrown === 'object' && thrown !== null && 'code' in thrown && /^SQLITE_BUSY/.test(String(thrown.code))
}

/** PostgreSQL: the connection was lost. */
export function isClosed(thrown: unknown): boolean {
  return (
    typeof thrown === 'object' &&
    thrown !== null &&
    'code' in thrown &&
    thrown.code === 'ERR_POSTGRES_CONNECTION_CLOSED'
  )
}
