import { fromLatin1, latin1 } from '../../services/core/bytes.ts'
import { MalformedPacketError } from '../../services/core/errors.ts'
import { ANY, BROADCAST, formatIpv4, type Ipv4, ipv4FromBytes, ipv4ToBytes } from '../../services/core/ipv4.ts'
import { type Mac, macToBytes } from '../../services/core/mac.ts'
import type { Endpoint, Lan } from '../../services/core/net.ts'
import { BROADCAST_FLAG, type DhcpMessage, decode, encode } from '../../services/dhcp/codec.ts'
import { makeMailbox } from './mailbox.ts'
import { fill, type PhoneScript } from './script.ts'

const DISCOVER = 1
const OFFER = 2
const REQUEST = 3
const ACK = 5
const NAK = 6

/** How this phone reaches a DHCP server: by broadcast on a real interface, or as if behind a relay (loopback). */
export interface DhcpRoad {
  readonly lan: Lan
  readonly device: string
  readonly serverPort: number
  readonly clientPort: number
  /** The relay's own address and the server's, when there is no broadcast to be had. */
  readonly relay?: { readonly address: Ipv4; readonly server: Ipv4 }
  random(): number
}

export interface Leased {
  readonly address: Ipv4
  readonly prefix: number
  readonly server: Ipv4
  readonly options: ReadonlyMap<number, Uint8Array>
  readonly siaddr: Ipv4
  readonly file: string
}

/** Waits of RFC 2131 §4.1, shortened: a person watches. */
const WAITS_MS = [1000, 2000, 4000, 8000]

/** Leases an address as this phone would, or returns undefined when no server answers. */
export async function lease(script: PhoneScript, mac: Mac, road: DhcpRoad): Promise<Leased | undefined> {
  const mail = makeMailbox<DhcpMessage>()
  const xid = Math.floor(road.random() * 0xffffffff)
  const socket = road.lan.openUdp({
    device: road.device,
    port: road.relay === undefined ? road.clientPort : road.serverPort,
    ...(road.relay === undefined ? {} : { address: road.relay.address }),
    onDatagram(bytes) {
      try {
        const message = decode(bytes)
        if (message.op === 2 && message.xid === xid) mail.put(message)
      } catch (thrown) {
        if (!(thrown instanceof MalformedPacketError)) throw thrown
      }
    },
  })
  const to: Endpoint = { address: road.relay?.server ?? BROADCAST, port: road.serverPort }
  const ask = async (request: DhcpMessage, wanted: readonly number[]): Promise<DhcpMessage | undefined> => {
    for (const wait of WAITS_MS) {
      socket.send(encode(request), to)
      const reply = await mail.take((message) => wanted.includes(typeOf(message)), wait)
      if (reply !== undefined) return reply
    }
    return undefined
  }
  try {
    const base = requestOf(script, mac, xid, road)
    const offer = await ask(withType(base, DISCOVER), [OFFER])
    if (offer === undefined) return undefined
    const server = offer.options.get(54) ?? ipv4ToBytes(offer.siaddr)
    const request = withType(base, REQUEST, [
      [50, ipv4ToBytes(offer.yiaddr)],
      [54, server],
    ])
    const reply = await ask(request, [ACK, NAK])
    if (reply === undefined || typeOf(reply) !== ACK) return undefined
    return {
      address: reply.yiaddr,
      prefix: prefixOf(reply.options.get(1)),
      server: ipv4FromBytes(server),
      options: reply.options,
      siaddr: reply.siaddr,
      file: reply.file,
    }
  } finally {
    socket.close()
  }
}

