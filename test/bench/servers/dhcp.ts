import { hasTool, toolPath } from '../../support/netns.ts'
import { listens, NETMASK, POOL, SERVER, SUBNET } from '../lab.ts'
import type { Contender } from './contender.ts'

/** dnsmasq as it comes: it pings an address before it offers it. */
export const dnsmasq = dnsmasqWith('dnsmasq', [])
/** Without the ping, which holds up everything else that it does. */
export const dnsmasqNoPing = dnsmasqWith('dnsmasq no-ping', ['--no-ping'])

function dnsmasqWith(name: string, extra: readonly string[]): Contender {
  return {
    name,
    ...(hasTool('dnsmasq') ? {} : { missing: 'dnsmasq' }),
    start: (lab) =>
      lab.serve(
        [
          toolPath('dnsmasq') ?? 'dnsmasq',
          '--keep-in-foreground',
          '--conf-file=/dev/null',
          '--user=root',
          '--port=0',
          '--interface=eth0',
          '--bind-interfaces',
          `--dhcp-range=${POOL[0]},${POOL[1]},${NETMASK},12h`,
          '--dhcp-lease-max=10000',
          '--dhcp-authoritative',
          `--dhcp-leasefile=${lab.file('dnsmasq.leases')}`,
          `--dhcp-option=66,http://${SERVER}/`,
          `--pid-file=${lab.file('dnsmasq.pid')}`,
          `--log-facility=${lab.file('dnsmasq.log')}`,
          ...extra,
        ],
        (pid) => listens(pid, 'udp', 67),
      ),
  }
}

/** Kea with its leases in memory and in a file, as it comes. */
export const kea: Contender = {
  name: 'Kea',
  ...(hasTool('kea-dhcp4') ? {} : { missing: 'kea-dhcp4' }),
  start(lab) {
    const config = {
      Dhcp4: {
        'interfaces-config': { interfaces: ['eth0'] },
        'lease-database': { type: 'memfile', name: lab.file('kea-leases.csv') },
        'valid-lifetime': 43_200,
        'option-data': [{ name: 'tftp-server-name', data: `http://${SERVER}/` }],
        subnet4: [{ id: 1, subnet: SUBNET, pools: [{ pool: `${POOL[0]} - ${POOL[1]}` }] }],
        loggers: [{ name: 'kea-dhcp4', output_options: [{ output: lab.file('kea.log') }], severity: 'WARN' }],
      },
    }
    const file = lab.write('kea.json', JSON.stringify(config))
    return lab.serve([toolPath('kea-dhcp4') ?? 'kea-dhcp4', '-c', file], (pid) => listens(pid, 'udp', 67), {
      KEA_PIDFILE_DIR: lab.folder,
      KEA_LOCKFILE_DIR: 'none',
    })
  },
}
