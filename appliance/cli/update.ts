import type { UpdateView } from '../../services/admin/schema-update.ts'
import { NotFoundError, OperatorError } from '../../services/core/errors.ts'
import { type BoxClient, clientFor } from './client.ts'
import { type Command, EXIT, type Invocation, UsageError, wordAt } from './command.ts'
import { table } from './usage.ts'

const UPDATE = '/api/v1/update'
const LOOK_MS = 500

export const updateCommand: Command = {
  name: 'update',
  words: 'status | install BUNDLE | restart',
  most: 2,
  help: 'the box’s own system: what runs, install a signed bundle into the other slot, start into it',
  flags: [{ name: 'restart', help: 'install: start into it as soon as it is installed' }],
  async run(invocation) {
    const action = wordAt(invocation, 0, 'status, install or restart')
    const client = clientFor(invocation)
    if (action === 'status') return show(invocation, await state(client))
    if (action === 'restart') return show(invocation, (await client.json('POST', `${UPDATE}/restart`)) as UpdateView)
    if (action === 'install') return install(invocation, client)
    throw new UsageError(`not status, install or restart: ${JSON.stringify(action)}`)
  },
}

const state = async (client: BoxClient) => (await client.json('GET', UPDATE)) as UpdateView

async function install(invocation: Invocation, client: BoxClient): Promise<number> {
  const path = wordAt(invocation, 1, 'the bundle')
  const content = Bun.file(path)
  if (!(await content.exists())) throw new NotFoundError(`there is no file ${path}`)
  const say = invocation.json ? () => {} : (line: string) => invocation.terminal.out(`${line}\n`)
  let now = (await client.send(UPDATE, content)) as UpdateView
  let last = ''
  while (now.phase === 'checking' || now.phase === 'installing') {
    const line = now.phase === 'checking' ? 'checking' : `${String(now.percent).padStart(3)} %  ${now.message ?? ''}`
    if (line !== last) say(line.trimEnd())
    last = line
    await Bun.sleep(LOOK_MS)
    now = await state(client)
  }
  if (now.phase !== 'installed')
    throw new OperatorError(`nothing was changed: ${now.message ?? 'it was not installed'}`)
  if (invocation.flags.restart !== undefined) now = (await client.json('POST', `${UPDATE}/restart`)) as UpdateView
  return show(invocation, now)
}

function show({ terminal, json }: Invocation, view: UpdateView): number {
  if (json) {
    terminal.out(`${JSON.stringify(view)}\n`)
    return EXIT.ok
  }
  const well = view.well ? 'well' : 'not yet found well'
  const rows = [['runs', `${view.version}${view.slot === undefined ? '' : `, slot ${view.slot}`}, ${well}`]]
  if (view.unsupported !== undefined) rows.push(['updates', view.unsupported])
  if (view.phase === 'installed')
    rows.push(['update', `${view.bundle ?? ''} is installed; it starts with the next start`])
  else if (view.phase === 'refused') rows.push(['update', `refused: ${view.message ?? ''}`])
  else if (view.phase !== 'idle') rows.push(['update', `${view.phase}, ${view.percent} %`])
  if (view.fellBack !== undefined) rows.push(['fell back', view.fellBack])
  terminal.out(table(rows))
  return EXIT.ok
}
