import type { DhcpView } from '../../services/admin/schema.ts'
import { type BoxClient, clientFor } from './client.ts'
import { type Command, EXIT, type Invocation, UsageError, wordAt } from './command.ts'
import { table } from './usage.ts'

export const dhcpCommand: Command = {
  name: 'dhcp',
  words: 'status | enable INTERFACE | disable INTERFACE',
  most: 2,
  help: 'what DHCP does on each interface and why; switch it on or off',
  flags: [
    { name: 'mode', value: 'MODE', help: 'enable: full (default) or phones-only' },
    { name: 'beside-foreign-server', help: 'enable: answer in full mode although another server is heard' },
  ],
  async run(invocation) {
    const action = wordAt(invocation, 0, 'status, enable or disable')
    const client = clientFor(invocation)
    if (action === 'status') return print(invocation, (await client.json('GET', '/api/v1/dhcp')) as DhcpView)
    if (action !== 'enable' && action !== 'disable')
      throw new UsageError(`neither status, enable nor disable: ${JSON.stringify(action)}`)
    return print(invocation, await change(invocation, client, action === 'enable'))
  },
}

async function change({ flags, words }: Invocation, client: BoxClient, enable: boolean): Promise<DhcpView> {
  const name = words[1]
  if (name === undefined) throw new UsageError('the interface is missing')
  const mode = enable ? (flags.mode ?? 'full') : 'off'
  if (enable && mode !== 'full' && mode !== 'phones-only')
    throw new UsageError(`mode is neither full nor phones-only: ${JSON.stringify(mode)}`)
  const body = {
    mode,
    besideForeignServer: flags['beside-foreign-server'] !== undefined,
  }
  return (await client.json('PUT', `/api/v1/dhcp/interfaces/${encodeURIComponent(name)}`, body)) as DhcpView
}

function print({ terminal, json }: Invocation, status: DhcpView): number {
  if (json) {
    terminal.out(`${JSON.stringify(status)}\n`)
    return EXIT.ok
  }
  terminal.out(table(status.interfaces.map(({ name, mode, reason }) => [name, mode, reason])))
  for (const { name, foreign } of status.interfaces)
    for (const { server, mac } of foreign)
      terminal.out(`  another server on ${name}: ${server}${mac === undefined ? '' : ` ${mac}`}\n`)
  if (status.networks.length > 0)
    terminal.out(
      `\n${table([
        ['network', 'addresses', 'leased', 'offered', 'set aside'],
        ...status.networks.map((one) => [one.id, one.size, one.active, one.offered, one.declined].map(String)),
      ])}`,
    )
  return EXIT.ok
}
