import { formatIpv4, type Ipv4 } from '../../../services/core/ipv4.ts'
import { prepare } from './dhcp-jobs.ts'
import type { Host, Hosts } from './hosts.ts'
import type { Job, JobResult } from './job.ts'
import { Measure } from './measure.ts'

/** 224.0.1.75 */
const GROUP = 0xe000014b
const PORT = 5060
const RETRY_MS = 500
const MOST_TRIES = 6

/** Every host asks once by multicast; done when the NOTIFY is there and confirmed. */
export function runPnp(hosts: Hosts, job: Extract<Job, { kind: 'pnp' }>): JobResult {
  const ready = prepare(hosts, job)
  const measure = new Measure(hosts)
  for (const host of ready) ask(hosts, host, measure)
  hosts.run(() => measure.ended === ready.length, job.limitMs)
  measure.failed += job.hosts - measure.ended
  return measure.result()
}

function ask(hosts: Hosts, host: Host, measure: Measure): void {
  const since = performance.now()
  const message = subscribe(host)
  let tries = 0
  let over = false
  const send = () => {
    if (over) return
    if (++tries > MOST_TRIES) {
      over = true
      measure.fail('no NOTIFY')
      return
    }
    if (tries > 1) measure.counts.resent++
    hosts.sendUdp(host, GROUP, PORT, PORT, message)
    hosts.timers.after(RETRY_MS * 2 ** (tries - 1), send)
  }
  host.udp.set(PORT, (bytes, from, port) => {
    const text = Buffer.from(bytes).toString('latin1')
    if (!text.startsWith('NOTIFY ')) return
    hosts.sendUdp(host, from, PORT, port, Buffer.from(confirm(text)))
    if (over) return
    over = true
    if (/^http:\/\//m.test(text)) measure.succeed(since)
    else measure.fail('NOTIFY without a URL')
  })
  send()
}

function subscribe(host: Host): Uint8Array {
  const own = `${formatIpv4(host.address as Ipv4)}:${PORT}`
  const user = `<sip:MAC${host.macText}@224.0.1.75>`
  const event = 'ua-profile;profile-type="device";vendor="Yealink";model="T46U";version="108.86.0.90"'
  return Buffer.from(
    [
      `SUBSCRIBE sip:MAC${host.macText}@224.0.1.75 SIP/2.0`,
      `Via: SIP/2.0/UDP ${own};branch=z9hG4bK${host.index}x${Date.now()};rport`,
      `From: ${user};tag=t${host.index}`,
      `To: ${user}`,
      `Call-ID: c${host.index}x${Date.now()}@${own}`,
      'CSeq: 1 SUBSCRIBE',
      `Contact: <sip:MAC${host.macText}@${own}>`,
      `Event: ${event}`,
      'Accept: application/url',
      'Max-Forwards: 70',
      'Expires: 0',
      'User-Agent: Yealink SIP-T46U 108.86.0.90',
      'Content-Length: 0',
      '',
      '',
    ].join('\r\n'),
  )
}

function confirm(notify: string): string {
  const kept = notify.split('\r\n').filter((line) => /^(via|from|to|call-id|cseq):/i.test(line))
  return ['SIP/2.0 200 OK', ...kept, 'Content-Length: 0', '', ''].join('\r\n')
}
