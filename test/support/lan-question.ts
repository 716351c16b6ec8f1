import { createSocket } from 'node:dgram'
import { decode, encode } from 'dns-packet'

// A program of its own, for a namespace: asks the LAN by multicast and prints each answer as a line of JSON, until its
// input ends. `mdns NAME TYPE ADDRESS` or `ssdp TARGET ADDRESS`; ADDRESS is its own, by whose interface it asks.
const [kind, ...words] = process.argv.slice(2)
const socket = createSocket('udp4')
const own = words.at(-1) ?? ''

socket.on('message', (bytes, from) => {
  const answer =
    kind === 'mdns'
      ? { from: from.address, answers: [...(decode(bytes).answers ?? []), ...(decode(bytes).additionals ?? [])] }
      : { from: from.address, text: bytes.toString('latin1') }
  process.stdout.write(`${JSON.stringify(answer)}\n`)
})
socket.bind(0, () => {
  socket.setMulticastInterface(own)
  const ask = () => {
    if (kind === 'mdns') {
      const [name = '', type = 'A'] = words
      const question = encode({ type: 'query', id: 1, questions: [{ name, type: type as 'A' | 'PTR' | 'SRV' }] })
      socket.send(question, 5353, '224.0.0.251')
    } else {
      const search = `M-SEARCH * HTTP/1.1\r\nHOST: 239.255.255.250:1900\r\nMAN: "ssdp:discover"\r\nMX: 1\r\nST: ${words[0]}\r\n\r\n`
      socket.send(search, 1900, '239.255.255.250')
    }
  }
  ask()
  // A question may be lost, or come before the box has said what it is called.
  const again = setInterval(ask, 1_000)
  process.stdin.resume()
  process.stdin.on('end', () => {
    clearInterval(again)
    socket.close()
  })
})
