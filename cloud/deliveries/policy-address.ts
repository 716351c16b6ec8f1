import { readIpv4 } from '../../services/core/ipv4.ts'

// Which addresses a webhook may be sent to. Whoever names a URL must not reach what only this machine reaches.

/** IPv4 that is not the public internet's (IANA special-purpose registry, RFC 6890 and later), as network and prefix. */
const SPECIAL_V4: readonly (readonly [string, number])[] = [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 3],
]

/** Whether an address that a name was resolved to is one of the public internet. What cannot be read is none. */
export function isPublicAddress(text: string): boolean {
  const v4 = readIpv4(text)
  if (v4 !== undefined) return !SPECIAL_V4.some(([network, prefix]) => sameNetwork(v4, readIpv4(network) ?? 0, prefix))
  const groups = readIpv6(text)
  if (groups === undefined) return false
  const [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0, g = 0, h = 0] = groups
  const inner = (high: number, low: number) => isPublicAddress(dotted(high, low))
  // Addresses that carry an IPv4 one reach what that reaches: mapped, NAT64 (RFC 6052), 6to4 (RFC 3056).
  if (a === 0 && b === 0 && c === 0 && d === 0 && e === 0 && f === 0xffff) return inner(g, h)
  if (a === 0x64 && b === 0xff9b && c === 0 && d === 0 && e === 0 && f === 0) return inner(g, h)
  if (a === 0x2002) return inner(b, c)
  // Of what is left only 2000::/3 is global unicast; in it Teredo and ORCHID (2001::/23) and documentation are not.
  if (a >> 13 !== 1) return false
  if (a === 0x2001 && b < 0x200) return false
  if (a === 0x2001 && b === 0xdb8) return false
  return !(a === 0x3fff && b < 0x1000)
}

function sameNetwork(one: number, other: number, prefix: number): boolean {
  return Math.floor(one / 2 ** (32 - prefix)) === Math.floor(other / 2 ** (32 - prefix))
}

function dotted(high: number, low: number): string {
  return [high >> 8, high & 255, low >> 8, low & 255].join('.')
}

/** The eight groups of an IPv6 address (RFC 4291 section 2.2). */
function readIpv6(text: string): number[] | undefined {
  const bare = text.toLowerCase().replace(/%.*$/, '')
  const tail = /^(.*:)(\d+\.\d+\.\d+\.\d+)$/.exec(bare)
  let plain = bare
  if (tail !== null) {
    const v4 = readIpv4(tail[2] ?? '')
    if (v4 === undefined) return undefined
    plain = `${tail[1]}${(v4 >>> 16).toString(16)}:${(v4 & 0xffff).toString(16)}`
  }
  const halves = plain.split('::')
  if (halves.length > 2) return undefined
  const parts = halves.map((half) => (half === '' ? [] : half.split(':')))
  const [left = [], right = []] = parts
  const missing = 8 - left.length - right.length
  if (halves.length === 1 ? missing !== 0 : missing < 1) return undefined
  const all = [...left, ...Array.from({ length: missing }, () => '0'), ...right]
  if (!all.every((group) => /^[0-9a-f]{1,4}$/.test(group))) return undefined
  return all.map((group) => Number.parseInt(group, 16))
}

/** Why a webhook cannot be sent to a URL at all; undefined: its name may be asked for. */
export function urlFault(text: string, allowPrivate: boolean): string | undefined {
  if (!URL.canParse(text)) return 'it is not a URL like https://hooks.example.net/branchline'
  const url = new URL(text)
  if (url.protocol !== 'https:' && !(allowPrivate && url.protocol === 'http:')) return 'it must begin with https://'
  if (url.username !== '' || url.password !== '')
    return 'it must not hold a user name or password: check the signature instead'
  const literal = url.hostname.replace(/^\[|\]$/g, '')
  const isLiteral = readIpv4(literal) !== undefined || literal.includes(':')
  if (!allowPrivate && isLiteral && !isPublicAddress(literal)) return 'its address is not one of the public internet'
  return undefined
}
