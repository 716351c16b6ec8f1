import { mkdirSync } from 'node:fs'
import { join, resolve } from 'node:path'
import type { RestoreView } from '../../services/admin/schema-backup.ts'
import { NotFoundError, OperatorError } from '../../services/core/errors.ts'
import { readConfig } from '../config/config.ts'
import { type BoxClient, clientFor } from './client.ts'
import { type Command, EXIT, type Invocation, UnreachableError, UsageError, wordAt } from './command.ts'
import { asker } from './lines.ts'
import { table } from './usage.ts'

const RESTORE = '/api/v1/restore'
const LOOK_MS = 300

export const restoreCommand: Command = {
  name: 'restore',
  words: 'FILE',
  most: 1,
  help: 'puts a backup in the place of everything that this box has; asks for its recovery key and shows what it brings',
  flags: [
    { name: 'yes', help: 'do it without asking; the recovery key is read from standard input' },
    {
      name: 'address',
      value: 'WHICH',
      help: 'the machine’s own address: that of the "backup", or the one it has ("mine")',
    },
  ],
  async run(invocation) {
    const file = resolve(wordAt(invocation, 0, 'the backup file'))
    if (!(await Bun.file(file).exists())) throw new NotFoundError(`there is no file ${file}`)
    const client = clientFor(invocation)
    try {
      await client.json('GET', RESTORE)
    } catch (thrown) {
      if (!(thrown instanceof UnreachableError) || invocation.flags.socket !== undefined) throw thrown
      return offline(invocation, file)
    }
    return online(invocation, client, file)
  },
}

async function online(invocation: Invocation, client: BoxClient, file: string): Promise<number> {
  const { terminal, json, flags } = invocation
  const address = addressOf(flags)
  await using ask = asker(terminal)
  await client.send(RESTORE, Bun.file(file))
  let now = (await client.json('POST', `${RESTORE}/check`, { key: await ask('Recovery key: ') })) as RestoreView
  while (now.phase === 'checking') {
    if (!json) terminal.err(`${String(now.percent).padStart(3)} %\r`)
    await Bun.sleep(LOOK_MS)
    now = (await client.json('GET', RESTORE)) as RestoreView
  }
  if (now.phase !== 'ready') throw new OperatorError(`nothing was changed: ${now.message ?? 'it could not be checked'}`)
  if (!json) terminal.out(told(now, address))
  if (!(await agreed(flags, ask))) {
    await client.json('DELETE', RESTORE)
    throw new OperatorError('nothing was changed')
  }
  const wish = { ...(address !== undefined && { address }) }
  const begun = (await client.json('POST', `${RESTORE}/apply`, wish)) as RestoreView
  const text = 'the box starts again with it; the data from before are kept until it was found well\n'
  terminal.out(json ? `${JSON.stringify({ ...now, phase: begun.phase })}\n` : text)
  return EXIT.ok
}

/** No box runs, as when it does not start any more: this does the same, with the folder to itself. */
async function offline({ flags, terminal, json }: Invocation, file: string): Promise<number> {
  const { dataFolder } = readConfig({ flags, env: terminal.env, root: terminal.root })
  const { checkHere, putInPlace } = await import('../backup/offline.ts')
  await using ask = asker(terminal)
  mkdirSync(join(dataFolder, 'restore'), { recursive: true, mode: 0o700 })
  const now = await checkHere(dataFolder, file, await ask('Recovery key: '))
  if (!json) terminal.out(`no box runs with ${dataFolder}\n${told(now)}`)
  if (!json && now.preview.address?.address !== undefined)
    terminal.out(`its own address was ${now.preview.address.address}; give it to the machine by branchline network\n`)
  if (!(await agreed(flags, ask))) throw new OperatorError('nothing was changed')
  putInPlace(dataFolder, now.head, 'cli:local')
  terminal.out(json ? `${JSON.stringify(now)}\n` : 'it is in place; start the box\n')
  return EXIT.ok
}

async function agreed(flags: Invocation['flags'], ask: (question: string) => Promise<string>): Promise<boolean> {
  return flags.yes !== undefined || (await ask('Everything that is here goes. Type RESTORE to go on: ')) === 'RESTORE'
}

function addressOf({ address }: Invocation['flags']): boolean | undefined {
  if (address === undefined || address === 'backup' || address === 'mine') return address && address === 'backup'
  throw new UsageError(`--address is backup or mine, not ${JSON.stringify(address)}`)
}

/** `taken`: what was said of its address, if anything was. */
function told({ head, preview, address }: Pick<RestoreView, 'head' | 'preview' | 'address'>, taken?: boolean): string {
  if (head === undefined || preview === undefined) return ''
  const without = preview.filesWithout === 0 ? '' : `, ${preview.filesWithout} of them without content`
  const rows = [
    [
      'backup of',
      `${head.box}, ${new Date(head.at).toISOString().slice(0, 16).replace('T', ' ')} UTC, version ${head.version}`,
    ],
    [
      'brings',
      `${preview.devices} devices, ${preview.people} people, ${preview.networks} networks, ${preview.leases} leases`,
    ],
    ['', `${preview.files} files${without}; ${preview.accounts} accounts`],
  ]
  if (preview.account !== undefined)
    rows.push(['account', `${preview.account}: the box it was made of must not run any more`])
  if (address !== undefined) rows.push(['address', addressText(address, taken ?? address.suggested)])
  if (preview.beside.length > 0)
    rows.push(['beside', `${preview.beside.join(', ')} will be in the folder "restored"; put it in place yourself`])
  return table(rows)
}

function addressText(it: NonNullable<RestoreView['address']>, taken: boolean): string {
  const what = `${it.address ?? 'by DHCP'}${it.gateway === undefined ? '' : `, router ${it.gateway}`}`
  if (it.obstacle !== undefined) return `${what}: cannot be taken here: ${it.obstacle}`
  return taken
    ? `${what}: the machine takes it once the box is well (--address mine: it keeps its own)`
    : `${what}: the machine keeps its own (--address backup: it takes this one)`
}
