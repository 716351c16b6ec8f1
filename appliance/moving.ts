import { createHash } from 'node:crypto'
import type { AdminDeps } from '../services/admin/contract.ts'
import type { Clock } from '../services/core/clock.ts'
import { formatIpv4 } from '../services/core/ipv4.ts'
import type { SqlDatabase } from '../services/core/sql.ts'
import type { DhcpNetwork } from '../services/dhcp/contract.ts'
import type { Journal, Journeys } from '../services/journey/contract.ts'
import { makeImports } from '../services/moves/imports.ts'
import { makeMoves } from '../services/moves/moves.ts'
import { makeScans } from '../services/moves/scans.ts'
import { derivedFrom } from '../services/phones/live-definitions.ts'
import { isSecretName } from '../services/phones/secret-name.ts'
import type { Records } from '../services/records/contract.ts'
import { makeUlids } from '../services/records/ulid.ts'
import type { makeHeart } from './heart.ts'

export interface MovingDeps {
  readonly db: SqlDatabase
  readonly records: Records
  readonly heart: Pick<ReturnType<typeof makeHeart>, 'definitions' | 'devices' | 'people' | 'inspector' | 'naming'>
  readonly clock: Clock
  readonly journal: Journal
  readonly journeys: Pick<Journeys, 'of'>
  readonly random: (length: number) => Uint8Array
  /** The networks that DHCP serves, for the addresses that they keep for a device. */
  readonly networks: () => readonly DhcpNetwork[]
}

/** Puts together what replaces phones, reads lists from elsewhere and understands scanned labels. */
export function makeMoving(deps: MovingDeps): AdminDeps['moving'] {
  const { records, clock, journal, journeys } = deps
  const { definitions, devices, people, inspector, naming } = deps.heart
  const ouis = derivedFrom(definitions, (all) => new Set(all.flatMap(({ recognise }) => recognise.oui)))
  return {
    moves: makeMoves({
      ...{ db: deps.db, records, devices, inspector, naming, journal, clock },
      newId: makeUlids({ clock, random: deps.random }),
      reservationsOf: (mac) =>
        deps
          .networks()
          .flatMap(({ id, reservations }) =>
            reservations
              .filter((reservation) => reservation.mac === mac)
              .map(({ address }) => `${formatIpv4(address)} in network ${id}`),
          ),
    }),
    imports: makeImports({
      ...{ records, devices, people, naming, clock },
      isSecret: isSecretName,
      hash: (text) => createHash('sha256').update(text).digest('hex'),
    }),
    scans: makeScans({ devices, journeys, inspector, naming, isKnownOui: (oui) => ouis().has(oui) }),
  }
}
