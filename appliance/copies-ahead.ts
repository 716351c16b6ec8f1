import type { Log } from '../services/core/log.ts'
import type { Devices, Inspector } from '../services/phones/contract.ts'
import type { Change, Records } from '../services/records/contract.ts'
import { warmUp } from './warm-up.ts'

export interface CopiesAheadDeps {
  readonly records: Pick<Records, 'onChange'>
  readonly devices: Pick<Devices, 'list'>
  readonly inspector: Pick<Inspector, 'explain'>
  readonly log: Log
}

/**
 * Has pictures and sounds converted when somebody names them, not when a phone asks: looking at a device begins what is
 * not there yet. `changed` is for stored files, whose names any device may use.
 */
export function copiesAhead(deps: CopiesAheadDeps): Disposable & { changed(): void } {
  let looking: Disposable | undefined
  const lookAtAll = () => {
    looking?.[Symbol.dispose]()
    looking = warmUp(deps)
  }
  const stop = deps.records.onChange((change) => {
    if (namesFile(change.after) || namesFile(change.before)) lookAtAll()
  })
  return {
    changed: lookAtAll,
    [Symbol.dispose]() {
      stop()
      looking?.[Symbol.dispose]()
    },
  }
}

function namesFile(body: Change['after']): boolean {
  const settings = typeof body === 'object' && body !== null && 'settings' in body ? body.settings : undefined
  return (
    typeof settings === 'object' && settings !== null && Object.keys(settings).some((name) => name.startsWith('file.'))
  )
}
