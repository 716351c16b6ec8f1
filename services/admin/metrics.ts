import type { AdminDeps } from './contract.ts'

const quote = (value: string) => value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')

/** Counters and a few gauges in the Prometheus text format, version 0.0.4. */
export function metricsText(deps: AdminDeps, clients: number): string {
  const out: string[] = []
  const gauge = (name: string, help: string, rows: readonly (readonly [labels: string, value: number])[]) => {
    out.push(`# HELP branchline_${name} ${help}`, `# TYPE branchline_${name} gauge`)
    for (const [labels, value] of rows) out.push(`branchline_${name}${labels} ${value}`)
  }
  for (const [name, value] of [...deps.counters.all()].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const metric = `branchline_${name.replace(/[^a-zA-Z0-9]+/g, '_')}_total`
    out.push(`# TYPE ${metric} counter`, `${metric} ${value}`)
  }
  const verdicts = new Map<string, number>()
  for (const { verdict } of deps.journeys.list()) verdicts.set(verdict.state, (verdicts.get(verdict.state) ?? 0) + 1)
  gauge(
    'sightings',
    'devices seen, by verdict',
    [...verdicts].map(([state, n]) => [`{verdict="${quote(state)}"}`, n]),
  )
  gauge('devices', 'devices with a record', [['', deps.devices.list().length]])
  const { networks, interfaces } = deps.dhcp.status()
  const each = (field: 'size' | 'active' | 'offered' | 'declined') =>
    networks.map((network) => [`{network="${quote(network.id)}"}`, network[field]] as const)
  gauge('dhcp_pool_size', 'addresses that may be leased', each('size'))
  gauge('dhcp_leases_active', 'active leases', each('active'))
  gauge('dhcp_leases_offered', 'addresses on offer', each('offered'))
  gauge('dhcp_addresses_declined', 'addresses set aside', each('declined'))
  gauge(
    'dhcp_answering',
    'whether DHCP answers on an interface',
    interfaces.map((it) => [`{interface="${quote(it.name)}"}`, Number(it.answering)]),
  )
  gauge('alarms', 'alarms on the list', [['', deps.alarms.list().length]])
  gauge('event_clients', 'open live pages', [['', clients]])
  gauge('start_time_seconds', 'when the box started', [['', deps.about().startedAt / 1000]])
  return `${out.join('\n')}\n`
}
