import { concat } from '../../services/core/bytes.ts'
import { MalformedPacketError } from '../../services/core/errors.ts'
import type { Ipv4 } from '../../services/core/ipv4.ts'
import type { Endpoint, Lan } from '../../services/core/net.ts'
import { decode, ErrorCode, encode, type TftpPacket } from '../../services/tftp/codec.ts'
import { makeMailbox } from './mailbox.ts'

/** What a fetch brought. `status` is the HTTP status, or for TFTP 200, 404, or 0 for silence. */
export interface Fetched {
  readonly status: number
  readonly bytes: Uint8Array
}

const MOST = 64 * 1024 * 1024
const TRIES = 5

/** Fetches a file by TFTP in octet mode with blksize 1428, as a phone does. */
export async function fetchTftp(lan: Lan, from: Ipv4, server: Endpoint, file: string): Promise<Fetched> {
  const mail = makeMailbox<{ packet: TftpPacket; peer: Endpoint }>()
  const socket = lan.openUdp({
    address: from,
    port: 0,
    onDatagram(bytes, peer) {
      if (peer.address !== server.address) return
      try {
        mail.put({ packet: decode(bytes), peer })
      } catch (thrown) {
        if (!(thrown instanceof MalformedPacketError)) throw thrown
      }
    },
  })
  const parts: Uint8Array[] = []
  let size = 0
  let peer: Endpoint | undefined
  let blockSize = 512
  let expected = 1
  let send = encode({ kind: 'read', file, mode: 'octet', options: [{ name: 'blksize', value: '1428' }] })
  try {
    for (let tries = 0; tries < TRIES; ) {
      socket.send(send, peer ?? server)
      const got = await mail.take((item) => peer === undefined || item.peer.port === peer.port, 1000)
      if (got === undefined) {
        tries++
        continue
      }
      const { packet } = got
      peer = got.peer
      if (packet.kind === 'error')
        return { status: packet.code === ErrorCode.notFound ? 404 : 500, bytes: new Uint8Array(0) }
      if (packet.kind === 'option-ack') {
        blockSize = Number(packet.options.find((option) => option.name.toLowerCase() === 'blksize')?.value ?? 512)
        send = encode({ kind: 'ack', block: 0 })
      } else if (packet.kind === 'data') {
        if (packet.block !== (expected & 0xffff)) continue
        parts.push(packet.bytes)
        size += packet.bytes.length
        send = encode({ kind: 'ack', block: packet.block })
        expected++
        tries = 0
        if (packet.bytes.length < blockSize || size > MOST) {
          socket.send(send, peer)
          return { status: 200, bytes: concat(parts) }
        }
      }
    }
    return { status: 0, bytes: new Uint8Array(0) }
  } finally {
    socket.close()
  }
}
