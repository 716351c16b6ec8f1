import type { EpochMs } from '../../services/core/clock.ts'
import type { SecretBox } from '../../services/core/secret.ts'
import type { People } from '../../services/directory/contract.ts'
import { makePeople } from '../../services/directory/people.ts'
import type { Devices, Layers } from '../../services/phones/contract.ts'
import { makeDevices, makeLayers, type VendorNames } from '../../services/phones/devices.ts'
import type { FeedRecord } from '../../services/sync/storage.ts'
import { type Drafts, makeDrafts } from './drafts.ts'

/** The services of a box over some records of a feed, for the time of one request. */
export interface Desk {
  readonly records: Drafts
  readonly devices: Devices
  readonly layers: Layers
  readonly people: People
}

export function makeDesk(
  rows: readonly FeedRecord[],
  {
    secrets,
    definitions,
    now,
  }: { readonly secrets: SecretBox; readonly definitions: VendorNames; readonly now: EpochMs },
): Desk {
  const records = makeDrafts(rows, now)
  const deps = { records, secrets, definitions }
  return { records, devices: makeDevices(deps), layers: makeLayers(deps), people: makePeople(deps) }
}
