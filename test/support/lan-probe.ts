// Child process of appliance/net/lan.test.ts: drives a kernel LAN inside a network namespace. It reads one JSON
// command a line and answers with one JSON line each; datagrams and changes come as lines of their own.
import { createInterface } from 'node:readline'
import { makeKernelLan } from '../../appliance/net/lan.ts'
import { makeCounters } from '../../services/core/counters.ts'
import { messageOf } from '../../services/core/errors.ts'
import { formatIpv4, parseIpv4 } from '../../services/core/ipv4.ts'
import { silentLog } from '../../services/core/log.ts'
import { parseMac } from '../../services/core/mac.ts'
import type { UdpSocket } from '../../services/core/net.ts'

interface Command {
  readonly do: 'open' | 'send' | 'close' | 'prime' | 'neighbour' | 'inUse' | 'interfaces'
  readonly socket?: string
  readonly device?: string
  readonly address?: string
  readonly port?: number
  readonly groups?: readonly string[]
  readonly to?: string
  readonly text?: string
  readonly mac?: string
  readonly addresses?: readonly string[]
  readonly timeoutMs?: number
  readonly times?: number
}

const counters = makeCounters()
await using lan = makeKernelLan({ log: silentLog, counters, watchEveryMs: 50 })
const sockets = new Map<string, UdpSocket>()

function say(line: object): void {
  process.stdout.write(`${JSON.stringify(line)}\n`)
}

function interfaces(): object {
  return lan.interfaces().map((one) => ({
    name: one.name,
    up: one.up,
    mac: one.mac,
    addresses: one.addresses.map((held) => `${formatIpv4(held.address)}/${held.prefix}`),
  }))
}

async function obey(command: Command): Promise<unknown> {
  const name = command.socket ?? ''
  switch (command.do) {
    case 'open': {
      const socket = lan.openUdp({
        port: command.port ?? 0,
        ...(command.device === undefined ? {} : { device: command.device }),
        groups: (command.groups ?? []).map(parseIpv4),
        receiveBuffer: 1 << 20,
        onDatagram(bytes, from) {
          const text = new TextDecoder().decode(bytes)
          say({ event: 'datagram', socket: name, text, from: formatIpv4(from.address) })
          if (text === 'throw') parseIpv4('thrown by the handler')
        },
      })
      sockets.set(name, socket)
      return socket.local.port
    }
    case 'send': {
      const bytes = new TextEncoder().encode(command.text)
      for (let i = 0; i < (command.times ?? 1); i++) {
        const to = (command.to ?? '').split(',').map(parseIpv4)
        for (const address of to) sockets.get(name)?.send(bytes, { address, port: command.port ?? 0 })
        if (i % 10 === 9) await new Promise((resolve) => setImmediate(resolve))
      }
      return true
    }
    case 'close':
      sockets.get(name)?.close()
      return sockets.delete(name)
    case 'prime':
      return lan.primeNeighbour(parseIpv4(command.address ?? ''), parseMac(command.mac ?? ''), command.device ?? '')
    case 'neighbour':
      return lan.neighbour(parseIpv4(command.address ?? '')) ?? null
    case 'inUse': {
      const wanted = (command.addresses ?? []).map(parseIpv4)
      const found = await lan.inUse(wanted, command.device ?? '', command.timeoutMs ?? 500)
      return [...found].map(formatIpv4).sort()
    }
    case 'interfaces':
      return interfaces()
  }
}

lan.onChange(() => say({ event: 'change', interfaces: interfaces() }))
say({ event: 'ready' })
for await (const line of createInterface({ input: process.stdin })) {
  try {
    say({ result: await obey(JSON.parse(line) as Command), counters: Object.fromEntries(counters.all()) })
  } catch (thrown) {
    say({ error: messageOf(thrown) })
  }
}
