import { parseArgs } from 'node:util'
import { BranchlineError, ConflictError, messageOf, NotFoundError, OperatorError } from '../../services/core/errors.ts'
import { ConfigError } from '../../services/program/config-file.ts'
import { OPTION_NAMES } from '../config/options.ts'
import { type Command, EXIT, type FlagSpec, type Terminal, UnreachableError, UsageError } from './command.ts'
import { allCommands, COMMANDS } from './commands.ts'
import { helpOf, helpView, nearest, overview, overviewView } from './usage.ts'

/** Flags that every command takes; the configuration flags tell it where the box and its socket are. */
const COMMON: readonly FlagSpec[] = [
  { name: 'json', help: 'print JSON' },
  { name: 'help', short: 'h', help: 'print this help' },
  { name: 'config', short: 'c', value: 'FILE', help: 'configuration file' },
  { name: 'socket', value: 'PATH', help: 'local socket of the running box' },
  ...OPTION_NAMES.map((option) => ({ name: option.flag, value: 'VALUE', help: option.help })),
]

/** Runs one command line and returns its exit code. Never throws. */
export async function run(argv: readonly string[], terminal: Terminal): Promise<number> {
  const json = argv.includes('--json')
  try {
    return await dispatch(argv, terminal, json)
  } catch (thrown) {
    const code = exitCodeOf(thrown)
    const faults = thrown instanceof ConfigError ? { faults: thrown.faults } : {}
    if (json) terminal.out(`${JSON.stringify({ error: { code, message: messageOf(thrown), ...faults } })}\n`)
    else terminal.err(`branchline: ${messageOf(thrown)}\n`)
    if (!(thrown instanceof BranchlineError) && thrown instanceof Error && terminal.env.BRANCHLINE_TRACE !== undefined)
      terminal.err(`${thrown.stack}\n`)
    return code
  }
}

async function dispatch(argv: readonly string[], terminal: Terminal, json: boolean): Promise<number> {
  const [name, ...rest] = argv[0] === '--json' ? [...argv.slice(1), '--json'] : argv
  if (name === undefined || name === 'help' || name === '--help' || name === '-h') {
    const commands = await allCommands()
    terminal.out(json ? `${JSON.stringify(overviewView(commands, COMMON))}\n` : overview(commands, COMMON))
    return name === undefined ? EXIT.usage : EXIT.ok
  }
  const wanted = name === '--version' ? 'version' : name
  const load = COMMANDS.get(wanted)
  if (load === undefined && name.startsWith('-'))
    throw new UsageError(
      `the command comes first, then its flags: ${JSON.stringify(name)} (branchline help lists them)`,
    )
  if (load === undefined) {
    const names = [...COMMANDS.keys()].map((one) => ({ name: one }))
    throw new UsageError(`no such command: ${JSON.stringify(name)}${nearest(name, names)} (branchline help lists them)`)
  }
  const command = await load()
  const { values, positionals } = readFlags(command, rest)
  if (values.help !== undefined) {
    terminal.out(json ? `${JSON.stringify(helpView(command, COMMON))}\n` : helpOf(command, COMMON))
    return EXIT.ok
  }
  const surplus = positionals[command.most]
  if (surplus !== undefined)
    throw new UsageError(
      `too many words: ${JSON.stringify(surplus)} (branchline ${`${command.name} ${command.words}`.trim()})`,
    )
  return command.run({ terminal, words: positionals, flags: values, json })
}

function readFlags(command: Command, rest: readonly string[]) {
  const flags = [...COMMON, ...command.flags]
  const options = Object.fromEntries(
    flags.map((flag) => [
      flag.name,
      {
        type: flag.value === undefined ? ('boolean' as const) : ('string' as const),
        ...(flag.short === undefined ? {} : { short: flag.short }),
      },
    ]),
  )
  try {
    const parsed = parseArgs({ args: [...rest], options, allowPositionals: true, strict: true })
    const values: Record<string, string | undefined> = {}
    for (const [key, value] of Object.entries(parsed.values)) values[key] = String(value)
    return { values, positionals: parsed.positionals }
  } catch (thrown) {
    const fault = flagFault(messageOf(thrown), flags)
    throw new UsageError(`${fault} (branchline ${command.name} --help lists what it takes)`)
  }
}

/** What the parser says to programmers, for a person. */
function flagFault(message: string, flags: readonly FlagSpec[]): string {
  const unknown = /^Unknown option '--?([^']+)'/.exec(message)?.[1]
  if (unknown !== undefined) return `no such flag: --${unknown}${nearest(unknown, flags, '--')}`
  const [, short, long, problem] = /^Option '(?:-(\w))?(?:, )?(?:--([\w-]+))?.*?' (.*)/.exec(message) ?? []
  const name = long ?? flags.find((flag) => flag.short === short)?.name
  if (name === undefined) return message
  return problem?.startsWith('does not take') ? `--${name} takes no value` : `--${name} needs a value`
}

function exitCodeOf(thrown: unknown): number {
  if (thrown instanceof UsageError) return EXIT.usage
  if (thrown instanceof UnreachableError) return EXIT.unreachable
  if (thrown instanceof NotFoundError) return EXIT.notFound
  if (thrown instanceof ConflictError || thrown instanceof OperatorError) return EXIT.refused
  return EXIT.failed
}
