import type { ResetView } from '../../services/admin/schema-backup.ts'
import { OperatorError } from '../../services/core/errors.ts'
import { clientFor } from './client.ts'
import { type Command, EXIT } from './command.ts'
import { asker } from './lines.ts'

const RESET = '/api/v1/factory-reset'

export const factoryResetCommand: Command = {
  name: 'factory-reset',
  words: '',
  most: 0,
  help: 'erases everything that the box knows and starts it as new; says first what that is',
  flags: [{ name: 'yes', help: 'do it without asking' }],
  async run(invocation) {
    const { terminal, json, flags } = invocation
    const client = clientFor(invocation)
    const losses = (await client.json('GET', RESET)) as ResetView
    if (losses.unsupported !== undefined) throw new OperatorError(losses.unsupported)
    if (!json) terminal.out(told(losses))
    if (flags.yes === undefined) {
      await using ask = asker(terminal)
      if ((await ask('Type ERASE to go on: ')) !== 'ERASE') throw new OperatorError('nothing was changed')
    }
    await client.json('POST', RESET, { confirm: 'ERASE' })
    terminal.out(json ? `${JSON.stringify(losses)}\n` : 'the box erases itself and starts again as new\n')
    return EXIT.ok
  },
}

function told({ devices, people, networks, files, accounts, account }: ResetView): string {
  const kept =
    account === undefined
      ? ''
      : `${account} is not told and keeps this box on its list: take the box out first (branchline cloud leave)\n`
  return (
    `This goes for good: ${devices} devices, ${people} people, ${networks} networks, ${files} files, ${accounts} accounts, ` +
    'all settings, secrets, certificates and the backups in the box.\n' +
    `${kept}A backup that is kept elsewhere brings it back: branchline backup --out FILE\n`
  )
}
