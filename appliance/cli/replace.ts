import type { MoveView, ReplaceResult } from '../../services/admin/schema-moves.ts'
import { formatMac } from '../../services/core/mac.ts'
import { clientFor } from './client.ts'
import { type Command, EXIT, type Invocation, macAt, UsageError, wordAt } from './command.ts'
import { table } from './usage.ts'

export const replaceCommand: Command = {
  name: 'replace',
  words: 'OLD NEW',
  most: 2,
  help: 'put a phone in the place of another one: shows what would come of it and what the new one cannot do; --yes does it',
  flags: [
    { name: 'vendor', value: 'NAME', help: 'the new phone’s vendor; default: as recognised, by its MAC at least' },
    { name: 'model', value: 'MODEL', help: 'its model; default: as recognised, else the old one’s' },
    { name: 'remove', help: 'take the old record away; default: keep it, switched off' },
    { name: 'overwrite', help: 'also when the new phone has a record already' },
    { name: 'show', help: 'print the file that the new phone would get, its secrets masked' },
    { name: 'yes', short: 'y', help: 'do it' },
  ],
  async run(invocation) {
    const { flags, terminal, json } = invocation
    const [from, to] = [macAt(invocation, 0), macAt(invocation, 1)]
    const client = clientFor(invocation)
    const path = `/api/v1/devices/${from}/replace`
    const given = {
      ...{ to, old: flags.remove === undefined ? 'archive' : 'remove', overwrite: flags.overwrite !== undefined },
      ...(flags.vendor !== undefined && { vendor: flags.vendor }),
      ...(flags.model !== undefined && { model: flags.model }),
    }
    const shown = (await client.json('POST', `${path}?dryRun=1`, given)) as ReplaceResult
    if (!json) tellPlan(invocation, shown)
    if (flags.yes === undefined) {
      if (json) terminal.out(`${JSON.stringify(shown)}\n`)
      else terminal.out('\nnothing was changed; --yes does it\n')
      return EXIT.ok
    }
    const revisions = { fromRev: shown.fromRev, toRev: shown.toRev }
    const done = (await client.json('POST', `${path}?dryRun=0`, { ...given, ...revisions })) as ReplaceResult
    if (json) terminal.out(`${JSON.stringify(done)}\n`)
    else
      terminal.out(
        `\n${formatMac(to)} has taken the place of ${formatMac(from)}; branchline undo ${done.move?.id} takes it back\n`,
      )
    return EXIT.ok
  },
}

function tellPlan({ flags, terminal }: Invocation, plan: ReplaceResult): void {
  const { device, misfits, notes, file, problem } = plan
  const kind = [plan.vendor ?? 'vendor not known', plan.model ?? 'model not known'].join(' ')
  terminal.out(
    `${device.mac} (${kind}) would be ${device.name ?? 'without a name'}: ` +
      `${counted(device.lines.length, 'line')}, ${counted(device.keys.length, 'key')}\n`,
  )
  for (const note of notes) terminal.out(`  ${note}\n`)
  if (misfits.length > 0) terminal.out('what it cannot do (kept in the record for a move back):\n')
  for (const { text } of misfits) terminal.out(`  ${text}\n`)
  if (file !== undefined) terminal.out(`its file: ${file.file}, ${file.size} bytes\n`)
  if (problem !== undefined) terminal.out(`it would get no file: ${problem}\n`)
  if (flags.show !== undefined && file !== undefined) terminal.out(`\n${file.text}`)
}

export const undoCommand: Command = {
  name: 'undo',
  words: '[MOVE]',
  most: 1,
  help: 'take a replacement back: both records as they were; without MOVE lists those that were done',
  flags: [],
  async run(invocation) {
    const { terminal, json, words } = invocation
    const client = clientFor(invocation)
    if (words.length === 0) {
      const { moves } = (await client.json('GET', '/api/v1/moves')) as { moves: MoveView[] }
      if (json) terminal.out(`${JSON.stringify({ moves })}\n`)
      else
        terminal.out(
          moves.length === 0
            ? 'no phone was replaced yet (branchline replace OLD NEW)\n'
            : table(
                moves.map((move) => [
                  ...[move.id, new Date(move.at).toISOString().slice(0, 16), move.by, move.from, move.to],
                  move.undone === undefined ? '' : `undone by ${move.undone.by}`,
                ]),
              ),
        )
      return EXIT.ok
    }
    const id = wordAt(invocation, 0, 'the move')
    if (!/^[0-9A-Za-z]{1,64}$/.test(id)) throw new UsageError(`not the name of a move: ${JSON.stringify(id)}`)
    const move = (await client.json('POST', `/api/v1/moves/${id}/undo`)) as MoveView
    terminal.out(json ? `${JSON.stringify(move)}\n` : `${move.from} is back in its place\n`)
    return EXIT.ok
  },
}

function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`
}
