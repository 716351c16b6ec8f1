import { createSocket } from 'node:dgram'
import { once } from 'node:events'

// Time by SNTP (RFC 4330), as far as a clock needs it to follow another one. Run in a namespace:
//   bun test/support/ntp.ts serve ADDRESS       answers everybody with the time of this machine
//   bun test/support/ntp.ts ask ADDRESS         prints `leap stratum reference seconds` of the answer, tried until there is one
const [action = '', address = ''] = process.argv.slice(2)
const TO_UNIX_S = 2_208_988_800
const PORT = 123
const CLIENT = 0x23
const SERVER = 0x24
const PRIMARY = 1

const socket = createSocket('udp4')

function writeNow(packet: DataView, at: number): void {
  const now = Date.now()
  packet.setUint32(at, Math.floor(now / 1000) + TO_UNIX_S)
  packet.setUint32(at + 4, Math.floor(((now % 1000) / 1000) * 2 ** 32))
}

if (action === 'serve') {
  socket.on('message', (asked, from) => {
    const answer = new DataView(new ArrayBuffer(48))
    answer.setUint8(0, SERVER)
    answer.setUint8(1, PRIMARY)
    answer.setInt8(2, asked[2] ?? 6)
    answer.setInt8(3, -20)
    answer.setUint32(12, 0x4c41_4200)
    // When it was asked goes back as it came.
    for (let i = 0; i < 8; i++) answer.setUint8(24 + i, asked[40 + i] ?? 0)
    for (const at of [16, 32, 40]) writeNow(answer, at)
    socket.send(new Uint8Array(answer.buffer), from.port, from.address)
  })
  socket.bind(PORT, address)
} else {
  const asked = new DataView(new ArrayBuffer(48))
  asked.setUint8(0, CLIENT)
  writeNow(asked, 40)
  const send = () => socket.send(new Uint8Array(asked.buffer), PORT, address)
  const again = setInterval(send, 1_000)
  send()
  const [bytes] = (await once(socket, 'message')) as [Buffer]
  clearInterval(again)
  const reference = [...bytes.subarray(12, 16)].join('.')
  console.log((bytes[0] ?? 0) >> 6, bytes[1], reference, bytes.readUInt32BE(40) - TO_UNIX_S)
  socket.close()
}
