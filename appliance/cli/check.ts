import type { HealthView } from '../../services/admin/schema-update.ts'
import { makeCounters } from '../../services/core/counters.ts'
import { OperatorError } from '../../services/core/errors.ts'
import { silentLog } from '../../services/core/log.ts'
import { systemClock } from '../../services/program/clock.ts'
import { LiveSecrets } from '../../services/program/redaction.ts'
import { openBox } from '../box.ts'
import { type Ports, readConfig } from '../config/config.ts'
import { demoConfig } from '../demo/config.ts'
import { bootDemoPhone } from '../demo/phones.ts'
import { makeLoopbackLan } from '../net/loopback-lan.ts'
import { clientFor } from './client.ts'
import { type Command, EXIT, type Invocation } from './command.ts'

export const checkCommand: Command = {
  name: 'check',
  words: '',
  most: 0,
  help: 'whether the running box is well; with --phone also whether a virtual phone configures itself over loopback',
  flags: [{ name: 'phone', help: 'a second box over loopback with a throw-away folder, and a phone that asks it' }],
  async run(invocation) {
    const { terminal, flags, json } = invocation
    const health = (await clientFor(invocation).json('GET', '/api/v1/health/checks')) as HealthView
    const problems = [...health.problems]
    if (flags.phone !== undefined && health.ok) {
      const fault = await tryPhone(invocation)
      if (fault !== undefined) problems.push(fault)
    }
    const ok = problems.length === 0
    if (json) terminal.out(`${JSON.stringify({ ok, problems })}\n`)
    else terminal.out(ok ? 'well\n' : `not well:\n${problems.map((one) => `  ${one}\n`).join('')}`)
    return ok ? EXIT.ok : EXIT.failed
  },
}

/** Everything from the DHCP packet to the phone's own file, with this program on this machine. Returns what went wrong. */
async function tryPhone({ terminal }: Invocation): Promise<string | undefined> {
  const log = silentLog
  const counters = makeCounters()
  const given = readConfig({ flags: {}, env: {}, root: false })
  await using demo = demoConfig({ ...given, ports: freePorts() })
  await using lan = makeLoopbackLan({ log, counters })
  await using box = await openBox({
    ...{ config: demo.config, lan, log, counters, clock: systemClock, secrets: new LiveSecrets(), mode: 'demo' },
  })
  const lines: string[] = []
  const result = await bootDemoPhone({ ...box, secret: crypto.randomUUID() }, lan, (line) => lines.push(line))
  if (result.configured) return undefined
  for (const line of lines) terminal.err(`  ${line}\n`)
  return `a virtual phone did not get its configuration: ${result.problem}`
}

/** Ports that nobody has now, for each service one. */
function freePorts(): Ports {
  const names = ['dhcp', 'dhcpClient', 'tftp', 'http', 'https', 'sip', 'admin', 'adminTls', 'ldap'] as const
  const held = names.map((name) => {
    const listener = Bun.listen({ hostname: '127.0.0.1', port: 0, socket: { data() {} } })
    return { name, listener, port: listener.port }
  })
  for (const { listener } of held) listener.stop(true)
  const port = (wanted: (typeof names)[number]): number => {
    const found = held.find(({ name }) => name === wanted)
    if (found === undefined) throw new OperatorError(`no port is free for ${wanted}`)
    return found.port
  }
  return {
    ...{ dhcp: port('dhcp'), dhcpClient: port('dhcpClient'), tftp: port('tftp'), http: port('http') },
    ...{ https: port('https'), sip: port('sip'), admin: port('admin'), adminTls: port('adminTls'), ldap: port('ldap') },
  }
}
