import type { EpochMs } from '../core/clock.ts'
import type { DailyWindow, Weekday, When } from './contract.ts'

// When a job may ask: a moment, or a part of the day in the wall clock of the site.

export type Gate =
  /** `closesAt`: who has not been asked by then waits for the next time. */
  { readonly open: true; readonly closesAt?: EpochMs } | { readonly open: false; readonly opensAt: EpochMs }

const WEEKDAYS: readonly Weekday[] = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun']
export const TIME_OF_DAY = /^([01]\d|2[0-3]):[0-5]\d$/

/** Whether a job may ask now, and else when. What was to begin while the box was off begins when it is back. */
export function gateAt(when: When, now: EpochMs): Gate {
  if (when.kind === 'now') return { open: true }
  if (when.kind === 'at') return when.at <= now ? { open: true } : { open: false, opensAt: when.at }
  return windowAt(when, now)
}

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
  try {
    Temporal.Instant.fromEpochMilliseconds(0).toZonedDateTimeISO(window.zone)
    return undefined
  } catch {
    return `${JSON.stringify(window.zone)} is no time zone`
  }
}

/** When a device looks by itself, as far as that can be said. */
function dueAt(
  schedule: { readonly window?: DailyWindow; readonly everyMs?: number; readonly lastAt?: EpochMs },
  now: EpochMs,
): EpochMs | undefined {
  if (schedule.window !== undefined) {
    const gate = windowAt(schedule.window, now)
    const inside = gate.open ? gate : windowAt(schedule.window, gate.opensAt)
    return inside.open ? inside.closesAt : undefined
  }
  if (schedule.everyMs === undefined) return undefined
  // Counted from its last fetch; a phone that missed that time starts counting anew, at the latest from now.
  const due = (schedule.lastAt ?? now) + schedule.everyMs
  return due > now ? due : now + schedule.everyMs
}

/** `every 24 h, next before 2026-11-25 02:00 UTC`, for people. */
export function scheduleText(
  schedule: { readonly window?: DailyWindow; readonly everyMs?: number; readonly lastAt?: EpochMs },
  now: EpochMs,
): string {
  const due = dueAt(schedule, now)
  const when =
    due === undefined ? '' : `, expected by ${new Date(due).toISOString().slice(0, 16).replace('T', ' ')} UTC`
  const { window, everyMs } = schedule
  if (window !== undefined) {
    const days = window.days === undefined ? '' : ` on ${window.days.join(', ')}`
    return `between ${window.from} and ${window.to}${days}${when}`
  }
  return everyMs === undefined ? '' : `every ${Math.round(everyMs / 60_000)} min${when}`
}
