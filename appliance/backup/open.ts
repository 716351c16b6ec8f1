import type { ResetState } from '../../services/backup/contract.ts'
import { readNote } from '../../services/backup/swap.ts'
import type { BoxNetwork } from '../../services/box-network/contract.ts'
import type { CloudState } from '../../services/enrolment/contract.ts'
import type { Files } from '../../services/files/contract.ts'
import type { Records } from '../../services/records/contract.ts'
import { type BackupsDeps, openBackups } from './backups.ts'
import { adaptToHardware, type NewHardwareDeps } from './new-hardware.ts'
import { openRestores, type RestoresDeps } from './restores.ts'
import { takeAddress } from './take-address.ts'

export type SafetyDeps = Omit<BackupsDeps, 'account' | 'address'> &
  Pick<RestoresDeps, 'problems'> &
  Omit<NewHardwareDeps, 'records'> & {
    readonly restart: (() => void) | undefined
    readonly boxNetwork: BoxNetwork
    readonly cloud: { state(): CloudState }
    readonly records: Records
    readonly files: Pick<Files, 'list'>
    readonly accounts: { list(): readonly unknown[] }
  }

/** Backups, restoring and the factory reset of one box, with the box's own parts. */
export function openSafety(deps: SafetyDeps) {
  const { dataFolder } = deps.config
  const account = () => {
    const state = deps.cloud.state()
    return state.state === 'claimed' ? state.orgName : undefined
  }
  const ports = () => deps.lan.interfaces().flatMap(({ name }) => (name === 'lo' ? [] : [name]))
  // One on trial may be taken back; the one before it is the system's secret.
  const address = () => {
    const { setting, source, returnsIn } = deps.boxNetwork.state()
    return source === 'built-in' || returnsIn !== undefined ? undefined : { ...setting, ports: ports() }
  }
  const backups = openBackups({ ...deps, account, address })
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
    ...{ ...deps, dataFolder, backups, losses, ports },
    arrived: () => adaptToHardware(deps),
    tookBack(reason) {
      const text = `the backup that was restored did not start, so everything is as before: ${reason}`
      deps.alarms.raise('backup-failed', 'restore', text)
    },
  })
  const taking = takeAddress({ ...deps, dataFolder, onTrial: () => readNote(dataFolder) !== undefined })
  return {
    ...{ backups, restores },
    [Symbol.dispose]() {
      taking[Symbol.dispose]()
      restores[Symbol.dispose]()
      backups[Symbol.dispose]()
    },
  }
}
