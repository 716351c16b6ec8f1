import { createHash, timingSafeEqual } from 'node:crypto'
import type { Clock, EpochMs } from '../core/clock.ts'
import { OperatorError } from '../core/errors.ts'
import type { Log } from '../core/log.ts'
import type { People } from '../directory/contract.ts'
import type { Devices } from '../phones/contract.ts'
import { inputOf, personNamed, phonesOf } from './assign.ts'
import type { ClaimRound, Claims } from './contract.ts'
import { decidePin, type PinCheck } from './policy.ts'

export interface ClaimsDeps {
  readonly devices: Pick<Devices, 'list'>
  readonly people: Pick<People, 'get' | 'list' | 'put' | 'byExtension'>
  /** The site's claim mode. */
  mode(): 'off' | 'pin'
  /** Until when nobody may try. */
  heldUntil(): EpochMs | undefined
  readonly clock: Clock
  readonly log: Log
  /** Random whole number below `end`, fit for secrets. */
  random(end: number): number
}

const DIGITS = 6
const MOST_MINUTES = 24 * 60

/** PINs: the one of an open round, and those of people. A round lives in memory: a restart of the box ends it. */
export function makeClaims(deps: ClaimsDeps): Claims & { check(extension: string, pin: string): PinCheck } {
  const { people, clock, log } = deps
  let round: ClaimRound | undefined
  const current = (): ClaimRound | undefined => (round !== undefined && clock.now() < round.endsAt ? round : undefined)
  const newPin = () => String(deps.random(10 ** DIGITS)).padStart(DIGITS, '0')
  return {
    status() {
      const open = current()
      const heldUntil = deps.heldUntil()
      return {
        mode: deps.mode(),
        pins: people.list().filter(({ claimPin }) => claimPin !== undefined).length,
        ...(open !== undefined && { round: open }),
        ...(heldUntil !== undefined && { heldUntil }),
      }
    },
    open({ minutes, by }) {
      if (deps.mode() === 'off')
        throw new OperatorError('the site setting claim.mode is off: no phone shows the page; set it to pin first')
      if (!Number.isInteger(minutes) || minutes < 1 || minutes > MOST_MINUTES)
        throw new OperatorError(`a round is open for 1 to ${MOST_MINUTES} minutes, not ${minutes}`)
      const openedAt = clock.now()
      round = { pin: newPin(), openedAt, endsAt: openedAt + minutes * 60_000, by }
      log.info('claim round opened', { by, minutes })
      return round
    },
    close({ by }) {
      if (current() !== undefined) log.info('claim round closed', { by })
      round = undefined
    },
    setPin(extension, pin, { by }) {
      const person = personNamed({ people }, { extension })
      const claimPin = pin === undefined ? newPin() : pin
      people.put(person.id, { ...inputOf(person), claimPin }, { by, base: person.rev })
      return claimPin ?? undefined
    },
    check(extension, pin) {
      const person = people.byExtension(extension)
      const open = current()
      // Counted and compared whatever there is, so that the time tells nothing.
      const phones = phonesOf(deps.devices)
      const isOwnPin = samePin(pin, person?.claimPin)
      const isRoundPin = samePin(pin, open?.pin)
      return decidePin({
        person: person && {
          id: person.id,
          hasLine: person.line !== undefined,
          ownPin: person.claimPin !== undefined,
          phones: phones.get(person.id) ?? 0,
          several: person.severalPhones ?? false,
        },
        roundOpen: open !== undefined,
        isOwnPin,
        isRoundPin,
      })
    },
  }
}

/** Compares digests, which have one length; no PIN at all is compared too, and is never the same. */
function samePin(given: string, wanted: string | undefined): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest()
  return timingSafeEqual(digest(given), digest(wanted ?? `none ${given}`)) && wanted !== undefined
}
