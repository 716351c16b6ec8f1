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
  versions: false,
  damage: false,
}

/** Messages are lost and doubled, and the power goes only when it is told to. */
export const ONE_CUT: Troubles = { ...QUIET, network: true, versions: true }

/** For each check the troubles that it is there for, so that switching it off is found in few runs. */
export const NEEDED_FOR: Readonly<Record<keyof SyncChecks, Troubles>> = {
  generation: { ...QUIET, cloudRestore: true },
  floor: { ...QUIET, away: true },
  tenant: QUIET,
  fork: { ...QUIET, boxRestore: true },
  remember: { ...QUIET, network: true, boxRestore: true },
  epoch: { ...QUIET, network: true, boxRestore: true },
  twins: { ...QUIET, clone: true },
  version: { ...QUIET, versions: true },
  heartbeat: { ...QUIET, cloudRestore: true },
  kept: { ...QUIET, cloudRestore: true },
  keptAfterFork: { ...QUIET, boxRestore: true, cloudRestore: true, away: true },
  overlay: QUIET,
  stale: { ...QUIET, network: true },
  ingest: { ...QUIET, network: true },
  staging: { ...QUIET, network: true, cloudRestore: true },
  cloudClock: { ...QUIET, clocks: true, cloudRestore: true },
  relearn: { ...QUIET, versions: true },
  digest: { ...QUIET, damage: true },
}
