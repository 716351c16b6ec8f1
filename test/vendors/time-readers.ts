import {
  ATTRIBUTE,
  type Change,
  clock,
  ELEMENT,
  fields,
  fromSunday,
  line,
  type Reader,
  type Told,
} from './time-rule.ts'

// Reads the local time out of rendered files as each vendor's phone would, written after the vendors' documents and apart
// from what renders them.

/** Autop guide: `time_zone` in hours, changes as month/week/weekday/hour, week 5 the last, weekday 7 Sunday. */
const yealink: Reader = (text) => {
  const get = fields(text, line('='))
  if (get('local_time.time_zone') === '') return undefined
  const change = (name: string): Change => {
    const [month = 0, week = 0, weekday = 0, hour = 0] = get(`local_time.${name}_time`).split('/').map(Number)
    return { month, week, weekday, seconds: hour * 3600 }
  }
  const standard = clock(get('local_time.time_zone'))
  if (get('local_time.summer_time') !== '1') return { rule: { standard, saving: 0 } }
  const saving = Number(get('local_time.offset_time')) * 60
  return { rule: { standard, saving, start: change('start'), end: change('end') } }
}

/** Codes of the manufacturer's list of zones. */
const SNOM_ZONES: Readonly<Record<string, string>> = {
  'GER+1': 'Europe/Berlin',
  'USA-5': 'America/New_York',
  'USA-6': 'America/Chicago',
  'USA-7': 'America/Denver',
  'USA-8': 'America/Los_Angeles',
}

/** `dst` is `seconds month.week.weekday hh:mm:ss month.week.weekday hh:mm:ss`, week 5 the last, weekday 7 Sunday. */
const snom: Reader = (text) => {
  const get = fields(text, ELEMENT)
  const code = get('timezone')
  if (code !== '') return { zone: SNOM_ZONES[code] ?? code }
  if (get('utc_offset') === '') return undefined
  const standard = Number(get('utc_offset'))
  const rule = /^(\d+) (\d+)\.(\d+)\.(\d+) ([\d:]+) (\d+)\.(\d+)\.(\d+) ([\d:]+)$/.exec(get('dst'))
  if (rule === null) return { rule: { standard, saving: 0 } }
  const change = (at: number): Change => ({
    ...{ month: Number(rule[at]), week: Number(rule[at + 1]), weekday: Number(rule[at + 2]) },
    seconds: clock(rule[at + 3] ?? ''),
  })
  return { rule: { standard, saving: Number(rule[1]), start: change(2), end: change(6) } }
}

/** POSIX TZ (IEEE 1003.1 section 8.3): offsets count west of Greenwich. */
function posix(text: string): Told | undefined {
  const name = '(?:[A-Za-z]{3,}|<[^>]+>)'
  const day = ',M(\\d+)\\.(\\d)\\.(\\d)(?:/([\\d:]+))?'
  const found = new RegExp(`^${name}([-+\\d:]+)(?:${name}([-+\\d:]*)${day}${day})?$`).exec(text)
  if (found === null) return undefined
  const standard = -clock(found[1] ?? '')
  if (found[3] === undefined) return { rule: { standard, saving: 0 } }
  const change = (at: number): Change => ({
    ...{ month: Number(found[at]), week: Number(found[at + 1]), weekday: fromSunday(Number(found[at + 2])) },
    seconds: clock(found[at + 3] ?? '2'),
  })
  const saving = found[2] === '' ? 3600 : -clock(found[2] ?? '') - standard
  return { rule: { standard, saving, start: change(3), end: change(7) } }
}

const grandstream: Reader = (text) =>
  posix(/<(?:P246|item name="dateTime\.timezone\.custom")>([^<]*)</.exec(text)?.[1]?.replaceAll('&lt;', '<') ?? '')

