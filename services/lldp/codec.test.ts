import { describe, expect, it } from 'vitest'
import { makeMutator } from '../../test/support/mutate.ts'
import { makeRandom } from '../../test/support/random.ts'
import { concat, fromHex } from '../core/bytes.ts'
import { MalformedPacketError } from '../core/errors.ts'
import { decodeCdp } from './codec-cdp.ts'
import { decodeLldp } from './codec-lldp.ts'
import { announcedIn } from './policy.ts'

const text = (value: string) => new TextEncoder().encode(value)
const bytes = (hex: string) => fromHex(hex.replaceAll(' ', '')) ?? expect.fail(hex)
/** One TLV of LLDP: seven bits of type, nine of length. */
const tlv = (type: number, ...parts: readonly Uint8Array[]) => {
  const value = concat(parts)
  return concat([Uint8Array.of((type << 1) | (value.length >>> 8), value.length & 255), value])
}
/** One field of CDP: its length counts its own four bytes. */
const field = (type: number, value: Uint8Array) =>
  concat([Uint8Array.of(type >>> 8, type & 255, 0, value.length + 4), value])

const CHASSIS = tlv(1, bytes('04 001b21aabbcc'))
const PORT = tlv(2, bytes('05'), text('Gi1/0/12'))
const TTL = tlv(3, bytes('0078'))
const END = tlv(0)
const SWITCH = concat([
  ...[CHASSIS, PORT, TTL],
  tlv(4, text('2nd floor, room 12')),
  tlv(5, text('sw-berlin-1')),
  tlv(6, text('ProCurve J9772A')),
  tlv(7, bytes('0014 0004')),
  tlv(127, bytes('0080c2 01 000a')),
  tlv(127, bytes('0080c2 03 0014 05'), text('voice')),
  tlv(127, bytes('0080c2 03 000a 04'), text('data')),
  // Voice, known, tagged, VLAN 20, priority 5, DSCP 46: 0 1 0 000000010100 101 101110.
  tlv(127, bytes('0012bb 02 01 40 29 6e')),
  END,
])

describe('LLDP', () => {
  it('reads what a switch says of its port and its VLANs', () => {
    expect(decodeLldp(SWITCH)).toEqual({
      ...{ protocol: 'lldp', key: '04001b21aabbcc/054769312f302f3132', ttl: 120 },
      ...{ name: 'sw-berlin-1', port: 'Gi1/0/12', portText: '2nd floor, room 12', description: 'ProCurve J9772A' },
      ...{ portVlan: 10, voiceVlan: { id: 20, tagged: true }, kind: 'switch' },
      vlans: [
        { id: 20, name: 'voice' },
        { id: 10, name: 'data' },
      ],
    })
  })

  it('knows a phone by its capability, though it is a bridge too, and by its inventory', () => {
    const phone = concat([
      ...[CHASSIS, tlv(2, bytes('03 805ec0005321')), TTL],
      ...[tlv(7, bytes('0024 0024')), tlv(127, bytes('0012bb 09'), text('Yealink'))],
      ...[tlv(127, bytes('0012bb 0a'), text('SIP-T46U')), END],
    ])
    expect(decodeLldp(phone)).toMatchObject({
      ...{ kind: 'phone', vendor: 'Yealink', model: 'SIP-T46U', port: '80:5e:c0:00:53:21' },
    })
  })

  it.each([
    ['no VLAN', '0080c2 01 0000', { portVlan: undefined }],
    ['a VLAN that is none', '0080c2 01 0fff', { portVlan: undefined }],
    ['a policy that is unknown', '0012bb 02 01 80 00 00', { voiceVlan: undefined }],
    ['a policy for video', '0012bb 02 06 40 29 6e', { voiceVlan: undefined }],
    ['an untagged voice VLAN', '0012bb 02 01 00 0a 00', { voiceVlan: { id: 5, tagged: false } }],
  ])('%s', (_, hex, expected) => {
    const { portVlan, voiceVlan } = decodeLldp(concat([CHASSIS, PORT, TTL, tlv(127, bytes(hex)), END]))
    expect({ portVlan, voiceVlan }).toMatchObject(expected)
  })

  it('shows a name that plays tricks on terminals as plain text', () => {
    const name = decodeLldp(concat([CHASSIS, PORT, TTL, tlv(5, text('sw\u001b[2J\u202e<b>')), END])).name ?? ''
    expect(name).not.toContain('\u001b')
    expect(name).toContain('<b>')
  })

  it.each([
    ['nothing', new Uint8Array()],
    ['its parts in another order', concat([PORT, CHASSIS, TTL])],
    ['a part that is cut off', concat([CHASSIS, PORT, TTL, bytes('0a10 41')])],
    ['a time to live of one byte', concat([CHASSIS, PORT, tlv(3, bytes('01'))])],
    ['a VLAN of one byte', concat([CHASSIS, PORT, TTL, tlv(127, bytes('0080c2 01 00'))])],
  ])('refuses %s', (_, frame) => expect(() => decodeLldp(frame)).toThrow(MalformedPacketError))
})

