import { createSocket } from 'node:dgram'
import type { Counters } from '../../services/core/counters.ts'
import { messageOf } from '../../services/core/errors.ts'
import { formatIpv4, readIpv4 } from '../../services/core/ipv4.ts'
import type { Log } from '../../services/core/log.ts'
import type { Endpoint, UdpOptions, UdpSocket } from '../../services/core/net.ts'
import { localEndpoint, sendTo } from './libc.ts'

/**
 * A socket over a bound descriptor, which it owns from now on. A handler that throws is counted (`net.handler-failed`)
 * and logged; a datagram that could not be sent is counted (`net.send-failed`). Neither ends the socket.
 */
export function makeUdpSocket(
  fd: number,
  onDatagram: UdpOptions['onDatagram'],
  { log, counters }: { readonly log: Log; readonly counters: Counters },
): UdpSocket {
  const local = localEndpoint(fd)
  // Addresses are never names. The runtime's own lookup would put each send off by a turn of its loop, and a socket that
  // is closed right after its last datagram would lose it.
  const socket = createSocket({ type: 'udp4', lookup: (address, _options, done) => done(null, address, 4) })
  let open = true

  function failed(thrown: Error | null | undefined): void {
    if (thrown === null || thrown === undefined) return
    counters.add('net.send-failed')
    log.debug('udp send failed', { port: local.port, reason: messageOf(thrown) })
  }

  socket.on('message', (bytes, info) => {
    const address = readIpv4(info.address)
    if (!open || address === undefined) return
    try {
      onDatagram(bytes, { address, port: info.port })
    } catch (thrown) {
      counters.add('net.handler-failed')
      log.error('udp handler failed', { port: local.port, reason: messageOf(thrown) })
    }
  })
  // Errors of earlier sends arrive here too; without a listener they would end the process.
  socket.on('error', failed)
  socket.bind({ fd })

  return {
    local,
    send(bytes: Uint8Array, to: Endpoint): void {
      // The system call alone: the runtime's way costs several times as much. What the system does not take now (its buffer
      // is full) goes that way, which waits until there is room.
      if (!open || (bytes.length > 0 && sendTo(fd, bytes, to))) return
      try {
        socket.send(bytes.slice(), to.port, formatIpv4(to.address), failed)
      } catch (thrown) {
        failed(thrown instanceof Error ? thrown : undefined)
      }
    },
    close(): void {
      if (!open) return
      open = false
      socket.close()
    },
  }
}
