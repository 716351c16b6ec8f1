import { catalogue, methodsText } from '../../services/phones/catalogue.ts'
import { readDefinitions } from '../../services/phones/read.ts'
import { readConfig } from '../config/config.ts'
import { shippedTemplates } from '../templates.ts'
import { type Command, EXIT } from './command.ts'
import { table } from './usage.ts'

export const vendorsCommand: Command = {
  name: 'vendors',
  words: '',
  most: 0,
  help: 'list the vendors and models that can be configured, how they are led here and what is confirmed of each',
  flags: [],
  async run({ terminal, flags, json }) {
    const config = readConfig({ flags, env: terminal.env, root: terminal.root })
    const vendors = catalogue(readDefinitions(shippedTemplates(), config.templates).all)
    if (json) terminal.out(`${JSON.stringify({ vendors })}\n`)
    else
      terminal.out(
        table([
          ['VENDOR', 'MODELS', 'LED HERE BY', 'FILES BY', ''],
          ...vendors.map((vendor) => [
            vendor.vendor,
            String(vendor.models.length),
            methodsText(vendor),
            vendor.protocols.join(', '),
            vendor.configured ? '' : 'recognised only',
          ]),
        ]),
      )
    return EXIT.ok
  },
}
