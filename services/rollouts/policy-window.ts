import type { EpochMs } from '../core/clock.ts'
import { DAYS, type RolloutWindow } from './contract.ts'

const clocks = new Map<string, Intl.DateTimeFormat>()

/** Whether a zone is one that this machine knows. */
export function isZone(zone: string): boolean {
  try {
    clockOf(zone)
    return true
  } catch {
    return false
  }
}

function clockOf(zone: string): Intl.DateTimeFormat {
  const known = clocks.get(zone)
  if (known !== undefined) return known
  const made = new Intl.DateTimeFormat('en-GB', {
    ...{ timeZone: zone, hourCycle: 'h23', weekday: 'short', hour: '2-digit', minute: '2-digit' },
  })
  if (clocks.size < 50) clocks.set(zone, made)
  return made
}

/** Whether the window is open by the wall clock of the zone. The days are those on which it opens. */
export function isOpen(window: RolloutWindow | undefined, zone: string, at: EpochMs): boolean {
  if (window === undefined) return true
  const parts = Object.fromEntries(
    clockOf(zone)
      .formatToParts(at)
      .map(({ type, value }) => [type, value]),
  )
  const now = `${parts.hour}:${parts.minute}`
  const today = (DAYS as readonly string[]).indexOf(parts.weekday?.toLowerCase() ?? '')
  const opens = (day: number) => window.days === undefined || window.days.includes(DAYS[(day + 7) % 7] ?? 'mon')
  const { from, to } = window
  // Times of day compare as texts: all have two digits.
  if (from === to) return opens(today)
  if (from < to) return opens(today) && from <= now && now < to
  return (opens(today) && from <= now) || (opens(today - 1) && now < to)
}

export function windowText({ from, to, days }: RolloutWindow, zone: string): string {
  return `${from} to ${to}${days === undefined ? '' : ` on ${days.join(', ')}`} (${zone})`
}
