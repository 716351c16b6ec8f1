import { join } from 'node:path'
import type { Definitions } from '../../services/phones/definition.ts'
import { readDefinitions } from '../../services/phones/read.ts'
import { makeRenderer } from '../../services/phones/render.ts'
import { type TemplateWarning, templateWarnings } from '../../services/phones/template-warnings.ts'
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
    for (const { file, line, message } of ownWarnings(definitions, config.templates))
      terminal.err(`${file}:${line}: ${message}\n`)
    if (json) terminal.out(`${JSON.stringify(config)}\n`)
    else terminal.out(`configuration is good: ${config.file ?? 'no file, defaults only'}\n`)
    return EXIT.ok
  },
}

/** What is surely not meant in an operator's own templates; the shipped ones are held to it by the tests. */
function ownWarnings(definitions: Definitions, folder: string | undefined): readonly TemplateWarning[] {
  if (folder === undefined) return []
  const renderer = makeRenderer()
  const below = join(folder, '/')
  return definitions.all
    .filter(({ origins }) => [...origins.values()].some((file) => file.startsWith(below)))
    .flatMap((definition) => templateWarnings(definition, renderer))
}
