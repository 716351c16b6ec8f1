import { messageOf } from '../../services/core/errors.ts'
import type { Log } from '../../services/core/log.ts'
import type { Lan } from '../../services/core/net.ts'
import type { DhcpSettings } from '../../services/dhcp/contract.ts'
import type { Alarms } from '../../services/journey/contract.ts'
import type { Records } from '../../services/records/contract.ts'
import type { BoxConfig } from '../config/config.ts'
import { assembleDhcp } from './settings.ts'

export interface DhcpFollowDeps {
  readonly config: BoxConfig
  readonly records: Records
  readonly lan: Lan
  readonly alarms: Pick<Alarms, 'raise'>
  readonly log: Log
  readonly apply: (settings: DhcpSettings) => void
}

/**
 * Puts networks and modes in force whenever they change, whoever changed them: a person here, or the central account.
 * What cannot be used is told and passed over; the server goes on with the rest. Returns the way to stop.
 */
export function followDhcp({ config, records, lan, alarms, log, apply }: DhcpFollowDeps): () => void {
  let stale = false

  function renew(): void {
    stale = false
    try {
      const { settings, faults } = assembleDhcp(config, records, lan.interfaces())
      for (const fault of faults)
        alarms.raise('unusable-record', 'dhcp', `stored dhcp setting cannot be used: ${fault}`)
      apply(settings)
    } catch (thrown) {
      log.error('dhcp goes on with the settings before', { reason: messageOf(thrown) })
    }
  }

  const stops = [
    lan.onChange(renew),
    records.onChange(({ kind }) => {
      if ((kind !== 'network' && kind !== 'interface') || stale) return
      stale = true
      // Several records of one transaction belong together.
      queueMicrotask(renew)
    }),
  ]
  return () => {
    for (const stop of stops) stop()
  }
}
