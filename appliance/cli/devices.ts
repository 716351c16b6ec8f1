import { readFileSync } from 'node:fs'
import type { DeviceRow, DeviceView, ImportResult, Sighting } from '../../services/admin/schema.ts'
import { ConflictError, messageOf, OperatorError } from '../../services/core/errors.ts'
import { formatMac, type Mac } from '../../services/core/mac.ts'
import { type BoxClient, clientFor } from './client.ts'
import { type Command, EXIT, type Invocation, macAt, UsageError, wordAt } from './command.ts'
import { addScanned } from './scan.ts'
import { table } from './usage.ts'

const DEVICES = '/api/v1/devices'

export const devicesCommand: Command = {
  name: 'devices',
  words: 'list | show MAC | add MAC | add --scan | assign MAC EXTENSION | import FILE | allow MAC | remove MAC',
  most: 3,
  help: 'the devices of this box: list with verdicts, show, add (also by scanning labels), give to a person, import from CSV or JSON, allow files with secrets again, remove',
  flags: [
    { name: 'vendor', value: 'NAME', help: 'add: folder name in templates/; default: as recognised' },
    { name: 'model', value: 'MODEL', help: 'add: the model; default: as recognised' },
    { name: 'name', value: 'TEXT', help: 'add: what people call it' },
    { name: 'group', value: 'NAME', help: 'add: the group that it belongs to' },
    { name: 'user', value: 'USER', help: 'add: user of its first line' },
    { name: 'auth-user', value: 'USER', help: 'add: user for authentication, when it differs' },
    { name: 'secret', value: 'TEXT', help: 'add: secret of its first line; `-` reads it from standard input' },
    { name: 'server', value: 'HOST', help: 'add: SIP server of its first line' },
    { name: 'label', value: 'TEXT', help: 'add: label of its first line' },
    { name: 'scan', help: 'add: read scanned labels from standard input, a line each, until it ends' },
    { name: 'replace', help: 'add: replace the device when there is one' },
    { name: 'dry-run', help: 'import: say what would happen, change nothing' },
  ],
  async run(invocation) {
    const action = wordAt(invocation, 0, 'list, show, add, assign, import, allow or remove')
    const surplus = invocation.words[2]
    if (action !== 'assign' && surplus !== undefined) throw new UsageError(`too many words: ${JSON.stringify(surplus)}`)
    const client = clientFor(invocation)
    if (action === 'list') return list(invocation, client)
    if (action === 'show') return show(invocation, client)
    if (action === 'add') return add(invocation, client)
    if (action === 'assign') return assign(invocation, client)
    if (action === 'import') return importFile(invocation, client)
    if (action === 'allow') return allow(invocation, client)
    if (action === 'remove') return remove(invocation, client)
    throw new UsageError(`neither list, show, add, assign, import, allow nor remove: ${JSON.stringify(action)}`)
  },
}

async function list({ terminal, json }: Invocation, client: BoxClient): Promise<number> {
  const { devices } = (await client.json('GET', DEVICES)) as { devices: DeviceRow[] }
  const { journeys: unknown } = (await client.json('GET', '/api/v1/new-devices')) as { journeys: Sighting[] }
  if (json) terminal.out(`${JSON.stringify({ devices, newDevices: unknown })}\n`)
  else {
    terminal.out(
      devices.length === 0
        ? 'no devices yet (branchline devices add MAC)\n'
        : table(devices.map((row) => [row.mac, row.name ?? '', whatIs(row), row.address ?? '', row.verdict.text])),
    )
    if (unknown.length > 0)
      terminal.out(
        `\nnew devices:\n${table(unknown.map((row) => [row.mac, whatIs(row), row.address ?? '', row.verdict.text]))}`,
      )
  }
  return EXIT.ok
}

function whatIs(row: { readonly vendor?: string | undefined; readonly model?: string | undefined }): string {
  return `${row.vendor ?? '?'} ${row.model ?? ''}`.trim()
}

async function show(invocation: Invocation, client: BoxClient): Promise<number> {
  const device = (await client.json('GET', `${DEVICES}/${macAt(invocation, 1)}`)) as DeviceView
  invocation.terminal.out(`${JSON.stringify(device, null, invocation.json ? 0 : 2)}\n`)
  return EXIT.ok
}

