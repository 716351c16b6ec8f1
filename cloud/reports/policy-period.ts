import type { EpochMs } from '../../services/core/clock.ts'

export const EVERY = ['day', 'week', 'month'] as const
export type Every = (typeof EVERY)[number]

/** When reports are made: at a full hour of a zone's wall clock, each day, Monday, or first of a month. */
export interface Rhythm {
  readonly every: Every
  readonly hour: number
  /** IANA name. */
  readonly zone: string
}

export interface Period {
  readonly from: EpochMs
  readonly until: EpochMs
}

const SPAN = { day: { days: 1 }, week: { days: 7 }, month: { months: 1 } } as const

function dayOf(at: EpochMs, zone: string): Temporal.PlainDate {
  return Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(zone).toPlainDate()
}

/** The day, on or before the given one, that a period begins with. */
function firstDay(every: Every, day: Temporal.PlainDate): Temporal.PlainDate {
  if (every === 'day') return day
  return every === 'week' ? day.subtract({ days: day.dayOfWeek - 1 }) : day.with({ day: 1 })
}

/** A time that the clock skips is the moment of the change, one that it shows twice the first of them. */
function dueOn(day: Temporal.PlainDate, { hour, zone }: Rhythm): EpochMs {
  const plainTime = Temporal.PlainTime.from({ hour })
  return day.toZonedDateTime({ timeZone: zone, plainTime }).epochMilliseconds
}

/** The first time after `after` at which a report is due. */
export function nextDue(rhythm: Rhythm, after: EpochMs): EpochMs {
  const begin = firstDay(rhythm.every, dayOf(after, rhythm.zone))
  const due = dueOn(begin, rhythm)
  return due > after ? due : dueOn(begin.add(SPAN[rhythm.every]), rhythm)
}

/** What the report that is due at or before `at` is about: the whole day, week or month before, and only the newest. */
export function periodAt(rhythm: Rhythm, at: EpochMs): Period {
  let begin = firstDay(rhythm.every, dayOf(at, rhythm.zone))
  if (dueOn(begin, rhythm) > at) begin = begin.subtract(SPAN[rhythm.every])
  const midnight = (day: Temporal.PlainDate) => day.toZonedDateTime({ timeZone: rhythm.zone }).epochMilliseconds
  return { from: midnight(begin.subtract(SPAN[rhythm.every])), until: midnight(begin) }
}

/** The zone that most sites are in; of as many the first by name. */
export function commonZone(zones: readonly string[]): string {
  const counts = new Map<string, number>()
  for (const zone of zones) counts.set(zone, (counts.get(zone) ?? 0) + 1)
  const [first] = [...counts].sort(([a, n], [b, m]) => m - n || (a < b ? -1 : 1))
  return first?.[0] ?? 'UTC'
}
