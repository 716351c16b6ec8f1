import type { Caller } from '../context.ts'
import type { CloudDeps } from '../deps.ts'

/** What an import writes to. */
export type ImportDeps = Pick<
  CloudDeps,
  'database' | 'clock' | 'boxes' | 'sites' | 'members' | 'alertRules' | 'channels' | 'schedules' | 'files'
>

export interface ImportOptions {
  readonly dryRun: boolean
  readonly replace: boolean
  readonly caller: Caller
}
