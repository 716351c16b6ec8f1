import type { CloudState } from '../../services/enrolment/contract.ts'
import { clientFor } from './client.ts'
import { cloudText } from './cloud-text.ts'
import { type Command, EXIT, UsageError, wordAt } from './command.ts'

const CLOUD = '/api/v1/cloud'

export const cloudCommand: Command = {
  name: 'cloud',
  words: 'status | leave',
  most: 1,
  help: 'the central account: whether this box belongs to one, the code to type there, and the way out',
  flags: [],
  async run(invocation) {
    const { terminal, json } = invocation
    const action = wordAt(invocation, 0, 'status or leave')
    if (action !== 'status' && action !== 'leave')
      throw new UsageError(`neither status nor leave: ${JSON.stringify(action)}`)
    const client = clientFor(invocation)
    const call = action === 'status' ? client.json('GET', CLOUD) : client.json('POST', `${CLOUD}/leave`)
    const view = (await call) as CloudState
    terminal.out(json ? `${JSON.stringify(view)}\n` : cloudText(view))
    return EXIT.ok
  },
}
