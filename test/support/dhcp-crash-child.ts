// Leases addresses to new clients as fast as it can and prints `<address> <mac>` for each ACK that it would send. A
// test kills it at any moment and looks at what is on disk. Run: bun test/support/dhcp-crash-child.ts FILE FIRST-CLIENT
import { writeSync } from 'node:fs'
import { migrate } from '../../appliance/database/migrate.ts'
import { formatIpv4, ipv4FromBytes, parseCidr } from '../../services/core/ipv4.ts'
import { decode } from '../../services/dhcp/codec.ts'
import { openDatabase } from '../../services/program/sqlite.ts'
import { network, pool } from './dhcp-kit.ts'
import { DhcpOffice } from './dhcp-office.ts'

const [path = '', first = '0'] = process.argv.slice(2)
const db = openDatabase(path)
migrate(db, { path, now: 0 })
const networks = [network({ subnet: parseCidr('192.0.0.0/16'), pools: [pool('192.0.8.0', '192.0.71.255')] })]
const office = new DhcpOffice({ networks }, { db })
office.server.start()

for (let round = 0; ; round++) {
  const macs = Array.from({ length: 8 }, (_, i) => {
    const tail = (Number(first) + round * 8 + i).toString(16).padStart(4, '0')
    return `00:00:5e:53:${tail.slice(0, 2)}:${tail.slice(2)}`
  })
  for (const [xid, mac] of macs.entries()) office.send({ type: 'discover', mac, xid })
  for (const { xid, yiaddr } of await office.replies())
    office.send({ type: 'request', mac: macs[xid] ?? '', xid, server: '192.0.2.1', wants: formatIpv4(yiaddr) })
  for (const { bytes } of await office.datagrams()) {
    const { xid, options } = decode(bytes)
    if (options.get(53)?.[0] === 5) writeSync(1, `${formatIpv4(ipv4FromBytes(bytes, 16))} ${macs[xid]}\n`)
  }
}
