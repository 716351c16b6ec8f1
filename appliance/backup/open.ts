import type { ResetState } from '../../services/backup/contract.ts'
import type { CloudState } from '../../services/enrolment/contract.ts'
import type { Files } from '../../services/files/contract.ts'
import type { Records } from '../../services/records/contract.ts'
import { type BackupsDeps, openBackups } from './backups.ts'
import { adaptToHardware, type NewHardwareDeps } from './new-hardware.ts'
import { openRestores, type RestoresDeps } from './restores.ts'

export type SafetyDeps = Omit<BackupsDeps, 'account'> &
  Pick<RestoresDeps, 'problems'> &
  Omit<NewHardwareDeps, 'records'> & {
    readonly restart: (() => void) | undefined
    readonly cloud: { state(): CloudState }
    readonly records: Records
    readonly files: Pick<Files, 'list'>
    readonly accounts: { list(): readonly unknown[] }
  }

/** Backups, restoring and the factory reset of one box, with the box's own parts. */
export function openSafety(deps: SafetyDeps) {
  const account = () => {
    const state = deps.cloud.state()
    return state.state === 'claimed' ? state.orgName : undefined
  }
  const backups = openBackups({ ...deps, account })
  const losses = (): Omit<ResetState, 'kind' | 'unsupported'> => {
    const name = account()
    const count = (kind: 'device' | 'network' | 'person') => deps.records.list(kind).length
    return {
      ...{ devices: count('device'), networks: count('network'), people: count('person') },
      ...{ files: deps.files.list().length, accounts: deps.accounts.list().length },
      ...(name !== undefined && { account: name }),
    }
  }
  const restores = openRestores({
    ...{ ...deps, dataFolder: deps.config.dataFolder, backups, losses },
    arrived: () => adaptToHardware(deps),
    tookBack(reason) {
      const text = `the backup that was restored did not start, so everything is as before: ${reason}`
      deps.alarms.raise('backup-failed', 'restore', text)
    },
  })
  return {
    ...{ backups, restores },
    [Symbol.dispose]() {
      restores[Symbol.dispose]()
      backups[Symbol.dispose]()
    },
  }
}