function requestOf(script: PhoneScript, mac: Mac, xid: number, road: DhcpRoad): DhcpMessage {
  const options = new Map<number, Uint8Array>([[55, Uint8Array.from(script.dhcp.parameters)]])
  if (script.dhcp.class !== undefined) options.set(60, fromLatin1(fill(script.dhcp.class, script, mac)))
  if (script.dhcp.hostName !== undefined) options.set(12, fromLatin1(fill(script.dhcp.hostName, script, mac)))
  return {
    op: 1,
    htype: 1,
    hops: road.relay === undefined ? 0 : 1,
    xid,
    secs: 0,
    flags: BROADCAST_FLAG,
    ciaddr: ANY,
    yiaddr: ANY,
    siaddr: ANY,
    giaddr: road.relay?.address ?? ANY,
    chaddr: macToBytes(mac),
    sname: '',
    file: '',
    cookie: true,
    options,
  }
}

function withType(base: DhcpMessage, type: number, more: readonly (readonly [number, Uint8Array])[] = []): DhcpMessage {
  return { ...base, options: new Map([[53, Uint8Array.of(type)], ...more, ...base.options]) }
}

function typeOf(message: DhcpMessage): number {
  return message.options.get(53)?.[0] ?? 0
}

function prefixOf(mask: Uint8Array | undefined): number {
  if (mask === undefined) return 24
  return [...mask].reduce((bits, byte) => bits + byte.toString(2).replaceAll('0', '').length, 0)
}

/** The provisioning URL that the lease carries, by the phone's own preference, and the option that it came from. */
export function urlOf(
  script: PhoneScript,
  leased: Leased,
): { readonly url: string; readonly from: string } | undefined {
  for (const { option, sub, form, url, when } of script.dhcp.take) {
    const whole = leased.options.get(option)
    if (whole === undefined) continue
    if (when !== undefined && textOf(subOption(whole, when.sub)) !== when.is) continue
    const bytes = sub === undefined ? whole : subOption(whole, sub)
    if (bytes === undefined || bytes.length === 0) continue
    const value = form === 'ipv4' ? formatIpv4(ipv4FromBytes(bytes.subarray(0, 4))) : textOf(bytes)
    const names = form === 'list' ? listOf(value) : new Map<string, string>()
    const filled = fillTake(url, (name) => {
      if (name === 'value') return value
      const [, code, inner] = /^(\d+)(?:\.(\d+))?$/.exec(name) ?? []
      if (code !== undefined) {
        const other = leased.options.get(Number(code))
        return textOf(inner === undefined || other === undefined ? other : subOption(other, Number(inner)))
      }
      return names.get(name.toUpperCase())
    })
    if (filled !== undefined)
      return { url: filled, from: sub === undefined ? `option ${option}` : `option ${option}.${sub}` }
  }
  return undefined
}

function textOf(bytes: Uint8Array | undefined): string | undefined {
  return bytes === undefined ? undefined : latin1(bytes).replace(/\0+$/, '')
}

/** `HTTPSRVR=192.0.2.1,HTTPDIR=/x`: names in either case. */
function listOf(text: string | undefined): ReadonlyMap<string, string> {
  return new Map(
    (text ?? '').split(',').flatMap((part): [string, string][] => {
      const at = part.indexOf('=')
      return at === -1 ? [] : [[part.slice(0, at).trim().toUpperCase(), part.slice(at + 1).trim()]]
    }),
  )
}

/** Undefined when something that the form names is not there and has nothing to fall back on. */
function fillTake(form: string, lookUp: (name: string) => string | undefined): string | undefined {
  let missing = false
  const filled = form.replace(/\{([\w.]+)(?:\|([^}]*))?\}/g, (_, name: string, otherwise: string | undefined) => {
    const value = lookUp(name) ?? otherwise
    if (value === undefined) missing = true
    return value ?? ''
  })
  return missing ? undefined : filled
}

function subOption(bytes: Uint8Array, wanted: number): Uint8Array | undefined {
  let at = 0
  while (at + 1 < bytes.length) {
    const length = bytes[at + 1] ?? 0
    if (bytes[at] === wanted) return bytes.subarray(at + 2, at + 2 + length)
    at += 2 + length
  }
  return undefined
}