/** UC software: `date` is the first day that the weekday may fall on unless it is the last of the month; Sunday is 1. */
const poly: Reader = (text) => {
  const get = fields(text, ATTRIBUTE)
  const name = 'tcpIpApp.sntp.'
  if (get(`${name}gmtOffset`) === '') return undefined
  const standard = Number(get(`${name}gmtOffset`))
  if (get(`${name}daylightSavings.enable`) !== '1') return { rule: { standard, saving: 0 } }
  const change = (which: string): Change => {
    const at = (field: string) => Number(get(`${name}daylightSavings.${which}.${field}`))
    const where = at('dayOfWeek.lastInMonth') === 1 ? { week: 5 } : { day: at('date') }
    return { month: at('month'), ...where, weekday: fromSunday(at('dayOfWeek') - 1), seconds: at('time') * 3600 }
  }
  return { rule: { standard, saving: 3600, start: change('start'), end: change('stop') } }
}

/** Administrator guide: minutes west of Greenwich, weeks 1 to 5 or −1 the last, Sunday is 1. */
const mitel: Reader = (text) => {
  const get = fields(text, line(':'))
  if (get('time zone minutes') === '') return undefined
  const standard = -Number(get('time zone minutes')) * 60
  if (get('dst config') !== '3') return { rule: { standard, saving: 0 } }
  const change = (which: string): Change => {
    const at = (field: string) => Number(get(`dst ${which} ${field}`))
    const week = at('week') < 0 ? 5 : at('week')
    return { month: at('month'), week, weekday: fromSunday(at('day') - 1), seconds: at('hour') * 3600 }
  }
  return {
    rule: { standard, saving: Number(get('dst minutes')) * 60, start: change('start'), end: change('end') },
  }
}

/** Time_Zone in quarters of an hour; both dialects of names. */
const fanvil: Reader = (text) => {
  const both = fields(text, ELEMENT)
  const get = (name: string) => both(name) || both(name.replaceAll('_', ''))
  if (get('Time_Zone') === '') return undefined
  const standard = Number(get('Time_Zone')) * 900
  if (!['1', '2'].includes(get('Enable_DST'))) return { rule: { standard, saving: 0 } }
  const change = (which: string): Change => {
    const at = (field: string) => Number(get(`DST_${which}_${field}`))
    const week = at('Week') < 0 ? 5 : at('Week')
    return {
      ...{ month: at('Mon'), week, weekday: fromSunday(at('Wday')) },
      seconds: at('Hour') * 3600 + at('Min') * 60,
    }
  }
  return { rule: { standard, saving: Number(get('DST_Min_Offset')) * 60, start: change('Start'), end: change('End') } }
}

/** Minutes from Greenwich, times in minutes of the day, ordinal 5 the last, Sunday is 0. */
const panasonic: Reader = (text) => {
  const get = fields(text, /^([A-Z_0-9]+)="([^"]*)"/gm)
  if (get('TIME_ZONE') === '') return undefined
  const standard = Number(get('TIME_ZONE')) * 60
  if (get('DST_ENABLE') !== 'Y') return { rule: { standard, saving: 0 } }
  const change = (which: string): Change => {
    const at = (field: string) => Number(get(`DST_${which}_${field}`))
    return {
      ...{ month: at('MONTH'), week: at('ORDINAL_DAY'), weekday: fromSunday(at('DAY_OF_WEEK')) },
      seconds: at('TIME') * 60,
    }
  }
  return { rule: { standard, saving: Number(get('DST_OFFSET')) * 60, start: change('START'), end: change('STOP') } }
}

/** `start=month/day/weekday/h:m:s;end=…;save=h:m:s`: the weekday on or after that day, −1 the last; 7 is Sunday. */
const cisco: Reader = (text) => {
  const get = fields(text, ELEMENT)
  const zone = /^GMT(?:([+-])(\d\d):(\d\d))?$/.exec(get('Time_Zone'))
  if (zone === null) return undefined
  const standard = zone[1] === undefined ? 0 : clock(`${zone[1]}${zone[2]}:${zone[3]}`)
  if (get('Daylight_Saving_Time_Enable') !== 'Yes') return { rule: { standard, saving: 0 } }
  const parts = new Map(
    get('Daylight_Saving_Time_Rule')
      .split(';')
      .map((part) => part.split('=') as [string, string]),
  )
  const change = (which: string): Change => {
    const [month, day, weekday, time = ''] = (parts.get(which) ?? '').split('/')
    const where = day === '-1' ? { week: 5 } : { day: Number(day) }
    return { month: Number(month), ...where, weekday: Number(weekday), seconds: clock(time) }
  }
  return { rule: { standard, saving: clock(parts.get('save') ?? ''), start: change('start'), end: change('end') } }
}

