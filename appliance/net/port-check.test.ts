import { createServer } from 'node:net'
import { expect, it } from 'vitest'
import { makeCounters } from '../../services/core/counters.ts'
import { parseIpv4 } from '../../services/core/ipv4.ts'
import { silentLog } from '../../services/core/log.ts'
import { makeLoopbackLan } from './loopback-lan.ts'
import { portFaults, type WantedPort } from './port-check.ts'

const address = parseIpv4('127.0.0.1')

it('names what is taken, and gives back what it tried', async () => {
  await using lan = makeLoopbackLan({ log: silentLog, counters: makeCounters() })
  const socket = lan.openUdp({ port: 0, onDatagram() {} })
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const bound = server.address()
  const tcp = typeof bound === 'object' && bound !== null ? bound.port : 0
  const wanted: WantedPort[] = [
    { service: 'tftp', protocol: 'udp', port: socket.local.port, flag: 'tftp-port' },
    { service: 'http', protocol: 'tcp', port: tcp, flag: 'http-port', at: { address } },
  ]
  expect(await portFaults(lan, wanted)).toEqual([
    `tftp: udp port ${socket.local.port} on 127.0.0.1 is taken by another program; choose another with --tftp-port`,
    `http: tcp port ${tcp} on 127.0.0.1 is taken by another program; choose another with --http-port`,
  ])
  socket.close()
  await new Promise((resolve) => server.close(resolve))
  for (let tries = 0; tries < 2; tries++) expect(await portFaults(lan, wanted)).toEqual([])
})

it('says nothing of an interface that is not there: it may come', async () => {
  await using lan = makeLoopbackLan({ log: silentLog, counters: makeCounters() })
  const at = { device: 'eth7', address }
  expect(await portFaults(lan, [{ service: 'dhcp', protocol: 'udp', port: 0, flag: 'dhcp-port', at }])).toEqual([])
})
