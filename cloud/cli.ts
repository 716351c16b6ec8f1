import { parseArgs } from 'node:util'
import { BranchlineError, messageOf, OperatorError } from '../services/core/errors.ts'
import { systemClock } from '../services/program/clock.ts'
import { makeLog } from '../services/program/log.ts'
import { LiveSecrets } from '../services/program/redaction.ts'
import { stopSignal } from '../services/program/stop-signal.ts'
import { VERSION } from '../services/program/version.ts'
import { openCloud } from './cloud.ts'
import { CLOUD_OPTIONS, readCloudConfig } from './config/config.ts'

export interface Terminal {
  readonly env: Readonly<Record<string, string | undefined>>
  readonly root: boolean
  out(text: string): void
  err(text: string): void
}

const EXIT = { ok: 0, failed: 1, usage: 2, refused: 5 } as const

/** Runs the cloud until it is stopped; returns the exit code. Never throws. */
export async function run(argv: readonly string[], terminal: Terminal): Promise<number> {
  try {
    const flags = readFlags(argv)
    if (flags === undefined) return EXIT.usage
    if (flags.help !== undefined) {
      terminal.out(help())
      return EXIT.ok
    }
    if (flags.version !== undefined) {
      terminal.out(`branchline cloud ${VERSION}\n`)
      return EXIT.ok
    }
    const config = readCloudConfig({ flags, env: terminal.env, root: terminal.root })
    if (flags.check !== undefined) {
      terminal.out(`configuration is good: ${config.file ?? 'no file, defaults only'}\n`)
      return EXIT.ok
    }
    const stopped = stopSignal(EXIT.failed)
    const secrets = new LiveSecrets()
    const log = makeLog({ ...config.log, clock: systemClock, secrets, write: (line) => terminal.err(line) })
    await using cloud = await openCloud({ config, clock: systemClock, log, secrets })
    terminal.out(
      `Branchline cloud ${VERSION}\n` +
        `  listens on    ${cloud.url}\n` +
        `  operations    ${cloud.operationsUrl}/metrics\n` +
        `  keeps data    ${cloud.database}\n` +
        (cloud.firstLink === undefined
          ? ''
          : `  first owner   ${cloud.firstLink}\n                (works once, for a day)\n`),
    )
    await stopped
    log.info('stopping')
    return EXIT.ok
  } catch (thrown) {
    terminal.err(`branchline cloud: ${messageOf(thrown)}\n`)
    if (thrown instanceof UsageError) return EXIT.usage
    if (thrown instanceof BranchlineError) return thrown.fault === 'operator' ? EXIT.refused : EXIT.failed
    return EXIT.failed
  }
}

class UsageError extends OperatorError {
  override readonly name = 'UsageError'
}

function readFlags(argv: readonly string[]): Record<string, string | undefined> | undefined {
  const text = { type: 'string' } as const
  const onOff = { type: 'boolean' } as const
  const options = {
    help: { ...onOff, short: 'h' },
    version: onOff,
    check: onOff,
    config: { ...text, short: 'c' },
    ...Object.fromEntries(CLOUD_OPTIONS.map(({ flag }) => [flag, text])),
  }
  try {
    const { values } = parseArgs({ args: [...argv], options, strict: true })
    return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, String(value)]))
  } catch (thrown) {
    throw new UsageError(`${messageOf(thrown)} (--help lists the flags)`)
  }
}

function help(): string {
  const row = (flag: string, text: string) => `  --${flag.padEnd(24)}${text}\n`
  return (
    'The central account: npm run cloud -- [flags]\n\n' +
    row('config FILE', 'configuration file (YAML); environment BRANCHLINE_CLOUD_CONFIG') +
    row('check', 'check the configuration and say every fault') +
    row('version', 'print the version') +
    CLOUD_OPTIONS.map(({ flag, help: text, env }) => row(`${flag} VALUE`, `${text}; environment ${env}`)).join('')
  )
}
