import { makeKernelLan } from '../../appliance/net/lan.ts'
import { fromLatin1, latin1 } from '../../services/core/bytes.ts'
import { makeCounters } from '../../services/core/counters.ts'
import { parseIpv4 } from '../../services/core/ipv4.ts'
import { silentLog } from '../../services/core/log.ts'

// A phone that multicasts the text that it was given and prints, as JSON, what came until a NOTIFY was among it.
const text = Buffer.from(process.argv[2] ?? '', 'base64').toString('latin1')
const lan = makeKernelLan({ log: silentLog, counters: makeCounters() })
const got: string[] = []
const socket = lan.openUdp({
  device: 'eth0',
  port: 5059,
  onDatagram(bytes, from) {
    got.push(latin1(bytes))
    if (!got.at(-1)?.startsWith('NOTIFY')) return
    const copied =
      got
        .at(-1)
        ?.split('\r\n')
        .filter((line) => /^(via|from|to|call-id|cseq)\s*:/i.test(line)) ?? []
    socket.send(fromLatin1(['SIP/2.0 200 OK', ...copied, 'Content-Length: 0', '', ''].join('\r\n')), from)
    // It stays a moment, so that what is sent goes out and a second NOTIFY would be seen.
    setTimeout(end, 200)
  },
})
const end = () => process.stdout.write(JSON.stringify(got), () => process.exit(0))
// Silence is an answer too; no phone waits longer.
setTimeout(end, Number(process.argv[3] ?? 5_000))
socket.send(fromLatin1(text), { address: parseIpv4('224.0.1.75'), port: 5060 })