const SNAP = bytes('aaaa03 00000c 2000')
const CDP = concat([
  ...[SNAP, bytes('02 b4 0000'), field(1, text('sw-cisco')), field(3, text('GigabitEthernet0/3'))],
  ...[field(4, bytes('00000028')), field(5, text('Cisco IOS')), field(6, text('cisco WS-C2960'))],
  ...[field(0x0a, bytes('000a')), field(0x0e, bytes('01 0014'))],
])

describe('CDP', () => {
  it('reads native and voice VLAN', () => {
    expect(decodeCdp(CDP)).toEqual({
      ...{ protocol: 'cdp', key: 'sw-cisco/GigabitEthernet0/3', ttl: 180, vlans: [], kind: 'switch' },
      ...{ name: 'sw-cisco', port: 'GigabitEthernet0/3', description: 'Cisco IOS', model: 'cisco WS-C2960' },
      ...{ portVlan: 10, voiceVlan: { id: 20, tagged: true } },
    })
  })

  it.each([
    ['another protocol', concat([bytes('aaaa03 00000c 2004'), CDP.subarray(8)])],
    ['a field that says it is shorter than its head', concat([CDP, bytes('0001 0003 00')])],
    ['a field that is cut off', CDP.subarray(0, -1)],
    ['no device', concat([SNAP, bytes('02 b4 0000'), field(3, text('1'))])],
  ])('refuses %s', (_, frame) => expect(() => decodeCdp(frame)).toThrow(MalformedPacketError))
})

describe('frames', () => {
  const lldp = (payload: Uint8Array, to = '0180c200000e', tag = '') =>
    concat([bytes(to), bytes('001b21aabbcc'), bytes(tag), bytes('88cc'), payload])
  const cdp = (payload: Uint8Array) =>
    concat([bytes('01000ccccccc'), bytes('001b21aabbcc'), Uint8Array.of(0, payload.length), payload])

  it('are known by group and type, tagged or not', () => {
    expect(announcedIn(lldp(SWITCH))?.name).toBe('sw-berlin-1')
    expect(announcedIn(lldp(SWITCH, '0180c2000003', '81000000'))?.name).toBe('sw-berlin-1')
    // What follows the length is padding.
    expect(announcedIn(concat([cdp(CDP), new Uint8Array(9)]))?.name).toBe('sw-cisco')
  })

  it('of others are none', () => {
    expect(announcedIn(lldp(SWITCH, 'ffffffffffff'))).toBeUndefined()
    expect(announcedIn(bytes('0180c2000000 001b21aabbcc 0026 424203'))).toBeUndefined()
    expect(announcedIn(new Uint8Array(13))).toBeUndefined()
  })

  it('with anything in them are read or refused, and never anything else', () => {
    const next = makeMutator([lldp(SWITCH), cdp(CDP)], makeRandom(7), 1_518)
    let refused = 0
    for (let i = 0; i < 20_000; i++)
      try {
        announcedIn(next())
      } catch (thrown) {
        if (!(thrown instanceof MalformedPacketError)) throw thrown
        refused++
      }
    expect(refused).toBeGreaterThan(1_000)
  })
})
