import { clientFor } from './client.ts'
import { type Command, EXIT, macAt } from './command.ts'

export const renderCommand: Command = {
  name: 'render',
  words: 'MAC [FILE]',
  most: 2,
  help: 'print the bytes that the phone would get, secrets included; without FILE its own configuration',
  flags: [],
  async run(invocation) {
    const mac = macAt(invocation, 0)
    const file = invocation.words[1]
    const query = file === undefined ? '' : `&name=${encodeURIComponent(file)}`
    const { bytes, headers } = await clientFor(invocation).bytes(`/api/v1/devices/${mac}/file?reveal=1${query}`)
    if (invocation.json)
      invocation.terminal.out(
        `${JSON.stringify({
          file: decodeURIComponent(headers.get('x-branchline-file') ?? ''),
          contentType: headers.get('content-type'),
          base64: Buffer.from(bytes).toString('base64'),
        })}\n`,
      )
    else invocation.terminal.outBytes(bytes)
    return EXIT.ok
  },
}
