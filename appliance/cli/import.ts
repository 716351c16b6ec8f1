import { readFileSync } from 'node:fs'
import type { ImportPlanView } from '../../services/admin/schema-moves.ts'
import { messageOf, OperatorError } from '../../services/core/errors.ts'
import { clientFor } from './client.ts'
import { type Command, EXIT, type Invocation, wordAt } from './command.ts'
import { table } from './usage.ts'

/** Rows that are told one by one. */
const MOST_ROWS = 50

export const importCommand: Command = {
  name: 'import',
  words: 'FILE | formats',
  most: 1,
  help: 'read a list of phones, extensions or people (CSV), also as FusionPBX, FreePBX, Yeastar and 3CX export it: shows what would come of each row; --yes does it',
  flags: [
    { name: 'format', value: 'NAME', help: 'how to read it (branchline import formats); default: by its heading' },
    {
      name: 'column',
      value: 'HEADING=FIELD',
      help: 'what a column means; #3=FIELD for the third; several with commas',
    },
    { name: 'server', value: 'HOST', help: 'SIP server of lines that name none' },
    { name: 'vendor', value: 'NAME', help: 'vendor of phones that name none' },
    { name: 'group', value: 'NAME', help: 'group of phones that name none' },
    { name: 'all', help: 'tell every row' },
    { name: 'yes', short: 'y', help: 'do it' },
  ],
  async run(invocation) {
    const { flags, terminal, json } = invocation
    const file = wordAt(invocation, 0, 'the file')
    const client = clientFor(invocation)
    if (file === 'formats') return formats(invocation)
    const query = new URLSearchParams()
    for (const name of ['format', 'server', 'vendor', 'group'] as const) {
      const value = flags[name]
      if (value !== undefined) query.set(name, value)
    }
    for (const column of flags.column?.split(',') ?? []) query.append('column', column)
    const answer = await client.upload(`/api/v1/import/preview?${query}`, 'text/csv', readBytes(file))
    const plan = answer as ImportPlanView
    if (!json) tellPlan(invocation, file, plan)
    if (plan.token === undefined || flags.yes === undefined) {
      if (json) terminal.out(`${JSON.stringify(plan)}\n`)
      else terminal.out(plan.token === undefined ? 'nothing was changed\n' : 'nothing was changed; --yes does it\n')
      return plan.faults.length > 0 ? EXIT.refused : EXIT.ok
    }
    const done = (await client.json('POST', '/api/v1/import/apply', { token: plan.token })) as ImportPlanView
    terminal.out(json ? `${JSON.stringify(done)}\n` : 'imported\n')
    return EXIT.ok
  },
}

async function formats(invocation: Invocation): Promise<number> {
  const answer = await clientFor(invocation).json('GET', '/api/v1/import/formats')
  const { formats: known } = answer as { formats: { id: string; title: string; columns: string[] }[] }
  const { terminal, json } = invocation
  terminal.out(json ? `${JSON.stringify({ formats: known })}\n` : table(known.map(({ id, title }) => [id, title])))
  return EXIT.ok
}

function tellPlan({ flags, terminal }: Invocation, file: string, plan: ImportPlanView): void {
  terminal.out(`${file}: ${plan.title} (${plan.encoding}, separated by ${JSON.stringify(plan.delimiter)})\n`)
  for (const { column, columnNumber, reason } of plan.ignored)
    terminal.out(`  column ${columnNumber} ${JSON.stringify(column)} is not taken over: ${reason}\n`)
  for (const note of plan.notes) terminal.out(`  ${note}\n`)
  const told = plan.rows.filter(({ action }) => action !== 'unchanged')
  const rows = flags.all === undefined ? told.slice(0, MOST_ROWS) : plan.rows
  terminal.out(
    table(
      rows.map((row) => [
        ...[`${row.line}`, row.action, row.kind, row.id, row.name ?? ''],
        row.action === 'update' ? row.changes.map(changeText).join(', ') : '',
      ]),
    ),
  )
  if (told.length > rows.length) terminal.out(`… and ${told.length - rows.length} more (--all)\n`)
  for (const { line, reason } of plan.skipped) terminal.out(`${line}  left out: ${reason}\n`)
  for (const fault of plan.faults)
    terminal.err(
      `${file}:${fault.line}:${fault.columnNumber ?? 1}: ${fault.column === '' ? '' : `${fault.column}: `}${fault.message}\n`,
    )
  const { create, update, unchanged, skipped, people } = plan.counts
  const counts = `${create} new, ${update} changed, ${unchanged} as they are, ${skipped} left out, ${plan.faults.length} faults`
  terminal.out(`${counts}; ${people} of them people\n`)
}

function changeText({ field, secret, before, after }: ImportPlanView['rows'][number]['changes'][number]): string {
  return secret ? `${field} (secret)` : `${field}: ${before ?? 'nothing'} → ${after ?? 'nothing'}`
}

function readBytes(file: string): Uint8Array<ArrayBuffer> {
  try {
    return new Uint8Array(readFileSync(file))
  } catch (thrown) {
    throw new OperatorError(`file cannot be read: ${messageOf(thrown)}`)
  }
}
