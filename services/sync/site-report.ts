import { z } from 'zod'

// What the status and the event lane of a box carry. Both sides keep kinds and fields that they do not know; what the
// account reads of them is checked here, because a box is hostile to it. Texts come from the LAN: shown, never obeyed.

const text = (most: number) => z.string().max(most)
const time = z.number().min(0).max(8.64e15)
const hash = z.string().regex(/^[0-9a-f]{64}$/)

/** Status `device`, by MAC (`aa:bb:cc:dd:ee:ff`): each device that has a record. */
export const deviceStatus = z.object({
  vendor: text(40).exactOptional(),
  model: text(80).exactOptional(),
  firmware: text(80).exactOptional(),
  address: text(45).exactOptional(),
  lastSeen: time.exactOptional(),
  verdict: z.object({
    state: z.enum(['configured', 'under-way', 'trouble', 'waiting', 'unknown-device', 'never-seen']),
    text: text(500),
    advice: text(500).exactOptional(),
    help: text(40).exactOptional(),
    since: time.exactOptional(),
  }),
  /** What its own configuration would be now: SHA-256 of the files that are its own, by name. Absent: none can be made. */
  wanted: z.object({ hash, since: time }).exactOptional(),
  /** What it last fetched of them. The same hash: it has what is wanted. */
  fetched: z.object({ hash, at: time, file: text(200), protocol: text(10) }).exactOptional(),
  /** It told of a change that was made at its own keypad or web page. */
  changedAtPhone: z.object({ at: time, file: text(200) }).exactOptional(),
})
export type DeviceStatus = z.infer<typeof deviceStatus>

/** Status `new-device`, by MAC: seen at the site, without a record. */
export const newDeviceStatus = z.object({
  vendor: text(40).exactOptional(),
  model: text(80).exactOptional(),
  address: text(45).exactOptional(),
  firstSeen: time,
  lastSeen: time,
  because: text(300).exactOptional(),
})
export type NewDeviceStatus = z.infer<typeof newDeviceStatus>

/** Status `box`, id `box`: the box itself. */
export const boxStatus = z.object({
  /** What the account gives to this box, and how far that is. Absent: a release that takes nothing of the kind. */
  given: z
    .array(
      z.object({
        ...{ kind: text(20), name: text(255), version: text(40) },
        state: z.enum(['in-use', 'under-way', 'waiting', 'refused']),
        reason: text(500).exactOptional(),
        /** Of what is under way: how much is there, 0 to 100. */
        percent: z.number().min(0).max(100).exactOptional(),
      }),
    )
    .max(200)
    .exactOptional(),
  version: text(40),
  startedAt: time,
  /** Its clock when it wrote this; only to show that it is wrong. */
  clock: time,
  addresses: z.array(text(80)).max(50),
  services: z.array(z.object({ service: text(40), where: text(200) })).max(50),
  dhcp: z
    .array(z.object({ interface: text(40), mode: text(20), on: z.boolean(), reason: text(300).exactOptional() }))
    .max(50),
  /** What networks can be attached to, by the kernel's names. Absent: a release that does not say. */
  interfaces: z
    .array(z.object({ name: text(15), addresses: z.array(text(18)).max(20) }))
    .max(50)
    .exactOptional(),
  /** Networks of its configuration file: the account holds no record of them, and none of theirs counts beside them. */
  fixedNetworks: z
    .array(z.object({ id: text(64), subnet: text(18), pools: z.array(text(40)).max(64) }))
    .max(50)
    .exactOptional(),
  storage: z.object({ free: z.number().min(0), total: z.number().min(0) }).exactOptional(),
  packs: z.array(z.object({ name: text(80), version: text(40) })).max(100),
  /** What the branch lets the account do there beyond reading and editing. */
  remote: z.object({ phonePages: z.boolean() }).exactOptional(),
})
export type BoxStatus = z.infer<typeof boxStatus>

/** Event `alarm`: the box raised one (`AlarmKind` of the journey names the kinds that this release knows). */
export const alarmEvent = z.object({ kind: text(40), subject: text(200), text: text(1_000) })
export type AlarmEvent = z.infer<typeof alarmEvent>

/** Event `device`: the verdict on a device became another one. */
export const deviceEvent = z.object({ mac: text(17), from: text(40), to: text(40), text: text(500) })
export type DeviceEvent = z.infer<typeof deviceEvent>

/** Event `started`: the box's program began. */
export const startedEvent = z.object({ version: text(40) })
export type StartedEvent = z.infer<typeof startedEvent>
