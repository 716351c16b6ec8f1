import { type BackoffLimits, makeBackoff } from '../core/backoff.ts'
import type { Clock } from '../core/clock.ts'
import type { Counters } from '../core/counters.ts'
import { messageOf, NotFoundError } from '../core/errors.ts'
import type { Ipv4 } from '../core/ipv4.ts'
import type { Log } from '../core/log.ts'
import type { Mac } from '../core/mac.ts'
import type { Leases } from '../dhcp/contract.ts'
import type { People } from '../directory/contract.ts'
import type { Alarms, Journal } from '../journey/contract.ts'
import type { Devices, Layers } from '../phones/contract.ts'
import { giveTo, personNamed, waitingPeople } from './assign.ts'
import { makeClaims } from './claims.ts'
import type { Assist, ClaimDesk, ClaimPages, Manuals } from './contract.ts'
import { EVERYBODY, makeClaimDesk } from './desk.ts'
import { ALL, EACH } from './policy-limits.ts'
import { setupOf } from './setup.ts'

export interface AssistDeps {
  readonly devices: Devices
  readonly layers: Pick<Layers, 'get'>
  readonly people: People
  readonly manuals: Manuals
  readonly pages: ClaimPages
  readonly leases: Pick<Leases, 'byAddress'>
  neighbour(address: Ipv4): Mac | undefined
  readonly journal: Journal
  readonly alarms: Pick<Alarms, 'raise'>
  readonly clock: Clock
  readonly log: Log
  readonly counters: Counters
  /** Random whole number below `end`, fit for secrets. */
  random(end: number): number
  /** Tells a phone to fetch again; what becomes of it stands in its journey. */
  resync(mac: Mac, by: string): Promise<unknown>
  readonly limits?: { readonly each: BackoffLimits; readonly all: BackoffLimits }
}

/** Record id of the one site layer. */
const SITE = 'site'
const BY_PHONE = 'claim'

/** Setting up by hand: instructions, giving a phone to a person, and claims from a phone's own screen. */
export function makeAssist(deps: AssistDeps): Assist & { readonly desk: ClaimDesk } {
  const { devices, people, pages, clock, log } = deps
  const each = makeBackoff(deps.limits?.each ?? EACH)
  const all = makeBackoff(deps.limits?.all ?? ALL)
  const claims = makeClaims({
    ...{ devices, people, clock, log, random: deps.random },
    mode: () => (deps.layers.get('site', SITE)?.layer.settings['claim.mode'] === 'pin' ? 'pin' : 'off'),
    heldUntil: () => all.heldUntil(EVERYBODY, clock.now()),
  })
  /** A phone without an account may not listen for it: it then comes by its own next look. */
  const fetchAgain = (mac: Mac, by: string) => {
    deps.resync(mac, by).catch((thrown: unknown) => log.debug('no resync', { mac, reason: messageOf(thrown) }))
  }
  const desk = makeClaimDesk({
    ...{ ...deps, each, all, check: claims.check },
    claim(mac, id) {
      const person = people.get(id)
      if (person === undefined) throw new NotFoundError(`no person ${id}`)
      giveTo(deps, mac, person, BY_PHONE)
      fetchAgain(mac, BY_PHONE)
      return { name: person.name, extension: person.extension ?? '' }
    },
  })
  return {
    desk,
    claims: { status: claims.status, open: claims.open, close: claims.close, setPin: claims.setPin },
    setup: (mac) => setupOf(mac, deps.manuals.of(mac)),
    waiting: () => waitingPeople(deps),
    assign(mac, to, { by }) {
      const device = giveTo({ devices, people, pages }, mac, personNamed(deps, to), by)
      fetchAgain(mac, by)
      return device
    },
  }
}
