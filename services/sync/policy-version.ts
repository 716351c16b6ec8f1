import type { SyncVersion, SyncVersionsBack } from './contract.ts'

/** The number that this release speaks. */
export const SYNC_VERSION: SyncVersion = 1
/** How many numbers back the cloud still serves. */
export const VERSIONS_BACK: SyncVersionsBack = 2

/**
 * Whether a cloud of version `own` decides edits of a box of version `theirs`. A newer box may mean by its messages what
 * this cloud knows nothing of: its edits wait until the cloud is updated too. Everything else is answered whatever the
 * number is.
 */
export function decidesEdits(own: number, theirs: number): boolean {
  return theirs <= own && theirs >= own - VERSIONS_BACK
}
