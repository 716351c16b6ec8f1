import { mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import type { AddressSetting, BoxNetwork, BoxNetworkState } from '../../services/box-network/contract.ts'
import { faultsOf, readState, settingText } from '../../services/box-network/policy.ts'
import { ConflictError, OperatorError } from '../../services/core/errors.ts'
import type { Log } from '../../services/core/log.ts'
import type { Lan } from '../../services/core/net.ts'
import { RecordError } from '../../services/core/record-input.ts'
import { readIfThere, writeDurably } from '../durable-file.ts'

export interface BoxNetworkDeps {
  readonly dataFolder: string
  /** Where the system's own programs say what they do; undefined: this machine is not one of our images. */
  readonly systemFolder: string | undefined
  readonly lan: Pick<Lan, 'interfaces'>
  readonly log: Log
  /** For tests: how long the system has to take a wish. */
  readonly patienceMs?: number
}

const LOOK_MS = 100

/**
 * The box's side of its own address. It may not touch the network itself: it leaves a wish in its folder, and the system
 * tries it and takes it back unless it is told to keep it (image/root/usr/lib/branchline/system/network).
 */
export function makeBoxNetwork(deps: BoxNetworkDeps): BoxNetwork {
  const { systemFolder, lan, log, patienceMs = 15_000 } = deps
  const folder = join(deps.dataFolder, 'network')

  function state(): BoxNetworkState {
    if (systemFolder === undefined)
      return {
        ...readState(undefined, 0),
        unsupported: 'this box was installed as a package: its address is set by the system that it runs on',
      }
    const uptime = Number(readIfThere('/proc/uptime')?.split(' ')[0])
    return readState(readIfThere(join(systemFolder, 'network')), Number.isFinite(uptime) ? uptime : 0)
  }

  function supported(): void {
    const { unsupported } = state()
    if (unsupported !== undefined) throw new OperatorError(unsupported)
  }

  /** Puts a wish there and waits until the system has taken it and says so. */
  async function wish(name: string, text: string, taken: (now: BoxNetworkState) => boolean): Promise<BoxNetworkState> {
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    const path = join(folder, name)
    writeDurably(path, text)
    for (let waited = 0; waited < patienceMs; waited += LOOK_MS) {
      await Bun.sleep(LOOK_MS)
      const now = state()
      if (readIfThere(path) === undefined && taken(now)) return now
    }
    rmSync(path, { force: true })
    throw new OperatorError('the system did not take the new setting of the network; see its log')
  }

  return {
    state,
    async attempt(setting, { by, seconds }) {
      supported()
      const names = lan.interfaces().map(({ name }) => name)
      const faults = faultsOf(setting, names)
      if (faults.length > 0) throw new RecordError('the address of the box', faults)
      log.info('a new address is tried', { by, ...logged(setting), seconds })
      const text = settingText(setting)
      return wish(
        'wish',
        `${text}SECONDS=${seconds}\n`,
        (now) => now.returnsIn !== undefined && settingText(now.setting) === text,
      )
    },
    async keep({ by }) {
      supported()
      if (state().returnsIn === undefined)
        throw new ConflictError('no setting of the network is on trial: it was kept or taken back before')
      log.info('the new address is kept', { by })
      const now = await wish('keep', '', ({ returnsIn }) => returnsIn === undefined)
      if (now.last !== 'kept') throw new ConflictError('the former setting of the network had already been taken back')
      return now
    },
  }
}

function logged({ address, gateway, dns, interface: only }: AddressSetting): Record<string, string> {
  return {
    address: address ?? 'by DHCP',
    ...(gateway !== undefined && { gateway }),
    ...(dns.length > 0 && { dns: dns.join(' ') }),
    ...(only !== undefined && { interface: only }),
  }
}
