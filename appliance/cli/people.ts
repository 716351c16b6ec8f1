import { readFileSync, writeFileSync } from 'node:fs'
import type { PeopleImport, PeoplePage, PersonRow, PersonView } from '../../services/admin/schema-directory.ts'
import { ConflictError, messageOf, OperatorError } from '../../services/core/errors.ts'
import { type BoxClient, clientFor } from './client.ts'
import { type Command, EXIT, type Invocation, UsageError, wordAt } from './command.ts'
import { table } from './usage.ts'

const PEOPLE = '/api/v1/people'
const PAGE = 1000

export const peopleCommand: Command = {
  name: 'people',
  words: 'list [TEXT] | show ID | add NAME | import FILE | export [FILE] | remove ID',
  most: 2,
  help: 'people and contacts of the phone book: list or find, show, add, import and export CSV or vCard, remove',
  flags: [
    { name: 'id', value: 'ID', help: 'add: its id; default: a new one' },
    { name: 'extension', value: 'NUMBER', help: 'add: the internal number' },
    { name: 'mobile', value: 'NUMBER', help: 'add: a mobile number' },
    { name: 'work', value: 'NUMBER', help: 'add: another number at work' },
    { name: 'company', value: 'TEXT', help: 'add: the company' },
    { name: 'email', value: 'ADDRESS', help: 'add: the e-mail address' },
    { name: 'book', value: 'NAMES', help: 'add: the phone books, comma-separated; default: the main one' },
    { name: 'user', value: 'USER', help: 'add: user of the SIP account that a phone of this person gets' },
    { name: 'secret', value: 'TEXT', help: 'add: secret of that account; `-` reads it from standard input' },
    { name: 'unlisted', help: 'add: stands in no phone book' },
    { name: 'replace', help: 'add: replace the person with this --id when there is one' },
    { name: 'dry-run', help: 'import: say what would happen, change nothing' },
    { name: 'format', value: 'FORM', help: 'import, export: csv or vcard; default: by the name of the file, else csv' },
    { name: 'card-version', value: 'VERSION', help: 'export: 3.0 or 4.0 for cards that came from none; default: 4.0' },
  ],
  async run(invocation) {
    const action = wordAt(invocation, 0, 'list, show, add, import, export or remove')
    const client = clientFor(invocation)
    if (action === 'list') return list(invocation, client)
    if (action === 'show') return show(invocation, client)
    if (action === 'add') return add(invocation, client)
    if (action === 'import') return importFile(invocation, client)
    if (action === 'export') return exportFile(invocation, client)
    if (action === 'remove') return remove(invocation, client)
    throw new UsageError(`neither list, show, add, import, export nor remove: ${JSON.stringify(action)}`)
  },
}

async function list({ words, terminal, json }: Invocation, client: BoxClient): Promise<number> {
  const search = words[1] === undefined ? '' : `&search=${encodeURIComponent(words[1])}`
  const people: PersonRow[] = []
  for (let total = 1; people.length < total; ) {
    const page = (await client.json('GET', `${PEOPLE}?limit=${PAGE}&offset=${people.length}${search}`)) as PeoplePage
    people.push(...page.people)
    total = page.people.length === 0 ? 0 : page.total
  }
  if (json) terminal.out(`${JSON.stringify({ people })}\n`)
  else if (people.length === 0)
    terminal.out(words[1] === undefined ? 'no people yet (branchline people add NAME)\n' : 'nobody is found\n')
  else terminal.out(table(people.map(columns)))
  return EXIT.ok
}

function columns(person: PersonRow): string[] {
  const numbers = person.numbers.map(({ kind, number }) => `${kind} ${number}`).join(', ')
  const more = [...(person.listed ? [] : ['unlisted']), ...(person.books ?? []), ...person.devices].join(', ')
  return [person.id, person.name, person.extension ?? '', numbers, more]
}

function pathOf(invocation: Invocation): string {
  return `${PEOPLE}/${encodeURIComponent(wordAt(invocation, 1, 'the id'))}`
}

async function show(invocation: Invocation, client: BoxClient): Promise<number> {
  const person = (await client.json('GET', pathOf(invocation))) as PersonView
  invocation.terminal.out(`${JSON.stringify(person, null, invocation.json ? 0 : 2)}\n`)
  return EXIT.ok
}

