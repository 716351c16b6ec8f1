import { equalBytes } from '../core/bytes.ts'
import { MalformedPacketError } from '../core/errors.ts'
import { textOf, told, uint16, vlanOf } from './codec-tlv.ts'
import type { Announced } from './contract.ts'

// Cisco Discovery Protocol, versions 1 and 2, as Wireshark's packet-cdp.c and Cisco's own text name its fields.

/** LLC and SNAP in front of it: Cisco's number and the protocol 0x2000. */
export const CDP_SNAP = Uint8Array.of(0xaa, 0xaa, 0x03, 0x00, 0x00, 0x0c, 0x20, 0x00)

const DEVICE_ID = 0x01
const PORT_ID = 0x03
const CAPABILITIES = 0x04
const SOFTWARE = 0x05
const PLATFORM = 0x06
const NATIVE_VLAN = 0x0a
const VOICE_VLAN = 0x0e

const IS_SWITCH = 0x08
const IS_PHONE = 0x80

/** Reads what stands behind the Ethernet header. Throws `MalformedPacketError`. */
export function decodeCdp(bytes: Uint8Array): Announced {
  if (!equalBytes(bytes.subarray(0, CDP_SNAP.length), CDP_SNAP)) throw new MalformedPacketError('no CDP')
  const body = bytes.subarray(CDP_SNAP.length)
  const ttl = body[1]
  if (ttl === undefined || body.length < 4) throw new MalformedPacketError('cut off')
  const fields = fieldsOf(body.subarray(4))
  const text = (type: number) => {
    const found = fields.get(type)
    return found === undefined ? undefined : textOf(found)
  }
  const [device, port] = [text(DEVICE_ID), text(PORT_ID)]
  if (device === undefined || device === '') throw new MalformedPacketError('names no device')
  const native = fields.get(NATIVE_VLAN)
  // One byte of flags, then the VLAN; a switch sends it on ports that have one for voice.
  const voice = fields.get(VOICE_VLAN)
  const voiceId = voice === undefined ? undefined : vlanOf(uint16(voice, 1))
  return {
    ...{ protocol: 'cdp', key: `${device}/${port ?? ''}`, ttl, vlans: [] },
    ...told({
      ...{ name: device, port, description: text(SOFTWARE), model: text(PLATFORM) },
      portVlan: native === undefined ? undefined : vlanOf(uint16(native, 0)),
    }),
    ...(voiceId !== undefined && { voiceVlan: { id: voiceId, tagged: true } }),
    kind: kindOf(fields.get(CAPABILITIES)),
  }
}

/** Each field's first value, by its number. A length counts its own four bytes. */
function fieldsOf(bytes: Uint8Array): ReadonlyMap<number, Uint8Array> {
  const found = new Map<number, Uint8Array>()
  for (let at = 0; at < bytes.length; ) {
    const [type, length] = [uint16(bytes, at), uint16(bytes, at + 2)]
    const value = bytes.subarray(at + 4, at + length)
    if (length < 4 || value.length < length - 4) throw new MalformedPacketError(`field ${type} is cut off`)
    if (!found.has(type)) found.set(type, value)
    at += length
  }
  return found
}

function kindOf(capabilities: Uint8Array | undefined): Announced['kind'] {
  const on = capabilities === undefined || capabilities.length < 4 ? 0 : uint16(capabilities, 2)
  return (on & IS_PHONE) !== 0 ? 'phone' : (on & IS_SWITCH) !== 0 ? 'switch' : 'other'
}
