import type { RolloutDeviceView, RolloutRow, RolloutView } from '../../services/admin/schema-rollouts.ts'
import { NotFoundError } from '../../services/core/errors.ts'
import { type BoxClient, clientFor } from './client.ts'
import { type Command, EXIT, type Invocation, UsageError, wordAt } from './command.ts'
import { table } from './usage.ts'
import { windowOf } from './window.ts'

const ROLLOUTS = '/api/v1/rollouts'
const ACTIONS = ['pause', 'resume', 'cancel', 'approve'] as const

export const rolloutCommand: Command = {
  name: 'rollout',
  words: 'start NAME | list | show NAME | watch NAME | pause NAME | resume NAME | cancel NAME | approve NAME',
  most: 2,
  help: 'new firmware for many devices, a few at a time: canaries first, only in a window, stopped by failures',
  flags: [
    { name: 'file', value: 'NAME', help: 'start: the stored firmware' },
    {
      name: 'to',
      value: 'VERSION',
      help: 'start: the version; without --file the stored firmware of it that fits each',
    },
    { name: 'device', value: 'LIST', help: 'start: these devices, by MAC' },
    { name: 'group', value: 'LIST', help: 'start: the devices of these groups' },
    { name: 'model', value: 'LIST', help: 'start: the devices of these models, e.g. yealink/T46U' },
    { name: 'all', help: 'start: all devices' },
    { name: 'at-once', value: 'N', help: 'start: so many at once; 5' },
    { name: 'canaries', value: 'N', help: 'start: so many must succeed first; 1' },
    { name: 'soak', value: 'MINUTES', help: 'start: wait so long after them; 0' },
    { name: 'approval', help: 'start: go on after them only when somebody approves' },
    { name: 'window', value: 'FROM-TO', help: 'start: only in this part of the day, e.g. 22:00-05:00' },
    { name: 'days', value: 'LIST', help: 'start: the days on which the window opens, e.g. mon,tue' },
    { name: 'zone', value: 'ZONE', help: 'start: time zone of the window; that of the site' },
    { name: 'busy', value: 'wait|go', help: 'start: what to do with a phone in a call; wait' },
    { name: 'stop-after', value: 'N', help: 'start: stop after so many failures; 3' },
    { name: 'deadline', value: 'MINUTES', help: 'start: what one attempt may take; 30' },
    { name: 'attempts', value: 'N', help: 'start: how often a device is told before it has failed; 2' },
    { name: 'dry-run', help: 'start: say what would happen to each device, start nothing' },
    { name: 'failed', help: 'resume: those that failed get another chance' },
  ],
  async run(invocation) {
    const action = wordAt(invocation, 0, 'start, list, show, watch, pause, resume, cancel or approve')
    const client = clientFor(invocation)
    if (action === 'start') return start(invocation, client)
    if (action === 'list') return list(invocation, client)
    if (action === 'show') return show(invocation, await find(invocation, client))
    if (action === 'watch') return watch(invocation, client)
    const known = ACTIONS.find((one) => one === action)
    if (known === undefined)
      throw new UsageError(
        `neither start, list, show, watch, pause, resume, cancel nor approve: ${JSON.stringify(action)}`,
      )
    return act(invocation, client, known)
  },
}

async function start(invocation: Invocation, client: BoxClient): Promise<number> {
  const { flags, terminal, json } = invocation
  const dry = flags['dry-run'] !== undefined
  const body = requestOf(wordAt(invocation, 1, 'the name of the rollout'), flags)
  if (dry) {
    const { devices } = (await client.json('POST', `${ROLLOUTS}/preview`, body)) as { devices: RolloutDeviceView[] }
    terminal.out(json ? `${JSON.stringify({ devices })}\n` : deviceTable(devices))
    return EXIT.ok
  }
  const rollout = (await client.json('POST', ROLLOUTS, body)) as RolloutView
  terminal.out(
    json ? `${JSON.stringify(rollout)}\n` : `${line(rollout)}\nbranchline rollout watch '${rollout.name}' shows it\n`,
  )
  return EXIT.ok
}

