import { VERSION } from '../../services/program/version.ts'
import { type Command, EXIT } from './command.ts'

export const versionCommand: Command = {
  name: 'version',
  words: '',
  most: 0,
  help: 'print the version of the program and of its runtime',
  flags: [],
  async run({ terminal, json }) {
    terminal.out(
      json
        ? `${JSON.stringify({ version: VERSION, bun: Bun.version })}\n`
        : `branchline ${VERSION} (bun ${Bun.version})\n`,
    )
    return EXIT.ok
  },
}
