import type { EpochMs } from './clock.ts'

export const WEEKDAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const
export type Weekday = (typeof WEEKDAYS)[number]

/** A part of the day in a zone's wall clock, `22:00` to `05:00`; it belongs to the day on which it begins. */
export interface DailyWindow {
  readonly from: string
  readonly to: string
  /** Absent: on all days. */
  readonly days?: readonly Weekday[]
  /** IANA name. */
  readonly zone: string
}

export type Gate =
  /** `closesAt`: who has not had a turn by then waits for the next time. */
  { readonly open: true; readonly closesAt?: EpochMs } | { readonly open: false; readonly opensAt: EpochMs }

const TIME_OF_DAY = /^([01]\d|2[0-3]):[0-5]\d$/

/**
 * The window that `now` is in, or the next one. A window belongs to the day on which it begins, so `fri 22:00-05:00`
 * ends on Saturday; `from` and `to` alike is a whole day. A time that the clock skips counts as the moment of the
 * change, one that it shows twice as the first (RFC 5545 §3.3.5 reads local times so).
 */
export function windowAt(window: DailyWindow, now: EpochMs): Gate {
  const today = Temporal.Instant.fromEpochMilliseconds(now).toZonedDateTimeISO(window.zone).toPlainDate()
  for (let offset = -1; offset <= 8; offset++) {
    const day = today.add({ days: offset })
    if (window.days !== undefined && !window.days.includes(WEEKDAYS[day.dayOfWeek - 1] ?? 'mon')) continue
    const opensAt = momentOf(day, window.from, window.zone)
    const closesAt = momentOf(window.to > window.from ? day : day.add({ days: 1 }), window.to, window.zone)
    if (closesAt <= now) continue
    return opensAt <= now ? { open: true, closesAt } : { open: false, opensAt }
  }
  // Days are checked to be at least one, so that the loop has found a window: this is the same time tomorrow.
  return { open: false, opensAt: momentOf(today.add({ days: 1 }), window.from, window.zone) }
}

function momentOf(day: Temporal.PlainDate, time: string, zone: string): EpochMs {
  return day.toZonedDateTime({ timeZone: zone, plainTime: Temporal.PlainTime.from(time) }).epochMilliseconds
}

/** Why a window cannot be used, or undefined. */
export function windowProblem(window: DailyWindow): string | undefined {
  for (const time of [window.from, window.to])
    if (!TIME_OF_DAY.test(time)) return `${JSON.stringify(time)} is no time of day like 22:00`
  if (window.days?.length === 0) return 'a window needs at least one day'
  return isZone(window.zone) ? undefined : `${JSON.stringify(window.zone)} is no time zone`
}

/** Whether a zone is one that this machine knows. */
export function isZone(zone: string): boolean {
  try {
    Temporal.Instant.fromEpochMilliseconds(0).toZonedDateTimeISO(zone)
    return true
  } catch {
    return false
  }
}

/** `22:00 to 05:00 on fri, sat`, for people. */
export function windowText({ from, to, days }: Omit<DailyWindow, 'zone'>): string {
  return `${from} to ${to}${days === undefined ? '' : ` on ${days.join(', ')}`}`
}