async function add(invocation: Invocation, client: BoxClient): Promise<number> {
  const { flags, terminal, json } = invocation
  const text = (name: string, flag = name) => (flags[flag] === undefined ? {} : { [name]: flags[flag] })
  if (flags.scan !== undefined) {
    if (invocation.words[1] !== undefined || flags.user !== undefined || flags.name !== undefined)
      throw new UsageError('--scan reads many devices: it takes no MAC, no --name and no --user')
    return addScanned(invocation, client, { ...text('vendor'), ...text('model'), ...text('group') })
  }
  const mac = macAt(invocation, 1)
  const secret = flags.secret === '-' ? (await Bun.stdin.text()).trim() : flags.secret
  const line = { ...text('user'), ...text('authUser', 'auth-user'), ...text('server'), ...text('label') }
  if (flags.user === undefined && (Object.keys(line).length > 0 || secret !== undefined))
    throw new UsageError('a line needs --user')
  const body = {
    ...(flags.replace === undefined ? { rev: 0 } : {}),
    ...text('vendor'),
    ...text('model'),
    ...text('name'),
    ...text('group'),
    ...(flags.user === undefined
      ? {}
      : { lines: [{ index: 1, ...line, ...(secret === undefined ? {} : { secret }) }] }),
  }
  const device = await store(client, mac, body, flags.replace === undefined)
  terminal.out(json ? `${JSON.stringify(device)}\n` : `${device.mac} is stored, revision ${device.rev}\n`)
  return EXIT.ok
}

async function store(client: BoxClient, mac: Mac, body: object, mustBeNew: boolean): Promise<DeviceView> {
  try {
    return (await client.json('PUT', `${DEVICES}/${mac}`, body)) as DeviceView
  } catch (thrown) {
    if (!mustBeNew || !(thrown instanceof ConflictError)) throw thrown
    throw new ConflictError(`there is a device ${formatMac(mac)} already; --replace puts this one in its place`)
  }
}

async function assign(invocation: Invocation, client: BoxClient): Promise<number> {
  const mac = macAt(invocation, 1)
  const extension = wordAt(invocation, 2, 'the extension')
  const device = (await client.json('POST', `/api/v1/new-devices/${mac}/assign`, { extension })) as DeviceView
  const text = `${device.mac} belongs to ${extension} ${device.name ?? ''}`.trimEnd()
  invocation.terminal.out(invocation.json ? `${JSON.stringify(device)}\n` : `${text}\n`)
  return EXIT.ok
}

async function importFile(invocation: Invocation, client: BoxClient): Promise<number> {
  const { flags, terminal, json } = invocation
  const file = wordAt(invocation, 1, 'the file')
  const content = readBytes(file)
  const isJson =
    file.toLowerCase().endsWith('.json') || /^\s*[[{]/.test(new TextDecoder().decode(content.subarray(0, 100)))
  const path = `${DEVICES}/import?dryRun=${flags['dry-run'] === undefined ? 0 : 1}`
  const result = (await client.upload(path, isJson ? 'application/json' : 'text/csv', content)) as ImportResult
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

function readBytes(file: string): Uint8Array<ArrayBuffer> {
  try {
    return new Uint8Array(readFileSync(file))
  } catch (thrown) {
    throw new OperatorError(`file cannot be read: ${messageOf(thrown)}`)
  }
}

async function allow(invocation: Invocation, client: BoxClient): Promise<number> {
  const mac = macAt(invocation, 1)
  await client.json('POST', `${DEVICES}/${mac}/allow`)
  invocation.terminal.out(
    invocation.json
      ? `${JSON.stringify({ allowed: mac })}\n`
      : `${formatMac(mac)} gets its files at its next request\n`,
  )
  return EXIT.ok
}

async function remove(invocation: Invocation, client: BoxClient): Promise<number> {
  const mac = macAt(invocation, 1)
  await client.json('DELETE', `${DEVICES}/${mac}`)
  invocation.terminal.out(invocation.json ? `${JSON.stringify({ removed: mac })}\n` : `${mac} is removed\n`)
  return EXIT.ok
}
