import { spawnSync } from 'node:child_process'
import { chownSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { InvariantError } from '../../services/core/errors.ts'

const DEBIAN = '/usr/lib/postgresql'
const PORT = 5432

/** The folder of PostgreSQL's programs, the newest that is installed; undefined: none. */
export function postgresPrograms(): string | undefined {
  if (!existsSync(DEBIAN)) return undefined
  const newest = readdirSync(DEBIAN)
    .filter((version) => existsSync(join(DEBIAN, version, 'bin/initdb')))
    .sort((a, b) => Number(b) - Number(a))[0]
  return newest === undefined ? undefined : join(DEBIAN, newest, 'bin')
}

/** Why tests that need PostgreSQL cannot run here; undefined: they can. */
export function noPostgres(): string | undefined {
  if (postgresPrograms() === undefined) return 'PostgreSQL is not installed'
  return process.getuid?.() === 0 && !existsSync('/usr/bin/setpriv') ? 'setpriv is not installed' : undefined
}

export interface Cluster extends AsyncDisposable {
  /** Makes an empty database and returns its URL. */
  create(name: string): Promise<string>
  /** Ends the server at once, as `kill -9` of its machine would. */
  crash(): void
  start(): void
}

/** A PostgreSQL server of the test's own, in a temporary folder, on a Unix socket, as an ordinary user. */
export function startPostgres(): Cluster {
  const programs = postgresPrograms()
  if (programs === undefined) throw new InvariantError('PostgreSQL is not installed')
  const folder = mkdtempSync(join(tmpdir(), 'bl-pg-'))
  // The server refuses to run as root.
  const root = process.getuid?.() === 0
  const nobody = root ? idOf('nobody') : undefined
  if (nobody !== undefined) chownSync(folder, nobody.user, nobody.group)
  const data = join(folder, 'data')

  function run(program: string, ...args: string[]): void {
    const words = [join(programs ?? '', program), ...args]
    const [command = '', ...rest] =
      nobody === undefined
        ? words
        : ['setpriv', `--reuid=${nobody.user}`, `--regid=${nobody.group}`, '--clear-groups', ...words]
    // Its output goes to files: a server that keeps a pipe open would never let the call end.
    const ended = spawnSync(command, rest, { cwd: folder, stdio: 'ignore', env: { ...process.env, LC_ALL: 'C' } })
    if (ended.status !== 0) throw new InvariantError(`${program} failed: ${logOf(folder)}`)
  }
  const start = () =>
    run(
      'pg_ctl',
      '-D',
      data,
      '-w',
      '-l',
      join(folder, 'log'),
      '-o',
      `-c listen_addresses= -k ${folder} -p ${PORT}`,
      'start',
    )

  run('initdb', '-D', data, '-A', 'trust', '-U', 'branchline', '-E', 'UTF8', '--no-sync')
  start()
  const urlOf = (name: string) => `postgres://branchline@localhost:${PORT}/${name}?host=${encodeURIComponent(folder)}`
  return {
    start,
    crash: () => run('pg_ctl', '-D', data, '-m', 'immediate', '-w', 'stop'),
    async create(name) {
      const pool = new Bun.SQL({ url: urlOf('postgres'), max: 1 })
      await pool.unsafe(`CREATE DATABASE ${name}`)
      await pool.close()
      return urlOf(name)
    },
    async [Symbol.asyncDispose]() {
      try {
        run('pg_ctl', '-D', data, '-m', 'immediate', '-w', 'stop')
      } finally {
        rmSync(folder, { recursive: true, force: true })
      }
    },
  }
}

function idOf(user: string): { user: number; group: number } {
  const line = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .find((entry) => entry.startsWith(`${user}:`))
  const [, , uid, gid] = line?.split(':') ?? []
  if (uid === undefined || gid === undefined) throw new InvariantError(`there is no user ${user}`)
  return { user: Number(uid), group: Number(gid) }
}

function logOf(folder: string): string {
  const path = join(folder, 'log')
  return existsSync(path) ? readFileSync(path, 'utf8').slice(-2_000) : 'no log'
}
