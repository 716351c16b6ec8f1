import type { Clock } from '../../services/core/clock.ts'
import type { Counters } from '../../services/core/counters.ts'
import type { Log } from '../../services/core/log.ts'
import type { Lan } from '../../services/core/net.ts'
import type { SqlDatabase } from '../../services/core/sql.ts'
import type { Leases } from '../../services/dhcp/contract.ts'
import type { Journal, Journeys } from '../../services/journey/contract.ts'
import type { Devices } from '../../services/phones/contract.ts'
import type { Refetch, RefetchAdvisor } from '../../services/refetch/contract.ts'
import { makeRefetch } from '../../services/refetch/refetch.ts'
import type { HashText } from '../../services/sip/codec-digest.ts'
import type { Notifier } from '../../services/sip/contract.ts'
import { makePhoneHttp } from './http.ts'
import { locate } from './locate.ts'

export interface RefetchParts {
  readonly db: SqlDatabase
  readonly clock: Clock
  readonly log: Log
  readonly counters: Counters
  readonly lan: Lan
  readonly leases: Leases
  readonly journal: Journal & Journeys
  readonly devices: Devices
  readonly refetchAdvisor: RefetchAdvisor
  readonly notifier: Notifier
  readonly hash: HashText
  readonly newId: () => string
}

/** Puts the refetch service together: the box's sockets, its timers, and where it looks for a phone. */
export function openRefetch(parts: RefetchParts): Refetch & AsyncDisposable {
  const { journal, refetchAdvisor, hash, ...rest } = parts
  return makeRefetch({
    ...rest,
    journal,
    journeys: journal,
    advisor: refetchAdvisor,
    http: makePhoneHttp({ hash }),
    locate: (mac) => locate({ leases: parts.leases, journeys: journal, lan: parts.lan }, mac),
    after(ms, work) {
      const timer = setTimeout(work, ms)
      return () => clearTimeout(timer)
    },
  })
}
