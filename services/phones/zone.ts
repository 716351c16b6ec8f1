// What a phone needs to know of a time zone. Nothing is copied from a table: the facts are read from the runtime's own
// time zone data for the year in question, so an update of that data is enough when a country changes its rules.

/** The moment of a year at which clocks change, in the wall clock time that ends then. */
export interface ZoneChange {
  readonly month: number
  /** Which such weekday of the month, 1 to 4; 5: the last. */
  readonly week: number
  /** 1 Monday … 7 Sunday. */
  readonly weekday: number
  /** Of this year. */
  readonly day: number
  readonly hour: number
  readonly minute: number
}

export interface ZoneFacts {
  readonly name: string
  /** Seconds east of UTC outside daylight saving time. */
  readonly standard: number
  /** What daylight saving adds in seconds; 0: there is none this year. */
  readonly saving: number
  readonly start?: ZoneChange
  readonly end?: ZoneChange
}

const NANO = 1_000_000_000

function changeAt(transition: Temporal.ZonedDateTime, zone: string, years: readonly number[]): ZoneChange {
  // The wall clock just before the change, plus that instant: 02:00 for a change from 02:00 to 03:00.
  const before = transition.subtract({ nanoseconds: 1 })
  const wall = transition.toInstant().toZonedDateTimeISO('UTC').add({ nanoseconds: before.offsetNanoseconds })
  const week = Math.ceil(wall.day / 7)
  // The fourth and the last weekday coincide in some years: the rule is the one that holds in the coming years too.
  const isLast = wall.day + 7 > wall.daysInMonth && (week === 5 || years.some((year) => lastIn(zone, year, wall)))
  return {
    month: wall.month,
    week: isLast ? 5 : week,
    weekday: wall.dayOfWeek,
    day: wall.day,
    hour: wall.hour,
    minute: wall.minute,
  }
}

/** Whether the zone changes in the fifth week of this month in that year. */
function lastIn(zone: string, year: number, like: Temporal.ZonedDateTime): boolean {
  return transitionsOf(zone, year).some((transition) => {
    const before = transition.subtract({ nanoseconds: 1 })
    const wall = transition.toInstant().toZonedDateTimeISO('UTC').add({ nanoseconds: before.offsetNanoseconds })
    return wall.month === like.month && wall.day > 28
  })
}

function transitionsOf(zone: string, year: number): Temporal.ZonedDateTime[] {
  const found: Temporal.ZonedDateTime[] = []
  let at: Temporal.ZonedDateTime | null = Temporal.ZonedDateTime.from(`${year}-01-01T00:00:00[${zone}]`)
  while (found.length < 8) {
    at = at.getTimeZoneTransition('next')
    if (at === null || at.year !== year) break
    found.push(at)
  }
  return found
}

/** The facts of an IANA zone in one year. Throws `RangeError` for a zone that the runtime does not know. */
export function zoneFacts(name: string, year: number): ZoneFacts {
  const start = Temporal.ZonedDateTime.from(`${year}-01-01T00:00:00[${name}]`)
  const changes = transitionsOf(name, year).map((at) => ({
    at,
    from: at.subtract({ nanoseconds: 1 }).offsetNanoseconds / NANO,
    to: at.offsetNanoseconds / NANO,
  }))
  const forward = changes.filter((change) => change.to > change.from)
  const back = changes.filter((change) => change.to < change.from)
  const [on] = forward
  const [off] = back
  // Anything but one change forward and one back cannot be told to a phone as a rule: its present offset is.
  if (on === undefined || off === undefined || changes.length !== 2)
    return { name, standard: start.offsetNanoseconds / NANO, saving: 0 }
  const years = [1, 2, 3, 4, 5, 6].map((ahead) => year + ahead)
  return {
    name,
    standard: on.from,
    saving: on.to - on.from,
    start: changeAt(on.at, name, years),
    end: changeAt(off.at, name, years),
  }
}

/** `+1`, `-3:30`, `+0`: the sign, hours, and minutes where there are some. */
export function offsetText(seconds: number): string {
  const minutes = Math.abs(seconds) / 60
  const rest = minutes % 60
  return `${seconds < 0 ? '-' : '+'}${Math.floor(minutes / 60)}${rest === 0 ? '' : `:${String(rest).padStart(2, '0')}`}`
}

/** The zone as POSIX writes it (IEEE 1003.1, 8.3): `STD-1DST-2,M3.5.0/2,M10.5.0/3`. West is positive there. */
export function posixZone(zone: ZoneFacts): string {
  const offset = (seconds: number) => offsetText(-seconds).replace('+', '')
  const standard = `STD${offset(zone.standard)}`
  if (zone.start === undefined || zone.end === undefined) return standard
  const rule = ({ month, week, weekday, hour, minute }: ZoneChange) =>
    `M${month}.${week}.${weekday % 7}/${hour}${minute === 0 ? '' : `:${String(minute).padStart(2, '0')}`}`
  return `${standard}DST${offset(zone.standard + zone.saving)},${rule(zone.start)},${rule(zone.end)}`
}
