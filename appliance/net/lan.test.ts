import { afterAll, beforeAll, expect, it } from 'vitest'
import { LanClient, type ProbeLine } from '../../test/support/lan-client.ts'
import { describeOrSkip, Namespaces } from '../../test/support/netns.ts'

//   one: eth0 192.0.2.10 ───── eth0 192.0.2.1  :box: eth1 198.51.100.1 ───── eth0 198.51.100.10 :two
describeOrSkip('the kernel lan between namespaces', ['namespaces'], () => {
  const lab = new Namespaces()
  let box: LanClient
  let one: LanClient
  let two: LanClient

  beforeAll(async () => {
    for (const name of ['box', 'one', 'two']) await lab.add(name)
    await lab.cable(
      { namespace: 'box', device: 'eth0', address: '192.0.2.1/24' },
      { namespace: 'one', device: 'eth0', address: '192.0.2.10/24', mac: '00:00:5e:00:53:10' },
    )
    await lab.cable(
      { namespace: 'box', device: 'eth1', address: '198.51.100.1/24' },
      { namespace: 'two', device: 'eth0', address: '198.51.100.10/24', mac: '00:00:5e:00:53:20' },
    )
    box = new LanClient(lab, 'box')
    one = new LanClient(lab, 'one')
    two = new LanClient(lab, 'two')
    for (const client of [box, one, two]) await client.next((line) => line.event === 'ready', 'ready')
  })
  afterAll(() => lab[Symbol.asyncDispose]())

  function datagram(socket: string, text: string): (line: ProbeLine) => boolean {
    return (line) => line.event === 'datagram' && line.socket === socket && line.text === text
  }

  function heard(client: LanClient, socket: string): string[] {
    return client.lines.filter((line) => line.socket === socket).map((line) => line.text ?? '')
  }

  it('lists the interfaces with their addresses', async () => {
    const { result } = await one.do({ do: 'interfaces' })
    expect(result).toEqual([{ name: 'eth0', up: true, mac: '00005e005310', addresses: ['192.0.2.10/24'] }])
  })

  it('gives each interface its own lan, and sends 255.255.255.255 out by it', async () => {
    for (const device of ['eth0', 'eth1']) await box.do({ do: 'open', socket: device, device, port: 6767 })
    for (const client of [one, two]) await client.do({ do: 'open', socket: 's', device: 'eth0', port: 6868 })
    await one.do({ do: 'send', socket: 's', to: '255.255.255.255', port: 6767, text: 'from one' })
    await two.do({ do: 'send', socket: 's', to: '255.255.255.255', port: 6767, text: 'from two' })
    expect((await box.next(datagram('eth0', 'from one'), 'one')).from).toBe('192.0.2.10')
    expect((await box.next(datagram('eth1', 'from two'), 'two')).from).toBe('198.51.100.10')
    await box.do({ do: 'send', socket: 'eth1', to: '255.255.255.255', port: 6868, text: 'to the second lan' })
    await two.next(datagram('s', 'to the second lan'), 'the broadcast')
    await box.do({ do: 'send', socket: 'eth0', to: '255.255.255.255', port: 6868, text: 'to the first lan' })
    await one.next(datagram('s', 'to the first lan'), 'the broadcast')
    expect([heard(box, 'eth0'), heard(box, 'eth1'), heard(one, 's'), heard(two, 's')]).toEqual([[], [], [], []])
  })

  it('hears the groups of its own interface only', async () => {
    const groups = ['224.0.1.75']
    for (const device of ['eth0', 'eth1'])
      await box.do({ do: 'open', socket: `m${device}`, device, port: 5060, groups })
    await two.do({ do: 'open', socket: 'm', device: 'eth0', port: 5060, groups })
    await two.do({ do: 'send', socket: 'm', to: '224.0.1.75', port: 5060, text: 'subscribe' })
    await box.next(datagram('meth1', 'subscribe'), 'the multicast')
    await box.do({ do: 'send', socket: 'meth1', to: '224.0.1.75', port: 5060, text: 'notify' })
    await two.next(datagram('m', 'notify'), 'the answer')
    expect(heard(box, 'meth0')).toEqual([])
  })

  it('reaches a live peer between datagrams to a dead one', async () => {
    await one.do({ do: 'open', socket: 'live', device: 'eth0', port: 7001 })
    await box.do({ do: 'open', socket: 'mixed', port: 0 })
    // Nobody listens on port 7001 of the second machine: each datagram to it comes back as "port unreachable".
    await box.do({ do: 'send', socket: 'mixed', to: '198.51.100.10,192.0.2.10', port: 7001, text: 'n', times: 200 })
    for (let i = 0; i < 200; i++) await one.next(datagram('live', 'n'), `datagram ${i}`)
  })

  it('survives a handler that throws', async () => {
    await one.do({ do: 'send', socket: 's', to: '192.0.2.1', port: 6767, text: 'throw' })
    await box.next(datagram('eth0', 'throw'), 'the bad datagram')
    await one.do({ do: 'send', socket: 's', to: '192.0.2.1', port: 6767, text: 'good' })
    await box.next(datagram('eth0', 'good'), 'the good one')
    expect((await box.do({ do: 'interfaces' })).counters?.['net.handler-failed']).toBe(1)
  })

  it('reaches a client that has no address yet by priming its neighbour entry', async () => {
    await lab.ip('one', 'address', 'add', '192.0.2.77/32', 'dev', 'lo')
    await lab.run('one', ['sh', '-c', 'echo 8 > /proc/sys/net/ipv4/conf/eth0/arp_ignore'])
    const prime = { do: 'prime', address: '192.0.2.77', mac: '00:00:5e:00:53:10', device: 'eth0' }
    expect((await box.do(prime)).result).toBe(true)
    expect((await box.do({ do: 'neighbour', address: '192.0.2.77' })).result).toBe('00005e005310')
    await box.do({ do: 'send', socket: 'eth0', to: '192.0.2.77', port: 6868, text: 'your offer' })
    await one.next(datagram('s', 'your offer'), 'the unicast')
    await lab.run('one', ['sh', '-c', 'echo 0 > /proc/sys/net/ipv4/conf/eth0/arp_ignore'])
    await lab.ip('one', 'address', 'del', '192.0.2.77/32', 'dev', 'lo')
  })

  it('finds the addresses that are held, by arp on the link', async () => {
    const addresses = ['192.0.2.10', '192.0.2.11', '192.0.2.12']
    const probe = { do: 'inUse', device: 'eth0', addresses, timeoutMs: 400 }
    expect((await box.do(probe)).result).toEqual(['192.0.2.10'])
    expect((await box.do({ ...probe, addresses: ['192.0.2.10'], timeoutMs: 15_000 })).result).toEqual(['192.0.2.10'])
  })

  it('does not take a neighbour entry of a host that left for an answer', async () => {
    await box.do({ do: 'prime', address: '192.0.2.66', mac: '00:00:5e:00:53:66', device: 'eth0' })
    const probe = { do: 'inUse', device: 'eth0', addresses: ['192.0.2.66'], timeoutMs: 200 }
    expect((await box.do(probe)).result).toEqual([])
  })

  it('finds the addresses that are held beyond the link, by icmp echo', async () => {
    await lab.ip('one', 'address', 'add', '203.0.113.5/32', 'dev', 'lo')
    await lab.ip('box', 'route', 'add', '203.0.113.0/24', 'via', '192.0.2.10')
    const probe = { do: 'inUse', device: 'eth0', addresses: ['203.0.113.5', '203.0.113.6'], timeoutMs: 400 }
    expect((await box.do(probe)).result).toEqual(['203.0.113.5'])
  })

  it('names the interface that is not there, and the port that is taken', async () => {
    expect((await box.do({ do: 'open', device: 'eth7', port: 67 })).error).toBe('udp port 67: no interface eth7')
    const taken = await box.do({ do: 'open', socket: 'twice', device: 'eth0', port: 6767 })
    expect(taken.error).toBe('udp 0.0.0.0:6767: EADDRINUSE')
  })

  it('follows an address that changes, and an interface that goes and comes back', async () => {
    function eth0(addresses: readonly string[] | undefined): (line: ProbeLine) => boolean {
      return (line) =>
        line.event === 'change' &&
        JSON.stringify(line.interfaces?.find((found) => found.name === 'eth0')?.addresses) === JSON.stringify(addresses)
    }
    await lab.address('box', 'eth0', '192.0.2.2/24')
    await box.next(eth0(['192.0.2.1/24', '192.0.2.2/24']), 'the second address')
    await lab.ip('box', 'link', 'del', 'eth0')
    await lab.cable(
      { namespace: 'box', device: 'eth0', address: '192.0.2.1/24' },
      { namespace: 'one', device: 'eth0', address: '192.0.2.10/24', mac: '00:00:5e:00:53:11' },
    )
    await box.next(eth0(undefined), 'the interface gone')
    await box.next(eth0(['192.0.2.1/24']), 'the interface back')
    await box.do({ do: 'close', socket: 'eth0' })
    await one.next(eth0(['192.0.2.10/24']), 'the other end')
    await box.do({ do: 'open', socket: 'again', device: 'eth0', port: 6767 })
    await one.do({ do: 'open', socket: 'new', device: 'eth0', port: 6869 })
    await one.do({ do: 'send', socket: 'new', to: '255.255.255.255', port: 6767, text: 'hello again' })
    await box.next(datagram('again', 'hello again'), 'a broadcast on the new interface')
  })
})
