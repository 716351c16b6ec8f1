import type { RecordKind } from '../../services/records/contract.ts'
import { isKnownKind } from '../../services/sync/box-effective.ts'
import { decidesEdits } from '../../services/sync/policy-version.ts'

// The numbers that both sides speak in the simulation. The cloud begins at 4, so that there are boxes one and two behind,
// one that is too old, and one that was updated before the cloud.

export const OLDEST = 1
export const NEWEST = 5
/** What everything speaks where versions are not what goes wrong. */
export const USUAL = 4

/** Kinds of record that a release before this number knew nothing of. */
const SINCE: Partial<Readonly<Record<RecordKind, number>>> = { person: 3, template: 4 }

/** The kinds that a box of this number serves phones from. */
export function knownAt(version: () => number): (kind: string) => kind is RecordKind {
  return (kind): kind is RecordKind => isKnownKind(kind) && (SINCE[kind] ?? OLDEST) <= version()
}

/** The numbers that the boxes end at, so that the cloud takes every edit in the end. */
export function meeting(cloud: number, box: number): number {
  return decidesEdits(cloud, box) ? box : cloud
}
