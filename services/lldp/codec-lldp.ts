import { equalBytes, toHex } from '../core/bytes.ts'
import { MalformedPacketError } from '../core/errors.ts'
import { textOf, told, uint16, vlanOf } from './codec-tlv.ts'
import type { Announced, VoiceVlan } from './contract.ts'

// LLDP data units: IEEE 802.1AB-2016 §8, the VLANs of IEEE 802.1Q-2018 annex D, LLDP-MED of ANSI/TIA-1057.

const END = 0
const CHASSIS_ID = 1
const PORT_ID = 2
const TTL = 3
const PORT_TEXT = 4
const SYSTEM_NAME = 5
const SYSTEM_TEXT = 6
const CAPABILITIES = 7
const OF_ORGANISATION = 127

const IEEE_8021 = Uint8Array.of(0x00, 0x80, 0xc2)
const TIA = Uint8Array.of(0x00, 0x12, 0xbb)

/** Bits of the capabilities that are switched on (§8.5.8). */
const BRIDGE = 1 << 2
const TELEPHONE = 1 << 5
/** The application of LLDP-MED's network policy that phones follow (TIA-1057 §10.2.3). */
const VOICE = 1
/** A port may name thousands of VLANs. */
const MOST_VLANS = 64

interface Tlv {
  readonly type: number
  readonly value: Uint8Array
}

/** Reads the data unit behind the Ethernet header. Throws `MalformedPacketError`. */
export function decodeLldp(bytes: Uint8Array): Announced {
  const tlvs = tlvsOf(bytes)
  // §8.2: these three, in this order, and then the others.
  const [chassis, port, ttl] = tlvs
  if (chassis?.type !== CHASSIS_ID || port?.type !== PORT_ID || ttl?.type !== TTL)
    throw new MalformedPacketError('does not begin with chassis, port and time to live')
  const all = (type: number) => tlvs.filter((tlv) => tlv.type === type).map(({ value }) => value)
  const text = (type: number) => {
    const [first] = all(type)
    return first === undefined ? undefined : textOf(first)
  }
  const of = (organisation: Uint8Array, subtype: number) =>
    all(OF_ORGANISATION)
      .filter((value) => equalBytes(value.subarray(0, 3), organisation) && value[3] === subtype)
      .map((value) => value.subarray(4))
  const [portVlan] = of(IEEE_8021, 1)
  const voiceVlan = of(TIA, 2)
    .map(voiceVlanOf)
    .find((found) => found !== undefined)
  const medText = (subtype: number) => {
    const [first] = of(TIA, subtype)
    return first === undefined ? undefined : textOf(first)
  }
  return {
    protocol: 'lldp',
    key: `${toHex(chassis.value)}/${toHex(port.value)}`,
    ttl: uint16(ttl.value, 0),
    ...told({
      name: text(SYSTEM_NAME),
      port: idOf(port.value),
      portText: text(PORT_TEXT),
      description: text(SYSTEM_TEXT),
      portVlan: portVlan === undefined ? undefined : vlanOf(uint16(portVlan, 0)),
      vendor: medText(9),
      model: medText(10),
    }),
    ...(voiceVlan && { voiceVlan }),
    vlans: of(IEEE_8021, 3).slice(0, MOST_VLANS).flatMap(namedVlan),
    kind: kindOf(all(CAPABILITIES)[0]),
  }
}

function tlvsOf(bytes: Uint8Array): readonly Tlv[] {
  const found: Tlv[] = []
  for (let at = 0; at < bytes.length; ) {
    const head = uint16(bytes, at)
    const [type, length] = [head >>> 9, head & 511]
    if (type === END) break
    const value = bytes.subarray(at + 2, at + 2 + length)
    if (value.length < length) throw new MalformedPacketError(`type ${type} is cut off`)
    found.push({ type, value })
    at += 2 + length
  }
  return found
}

/** A port's name: a MAC address (subtype 3) in hexadecimal, everything else as the text that it is (§8.5.3). */
function idOf(value: Uint8Array): string {
  const id = value.subarray(1)
  return value[0] === 3 ? (toHex(id).match(/../g)?.join(':') ?? '') : textOf(id)
}

function namedVlan(value: Uint8Array): readonly { id: number; name: string }[] {
  const id = vlanOf(uint16(value, 0))
  const name = textOf(value.subarray(3, 3 + (value[2] ?? 0)))
  return id === undefined ? [] : [{ id, name }]
}

/** Application, then the bits: unknown, tagged, reserved, VLAN (12), priority (3), DSCP (6). */
function voiceVlanOf(value: Uint8Array): VoiceVlan | undefined {
  if (value[0] !== VOICE) return undefined
  const bits = uint16(value, 1)
  const id = vlanOf((bits >>> 1) & 0xfff)
  const unknown = (bits & 0x8000) !== 0
  return unknown || id === undefined ? undefined : { id, tagged: (bits & 0x4000) !== 0 }
}

function kindOf(capabilities: Uint8Array | undefined): Announced['kind'] {
  if (capabilities === undefined) return 'other'
  const on = uint16(capabilities, 2)
  // A phone with a port for a computer is a bridge too.
  return (on & TELEPHONE) !== 0 ? 'phone' : (on & BRIDGE) !== 0 ? 'switch' : 'other'
}
