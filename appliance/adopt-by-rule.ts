import type { Clock } from '../services/core/clock.ts'
import { messageOf } from '../services/core/errors.ts'
import type { Log } from '../services/core/log.ts'
import type { Mac } from '../services/core/mac.ts'
import type { Journeys } from '../services/journey/contract.ts'
import type { Devices, Layers } from '../services/phones/contract.ts'
import type { Records } from '../services/records/contract.ts'

interface Deps {
  readonly devices: Pick<Devices, 'get' | 'put'>
  readonly layers: Pick<Layers, 'get'>
  readonly journeys: Pick<Journeys, 'of' | 'list' | 'onHappening'>
  readonly records: Pick<Records, 'history' | 'onChange'>
  readonly clock: Clock
  readonly log: Log
}

/** More in an hour is no office that moves in, but somebody who makes up addresses. */
export const MOST_AN_HOUR = 500
const HOUR_MS = 3_600_000

/**
 * Takes in phones by themselves while the site's setting `adopt.rule` says so: those whose vendor and model are known. What
 * they get holds no secret, since a record without lines has none. Whoever was removed here once is left to a person.
 * Returns the way to stop.
 */
export function adoptByRule({ devices, layers, journeys, records, clock, log }: Deps): () => void {
  let hour = Number.NEGATIVE_INFINITY
  let taken = 0
  let told = false
  let stopped = false

  function mayTake(): boolean {
    const now = clock.now()
    if (Math.abs(now - hour) >= HOUR_MS) {
      hour = now
      taken = 0
      told = false
    }
    if (taken < MOST_AN_HOUR) return true
    if (!told) log.warn('phones are not taken in by the rule any more in this hour', { taken })
    told = true
    return false
  }

  function take(mac: Mac): void {
    const settings = layers.get('site', 'site')?.layer.settings ?? {}
    if (settings['adopt.rule'] !== 'known') return
    const seen = journeys.of(mac)
    if (seen?.vendor === undefined || seen.model === undefined || devices.get(mac) !== undefined) return
    if (records.history('device', mac).length > 0 || !mayTake()) return
    const group = settings['adopt.group']
    taken++
    devices.put(
      mac,
      { ...(typeof group === 'string' && group !== '' && { group }) },
      { by: 'rule:adopt.rule', base: 0 },
    )
  }

  function tryTo(work: () => void): void {
    // Not within the call of whoever saw it, who has an answer to give first.
    queueMicrotask(() => {
      if (stopped) return
      try {
        work()
      } catch (thrown) {
        log.error('a phone was not taken in by the rule', { reason: messageOf(thrown) })
      }
    })
  }
  const sweep = () => {
    for (const { mac } of journeys.list()) take(mac)
  }
  tryTo(sweep)
  const stops = [
    journeys.onHappening(({ mac, step }) => {
      if (mac !== undefined && step.kind === 'identified') tryTo(() => take(mac))
    }),
    records.onChange(({ kind }) => {
      if (kind === 'site') tryTo(sweep)
    }),
  ]
  return () => {
    stopped = true
    for (const stop of stops) stop()
  }
}
