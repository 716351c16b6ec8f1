import { readdirSync, readFileSync, statSync } from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'
import type {
  CheckView,
  PreviewView,
  TemplateText,
  VendorRow,
  VersionRow,
} from '../../services/admin/schema-templates.ts'
import { messageOf, OperatorError } from '../../services/core/errors.ts'
import { isTemplateFile, isVendorName } from '../../services/templates/contract.ts'
import { type BoxClient, clientFor } from './client.ts'
import { type Command, EXIT, type Invocation, UsageError, wordAt } from './command.ts'
import { table } from './usage.ts'

const TEMPLATES = '/api/v1/templates'

const ACTIONS: Readonly<Record<string, (invocation: Invocation, client: BoxClient) => Promise<number>>> = {
  ...{ list, show, diff, check, versions, restore },
  'edit-from': editFrom,
}

export const templatesCommand: Command = {
  name: 'templates',
  words: 'list [VENDOR] | show NAME | diff NAME | check PATH | edit-from PATH | versions NAME | restore NAME',
  most: 2,
  help: 'vendors as data: whose texts are used, own ones over the shipped ones, their versions. NAME is VENDOR/FILE, PATH a file or a vendor’s folder',
  flags: [
    { name: 'as', value: 'NAME', help: 'check, edit-from: VENDOR/FILE, or VENDOR for a folder; default: as PATH ends' },
    { name: 'for', value: 'MAC', help: 'check: also show what would change in the file of this device' },
    { name: 'to', value: 'VERSION', help: 'restore: a number that versions lists; default: without an own text' },
    { name: 'beneath', help: 'show: the text without the own one' },
  ],
  async run(invocation) {
    const word = wordAt(invocation, 0, 'list, show, diff, check, edit-from, versions or restore')
    const action = Object.hasOwn(ACTIONS, word) ? ACTIONS[word] : undefined
    if (action === undefined)
      throw new UsageError(`neither list, show, diff, check, edit-from, versions nor restore: ${JSON.stringify(word)}`)
    return action(invocation, clientFor(invocation))
  },
}

function pathOf(name: string): string {
  const [vendor = '', file = '', ...more] = name.split('/')
  if (vendor === '' || file === '' || more.length > 0)
    throw new UsageError(`a template is named VENDOR/FILE, not ${JSON.stringify(name)}`)
  return `${TEMPLATES}/${encodeURIComponent(vendor)}/${encodeURIComponent(file)}`
}

async function list({ terminal, json, words }: Invocation, client: BoxClient): Promise<number> {
  const { vendors } = (await client.json('GET', TEMPLATES)) as { vendors: VendorRow[] }
  const wanted = words[1] === undefined ? vendors : vendors.filter(({ id }) => id === words[1])
  if (json) terminal.out(`${JSON.stringify({ vendors: wanted })}\n`)
  else {
    const rows = wanted.flatMap(({ id, files }) =>
      files
        .filter(({ origin, own }) => words[1] !== undefined || origin !== 'shipped' || own !== undefined)
        .map(({ file, origin, pack, own }) => [
          ...[`${id}/${file}`, pack === undefined ? origin : `pack ${pack}`, own === undefined ? '' : `by ${own.by}`],
          own?.behind ? 'based on another version of the text beneath' : '',
        ]),
    )
    terminal.out(rows.length === 0 ? 'everything is as shipped\n' : table(rows))
    for (const { id, setAside } of wanted)
      for (const { file, line, column, message } of setAside?.faults ?? [])
        terminal.out(`${id}: set aside (${setAside?.origins.join(', ')}): ${file}:${line}:${column} ${message}\n`)
  }
  return EXIT.ok
}

async function read(invocation: Invocation, client: BoxClient): Promise<TemplateText> {
  return (await client.json('GET', pathOf(wordAt(invocation, 1, 'the name')))) as TemplateText
}

async function show(invocation: Invocation, client: BoxClient): Promise<number> {
  const { terminal, json, flags } = invocation
  const text = await read(invocation, client)
  if (json) terminal.out(`${JSON.stringify(text)}\n`)
  else terminal.out(flags.beneath === undefined ? text.text : (text.beneath?.text ?? ''))
  return EXIT.ok
}

async function diff(invocation: Invocation, client: BoxClient): Promise<number> {
  const { terminal, json } = invocation
  const text = await read(invocation, client)
  if (json) terminal.out(`${JSON.stringify({ diff: text.diff ?? '' })}\n`)
  else terminal.out(text.diff ?? '')
  return EXIT.ok
}