/** Whole dates of the year in which the file was made. */
const audiocodes: Reader = (text) => {
  const get = fields(text, line('='))
  if (get('system/ntp/gmt_offset') === '') return undefined
  const name = 'system/ntp/daylight_saving/'
  const standard = clock(get('system/ntp/gmt_offset'))
  if (get(`${name}activate`) !== 'ENABLE') return { rule: { standard, saving: 0 } }
  const change = (which: string): Change => {
    const at = (field: string) => Number(get(`${name}${which}_date/${field}`))
    return { month: at('month'), day: at('day'), seconds: at('hour') * 3600 + at('minute') * 60 }
  }
  return { rule: { standard, saving: Number(get(`${name}offset`)) * 60, start: change('start'), end: change('end') } }
}

/** The zone by its IANA name: the device has the rules. */
const algo: Reader = (text) => {
  const zone = fields(text, line('='))('admin.timezone')
  return zone === '' ? undefined : { zone }
}

/** A name has the device's own rules with `DTS` 2; otherwise as Yealink's, `Offset` in minutes. */
const AKUVOX_ZONES: Readonly<Record<string, string>> = {
  'Germany(Berlin)': 'Europe/Berlin',
  'Greece(Athens)': 'Europe/Athens',
  'Finland(Helsinki)': 'Europe/Helsinki',
  'Portugal(Lisboa,Porto,Funchal)': 'Europe/Lisbon',
  'United Kingdom(London)': 'Europe/London',
  'Spain(Madrid)': 'Europe/Madrid',
  'China(Beijing)': 'Asia/Shanghai',
  'Japan(Tokyo)': 'Asia/Tokyo',
  'Australia(Sydney,Melboume,Canberra)': 'Australia/Sydney',
  'United States-Eastern Time': 'America/New_York',
  'United States-Central Time': 'America/Chicago',
  'United States-Pacific Time': 'America/Los_Angeles',
}
const akuvox: Reader = (text) => {
  const get = fields(text, line('='))
  const name = 'Config.Settings.'
  if (get(`${name}SNTP.TimeZone`) === '') return undefined
  if (get(`${name}SNTP.DTS`) === '2') {
    const zone = AKUVOX_ZONES[get(`${name}SNTP.Name`)]
    return zone === undefined ? undefined : { zone }
  }
  const standard = clock(get(`${name}SNTP.TimeZone`))
  if (get(`${name}SNTP.DTS`) !== '1') return { rule: { standard, saving: 0 } }
  const change = (which: string): Change => {
    const [month = 0, week = 0, weekday = 0, hour = 0] = get(`${name}SNTP.${which}Time`).split('/').map(Number)
    return { month, week, weekday, seconds: hour * 3600 }
  }
  const saving = Number(get(`${name}DATETIME.Offset`)) * 60
  return { rule: { standard, saving, start: change('Start'), end: change('End') } }
}

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec']
const WEEKDAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat']
const monthOf = (word: string) => MONTHS.indexOf(word.toLowerCase()) + 1
const weekdayOf = (word: string) => fromSunday(WEEKDAYS.indexOf(word.slice(0, 3).toLowerCase()))

