import type { UpdateView } from '../../services/admin/schema-update.ts'
import { windowText } from '../../services/core/daily-window.ts'
import { NotFoundError, OperatorError } from '../../services/core/errors.ts'
import { type BoxClient, clientFor } from './client.ts'
import { type Command, EXIT, type Invocation, UsageError, wordAt } from './command.ts'
import { table } from './usage.ts'
import { windowOf } from './window.ts'

const UPDATE = '/api/v1/update'
const WINDOW = `${UPDATE}/window`
const LOOK_MS = 500

export const updateCommand: Command = {
  name: 'update',
  words: 'status | install BUNDLE | restart | window HH:MM-HH:MM | window off',
  most: 2,
  help: 'the box’s own system: what runs, install a signed bundle into the other slot, start into it now or by itself in a window',
  flags: [
    { name: 'restart', help: 'install: start into it as soon as it is installed' },
    { name: 'days', value: 'LIST', help: 'window: only on these days, e.g. sat,sun' },
  ],
  async run(invocation) {
    const action = wordAt(invocation, 0, 'status, install, restart or window')
    const client = clientFor(invocation)
    if (action === 'status') return show(invocation, await state(client))
    if (action === 'restart') return show(invocation, (await client.json('POST', `${UPDATE}/restart`)) as UpdateView)
    if (action === 'install') return install(invocation, client)
    if (action === 'window') return setWindow(invocation, client)
    throw new UsageError(`not status, install, restart or window: ${JSON.stringify(action)}`)
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

async function setWindow(invocation: Invocation, client: BoxClient): Promise<number> {
  const word = wordAt(invocation, 1, 'a window like 02:00-04:00, or off')
  const { days } = invocation.flags
  const window = word === 'off' ? undefined : windowOf({ window: word, ...(days !== undefined && { days }) })
  const asked = window === undefined ? client.json('DELETE', WINDOW) : client.json('PUT', WINDOW, window)
  return show(invocation, (await asked) as UpdateView)
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
  if (view.unsupported === undefined) rows.push(['by itself', startText(view)])
  if (view.fellBack !== undefined) rows.push(['fell back', view.fellBack])
  terminal.out(table(rows))
  return EXIT.ok
}

/** When it starts into what is installed without being told. */
function startText({ restartAt, window, windowStartAt }: UpdateView): string {
  const time = (at: number) => `${new Date(at).toISOString().slice(0, 16).replace('T', ' ')} UTC`
  if (restartAt !== undefined) return `starts again at ${time(restartAt)}, as somebody said`
  if (window === undefined) return 'never starts into an update'
  const next = windowStartAt === undefined ? '' : `; next ${time(windowStartAt)}`
  const { from, to, days } = window
  return `starts into an update between ${windowText({ from, to, ...(days && { days }) })}${next}`
}
