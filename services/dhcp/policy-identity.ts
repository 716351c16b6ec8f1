import { latin1, toHex } from '../core/bytes.ts'
import { macFromBytes } from '../core/mac.ts'
import type { DhcpMessage } from './codec.ts'
import type { Client, Mutable } from './policy-types.ts'

const ETHERNET = 1
const LONGEST_TEXT = 255
const NONE = new Uint8Array()

/**
 * Who sent this. The client identifier stands for the client where there is one (RFC 2131 §4.2, RFC 4361), else hardware type and address. An
 * identifier that only repeats the hardware address (type 1) is the same client as without it: boot loader and firmware of
 * one phone differ in sending it. Undefined: it has no usable identity.
 */
export function readClient(message: DhcpMessage): Client | undefined {
  const { chaddr, options } = message
  const mac = message.htype === ETHERNET ? macFromBytes(chaddr) : undefined
  const id = options.get(61)
  // RFC 2132 §9.14: an identifier has at least two bytes.
  const clientId = id === undefined || id.length < 2 ? undefined : toHex(id)
  const key = keyOf(message, mac, clientId)
  if (key === undefined) return undefined
  const hostName = text(options.get(12))?.replace(/\0+$/, '')
  const vendorClass = text(options.get(60))
  const userClass = text(options.get(77))
  const relay = options.get(82)
  // Assigned one by one: spreading optional fields costs more than all the rest of reading a packet.
  const client: Mutable<Client> = { key, parameters: [...(options.get(55) ?? NONE)] }
  if (mac !== undefined) client.mac = mac
  if (clientId !== undefined) client.clientId = clientId
  if (hostName) client.hostName = hostName
  if (vendorClass !== undefined) client.vendorClass = vendorClass
  if (userClass !== undefined) client.userClass = userClass
  if (relay !== undefined) client.relay = toHex(relay)
  return client
}

function keyOf(message: DhcpMessage, mac: string | undefined, clientId: string | undefined): string | undefined {
  if (clientId !== undefined && clientId !== `01${mac}`) return `id:${clientId}`
  if (mac !== undefined) return `hw:${mac}`
  // An Ethernet address that no device can have (multicast, all zero) would be shared by whoever else sends it.
  if (message.htype === ETHERNET || message.chaddr.every((byte) => byte === 0)) return undefined
  return `hw${message.htype}:${toHex(message.chaddr)}`
}

function text(bytes: Uint8Array | undefined): string | undefined {
  return bytes === undefined ? undefined : latin1(bytes.length > LONGEST_TEXT ? bytes.subarray(0, LONGEST_TEXT) : bytes)
}
