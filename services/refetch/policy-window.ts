import type { EpochMs } from '../core/clock.ts'
import { type DailyWindow, type Gate, windowAt } from '../core/daily-window.ts'
import type { When } from './contract.ts'

// When a job may ask: a moment, or a part of the day in the wall clock of the site.

/** Whether a job may ask now, and else when. What was to begin while the box was off begins when it is back. */
export function gateAt(when: When, now: EpochMs): Gate {
  if (when.kind === 'now') return { open: true }
  if (when.kind === 'at') return when.at <= now ? { open: true } : { open: false, opensAt: when.at }
  return windowAt(when, now)
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
