import type { Migration } from '../migration.ts'
import { migration as records } from './0001-records.ts'
import { migration as leases } from './0002-leases.ts'
import { migration as journeys } from './0003-journeys.ts'
import { migration as files } from './0004-files.ts'
import { migration as fingerprints } from './0005-fingerprints.ts'
import { migration as stories } from './0006-stories.ts'
import { migration as leaseChanges } from './0007-lease-changes.ts'
import { migration as moves } from './0008-moves.ts'
import { migration as refetch } from './0009-refetch.ts'
import { migration as rollouts } from './0010-rollouts.ts'
import { migration as sync } from './0011-sync.ts'
import { migration as accounts } from './0012-accounts.ts'
import { migration as remote } from './0013-remote.ts'
import { migration as givenFiles } from './0014-given-files.ts'

/**
 * Every migration in order. A file `NNNN-name.ts` in this folder exports `const migration: Migration` and has its line
 * here; a file that is not listed does not run. A migration that was released is never changed. It only adds (tables,
 * columns with a default, indexes), because the previous release must still be able to work on the file.
 */
export const migrations: readonly Migration[] = [
  records,
  leases,
  journeys,
  files,
  fingerprints,
  stories,
  leaseChanges,
  moves,
  refetch,
  rollouts,
  sync,
  accounts,
  remote,
  givenFiles,
]

/**
 * The number of the previous release's last migration: that release must be able to open what this one wrote.
 * 0 as long as there is no previous release.
 */
export const previousRelease = 0