function requestOf(name: string, flags: Invocation['flags']): object {
  const items = (flag: string) => flags[flag]?.split(',').map((part) => part.trim())
  const number = (flag: string) => {
    const text = flags[flag]
    if (text === undefined) return undefined
    if (!/^\d+(\.\d+)?$/.test(text)) throw new UsageError(`--${flag} ${JSON.stringify(text)} is no number`)
    return Number(text)
  }
  const window = windowOf(flags)
  const all = {
    ...{ name, file: flags.file, version: flags.to, zone: flags.zone, busy: flags.busy, window },
    ...{ atOnce: number('at-once'), canaries: number('canaries'), soakMinutes: number('soak') },
    ...{ stopAfter: number('stop-after'), deadlineMinutes: number('deadline'), attempts: number('attempts') },
    approval: flags.approval === undefined ? undefined : true,
    select: {
      ...{ devices: items('device'), groups: items('group'), models: items('model') },
      all: flags.all === undefined ? undefined : true,
    },
  }
  // What is undefined is left out of the JSON.
  return all
}

async function rows(client: BoxClient): Promise<readonly RolloutRow[]> {
  return ((await client.json('GET', ROLLOUTS)) as { rollouts: RolloutRow[] }).rollouts
}

async function list({ terminal, json }: Invocation, client: BoxClient): Promise<number> {
  const rollouts = await rows(client)
  if (json) terminal.out(`${JSON.stringify({ rollouts })}\n`)
  else if (rollouts.length === 0) terminal.out('no rollouts yet (branchline rollout start NAME …)\n')
  else terminal.out(table(rollouts.map((one) => [one.name, one.status, countsText(one), one.text])))
  return EXIT.ok
}

/** The rollout that the second word names, by its name or its id. */
async function find(invocation: Invocation, client: BoxClient): Promise<RolloutView> {
  const word = wordAt(invocation, 1, 'the name of the rollout')
  const row = (await rows(client)).find(({ id, name }) => name === word || id === word)
  if (row === undefined) throw new NotFoundError(`no rollout is called ${JSON.stringify(word)}`)
  return (await client.json('GET', `${ROLLOUTS}/${row.id}`)) as RolloutView
}

function show({ terminal, json }: Invocation, rollout: RolloutView): number {
  terminal.out(json ? `${JSON.stringify(rollout)}\n` : `${line(rollout)}\n${deviceTable(rollout.devices)}`)
  return EXIT.ok
}

/** Prints a line at each change until the rollout is over or waits for a person. */
async function watch(invocation: Invocation, client: BoxClient): Promise<number> {
  const { terminal, json } = invocation
  let said = ''
  for (;;) {
    const rollout = await find(invocation, client)
    const { devices: _devices, plan: _plan, ...row } = rollout
    const text = json ? JSON.stringify(row) : line(rollout)
    if (text !== said) terminal.out(`${text}\n`)
    said = text
    if (rollout.endedAt !== undefined) return rollout.counts.failed === 0 ? EXIT.ok : EXIT.failed
    if (rollout.status === 'stopped' && rollout.counts.updating === 0) return EXIT.failed
    await Bun.sleep(1000)
  }
}

async function act(invocation: Invocation, client: BoxClient, action: (typeof ACTIONS)[number]): Promise<number> {
  const { id } = await find(invocation, client)
  const query = action === 'resume' && invocation.flags.failed !== undefined ? '?failed=1' : ''
  const rollout = (await client.json('POST', `${ROLLOUTS}/${id}/${action}${query}`)) as RolloutView
  invocation.terminal.out(invocation.json ? `${JSON.stringify(rollout)}\n` : `${line(rollout)}\n`)
  return EXIT.ok
}

function line(rollout: RolloutRow): string {
  return `${rollout.name}: ${rollout.status}, ${countsText(rollout)}; ${rollout.text}`
}

function countsText({ counts }: RolloutRow): string {
  const parts = Object.entries(counts).flatMap(([state, number]) => (number === 0 ? [] : [`${number} ${state}`]))
  return parts.length === 0 ? 'no devices' : parts.join(', ')
}

function deviceTable(devices: readonly RolloutDeviceView[]): string {
  return table(
    devices.map(({ mac, state, before, version, file, reason }) => [
      ...[mac, state, before ?? '', state === 'refused' || state === 'skipped' ? '' : `to ${version ?? '?'}`],
      reason ?? file ?? '',
    ]),
  )
}
