import type { CloudView } from '../../services/admin/schema-cloud.ts'
import { clientFor } from './client.ts'
import { cloudText } from './cloud-text.ts'
import { type Command, EXIT, UsageError, wordAt } from './command.ts'

const CLOUD = '/api/v1/cloud'

export const cloudCommand: Command = {
  name: 'cloud',
  words: 'status | sync | leave',
  most: 1,
  help: 'the central account: whether this box belongs to one, the code to type there, how sync with it goes, and the way out',
  flags: [],
  async run(invocation) {
    const { terminal, json } = invocation
    const action = wordAt(invocation, 0, 'status, sync or leave')
    if (action !== 'status' && action !== 'sync' && action !== 'leave')
      throw new UsageError(`neither status, sync nor leave: ${JSON.stringify(action)}`)
    const client = clientFor(invocation)
    const call = action === 'status' ? client.json('GET', CLOUD) : client.json('POST', `${CLOUD}/${action}`)
    const view = (await call) as CloudView
    terminal.out(json ? `${JSON.stringify(view)}\n` : cloudText(view))
    return EXIT.ok
  },
}
