import { expect, it } from 'vitest'
import { badCable } from './support/bad-cable.ts'
import { LanClient } from './support/lan-client.ts'
import { describeOrSkip, Namespaces } from './support/netns.ts'

describeOrSkip('a bad cable between two namespaces', ['namespaces'], () => {
  it('loses, doubles and reorders as told, and nothing when told nothing', async () => {
    await using lab = new Namespaces()
    await lab.add('one')
    await lab.add('two')
    const shares = { loss: 0.1, duplicate: 0.1, reorder: 0.2, seed: 3 }
    await badCable(
      lab,
      { namespace: 'one', device: 'eth0', address: '192.0.2.1/24' },
      { namespace: 'two', device: 'eth0', address: '192.0.2.2/24' },
      shares,
    )
    const [one, two] = [new LanClient(lab, 'one'), new LanClient(lab, 'two')]
    for (const client of [one, two]) await client.next((line) => line.event === 'ready', 'ready')
    await two.do({ do: 'open', socket: 's', device: 'eth0', port: 7000 })
    await one.do({ do: 'open', socket: 's', device: 'eth0', port: 7000 })
    for (let i = 0; i < 200; i++) await one.do({ do: 'send', socket: 's', to: '192.0.2.2', port: 7000, text: `${i}` })
    // The last one is repeated until it comes through, so that the line is known to be empty.
    const end = two.next((line) => line.text === 'end', 'the end')
    let ended = false
    void end.then(() => {
      ended = true
    })
    while (!ended) await one.do({ do: 'send', socket: 's', to: '192.0.2.2', port: 7000, text: 'end' })
    const heard = two.lines.filter((line) => line.event === 'datagram' && line.text !== 'end').map((line) => line.text)
    const distinct = new Set(heard)
    expect(distinct.size).toBeGreaterThan(160)
    expect(distinct.size).toBeLessThan(195)
    expect(heard.length).toBeGreaterThan(distinct.size)
    expect([...heard].sort((a, b) => Number(a) - Number(b))).not.toEqual(heard)
  })

  it('carries what the hosts send when it is whole', async () => {
    await using lab = new Namespaces()
    await lab.add('one')
    await lab.add('two')
    const ends = [
      { namespace: 'one', device: 'eth0', address: '192.0.2.1/24' },
      { namespace: 'two', device: 'eth0', address: '192.0.2.2/24' },
    ] as const
    await badCable(lab, ends[0], ends[1], {})
    const ping = await lab.run('one', ['ping', '-c', '20', '-i', '0.01', '-q', '192.0.2.2'])
    expect(ping.stdout).toContain('20 received, 0% packet loss')
  })
})
