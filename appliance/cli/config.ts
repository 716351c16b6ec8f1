import { readDefinitions } from '../../services/phones/read.ts'
import { makeRenderer } from '../../services/phones/render.ts'
import { templateWarnings } from '../../services/phones/template-warnings.ts'
import { readConfig } from '../config/config.ts'
import { configJsonSchema } from '../config/schema.ts'
import { shippedTemplates } from '../templates.ts'
import { type Command, EXIT, UsageError, wordAt } from './command.ts'

export const configCommand: Command = {
  name: 'config',
  words: 'check|schema',
  most: 1,
  help: 'check the configuration and say every fault, or print its JSON Schema for editors',
  flags: [],
  async run(invocation) {
    const { terminal, flags, json } = invocation
    const what = wordAt(invocation, 0, 'check or schema')
    if (what === 'schema') {
      terminal.out(`${JSON.stringify(configJsonSchema(), null, 2)}\n`)
      return EXIT.ok
    }
    if (what !== 'check') throw new UsageError(`neither check nor schema: ${JSON.stringify(what)}`)
    const config = readConfig({ flags, env: terminal.env, root: terminal.root })
    const definitions = readDefinitions(shippedTemplates(), config.templates)
    const renderer = makeRenderer()
    // What is surely not meant in templates of one's own; the tests hold the shipped ones to it.
    const own = definitions.all.filter(({ shipped }) => !shipped)
    for (const { file, line, message } of own.flatMap((definition) => templateWarnings(definition, renderer)))
      terminal.err(`${file}:${line}: ${message}\n`)
    if (json) terminal.out(`${JSON.stringify(config)}\n`)
    else terminal.out(`configuration is good: ${config.file ?? 'no file, defaults only'}\n`)
    return EXIT.ok
  },
}
