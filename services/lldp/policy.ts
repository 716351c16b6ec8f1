import { equalBytes, toHex } from '../core/bytes.ts'
import type { EpochMs } from '../core/clock.ts'
import { decodeCdp } from './codec-cdp.ts'
import { decodeLldp } from './codec-lldp.ts'
import type { Announced, LinkNeighbour } from './contract.ts'

/** Neighbours remembered at one interface: behind a switch that passes announcements on there may be many. */
export const MOST_NEIGHBOURS = 64
const HEADER = 14
const LLDP = 0x88cc
const VLAN_TAG = 0x8100
/** IEEE 802.1AB §7.1: nearest bridge, nearest non-TPMR bridge, nearest customer bridge. */
const LLDP_GROUP = /^0180c200000[e30]$/
const CDP_GROUP = Uint8Array.of(0x01, 0x00, 0x0c, 0xcc, 0xcc, 0xcc)

/** What a frame announces; undefined: it is of another kind. Throws `MalformedPacketError`. */
export function announcedIn(frame: Uint8Array): Announced | undefined {
  if (frame.length < HEADER) return undefined
  // Some switches tag their own announcements with the VLAN of the port (priority tags).
  const at = typeAt(frame, 12) === VLAN_TAG ? HEADER + 4 : HEADER
  const type = typeAt(frame, at - 2)
  const payload = frame.subarray(at)
  if (type === LLDP && LLDP_GROUP.test(toHex(frame.subarray(0, 6)))) return decodeLldp(payload)
  // A length in place of a type: IEEE 802.3, with which CDP comes.
  if (type <= 1500 && equalBytes(frame.subarray(0, 6), CDP_GROUP)) return decodeCdp(payload.subarray(0, type))
  return undefined
}

function typeAt(frame: Uint8Array, at: number): number {
  return ((frame[at] ?? 0) << 8) | (frame[at + 1] ?? 0)
}

/** The neighbours after one was heard: its earlier word is gone, and with a time to live of 0 it is gone itself. */
export function heard(
  known: readonly LinkNeighbour[],
  one: Announced,
  { interface: device, at }: { readonly interface: string; readonly at: EpochMs },
): readonly LinkNeighbour[] {
  const others = known.filter((it) => it.interface !== device || it.protocol !== one.protocol || it.key !== one.key)
  if (one.ttl === 0) return others
  const here = others.filter((it) => it.interface === device)
  // A full list keeps those who told of VLANs: what a hostile host names does not drive the switch out.
  if (here.length >= MOST_NEIGHBOURS && !tellsOfVlans(one)) return others
  const dropped = here.length < MOST_NEIGHBOURS ? undefined : (here.find((it) => !tellsOfVlans(it)) ?? here[0])
  return [...others.filter((it) => it !== dropped), { ...one, interface: device, heardAt: at }]
}

/** Those whose word still holds, who tell of VLANs first. */
export function inForce(known: readonly LinkNeighbour[], now: EpochMs): readonly LinkNeighbour[] {
  return known
    .filter(({ heardAt, ttl }) => now < heardAt + ttl * 1000)
    .toSorted((a, b) => Number(tellsOfVlans(b)) - Number(tellsOfVlans(a)))
}

function tellsOfVlans({ portVlan, voiceVlan, vlans }: Announced): boolean {
  return portVlan !== undefined || voiceVlan !== undefined || vlans.length > 0
}
