import { describe, expect, it } from 'vitest'
import { BROADCAST, formatIpv4, parseIpv4 } from '../services/core/ipv4.ts'
import { parseMac } from '../services/core/mac.ts'
import type { UdpOptions } from '../services/core/net.ts'
import { VirtualLan } from './support/virtual-lan.ts'

const bytes = Uint8Array.of(1, 2, 3)

/** A handler that writes down `host: first byte from address`. */
function listener(heard: string[], name: string): UdpOptions['onDatagram'] {
  return (data, from) => void heard.push(`${name}: ${data[0]} from ${formatIpv4(from.address)}`)
}

function office(options: { routed?: boolean } = {}) {
  const lan = new VirtualLan(options)
  const box = lan.host('box', [
    { name: 'eth0', segment: 'a', address: '192.0.2.1/24' },
    { name: 'eth1', segment: 'b', address: '198.51.100.1/24' },
  ])
  const phone = lan.host('phone', [{ name: 'eth0', segment: 'a', address: '192.0.2.10/24' }])
  const other = lan.host('other', [{ name: 'eth0', segment: 'b', address: '198.51.100.10/24' }])
  return { lan, box, phone, other }
}

describe('VirtualLan', () => {
  it('delivers a broadcast to the segment that it was sent on, by interface', () => {
    const { lan, box, phone, other } = office()
    const heard: string[] = []
    box.openUdp({ device: 'eth0', port: 67, onDatagram: listener(heard, 'box eth0') })
    box.openUdp({ device: 'eth1', port: 67, onDatagram: listener(heard, 'box eth1') })
    other.openUdp({ port: 67, onDatagram: listener(heard, 'other') })
    phone.openUdp({ port: 68, onDatagram: () => {} }).send(bytes, { address: BROADCAST, port: 67 })
    expect(heard).toEqual([])
    expect(lan.drain()).toBe(1)
    expect(heard).toEqual(['box eth0: 1 from 192.0.2.10'])
  })

  it('delivers multicast to members only, and to the sender itself', () => {
    const { lan, box, phone } = office()
    const group = parseIpv4('224.0.1.75')
    const heard: string[] = []
    box.openUdp({ device: 'eth0', port: 5060, groups: [group], onDatagram: listener(heard, 'member') })
    const sender = phone.openUdp({ port: 5060, groups: [group], onDatagram: listener(heard, 'phone') })
    phone.openUdp({ device: 'eth0', port: 5060, onDatagram: listener(heard, 'not a member') })
    sender.send(bytes, { address: group, port: 5060 })
    lan.drain()
    expect(heard.sort()).toEqual(['member: 1 from 192.0.2.10', 'phone: 1 from 192.0.2.10'])
  })

  it('carries unicast beyond the link only when routed, and learns neighbours on the link', () => {
    for (const routed of [false, true]) {
      const { lan, box, phone, other } = office({ routed })
      const heard: string[] = []
      other.openUdp({ port: 69, onDatagram: listener(heard, 'other') })
      box.openUdp({ port: 69, onDatagram: listener(heard, 'box') })
      const socket = phone.openUdp({ port: 0, onDatagram: () => {} })
      socket.send(bytes, { address: parseIpv4('198.51.100.10'), port: 69 })
      socket.send(bytes, { address: parseIpv4('192.0.2.1'), port: 69 })
      lan.drain()
      expect(heard.sort()).toEqual(
        routed ? ['box: 1 from 192.0.2.10', 'other: 1 from 192.0.2.10'] : ['box: 1 from 192.0.2.10'],
      )
      expect(box.neighbour(parseIpv4('192.0.2.10'))).toBe(phone.port('eth0').mac)
    }
  })

  it('reaches a client without an address once its neighbour entry is primed', () => {
    const { lan, box } = office()
    const fresh = lan.host('fresh', [{ name: 'eth0', segment: 'a', mac: '00:00:5e:00:53:99' }])
    const heard: string[] = []
    fresh.openUdp({ port: 68, onDatagram: listener(heard, 'fresh') })
    const server = box.openUdp({ device: 'eth0', port: 67, onDatagram: () => {} })
    const to = { address: parseIpv4('192.0.2.50'), port: 68 }
    server.send(bytes, to)
    lan.drain()
    expect(heard).toEqual([])
    expect(box.primeNeighbour(to.address, parseMac('00:00:5e:00:53:99'))).toBe(true)
    server.send(bytes, to)
    lan.drain()
    expect(heard).toEqual(['fresh: 1 from 192.0.2.1'])
  })

  it('loses, doubles and reorders the same datagrams for the same seed', () => {
    function run(seed: number): number[] {
      const { lan, box, phone } = office()
      const heard: number[] = []
      box.openUdp({ port: 69, onDatagram: (data) => void heard.push(data[0] ?? 0) })
      lan.degrade({ loss: 0.1, duplicate: 0.1, reorder: 0.2, seed })
      const socket = phone.openUdp({ port: 0, onDatagram: () => {} })
      for (let i = 0; i < 100; i++) socket.send(Uint8Array.of(i), { address: parseIpv4('192.0.2.1'), port: 69 })
      lan.drain()
      return heard
    }
    const heard = run(7)
    expect(run(7)).toEqual(heard)
    expect(run(8)).not.toEqual(heard)
    expect(new Set(heard).size).toBeLessThan(100)
    expect(new Set(heard).size).toBeLessThan(heard.length)
    expect([...heard].sort((a, b) => a - b)).not.toEqual(heard)
  })

  it('knows which addresses are held, and tells of changes', async () => {
    const { box, phone } = office()
    const [held, free] = [parseIpv4('192.0.2.10'), parseIpv4('192.0.2.11')]
    expect([...(await box.inUse([held, free], 'eth0'))]).toEqual([held])
    let changes = 0
    const stop = phone.onChange(() => changes++)
    phone.setAddresses('eth0', ['192.0.2.11/24'])
    phone.setUp('eth0', false)
    stop()
    phone.remove('eth0')
    expect(changes).toBe(2)
    expect([...(await box.inUse([held, free], 'eth0'))]).toEqual([])
  })

  it('stops a conversation that never ends, and keeps what a handler throws', () => {
    const { lan, box, phone } = office()
    const socket = box.openUdp({ port: 7, onDatagram: (data, from) => socket.send(data, from) })
    const echo = phone.openUdp({ port: 7, onDatagram: (data, from) => echo.send(data, from) })
    echo.send(bytes, { address: parseIpv4('192.0.2.1'), port: 7 })
    expect(() => lan.drain(50)).toThrow('virtual lan still busy after 50 datagrams')
    socket.close()
    echo.close()
    box.openUdp({
      port: 9,
      onDatagram() {
        throw new RangeError('bad packet')
      },
    })
    phone.openUdp({ port: 0, onDatagram: () => {} }).send(bytes, { address: parseIpv4('192.0.2.1'), port: 9 })
    lan.drain()
    expect(lan.faults).toEqual([new RangeError('bad packet')])
  })
})
