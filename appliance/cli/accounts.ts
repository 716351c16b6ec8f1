import { randomBytes } from 'node:crypto'
import { ROLES } from '../../services/accounts/contract.ts'
import type { AccountEventView, AccountView, SessionView, TrustView } from '../../services/admin/schema-accounts.ts'
import { type BoxClient, clientFor } from './client.ts'
import { type Command, EXIT, type Invocation, UsageError, wordAt } from './command.ts'
import { table } from './usage.ts'

const ACCOUNTS = '/api/v1/accounts'
const ACTIONS = 'list, add, change, reset, remove, sessions, events or trust'

export const accountsCommand: Command = {
  name: 'accounts',
  words: 'list | add NAME | change NAME | reset NAME | remove NAME | sessions NAME | events | trust',
  most: 2,
  help: 'who may sign in to the page; needs no password here, and can set one',
  flags: [
    {
      name: 'role',
      value: 'ROLE',
      help: `add, change: ${ROLES.join(', ')}; default for add: admin, owner for the first`,
    },
    {
      name: 'password',
      value: '-',
      help: 'add, reset: read it from standard input; default: a new one is made and shown',
    },
    { name: 'disable', help: 'change: may not sign in any more' },
    { name: 'enable', help: 'change: may sign in again' },
    { name: 'end', help: 'sessions: sign it out everywhere' },
    { name: 'last', help: 'remove: even if no account is left; the box is then as at first' },
  ],
  async run(invocation) {
    const action = wordAt(invocation, 0, ACTIONS)
    const client = clientFor(invocation)
    if (action === 'list') return list(invocation, client)
    if (action === 'events') return events(invocation, client)
    if (action === 'trust') return trust(invocation, client)
    if (action === 'add') return add(invocation, client)
    if (action === 'reset') return reset(invocation, client)
    if (action === 'change') return change(invocation, client)
    if (action === 'sessions') return sessions(invocation, client)
    if (action === 'remove') {
      await client.json('DELETE', `${pathOf(invocation)}${invocation.flags.last === undefined ? '' : '?last=1'}`)
      return print(invocation, { removed: nameOf(invocation) }, `${nameOf(invocation)} is removed\n`)
    }
    throw new UsageError(`not ${ACTIONS}: ${JSON.stringify(action)}`)
  },
}

const nameOf = (invocation: Invocation) => wordAt(invocation, 1, 'the name of the account').toLowerCase()
const pathOf = (invocation: Invocation) => `${ACCOUNTS}/${encodeURIComponent(nameOf(invocation))}`
const day = (at: number) => new Date(at).toISOString().slice(0, 16).replace('T', ' ')

function print({ terminal, json }: Invocation, value: object, text: string): number {
  terminal.out(json ? `${JSON.stringify(value)}\n` : text)
  return EXIT.ok
}

async function list(invocation: Invocation, client: BoxClient): Promise<number> {
  const answered = (await client.json('GET', ACCOUNTS)) as { accounts: AccountView[] }
  const rows = answered.accounts.map((it) => [
    ...[it.name, it.role, it.disabled ? 'disabled' : it.totp ? 'with second factor' : 'password only'],
    it.signedInAt === undefined ? 'never signed in' : `signed in ${day(it.signedInAt)}`,
  ])
  return print(invocation, answered, rows.length === 0 ? 'nobody has an account yet\n' : table(rows))
}

async function add(invocation: Invocation, client: BoxClient): Promise<number> {
  const name = nameOf(invocation)
  const { accounts } = (await client.json('GET', ACCOUNTS)) as { accounts: AccountView[] }
  const role = invocation.flags.role ?? (accounts.length === 0 ? 'owner' : 'admin')
  const { password, shown } = await passwordOf(invocation)
  const made = (await client.json('POST', ACCOUNTS, { name, role, password })) as AccountView
  return print(invocation, { ...made, ...shown }, `${name} is ${made.role}${told(shown)}\n`)
}

async function reset(invocation: Invocation, client: BoxClient): Promise<number> {
  const path = `${pathOf(invocation)}/password`
  const { password, shown } = await passwordOf(invocation)
  const account = (await client.json('PUT', path, { password })) as AccountView
  const text = `${account.name} is signed out everywhere, without second factor and tokens${told(shown)}\n`
  return print(invocation, { ...account, ...shown }, text)
}

async function change(invocation: Invocation, client: BoxClient): Promise<number> {
  const { role, disable, enable } = invocation.flags
  if (disable !== undefined && enable !== undefined) throw new UsageError('either --disable or --enable')
  const patch = {
    ...(role !== undefined && { role }),
    ...((disable ?? enable) !== undefined && { disabled: disable !== undefined }),
  }
  if (Object.keys(patch).length === 0) throw new UsageError('nothing to change: --role, --disable or --enable')
  const account = (await client.json('PATCH', pathOf(invocation), patch)) as AccountView
  return print(invocation, account, `${account.name} is ${account.role}${account.disabled ? ', disabled' : ''}\n`)
}

async function sessions(invocation: Invocation, client: BoxClient): Promise<number> {
  const path = `${pathOf(invocation)}/sessions`
  if (invocation.flags.end !== undefined) {
    const { ended } = (await client.json('DELETE', path)) as { ended: number }
    return print(invocation, { ended }, `${ended} sessions ended\n`)
  }
  const answered = (await client.json('GET', path)) as { sessions: SessionView[] }
  const rows = answered.sessions.map((it) => [it.id, it.address, `used ${day(it.seenAt)}`, it.agent])
  return print(invocation, answered, rows.length === 0 ? 'signed in nowhere\n' : table(rows))
}

async function events(invocation: Invocation, client: BoxClient): Promise<number> {
  const answered = (await client.json('GET', '/api/v1/account-events')) as { events: AccountEventView[] }
  const rows = [...answered.events]
    .reverse()
    .map((it) => [day(it.at), it.kind, it.account ?? '', it.by, it.address ?? '', it.text])
  return print(invocation, answered, rows.length === 0 ? 'nothing yet\n' : table(rows))
}

async function trust(invocation: Invocation, client: BoxClient): Promise<number> {
  const known = (await client.json('GET', '/api/v1/trust')) as TrustView
  const code = known.setupCode === undefined ? '' : `setup code of the first account: ${known.setupCode}\n`
  return print(invocation, known, `SHA-256 of the box's certificate authority: ${known.fingerprint}\n${code}`)
}

/** Never a word of the command line: others on this machine can read those. */
async function passwordOf({ flags }: Invocation) {
  if (flags.password === undefined) {
    const password = randomBytes(12).toString('base64url')
    return { password, shown: { password } }
  }
  if (flags.password !== '-') throw new UsageError('--password takes - alone: the password is read from standard input')
  return { password: (await Bun.stdin.text()).replace(/\r?\n$/, ''), shown: {} }
}

function told(shown: { readonly password?: string }): string {
  return shown.password === undefined ? '' : `; password ${shown.password}`
}
