// What a file says of the local time, and what a phone makes of it.

/** When clocks change, in the wall clock time that ends then. */
export interface Change {
  readonly month: number
  /** 1 Monday … 7 Sunday; absent: `day` is the date itself. */
  readonly weekday?: number
  /** 1 to 4; 5: the last. Absent: the first such weekday on or after `day`. */
  readonly week?: number
  readonly day?: number
  readonly seconds: number
}

export interface Rule {
  /** Seconds east of Greenwich without daylight saving. */
  readonly standard: number
  readonly saving: number
  readonly start?: Change
  readonly end?: Change
}

/** What a file says of the local time: a rule, or a zone that the phone knows by name. */
export type Told = { readonly rule: Rule } | { readonly zone: string }

export type Reader = (text: string) => Told | undefined

/** The seconds east of Greenwich at an instant. */
export function offsetAt(told: Told, at: Temporal.Instant): number {
  if ('zone' in told) return at.toZonedDateTimeISO(told.zone).offsetNanoseconds / 1e9
  const { standard, saving, start, end } = told.rule
  if (start === undefined || end === undefined) return standard
  const now = at.epochMilliseconds / 1000
  const { year } = at.toZonedDateTimeISO('UTC').add({ seconds: standard })
  const from = secondsOf(start, year) - standard
  const to = secondsOf(end, year) - standard - saving
  const summer = from < to ? now >= from && now < to : now >= from || now < to
  return standard + (summer ? saving : 0)
}

/** The moment of a change in its year, as if the wall clock were UTC. */
function secondsOf({ month, weekday, week, day, seconds }: Change, year: number): number {
  const first = Temporal.PlainDate.from({ year, month, day: 1 })
  let date = first
  if (weekday === undefined) date = first.with({ day: day ?? 1 })
  else if (week === 5) {
    const last = first.with({ day: first.daysInMonth })
    date = last.subtract({ days: (last.dayOfWeek - weekday + 7) % 7 })
  } else {
    const from = week === undefined ? (day ?? 1) : (week - 1) * 7 + 1
    const begin = first.add({ days: from - 1 })
    date = begin.add({ days: (weekday - begin.dayOfWeek + 7) % 7 })
  }
  return Date.UTC(date.year, date.month - 1, date.day) / 1000 + seconds
}

/** `1`, `-3:30`, `2:0:0` in seconds. */
export function clock(text: string): number {
  const [, sign, hours, minutes, seconds] = /^([+-]?)(\d+)(?::(\d+))?(?::(\d+))?$/.exec(text) ?? []
  const size = Number(hours) * 3600 + Number(minutes ?? 0) * 60 + Number(seconds ?? 0)
  return sign === '-' ? -size : size
}

/** Sunday 0 … Saturday 6 as Monday 1 … Sunday 7. */
export const fromSunday = (day: number) => (day === 0 ? 7 : day)

/** The values of lines or attributes or elements by their names. */
export function fields(text: string, pattern: RegExp): (name: string) => string {
  const found = new Map([...text.matchAll(pattern)].map((match) => [match[1] ?? '', match[2] ?? '']))
  return (name) => found.get(name) ?? ''
}

export const line = (separator: string) =>
  new RegExp(`^[ \\t]*([^\\s#].*?)[ \\t]*${separator}[ \\t]*(.*?)[ \\t]*$`, 'gm')
export const ELEMENT = /<(\w+)(?: [^<>]*)?>([^<]*)<\//g
export const ATTRIBUTE = /\s([\w.[\]]+)="([^"]*)"/g
