import { createHash } from 'node:crypto'
import { basename } from 'node:path'
import type { FileCheckView, FileView } from '../../services/admin/schema-files.ts'
import { ConflictError, messageOf, OperatorError } from '../../services/core/errors.ts'
import { type BoxClient, clientFor } from './client.ts'
import { type Command, EXIT, type Invocation, UsageError, wordAt } from './command.ts'
import { table } from './usage.ts'

const FILES = '/api/v1/files'

export const filesCommand: Command = {
  name: 'files',
  words: 'list | show NAME | add FILE | set NAME | remove NAME | verify [NAME]',
  most: 2,
  help: 'stored files (firmware, languages, tones, pictures): list with what uses them, show, add, say what one is for, remove, verify',
  flags: [
    { name: 'name', value: 'NAME', help: 'add: under this name, folders allowed; default: that of the file' },
    { name: 'kind', value: 'KIND', help: 'add, set: firmware, language, tone, picture, certificate or other' },
    { name: 'for', value: 'LIST', help: 'add, set: models that it is for, e.g. yealink/T46U,yealink/T48U' },
    { name: 'hardware', value: 'LIST', help: 'add, set: hardware revisions that it is for' },
    { name: 'fw-version', value: 'TEXT', help: 'add, set: the version that a device says once it has it' },
    { name: 'sha256', value: 'HASH', help: 'add: what the content must come to, as its maker says' },
    { name: 'replace', help: 'add: other content may take the name' },
    { name: 'force', help: 'add, remove: also while settings or rollouts name it' },
  ],
  async run(invocation) {
    const action = wordAt(invocation, 0, 'list, show, add, set, remove or verify')
    const client = clientFor(invocation)
    if (action === 'list') return list(invocation, client)
    if (action === 'show') return show(invocation, client)
    if (action === 'add') return add(invocation, client)
    if (action === 'set') return set(invocation, client)
    if (action === 'remove') return remove(invocation, client)
    if (action === 'verify') return verify(invocation, client)
    throw new UsageError(`neither list, show, add, set, remove nor verify: ${JSON.stringify(action)}`)
  },
}

const pathOf = (name: string) => `${FILES}/${encodeURIComponent(name)}`
const all = async (client: BoxClient) => (await client.json('GET', FILES)) as { files: FileView[] }

async function list({ terminal, json }: Invocation, client: BoxClient): Promise<number> {
  const { files } = await all(client)
  if (json) terminal.out(`${JSON.stringify({ files })}\n`)
  else if (files.length === 0) terminal.out('no files yet (branchline files add FILE)\n')
  else
    terminal.out(
      table(
        files.map((file) => [
          ...[file.name, file.kind, file.version ?? '', forText(file), sizeText(file.size), file.hash.slice(0, 12)],
          ...[new Date(file.addedAt).toISOString().slice(0, 16).replace('T', ' '), file.by],
          file.uses.length === 0 ? '' : `used by ${file.uses.length === 1 ? file.uses[0] : `${file.uses.length}`}`,
        ]),
      ),
    )
  return EXIT.ok
}

async function show({ terminal, json, ...rest }: Invocation, client: BoxClient): Promise<number> {
  const file = (await client.json('GET', pathOf(wordAt({ terminal, json, ...rest }, 1, 'the name')))) as FileView
  terminal.out(`${JSON.stringify(file, null, json ? 0 : 2)}\n`)
  return EXIT.ok
}

async function add(invocation: Invocation, client: BoxClient): Promise<number> {
  const { flags, terminal, json } = invocation
  const path = wordAt(invocation, 1, 'the file')
  const content = Bun.file(path)
  // Read once before it is sent: the box stores what was meant or nothing.
  const sha256 = await hashOf(content)
  if (flags.sha256 !== undefined && flags.sha256.toLowerCase() !== sha256)
    throw new OperatorError(
      `${path} has SHA-256 ${sha256}, not ${flags.sha256}; it is not the file that its maker gave out`,
    )
  const name = flags.name ?? basename(path)
  const query = new URLSearchParams({ sha256 })
  for (const [flag, field] of [['kind'], ['for'], ['hardware'], ['fw-version', 'version']] as const) {
    const value = flags[flag]
    if (value !== undefined) query.set(field ?? flag, value)
  }
  for (const flag of ['replace', 'force'] as const) if (flags[flag] !== undefined) query.set(flag, '1')
  await objectEarly(client, name, sha256, flags)
  const file = (await client.send(`${pathOf(name)}?${query}`, content)) as FileView
  terminal.out(
    json
      ? `${JSON.stringify(file)}\n`
      : `${file.name} is stored: ${file.kind}${file.version === undefined ? '' : ` ${file.version}`}, ${sizeText(file.size)}, SHA-256 ${file.hash}\n`,
  )
  return EXIT.ok
}

