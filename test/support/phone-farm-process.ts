// Many phones in one process, each on an interface of its own: they take a NOTIFY, fetch their configuration, install the
// firmware that it names and come back with its version. `phone-farm-process.ts BOX AGENT VERSION`; then one command a
// line: `{"phones":[{"mac","address"}]}` boots, `{"mode":{"mac":"good"|"wrong"|"deaf"}}` changes how the next
// installation of a phone ends, `{"report":true}` asks for the tally.
import { createHash } from 'node:crypto'
import { createSocket } from 'node:dgram'
import { fetchHttp } from '../../appliance/phone/http-client.ts'
import { parseIpv4 } from '../../services/core/ipv4.ts'

type Mode = 'good' | 'wrong' | 'deaf'

interface Phone {
  readonly mac: string
  readonly address: string
  version: string
  mode: Mode
  updating: boolean
  /** Versions that it installed, in order. */
  readonly installed: string[]
  notified: number
}

const [box = '', agent = '', firstVersion = ''] = process.argv.slice(2)
const phones = new Map<string, Phone>()
const hashes = new Set<string>()
/** Phones between the NOTIFY that they took and the request with their new version. */
let under = 0
let most = 0
/** NOTIFYs that came while the phone was at it, and installations of a version that it had. */
let twice = 0

const say = (line: object) => process.stdout.write(`${JSON.stringify(line)}\n`)

/** Fetches until the box is there: it may be starting. */
async function fetched(phone: Phone, url: string): Promise<{ status: number; bytes: Uint8Array }> {
  for (;;) {
    const text = agent.replace('VERSION', phone.version).replace('MAC', phone.mac.replace(/(..)(?!$)/g, '$1:'))
    const got = await fetchHttp(new URL(url), parseIpv4(phone.address), text)
    if (got.status !== 0) return got
    await Bun.sleep(200)
  }
}

const ownFile = (phone: Phone) => fetched(phone, `http://${box}/yealink/${phone.mac}.cfg`)

async function update(phone: Phone): Promise<void> {
  if (phone.updating) {
    twice++
    return
  }
  phone.updating = true
  under++
  most = Math.max(most, under)
  const configuration = new TextDecoder().decode((await ownFile(phone)).bytes)
  const url = /firmware\.url = (\S+)/.exec(configuration)?.[1]
  const image = url === undefined ? undefined : await fetched(phone, url)
  const version = image && /^VERSION (\S+)/.exec(new TextDecoder().decode(image.bytes.subarray(0, 100)))?.[1]
  if (image !== undefined && version !== undefined && phone.mode !== 'deaf') {
    hashes.add(createHash('sha256').update(image.bytes).digest('hex'))
    const becomes = phone.mode === 'wrong' ? '108.86.0.1' : version
    if (becomes === phone.version) twice++
    phone.installed.push(becomes)
    phone.version = becomes
  }
  under--
  phone.updating = false
  await ownFile(phone)
  say({ event: 'came-back', mac: phone.mac, version: phone.version })
}

function listen(phone: Phone): Promise<void> {
  const socket = createSocket('udp4')
  socket.on('message', (bytes, from) => {
    const text = bytes.toString('latin1')
    if (!text.startsWith('NOTIFY ')) return
    const kept = text.split('\r\n').filter((line) => /^(via|from|to|call-id|cseq)\s*:/i.test(line))
    const answer = [
      'SIP/2.0 200 OK',
      ...kept.map((line) => line.replace(/^(to\s*:.*)$/i, '$1;tag=f')),
      'Content-Length: 0',
    ]
    socket.send([...answer, '', ''].join('\r\n'), from.port, from.address)
    phone.notified++
    void update(phone)
  })
  return new Promise((resolve) => socket.bind(5060, phone.address, () => resolve()))
}

async function obey(command: {
  phones?: { mac: string; address: string }[]
  mode?: Record<string, Mode>
  report?: true
}): Promise<void> {
  for (const { mac, address } of command.phones ?? []) {
    const phone: Phone = {
      ...{ mac, address, version: firstVersion, mode: 'good', updating: false, installed: [], notified: 0 },
    }
    phones.set(mac, phone)
    await listen(phone)
    const { status } = await ownFile(phone)
    if (status !== 200) say({ event: 'refused', mac, status })
  }
  if (command.phones !== undefined) say({ event: 'booted', count: phones.size })
  for (const [mac, mode] of Object.entries(command.mode ?? {})) {
    const phone = phones.get(mac)
    if (phone !== undefined) phone.mode = mode
  }
  if (command.report)
    say({
      ...{ event: 'report', most, twice, hashes: [...hashes] },
      phones: [...phones.values()].map(({ mac, version, installed, notified }) => ({
        mac,
        version,
        installed,
        notified,
      })),
    })
}

let rest = ''
for await (const text of Bun.stdin.stream().pipeThrough(new TextDecoderStream())) {
  const lines = (rest + text).split('\n')
  rest = lines.pop() ?? ''
  for (const line of lines) await obey(JSON.parse(line))
}