/** 46xxsettings: `2SunMar2L` is the second Sunday of March at 2 in the local time that ends; `L` in front is the last. */
const avaya: Reader = (text) => {
  const get = fields(text, /^SET (\w+) "?(.*?)"?$/gm)
  if (get('GMTOFFSET') === '') return undefined
  const standard = clock(get('GMTOFFSET'))
  if (get('DAYLIGHT_SAVING_SETTING_MODE') !== '2') return { rule: { standard, saving: 0 } }
  const change = (name: string): Change => {
    const [, week = '', weekday = '', month = '', hour = ''] =
      /^([1-4L])([A-Z][a-z]{2})([A-Z][a-z]{2})(\d)L$/.exec(get(name)) ?? []
    return {
      ...{ month: monthOf(month), week: week === 'L' ? 5 : Number(week), weekday: weekdayOf(weekday) },
      seconds: Number(hour) * 3600,
    }
  }
  const saving = Number(get('DSTOFFSET')) * 3600
  return { rule: { standard, saving, start: change('DSTSTART'), end: change('DSTSTOP') } }
}

const ORDINALS = ['first', 'second', 'third', 'fourth', 'last']

/** Trinity: `dst-rule NAME +02:00 from hh:mm month week weekday until …`; the offset is that of summer. */
const patton: Reader = (text) => {
  const standard = /^clock local default-offset ([-+\d:]+)$/m.exec(text)?.[1]
  if (standard === undefined) return undefined
  const part = '(\\d+:\\d+) (\\w+) (\\w+) (\\w+)'
  const rule = new RegExp(`^clock local dst-rule \\w+ ([-+\\d:]+) from ${part} until ${part}$`, 'm').exec(text)
  if (rule === null) return { rule: { standard: clock(standard), saving: 0 } }
  const change = (at: number): Change => ({
    ...{ month: monthOf(rule[at + 1] ?? ''), week: ORDINALS.indexOf(rule[at + 2] ?? '') + 1 },
    ...{ weekday: weekdayOf(rule[at + 3] ?? ''), seconds: clock(rule[at] ?? '') },
  })
  const saving = clock(rule[1] ?? '') - clock(standard)
  return { rule: { standard: clock(standard), saving, start: change(2), end: change(6) } }
}

/** Zones by their IANA names: the device has the rules. */
const vtech: Reader = (text) => {
  const zone = fields(text, line('='))('time_date.selected_timezone')
  return zone === '' ? undefined : { zone }
}
const ale: Reader = (text) => {
  const zone = /<setting id="SettingTimeZoneLocation" value="([^"]+)"/.exec(text)?.[1]
  return zone === undefined ? undefined : { zone }
}

/** Newer firmware goes by the second of its two names of the zone. */
const ciscoSep: Reader = (text) => {
  const zone = fields(text, ELEMENT)('olsonTimeZone')
  return zone === '' ? undefined : { zone }
}

/** Abbreviations of standard time; week 8 is the last, Sunday is 1. */
const CISCO_OFFSETS: Readonly<Record<string, number>> = {
  PST: -8,
  MST: -7,
  CST: -6,
  EST: -5,
  AST: -4,
  GMT: 0,
  CET: 1,
  EET: 2,
}
const cisco7940: Reader = (text) => {
  const get = fields(text, /^(\w+): "?(.*?)"?$/gm)
  const hours = CISCO_OFFSETS[get('time_zone')]
  if (hours === undefined) return undefined
  const standard = hours * 3600
  if (get('dst_auto_adjust') !== '1') return { rule: { standard, saving: 0 } }
  const change = (which: string): Change => {
    const at = (field: string) => get(`dst_${which}_${field}`)
    const week = at('week_of_month') === '8' ? 5 : Number(at('week_of_month'))
    const weekday = fromSunday(Number(at('day_of_week')) - 1)
    return { month: monthOf(at('month')), week, weekday, seconds: clock(at('time')) }
  }
  const saving = Number(get('dst_offset')) * 3600
  return { rule: { standard, saving, start: change('start'), end: change('stop') } }
}

export const READERS: Readonly<Record<string, Reader>> = {
  ...{ yealink, snom, grandstream, poly, mitel, fanvil, panasonic, audiocodes, algo },
  ...{ akuvox, avaya, patton, vtech, ale },
  'cisco-7940': cisco7940,
  'cisco-sep': ciscoSep,
  'cisco-spa': cisco,
  'cisco-mpp': cisco,
}