interface Given {
  readonly vendor: string
  readonly files: Readonly<Record<string, string>>
}

/** The texts that a path on this machine stands for: a file in its vendor's folder, or all of a folder. */
function given(invocation: Invocation): Given {
  const path = resolve(wordAt(invocation, 1, 'the file or folder'))
  const as = invocation.flags.as?.split('/')
  try {
    if (statSync(path).isDirectory()) {
      const names = readdirSync(path).filter(isTemplateFile)
      if (names.length === 0) throw new OperatorError(`no file of a vendor is in ${path}`)
      const files = Object.fromEntries(names.map((name) => [name, readFileSync(join(path, name), 'utf8')]))
      return { vendor: vendorAs(as?.[0] ?? basename(path)), files }
    }
    const [vendor = basename(dirname(path)), file = basename(path)] = as ?? []
    return { vendor: vendorAs(vendor), files: { [file]: readFileSync(path, 'utf8') } }
  } catch (thrown) {
    if (thrown instanceof OperatorError) throw thrown
    throw new OperatorError(`cannot be read: ${messageOf(thrown)}`)
  }
}

function vendorAs(name: string): string {
  if (!isVendorName(name)) throw new UsageError(`${JSON.stringify(name)} is no vendor; say which one it is with --as`)
  return name
}

async function check(invocation: Invocation, client: BoxClient): Promise<number> {
  const { terminal, json, flags } = invocation
  const { vendor, files } = given(invocation)
  const found = (await client.json('POST', `${TEMPLATES}/check`, { vendor, files })) as CheckView
  const good = found.faults.length === 0
  const ask = { vendor, files, mac: flags.for }
  const preview =
    good && flags.for !== undefined
      ? ((await client.json('POST', `${TEMPLATES}/preview`, ask)) as PreviewView)
      : undefined
  if (json) terminal.out(`${JSON.stringify({ ...found, ...(preview && { preview }) })}\n`)
  else {
    for (const { file, line, column, path, message } of found.faults)
      terminal.out(`${file}:${line}:${column} ${path}: ${message}\n`)
    for (const { file, line, message } of found.notes) terminal.out(`${file}:${line} note: ${message}\n`)
    if (good) terminal.out('no fault\n')
    if (preview !== undefined) terminal.out(preview.diff ?? `${preview.file} stays as it is\n`)
  }
  return good ? EXIT.ok : EXIT.refused
}

async function editFrom(invocation: Invocation, client: BoxClient): Promise<number> {
  const { terminal, json } = invocation
  const { vendor, files } = given(invocation)
  const row = (await client.json('PUT', `${TEMPLATES}/${vendor}`, { files })) as VendorRow
  const names = Object.keys(files).map((file) => `${vendor}/${file}`)
  if (json) terminal.out(`${JSON.stringify(row)}\n`)
  else terminal.out(`${names.join(', ')}: in use\n`)
  return EXIT.ok
}

async function versions(invocation: Invocation, client: BoxClient): Promise<number> {
  const { terminal, json } = invocation
  const path = `${pathOf(wordAt(invocation, 1, 'the name'))}/versions`
  const { versions: all } = (await client.json('GET', path)) as { versions: VersionRow[] }
  if (json) terminal.out(`${JSON.stringify({ versions: all })}\n`)
  else if (all.length === 0) terminal.out('no own text was ever stored\n')
  else
    terminal.out(
      table(
        all.map(({ seq, at, by, did, size }) => [
          ...[String(seq), new Date(at).toISOString().slice(0, 16).replace('T', ' '), by, did],
          size === undefined ? '' : `${size} characters`,
        ]),
      ),
    )
  return EXIT.ok
}

async function restore(invocation: Invocation, client: BoxClient): Promise<number> {
  const { terminal, json, flags } = invocation
  const name = wordAt(invocation, 1, 'the name')
  const path = pathOf(name)
  if (flags.to !== undefined && !/^\d{1,15}$/.test(flags.to)) throw new UsageError(`--to is no version: ${flags.to}`)
  const row =
    flags.to === undefined
      ? await client.json('DELETE', path)
      : await client.json('POST', `${path}/restore`, { seq: Number(flags.to) })
  const told = flags.to === undefined ? 'without an own text' : `version ${flags.to}`
  terminal.out(json ? `${JSON.stringify(row)}\n` : `${name}: ${told}\n`)
  return EXIT.ok
}
