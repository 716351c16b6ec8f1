import { createHash } from 'node:crypto'
import type { EpochMs } from '../core/clock.ts'
import type { Mac } from '../core/mac.ts'
import type { FileProtocol, Happening } from '../journey/contract.ts'
import type { Inspector } from './contract.ts'
import { deliveredOf, ownState } from './policy-pending.ts'
import { desiredFiles } from './refetch.ts'

/** What a device's own configuration would be now, and what it last fetched of it. The same hash: it has what is wanted. */
export interface Drift {
  /** SHA-256 in hexadecimal. Absent: none can be made. */
  readonly wanted?: string
  readonly fetched?: {
    readonly hash: string
    readonly at: EpochMs
    readonly file: string
    readonly protocol: FileProtocol
  }
}

/** Compares what a device should have with what it has. Files that nothing changed cost no rendering. */
export function driftOf(
  inspector: Pick<Inspector, 'files' | 'render'>,
  mac: Mac,
  happenings: readonly Happening[],
): Drift {
  const served = happenings.findLast(({ step }) => step.kind === 'file.served')?.step
  const protocol = served?.kind === 'file.served' ? served.protocol : 'http'
  const desired = desiredFiles({ inspector }, mac, protocol, true)
  const { wanted, fetched } = ownState(desired, deliveredOf(happenings), sha256)
  const last = happenings.findLast(({ step }) => step.kind === 'file.completed' && step.own)
  return {
    ...(wanted !== undefined && { wanted }),
    ...(fetched !== undefined &&
      last?.step.kind === 'file.completed' && {
        fetched: { hash: fetched, at: last.at, file: last.step.file, protocol: last.step.protocol },
      }),
  }
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}
