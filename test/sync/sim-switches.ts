import type { SyncChecks } from '../../services/sync/policy-checks.ts'
import type { Troubles } from './sim-world.ts'

const QUIET: Troubles = {
  network: false,
  power: false,
  boxRestore: false,
  cloudRestore: false,
  clone: false,
  clocks: false,
  away: false,
  damage: false,
}

/** For each check the troubles that it is there for, so that switching it off is found in few runs. */
export const NEEDED_FOR: Readonly<Record<keyof SyncChecks, Troubles>> = {
  generation: { ...QUIET, cloudRestore: true },
  floor: { ...QUIET, away: true },
  tenant: QUIET,
  fork: { ...QUIET, boxRestore: true },
  remember: { ...QUIET, network: true, boxRestore: true },
  epoch: { ...QUIET, network: true, boxRestore: true },
  twins: { ...QUIET, clone: true },
  heartbeat: { ...QUIET, cloudRestore: true },
  kept: { ...QUIET, cloudRestore: true },
  keptAfterFork: { ...QUIET, boxRestore: true, cloudRestore: true, away: true },
  overlay: QUIET,
  stale: { ...QUIET, network: true },
  ingest: { ...QUIET, network: true },
  staging: { ...QUIET, network: true, cloudRestore: true },
  cloudClock: { ...QUIET, clocks: true, cloudRestore: true },
  digest: { ...QUIET, damage: true },
}
