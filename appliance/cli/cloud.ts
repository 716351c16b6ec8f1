import type { CloudView } from '../../services/admin/schema-cloud.ts'
import { clientFor } from './client.ts'
import { cloudText } from './cloud-text.ts'
import { type Command, EXIT, UsageError, wordAt } from './command.ts'

const CLOUD = '/api/v1/cloud'

export const cloudCommand: Command = {
  name: 'cloud',
  words: 'status | join URL | sync | leave',
  most: 2,
  help: 'the central account: whether this box belongs to one, the way in and the code to type there, how sync with it goes, and the way out',
  flags: [],
  async run(invocation) {
    const { terminal, json } = invocation
    const action = wordAt(invocation, 0, 'status, join, sync or leave')
    if (action !== 'join' && invocation.words.length > 1)
      throw new UsageError(`nothing follows ${action}: ${JSON.stringify(invocation.words[1])}`)
    const client = clientFor(invocation)
    const call = () => {
      if (action === 'status') return client.json('GET', CLOUD)
      if (action === 'join')
        return client.json('PUT', CLOUD, { url: wordAt(invocation, 1, 'the address of the account') })
      if (action === 'sync' || action === 'leave') return client.json('POST', `${CLOUD}/${action}`)
      throw new UsageError(`neither status, join, sync nor leave: ${JSON.stringify(action)}`)
    }
    const view = (await call()) as CloudView
    terminal.out(json ? `${JSON.stringify(view)}\n` : cloudText(view))
    return EXIT.ok
  },
}
