import { fromLatin1, latin1 } from '../../services/core/bytes.ts'
import { formatIpv4, type Ipv4, parseIpv4 } from '../../services/core/ipv4.ts'
import type { Mac } from '../../services/core/mac.ts'
import type { Endpoint, Lan } from '../../services/core/net.ts'
import { makeMailbox } from './mailbox.ts'
import { fill, type PhoneScript } from './script.ts'

const GROUP = parseIpv4('224.0.1.75')
const WAITS_MS = [500, 1000, 2000]

export interface PnpRoad {
  readonly lan: Lan
  readonly device: string
  readonly port: number
  /** Where to ask when the network knows no multicast (loopback). */
  readonly server?: Ipv4
  random(): number
}

/**
 * Asks by SIP PnP for the provisioning URL as this phone does, and answers the NOTIFY with 200. The messages are written
 * here by hand after captures, apart from the box's own SIP code. Undefined: nobody answered.
 */
export async function subscribe(script: PhoneScript, mac: Mac, own: Ipv4, road: PnpRoad): Promise<string | undefined> {
  const { pnp } = script
  if (pnp === undefined) return undefined
  const mail = makeMailbox<{ text: string; peer: Endpoint }>()
  const socket = road.lan.openUdp({
    // Bound to the device, so that the multicast leaves by it without a route for it.
    device: road.device,
    address: own,
    port: 0,
    onDatagram: (bytes, peer) => mail.put({ text: latin1(bytes), peer }),
  })
  const host = formatIpv4(own)
  const user = fill(pnp.user, script, mac)
  const from = pnp.from === undefined ? `${user}@${formatIpv4(GROUP)}` : `${fill(pnp.from, script, mac)}@${host}`
  const token = () => Math.floor(road.random() * 0xffffffff).toString(16)
  const callId = `${token()}${token()}@${host}`
  const message = [
    `SUBSCRIBE sip:${user}@${formatIpv4(GROUP)} SIP/2.0`,
    `Via: SIP/2.0/UDP ${host}:${socket.local.port};branch=z9hG4bK${token()};rport`,
    `From: <sip:${from}>;tag=${token()}`,
    `To: <sip:${user}@${formatIpv4(GROUP)}>`,
    `Call-ID: ${callId}`,
    'CSeq: 1 SUBSCRIBE',
    `Contact: <sip:${user}@${host}:${socket.local.port}>`,
    `Event: ${fill(pnp.event, script, mac)}`,
    'Accept: application/url',
    'Max-Forwards: 70',
    'Expires: 0',
    `User-Agent: ${fill(pnp.agent, script, mac)}`,
    'Content-Length: 0',
    '',
    '',
  ].join('\r\n')
  const isNotify = ({ text }: { text: string }) => text.startsWith('NOTIFY ') && text.includes(callId)
  try {
    for (const wait of WAITS_MS) {
      socket.send(fromLatin1(message), { address: road.server ?? GROUP, port: road.port })
      const got = await mail.take(isNotify, wait)
      if (got === undefined) continue
      socket.send(fromLatin1(okFor(got.text)), got.peer)
      return got.text.slice(got.text.indexOf('\r\n\r\n') + 4).trim()
    }
    return undefined
  } finally {
    socket.close()
  }
}

/** The 200 for a NOTIFY: RFC 3261 §8.2.6.2 copies Via, From, To, Call-ID and CSeq. */
function okFor(notify: string): string {
  const copied = notify
    .slice(0, notify.indexOf('\r\n\r\n'))
    .split('\r\n')
    .filter((line) => /^(via|from|to|call-id|cseq)\s*:/i.test(line))
  return ['SIP/2.0 200 OK', ...copied, 'Content-Length: 0', '', ''].join('\r\n')
}
