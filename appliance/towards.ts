import { createHash } from 'node:crypto'
import { ANY, type Ipv4 } from '../services/core/ipv4.ts'
import type { Lan } from '../services/core/net.ts'

/** SIP texts are byte strings here: one character a byte. */
export function hashText(algorithm: 'md5' | 'sha256', text: string): string {
  return createHash(algorithm).update(text, 'latin1').digest('hex')
}

/** Our address on an interface, or the first that there is. */
export function addressTowards(lan: Lan, name: string | undefined): Ipv4 {
  const all = lan.interfaces().filter((one) => one.addresses.length > 0)
  return (all.find((one) => one.name === name) ?? all[0])?.addresses[0]?.address ?? ANY
}
