import { describe, expect, it } from 'vitest'
import { makeCounters } from '../../services/core/counters.ts'
import { formatIpv4, parseIpv4 } from '../../services/core/ipv4.ts'
import { silentLog } from '../../services/core/log.ts'
import { makeLoopbackLan } from './loopback-lan.ts'

describe('makeLoopbackLan', () => {
  it('carries datagrams between loopback addresses, and closes its sockets', async () => {
    const counters = makeCounters()
    const { promise, resolve } = Promise.withResolvers<string>()
    await using lan = makeLoopbackLan({ log: silentLog, counters })
    const box = lan.openUdp({
      device: 'lo',
      port: 0,
      groups: [parseIpv4('224.0.1.75')],
      onDatagram: (bytes, from) => resolve(`${bytes[0]} from ${formatIpv4(from.address)}`),
    })
    const phone = lan.openUdp({ address: parseIpv4('127.0.1.5'), port: 0, onDatagram() {} })
    phone.send(Uint8Array.of(7), box.local)
    expect(await promise).toBe('7 from 127.0.1.5')
    phone.close()
    phone.send(Uint8Array.of(8), box.local)
    phone.close()
  })

  it('sends what was given to it before it was closed', async () => {
    await using lan = makeLoopbackLan({ log: silentLog, counters: makeCounters() })
    const { promise, resolve } = Promise.withResolvers<number | undefined>()
    const box = lan.openUdp({ port: 0, onDatagram: (bytes) => resolve(bytes[0]) })
    const phone = lan.openUdp({ port: 0, onDatagram() {} })
    phone.send(Uint8Array.of(9), box.local)
    phone.close()
    const next = lan.openUdp({ port: 0, onDatagram() {} })
    next.send(Uint8Array.of(10), box.local)
    expect(await promise).toBe(9)
  })

  it('opens nothing that other machines could reach', () => {
    const lan = makeLoopbackLan({ log: silentLog, counters: makeCounters() })
    expect(() => lan.openUdp({ address: parseIpv4('192.0.2.1'), port: 0, onDatagram() {} })).toThrow(/only 127/)
    expect(() => lan.openUdp({ device: 'eth0', port: 0, onDatagram() {} })).toThrow('no interface eth0, only lo')
  })
})
