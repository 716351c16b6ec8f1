import { parseArgs } from 'node:util'
import { messageOf, OperatorError } from '../../services/core/errors.ts'
import { whyNoNamespaces } from '../support/netns.ts'
import { closeLabs, roomForNeighbours } from './lab.ts'
import type { Part, Sizes } from './part.ts'
import { dhcpPart } from './part-dhcp.ts'
import { httpPart } from './part-http.ts'
import { pnpPart } from './part-pnp.ts'
import { renderPart } from './part-render.ts'
import { stormPart } from './part-storm.ts'
import { tftpPart } from './part-tftp.ts'
import { compare, print, type Row } from './report.ts'

const INTERRUPTED = 130

const PARTS: readonly Part[] = [dhcpPart, tftpPart, httpPart, pnpPart, stormPart, renderPart]

const SIZES = {
  phones: { value: 1000, help: 'phones of the burst and of the boot storm' },
  'in-flight': { value: 50, help: 'DHCP exchanges in flight in the rate test' },
  seconds: { value: 3, help: 'how long a rate is measured' },
  clients: { value: 200, help: 'clients at once in the file tests' },
  megabytes: { value: 20, help: 'size of the large TFTP file' },
} as const

function usage(): string {
  const parts = PARTS.map((part) => `  ${part.name.padEnd(12)} ${part.help}`)
  const sizes = Object.entries(SIZES).map(([name, { value, help }]) => `  --${name.padEnd(10)} ${help} (${value})`)
  return ['npm run bench -- [PART …] [--json] [SIZES]', '', 'parts; default: all', ...parts, '', ...sizes, ''].join(
    '\n',
  )
}

function readSizes(values: Readonly<Record<string, unknown>>): Sizes {
  const size = (name: keyof typeof SIZES) => {
    const given = values[name]
    const value = given === undefined ? SIZES[name].value : Number(given)
    if (!Number.isInteger(value) || value < 1) throw new OperatorError(`--${name} is no whole number: ${given}`)
    return value
  }
  return {
    phones: size('phones'),
    inFlight: size('in-flight'),
    seconds: size('seconds'),
    clients: size('clients'),
    megabytes: size('megabytes'),
  }
}

async function main(): Promise<number> {
  const text = { type: 'string' } as const
  const flag = { type: 'boolean' } as const
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      json: flag,
      help: flag,
      phones: text,
      'in-flight': text,
      seconds: text,
      clients: text,
      megabytes: text,
    },
  })
  if (values.help === true) {
    console.log(usage())
    return 0
  }
  const unknown = positionals.find((name) => !PARTS.some((part) => part.name === name))
  if (unknown !== undefined) throw new OperatorError(`no part ${unknown}\n\n${usage()}`)
  const sizes = readSizes(values)
  const chosen = PARTS.filter(({ name }) => positionals.length === 0 || positionals.includes(name))
  const reason = chosen.every(({ offline }) => offline) ? undefined : whyNoNamespaces()
  if (reason !== undefined) throw new OperatorError(`the bench needs a network of its own: ${reason}`)
  const say = (line: string) => console.error(line)
  const rows: Row[] = []
  using room = roomForNeighbours()
  const stop = () => {
    room[Symbol.dispose]()
    void closeLabs().finally(() => process.exit(INTERRUPTED))
  }
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, stop)
  for (const part of chosen) {
    say(`${part.name}: ${part.help}`)
    rows.push(...(await part.run({ sizes, say })))
  }
  const lines = compare(rows)
  console.log(values.json === true ? JSON.stringify({ sizes, lines }, null, 2) : `\n${print(lines)}`)
  return 0
}

try {
  process.exitCode = await main()
} catch (thrown) {
  console.error(messageOf(thrown))
  process.exitCode = 1
}
