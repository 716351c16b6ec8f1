import type { EpochMs } from '../../services/core/clock.ts'
import type { SecretBox } from '../../services/core/secret.ts'
import type { People } from '../../services/directory/contract.ts'
import { makePeople } from '../../services/directory/people.ts'
import type { Devices, Layers } from '../../services/phones/contract.ts'
import { makeDevices, makeLayers, type VendorNames } from '../../services/phones/devices.ts'
import type { FeedRecord } from '../../services/sync/storage.ts'
import type { BoxFacts } from './box-facts.ts'
import { type Drafts, makeDrafts } from './drafts.ts'

/** The services of a box over some records of a feed, for the time of one request. */
export interface Desk {
  readonly records: Drafts
  readonly devices: Devices
  readonly layers: Layers
  readonly people: People
  /** What the box said of itself; absent where nothing of it decides. */
  readonly box?: BoxFacts
}

export function makeDesk(
  rows: readonly FeedRecord[],
  {
    secrets,
    definitions,
    now,
    box,
  }: {
    readonly secrets: SecretBox
    readonly definitions: VendorNames
    readonly now: EpochMs
    readonly box?: BoxFacts | undefined
  },
): Desk {
  const records = makeDrafts(rows, now)
  const deps = { records, secrets, definitions }
  return {
    records,
    devices: makeDevices(deps),
    layers: makeLayers(deps),
    people: makePeople(deps),
    ...(box && { box }),
  }
}
