import { existsSync, rmSync } from 'node:fs'
import type { BackupsView, NewKeyView } from '../../services/admin/schema-backup.ts'
import { OperatorError } from '../../services/core/errors.ts'
import { type BoxClient, clientFor } from './client.ts'
import { type Command, EXIT, type Invocation, UsageError } from './command.ts'
import { asker } from './lines.ts'
import { table } from './usage.ts'

const BACKUPS = '/api/v1/backups'
const LOOK_MS = 300

export const backupCommand: Command = {
  name: 'backup',
  words: '[list | key]',
  most: 1,
  help: 'makes one sealed file of the whole box; list: those that are here; key: a new recovery key',
  flags: [
    { name: 'out', short: 'o', value: 'FILE', help: 'also write it here' },
    { name: 'without-firmware', help: 'leave out the content of firmware files' },
  ],
  async run(invocation) {
    const [action] = invocation.words
    const client = clientFor(invocation)
    if (action === undefined) return make(invocation, client)
    if (action === 'list') return list(invocation, client)
    if (action === 'key') return newKey(invocation, client)
    throw new UsageError(`neither list nor key: ${JSON.stringify(action)}`)
  },
}

const stateOf = async (client: BoxClient) => (await client.json('GET', BACKUPS)) as BackupsView

async function make(invocation: Invocation, client: BoxClient): Promise<number> {
  const { flags, terminal, json } = invocation
  if (flags.out !== undefined && existsSync(flags.out))
    throw new OperatorError(`${flags.out} is there already: choose another name`)
  const firmware = flags['without-firmware'] === undefined
  let now = (await client.json('POST', BACKUPS, { firmware })) as BackupsView
  for (let last = -1; now.job.phase === 'running'; now = await stateOf(client)) {
    if (!json && now.job.percent !== last) terminal.err(`${String(now.job.percent).padStart(3)} %\r`)
    last = now.job.percent
    await Bun.sleep(LOOK_MS)
  }
  const { phase, message = '' } = now.job
  if (phase === 'failed') throw new OperatorError(`no backup was made: ${message}`)
  if (flags.out !== undefined) await copy(client, message, flags.out)
  const { size } = now.backups.find(({ name }) => name === message) ?? { size: 0 }
  const where = flags.out === undefined ? 'in the box' : `in the box and in ${flags.out}`
  terminal.out(json ? `${JSON.stringify({ name: message, size, out: flags.out })}\n` : `${message} is made: ${where}\n`)
  return EXIT.ok
}

/** Under its name only when all of it is there. */
async function copy(client: BoxClient, name: string, to: string): Promise<void> {
  const part = `${to}.part`
  try {
    await client.save(`${BACKUPS}/${encodeURIComponent(name)}`, part)
    const { rename } = await import('node:fs/promises')
    await rename(part, to)
  } finally {
    rmSync(part, { force: true })
  }
}

async function list({ terminal, json }: Invocation, client: BoxClient): Promise<number> {
  const state = await stateOf(client)
  const rows = state.backups.map((it) => [
    ...[it.name, new Date(it.at).toISOString().slice(0, 16).replace('T', ' '), `${Math.ceil(it.size / 1e6)} MB`],
    ...[`of ${it.box}`, it.place === 'stick' ? 'on the stick' : '', it.ours ? '' : 'for another recovery key'],
  ])
  const text = rows.length === 0 ? 'there are no backups here\n' : table(rows)
  terminal.out(json ? `${JSON.stringify(state)}\n` : text)
  return EXIT.ok
}

async function newKey({ terminal, json }: Invocation, client: BoxClient): Promise<number> {
  const made = (await client.json('POST', '/api/v1/backup-key')) as NewKeyView
  if (json) {
    // A program that reads this holds it: there is nobody to ask.
    await client.json('POST', '/api/v1/backup-key/confirm', { key: made.key })
    terminal.out(`${JSON.stringify(made)}\n`)
    return EXIT.ok
  }
  terminal.out(`\n  ${made.key}\n\nWrite it down: it is shown this once, and without it no backup can be opened.\n`)
  await using ask = asker(terminal)
  await client.json('POST', '/api/v1/backup-key/confirm', { key: await ask('Type it again: ') })
  terminal.out('backups are sealed for this key from now on; older ones need the key of their time\n')
  return EXIT.ok
}
