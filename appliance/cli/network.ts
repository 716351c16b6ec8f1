import type { BoxNetworkView } from '../../services/admin/schema-box-network.ts'
import { clientFor } from './client.ts'
import { type Command, EXIT, type Invocation, UsageError, wordAt } from './command.ts'
import { table } from './usage.ts'

const PATH = '/api/v1/box-network'

export const networkCommand: Command = {
  name: 'network',
  words: 'status | fixed ADDRESS | dhcp | keep',
  most: 2,
  help: 'the box’s own address: try another one, which is taken back unless it is kept in time',
  flags: [
    { name: 'router', value: 'ADDRESS', help: 'fixed: the way to other networks' },
    { name: 'dns', value: 'LIST', help: 'fixed: name servers, with commas between' },
    { name: 'ntp', value: 'LIST', help: 'fixed, dhcp: time servers, with commas between' },
    { name: 'only', value: 'INTERFACE', help: 'fixed, dhcp: use this interface and no other' },
    { name: 'seconds', value: 'N', help: 'fixed, dhcp: how long it is tried; default: 120' },
  ],
  async run(invocation) {
    const { flags } = invocation
    const action = wordAt(invocation, 0, 'status, fixed, dhcp or keep')
    const client = clientFor(invocation)
    const view = async (call: Promise<unknown>) => show(invocation, (await call) as BoxNetworkView)
    if (action === 'status') return view(client.json('GET', PATH))
    if (action === 'keep') return view(client.json('POST', `${PATH}/keep`))
    if (action !== 'fixed' && action !== 'dhcp')
      throw new UsageError(`neither status, fixed, dhcp nor keep: ${JSON.stringify(action)}`)
    if (flags.seconds !== undefined && !/^\d{1,4}$/.test(flags.seconds))
      throw new UsageError(`not a number of seconds: ${JSON.stringify(flags.seconds)}`)
    return view(
      client.json('PUT', PATH, {
        ...(action === 'fixed' && { address: wordAt(invocation, 1, 'the address, such as 192.168.10.1/24,') }),
        ...(flags.router !== undefined && { gateway: flags.router }),
        ...(flags.dns !== undefined && { dns: listed(flags.dns) }),
        ...(flags.ntp !== undefined && { ntp: listed(flags.ntp) }),
        ...(flags.only !== undefined && { interface: flags.only }),
        ...(flags.seconds !== undefined && { seconds: Number(flags.seconds) }),
      }),
    )
  },
}

const listed = (text: string) => text.split(/[\s,]+/).filter((word) => word !== '')

const SOURCES = { 'built-in': 'nobody set another', boot: 'network.conf on the boot partition', page: 'set on the box' }

function show({ terminal, json }: Invocation, view: BoxNetworkView): number {
  if (json) {
    terminal.out(`${JSON.stringify(view)}\n`)
    return EXIT.ok
  }
  if (view.unsupported !== undefined) {
    terminal.out(`${view.unsupported}\n`)
    return EXIT.ok
  }
  const { address, gateway, dns, ntp, interface: only } = view.setting
  const rows = [['address', address ?? 'by DHCP']]
  if (gateway !== undefined) rows.push(['router', gateway])
  if (dns.length > 0) rows.push(['name servers', dns.join(', ')])
  if (ntp.length > 0) rows.push(['time servers', ntp.join(', ')])
  if (only !== undefined) rows.push(['only on', only])
  if (view.returnsIn !== undefined)
    rows.push([
      'on trial',
      `the former setting comes back in ${view.returnsIn} s; keep it with: branchline network keep`,
    ])
  else rows.push(['from', SOURCES[view.source]])
  terminal.out(table(rows))
  return EXIT.ok
}