async function add(invocation: Invocation, client: BoxClient): Promise<number> {
  const { flags, terminal, json } = invocation
  const name = wordAt(invocation, 1, 'the name')
  const text = (flag: string) => (flags[flag] === undefined ? {} : { [flag]: flags[flag] })
  const numbers = (['work', 'mobile'] as const).flatMap((kind) => {
    const number = flags[kind]
    return number === undefined ? [] : [{ kind, number }]
  })
  const secret = flags.secret === '-' ? (await Bun.stdin.text()).trim() : flags.secret
  if (flags.user === undefined && secret !== undefined) throw new UsageError('a secret needs --user')
  if (flags.replace !== undefined && flags.id === undefined) throw new UsageError('--replace needs --id')
  const body = {
    ...{ name, numbers, ...text('extension'), ...text('company'), ...text('email') },
    ...(flags.book !== undefined && { books: flags.book.split(',').map((book) => book.trim()) }),
    ...(flags.unlisted !== undefined && { listed: false }),
    ...(flags.user !== undefined && { line: { user: flags.user, ...(secret !== undefined && { secret }) } }),
  }
  const person = await store(client, flags.id, body, flags.replace !== undefined)
  terminal.out(
    json ? `${JSON.stringify(person)}\n` : `${person.name} is stored as ${person.id}, revision ${person.rev}\n`,
  )
  return EXIT.ok
}

async function store(client: BoxClient, id: string | undefined, body: object, replace: boolean): Promise<PersonView> {
  if (id === undefined) return (await client.json('POST', PEOPLE, body)) as PersonView
  try {
    const given = replace ? body : { ...body, rev: 0 }
    return (await client.json('PUT', `${PEOPLE}/${encodeURIComponent(id)}`, given)) as PersonView
  } catch (thrown) {
    if (replace || !(thrown instanceof ConflictError)) throw thrown
    throw new ConflictError(`there is a person ${id} already; --replace puts this one in their place`)
  }
}

function formatOf({ flags }: Invocation, file: string | undefined, content = ''): 'csv' | 'vcard' {
  const { format } = flags
  if (format === 'csv' || format === 'vcard') return format
  if (format !== undefined) throw new UsageError(`neither csv nor vcard: ${JSON.stringify(format)}`)
  return /\.(vcf|vcard)$/i.test(file ?? '') || /^\s*BEGIN:VCARD/i.test(content) ? 'vcard' : 'csv'
}

async function importFile(invocation: Invocation, client: BoxClient): Promise<number> {
  const { flags, terminal, json } = invocation
  const file = wordAt(invocation, 1, 'the file')
  const content = readText(file)
  const type = formatOf(invocation, file, content) === 'vcard' ? 'text/vcard' : 'text/csv'
  const path = `${PEOPLE}/import?dryRun=${flags['dry-run'] === undefined ? 0 : 1}`
  const result = (await client.upload(path, type, content)) as PeopleImport
  if (json) terminal.out(`${JSON.stringify(result)}\n`)
  else {
    for (const fault of result.faults)
      terminal.err(`${file}:${fault.line}: row ${fault.row}, ${fault.column}: ${fault.message}\n`)
    const created = result.rows.filter((row) => row.action === 'create').length
    const counts = `${created} new, ${result.rows.length - created} changed, ${result.faults.length} faults`
    terminal.out(result.applied ? `imported: ${counts}\n` : `nothing was changed: ${counts}\n`)
  }
  return result.faults.length > 0 ? EXIT.refused : EXIT.ok
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (thrown) {
    throw new OperatorError(`file cannot be read: ${messageOf(thrown)}`)
  }
}

async function exportFile(invocation: Invocation, client: BoxClient): Promise<number> {
  const { flags, terminal, words } = invocation
  const file = words[1]
  const version = flags['card-version'] ?? '4.0'
  if (version !== '3.0' && version !== '4.0') throw new UsageError(`neither 3.0 nor 4.0: ${JSON.stringify(version)}`)
  const { bytes } = await client.bytes(`${PEOPLE}/export?format=${formatOf(invocation, file)}&version=${version}`)
  if (file === undefined) {
    terminal.outBytes(bytes)
    return EXIT.ok
  }
  try {
    // What is there may be somebody's only copy.
    writeFileSync(file, bytes, { flag: 'wx', mode: 0o600 })
  } catch (thrown) {
    throw new OperatorError(`file cannot be written: ${messageOf(thrown)}`)
  }
  terminal.out(invocation.json ? `${JSON.stringify({ file, size: bytes.length })}\n` : `written: ${file}\n`)
  return EXIT.ok
}

async function remove(invocation: Invocation, client: BoxClient): Promise<number> {
  const id = wordAt(invocation, 1, 'the id')
  await client.json('DELETE', pathOf(invocation))
  invocation.terminal.out(invocation.json ? `${JSON.stringify({ removed: id })}\n` : `${id} is removed\n`)
  return EXIT.ok
}