/** Before a gigabyte goes out for nothing. The box asks again when all of it is there. */
async function objectEarly(client: BoxClient, name: string, sha256: string, flags: Invocation['flags']): Promise<void> {
  const there = (await all(client)).files.find((file) => file.name.toLowerCase() === name.toLowerCase())
  if (there === undefined || there.hash === sha256 || flags.replace !== undefined) return
  throw new ConflictError(`${there.name} is stored already with other content; --replace puts this one there`)
}

async function hashOf(content: Blob): Promise<string> {
  const hash = createHash('sha256')
  try {
    for await (const piece of content.stream()) hash.update(piece)
  } catch (thrown) {
    throw new OperatorError(`file cannot be read: ${messageOf(thrown)}`)
  }
  return hash.digest('hex')
}

async function set(invocation: Invocation, client: BoxClient): Promise<number> {
  const { flags, terminal, json } = invocation
  const items = (text: string) =>
    text
      .split(',')
      .map((part) => part.trim())
      .filter((part) => part !== '')
  const body = {
    ...(flags.kind !== undefined && { kind: flags.kind }),
    ...(flags['fw-version'] !== undefined && { version: flags['fw-version'] }),
    ...(flags.for !== undefined && { models: items(flags.for) }),
    ...(flags.hardware !== undefined && { hardware: items(flags.hardware) }),
  }
  if (Object.keys(body).length === 0) throw new UsageError('say what to set: --kind, --fw-version, --for or --hardware')
  const file = (await client.json('PATCH', pathOf(wordAt(invocation, 1, 'the name')), body)) as FileView
  terminal.out(
    json ? `${JSON.stringify(file)}\n` : `${file.name}: ${file.kind} ${file.version ?? ''} ${forText(file)}\n`,
  )
  return EXIT.ok
}

async function remove(invocation: Invocation, client: BoxClient): Promise<number> {
  const name = wordAt(invocation, 1, 'the name')
  await client.json('DELETE', `${pathOf(name)}${invocation.flags.force === undefined ? '' : '?force=1'}`)
  invocation.terminal.out(invocation.json ? `${JSON.stringify({ removed: name })}\n` : `${name} is removed\n`)
  return EXIT.ok
}

async function verify(invocation: Invocation, client: BoxClient): Promise<number> {
  const { terminal, json, words } = invocation
  const names = words[1] === undefined ? (await all(client)).files.map(({ name }) => name) : [words[1]]
  const checks: FileCheckView[] = []
  for (const name of names) checks.push((await client.json('POST', `${pathOf(name)}/verify`)) as FileCheckView)
  if (json) terminal.out(`${JSON.stringify({ files: checks })}\n`)
  else
    terminal.out(checks.length === 0 ? 'no files yet\n' : table(checks.map(({ name, state }) => [name, STATES[state]])))
  return checks.every(({ state }) => state === 'good') ? EXIT.ok : EXIT.failed
}

const STATES: Readonly<Record<FileCheckView['state'], string>> = {
  good: 'good',
  changed: 'is not what it was: add it again',
  missing: 'its content is gone: add it again',
}

function forText({ models, hardware }: FileView): string {
  const boards = hardware.length === 0 ? '' : `hardware ${hardware.join(', ')}`
  return [models.join(', '), boards].filter((text) => text !== '').join('; ')
}

function sizeText(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`
  return bytes < 1e6 ? `${(bytes / 1e3).toFixed(1)} kB` : `${(bytes / 1e6).toFixed(1)} MB`
}
