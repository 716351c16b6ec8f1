import type { PackChecks, PackRow, PacksView } from '../../services/admin/schema-templates.ts'
import { messageOf, OperatorError } from '../../services/core/errors.ts'
import { type BoxClient, clientFor } from './client.ts'
import { type Command, EXIT, type Invocation, UsageError, wordAt } from './command.ts'
import { table } from './usage.ts'

const PACKS = '/api/v1/packs'

const ACTIONS: Readonly<Record<string, (invocation: Invocation, client: BoxClient) => Promise<number>>> = {
  ...{ list, install, back, remove, verify, keys },
}

export const packsCommand: Command = {
  name: 'packs',
  words: 'list | install FILE | back NAME | remove NAME | verify | keys [FILE]',
  most: 2,
  help: 'newer vendor data as signed packs: list, install, go one version back, remove, verify; the keys that are trusted, or a newer list of them',
  flags: [{ name: 'older', help: 'install: also a version that is not newer than the one that is there' }],
  async run(invocation) {
    const word = wordAt(invocation, 0, 'list, install, back, remove, verify or keys')
    const action = Object.hasOwn(ACTIONS, word) ? ACTIONS[word] : undefined
    if (action === undefined)
      throw new UsageError(`neither list, install, back, remove, verify nor keys: ${JSON.stringify(word)}`)
    return action(invocation, clientFor(invocation))
  },
}

async function list({ terminal, json }: Invocation, client: BoxClient): Promise<number> {
  const view = (await client.json('GET', PACKS)) as PacksView
  if (json) terminal.out(`${JSON.stringify(view)}\n`)
  else if (view.packs.length === 0)
    terminal.out('no packs; vendor data is as shipped (branchline packs install FILE)\n')
  else
    terminal.out(
      table(
        view.packs.map(({ name, version, files, vendors, installedAt, by, previous, setAside }) => [
          ...[name, version, `${files} files of ${vendors.join(', ')}`],
          ...[new Date(installedAt).toISOString().slice(0, 16).replace('T', ' '), by],
          setAside === undefined ? (previous === undefined ? '' : `before: ${previous}`) : `not used: ${setAside}`,
        ]),
      ),
    )
  return EXIT.ok
}

async function content(path: string): Promise<Blob> {
  const file = Bun.file(path)
  try {
    await file.stat()
  } catch (thrown) {
    throw new OperatorError(`file cannot be read: ${messageOf(thrown)}`)
  }
  return file
}

async function install(invocation: Invocation, client: BoxClient): Promise<number> {
  const pack = await content(wordAt(invocation, 1, 'the file'))
  const query = invocation.flags.older === undefined ? '' : '?older=1'
  return told(invocation, (await client.send(`${PACKS}${query}`, pack)) as PackRow)
}

async function back(invocation: Invocation, client: BoxClient): Promise<number> {
  const name = encodeURIComponent(wordAt(invocation, 1, 'the name'))
  return told(invocation, (await client.json('POST', `${PACKS}/${name}/back`)) as PackRow)
}

function told({ terminal, json }: Invocation, pack: PackRow): number {
  const text = `pack ${pack.name} ${pack.version} is in use: ${pack.files} files of ${pack.vendors.join(', ')}\n`
  terminal.out(json ? `${JSON.stringify(pack)}\n` : text)
  return EXIT.ok
}

async function remove(invocation: Invocation, client: BoxClient): Promise<number> {
  const name = wordAt(invocation, 1, 'the name')
  await client.json('DELETE', `${PACKS}/${encodeURIComponent(name)}`)
  invocation.terminal.out(invocation.json ? `${JSON.stringify({ removed: name })}\n` : `${name} is removed\n`)
  return EXIT.ok
}

async function verify({ terminal, json }: Invocation, client: BoxClient): Promise<number> {
  const checks = (await client.json('POST', `${PACKS}/verify`)) as PackChecks
  if (json) terminal.out(`${JSON.stringify(checks)}\n`)
  else
    terminal.out(checks.packs.length === 0 ? 'no packs\n' : table(checks.packs.map(({ name, state }) => [name, state])))
  return checks.packs.every(({ state }) => state === 'good') ? EXIT.ok : EXIT.failed
}

async function keys(invocation: Invocation, client: BoxClient): Promise<number> {
  const { terminal, json, words } = invocation
  const view = (
    words[1] === undefined
      ? await client.json('GET', PACKS)
      : await client.send(`${PACKS}/keys`, await content(words[1]))
  ) as PacksView
  if (json) terminal.out(`${JSON.stringify({ keys: view.keys })}\n`)
  else
    terminal.out(
      view.keys.length === 0
        ? 'no key is trusted: no pack is taken\n'
        : table(view.keys.map(({ id, title }) => [id, title])),
    )
  return EXIT.ok
}
