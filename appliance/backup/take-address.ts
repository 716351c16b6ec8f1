import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { WANTED_ADDRESS } from '../../services/backup/policy.ts'
import type { AddressSetting, BoxNetwork } from '../../services/box-network/contract.ts'
import { settingText } from '../../services/box-network/policy.ts'
import { messageOf } from '../../services/core/errors.ts'
import type { Log } from '../../services/core/log.ts'
import type { Alarms } from '../../services/journey/contract.ts'
import type { every as everyMs } from '../admin.ts'
import { readIfThere, writeDurably } from '../durable-file.ts'

const LOOK_MS = 2_000
/** The machine goes back to its former address after so long, unless the box is well with the other one. */
const TRIAL_S = 300
/** So long after the change its services have followed it. */
const SETTLED_S = 20
const BY = 'restore'

export interface TakeAddressDeps {
  readonly dataFolder: string
  readonly boxNetwork: BoxNetwork
  /** Whether the data that it came with are still on trial. */
  readonly onTrial: () => boolean
  /** What does not work, in words. */
  readonly problems: () => readonly string[]
  readonly alarms: Pick<Alarms, 'raise'>
  readonly log: Log
  readonly every: typeof everyMs
}

/** Says that the machine shall have this address with the data of this folder. */
export function wantAddress(folder: string, setting: AddressSetting): void {
  writeDurably(join(folder, WANTED_ADDRESS), `${JSON.stringify(setting)}\n`)
}

/**
 * Gives the machine the address that came with restored data, once they were found well: it is tried like one that a person
 * gives, and kept when the box is well with it. What broke it off is gone on with at the next start.
 */
export function takeAddress(deps: TakeAddressDeps): Disposable {
  const { boxNetwork, log } = deps
  const file = join(deps.dataFolder, WANTED_ADDRESS)
  const text = readIfThere(file)
  let asked = false
  let busy = false
  let stopLooking: () => void = () => undefined

  function end(): void {
    rmSync(file, { force: true })
    stopLooking()
  }
  function fail(reason: string): void {
    end()
    log.warn('the address of the backup was not taken', { reason })
    const told = `this machine did not take the address that the backup brought: ${reason}. Give it one under Network`
    deps.alarms.raise('backup-failed', 'address', told)
  }
  async function look(wanted: AddressSetting): Promise<void> {
    if (busy || deps.onTrial()) return
    busy = true
    try {
      const { setting, returnsIn } = boxNetwork.state()
      if (settingText(setting) === settingText(wanted)) {
        if (returnsIn === undefined) return end()
        if (returnsIn > TRIAL_S - SETTLED_S || deps.problems().length > 0) return
        await boxNetwork.keep({ by: BY })
        end()
      } else if (asked)
        fail(`the box was not well with it: ${deps.problems().join('; ') || 'the former one came back'}`)
      else {
        asked = true
        await boxNetwork.attempt(wanted, { by: BY, seconds: TRIAL_S })
      }
    } catch (thrown) {
      fail(messageOf(thrown))
    } finally {
      busy = false
    }
  }
  if (text !== undefined) {
    // Written by this program, and never taken from a backup.
    const wanted = JSON.parse(text) as AddressSetting
    stopLooking = deps.every(LOOK_MS, () => void look(wanted))
  }
  return { [Symbol.dispose]: () => stopLooking() }
}
