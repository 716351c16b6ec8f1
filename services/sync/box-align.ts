import { toHex } from '../core/bytes.ts'
import type { SqlDatabase } from '../core/sql.ts'
import { forgetTaken, keptFrom, renumber, takenSeq, waitAgain } from './box-outbox-store.ts'
import { readState, writeState } from './box-store.ts'
import type { Inbox } from './contract.ts'
import type { SyncChecks } from './policy-checks.ts'
import { type Alignment, align } from './policy-outbox.ts'

/** How the box's outbox and what the cloud says of its inbox lie to each other. */
export function alignment(db: SqlDatabase, inbox: Inbox, checks: SyncChecks): Alignment {
  const { epoch, lastSeq } = readState(db)
  return align(
    { epoch, lastSeq, takenSeq: takenSeq(db, lastSeq), keptFrom: () => keptFrom(db, lastSeq) },
    inbox,
    checks,
  )
}

/** Mends a difference. Call inside a transaction. */
export function mend(
  db: SqlDatabase,
  alignment: Alignment,
  deps: { readonly checks: SyncChecks; readonly random: (length: number) => Uint8Array },
): void {
  if (alignment.do === 'resend') waitAgain(db, alignment.from)
  if (alignment.do === 'new-epoch') startEpoch(db, alignment.n, deps)
}

/** Everything that is still here waits again, in the order in which it was made. */
export function startEpoch(
  db: SqlDatabase,
  n: number,
  { checks, random }: { readonly checks: SyncChecks; readonly random: (length: number) => Uint8Array },
): void {
  if (!checks.keptAfterFork) forgetTaken(db)
  writeState(db, { epoch: { n, id: toHex(random(8)) }, lastSeq: renumber(db) })
}
