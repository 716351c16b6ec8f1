import { expect, it } from 'vitest'
import { VirtualLan } from '../../test/support/virtual-lan.ts'
import { makeCounters } from '../core/counters.ts'
import { OperatorError } from '../core/errors.ts'
import { type Ipv4, parseIpv4 } from '../core/ipv4.ts'
import { silentLog } from '../core/log.ts'
import type { Lan } from '../core/net.ts'
import { type ForeignDeps, ForeignWatch } from './foreign.ts'
import { listenForServers } from './listen.ts'

it('asks for the hardware address of a server once at a time, however often it is named', async () => {
  const asked: Ipv4[] = []
  const answers: ((used: ReadonlySet<Ipv4>) => void)[] = []
  const logged: string[] = []
  const lan = {
    neighbour: () => undefined,
    inUse: ([address = 0 as Ipv4]: readonly Ipv4[]) => {
      asked.push(address)
      return new Promise((resolve) => answers.push(resolve))
    },
  } as unknown as Lan
  const watch = new ForeignWatch({
    ...{ lan, clock: { now: () => 0 }, random: () => 0, counters: makeCounters(), interface: 'eth0' },
    ...{ serverPort: 67, clientPort: 68, waitMs: 1, everyMs: 1, ours: () => new Set<Ipv4>(), onRound() {} },
    log: { ...silentLog, warn: (text) => void logged.push(text) },
    alarms: { raise() {}, list: () => [] },
  } satisfies ForeignDeps)
  const server = parseIpv4('192.0.2.9')
  for (let i = 0; i < 1000; i++) watch.note(server)
  expect([asked.length, logged.length]).toEqual([1, 1])
  for (let i = 0; i < 1000; i++) watch.note(((server + i) >>> 0) as Ipv4)
  expect([asked.length, logged.length, watch.servers().length]).toEqual([32, 32, 32])
  for (const answer of answers) answer(new Set())
  await new Promise(setImmediate)
  watch.note(server)
  expect(asked.length).toBe(33)
})

/** Listens once on `lan`, as the page asks for where the box leases nothing. */
function listenOn(lan: Lan) {
  const ports = { serverPort: 67, clientPort: 68, interface: 'eth0' }
  const facts = { clock: { now: () => 0 }, random: () => 0, counters: makeCounters(), log: silentLog }
  return listenForServers({ ...facts, ...ports, lan, ours: () => new Set<Ipv4>(), waitMs: 10 })
}

it('listens once and names nobody where nobody answers', async () => {
  const lan = new VirtualLan()
  const box = lan.host('box', [{ name: 'eth0', segment: 'office', address: '192.0.2.1/24' }])
  expect(await listenOn(box)).toEqual([])
})

it('does not take it for silence when it could hear nobody', async () => {
  const lan = {
    interfaces: () => [],
    openUdp() {
      throw new OperatorError('udp 0.0.0.0:68: EADDRINUSE')
    },
  } as unknown as Lan
  await expect(listenOn(lan)).rejects.toThrow('nobody can be heard on eth0: the port of DHCP clients is taken')
})
