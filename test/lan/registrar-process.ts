// A registrar on eth0 that knows `USER:SECRET …`, run in a namespace of its own. Prints a line of JSON for each
// registration with the right digest (RFC 2617, without qop) and for each with a wrong one.
import { createHash } from 'node:crypto'
import { makeKernelLan } from '../../appliance/net/lan.ts'
import { fromLatin1, latin1 } from '../../services/core/bytes.ts'
import { makeCounters } from '../../services/core/counters.ts'
import { silentLog } from '../../services/core/log.ts'

const REALM = 'registrar'
const NONCE = '5f0c1a'
const secrets = new Map(process.argv.slice(2).map((pair) => pair.split(':') as [string, string]))

function md5(text: string): string {
  return createHash('md5').update(text).digest('hex')
}

function header(request: string, name: string): string {
  return new RegExp(`^${name}\\s*:\\s*(.*)$`, 'im').exec(request)?.[1]?.trim() ?? ''
}

const lan = makeKernelLan({ log: silentLog, counters: makeCounters() })
const socket = lan.openUdp({
  device: 'eth0',
  port: 5060,
  onDatagram(bytes, from) {
    const request = latin1(bytes)
    if (!request.startsWith('REGISTER ')) return
    const authorization = header(request, 'Authorization')
    const part = (name: string) => new RegExp(`\\b${name}="([^"]*)"`).exec(authorization)?.[1] ?? ''
    const user = part('username')
    const expected = md5(
      `${md5(`${user}:${REALM}:${secrets.get(user) ?? ''}`)}:${NONCE}:${md5(`REGISTER:${part('uri')}`)}`,
    )
    const right = secrets.has(user) && part('response') === expected
    if (authorization !== '') console.log(JSON.stringify({ user, agent: header(request, 'User-Agent'), right }))
    const copied = ['Via', 'From', 'Call-ID', 'CSeq'].map((name) => `${name}: ${header(request, name)}`)
    const more = right
      ? [`Contact: ${header(request, 'Contact')}`, 'Expires: 600']
      : [`WWW-Authenticate: Digest realm="${REALM}", nonce="${NONCE}", algorithm=MD5`]
    const status = right ? '200 OK' : '401 Unauthorized'
    const to = `To: ${header(request, 'To')};tag=1`
    socket.send(
      fromLatin1([`SIP/2.0 ${status}`, ...copied, to, ...more, 'Content-Length: 0', '', ''].join('\r\n')),
      from,
    )
  },
})
console.log('"listening"')
