import { describe, expect, it } from 'vitest'
import { type Mac, readMac } from '../../services/core/mac.ts'
import { holds } from '../../services/phones/condition.ts'
import { renderContext } from '../../services/phones/context.ts'
import type { Definition, FileForm, Model } from '../../services/phones/definition.ts'
import { readDefinitions } from '../../services/phones/read.ts'
import { makeRenderer } from '../../services/phones/render.ts'
import { TEMPLATES } from '../../services/phones/sample.fixture.ts'
import { SITE, sampleDevice, sampleInput } from '../../services/phones/sample.ts'
import { READERS } from './time-readers.ts'
import { offsetAt } from './time-rule.ts'

// The local time that each vendor's phone makes of its file, against the time zone data of the runtime.

const ZONES = [
  ...['Etc/UTC', 'Europe/London', 'Europe/Lisbon', 'Europe/Dublin', 'Europe/Berlin', 'Europe/Madrid', 'Europe/Warsaw'],
  ...['Europe/Athens', 'Europe/Helsinki', 'Europe/Istanbul', 'Europe/Moscow', 'Atlantic/Azores', 'Africa/Cairo'],
  ...['Africa/Johannesburg', 'Africa/Lagos', 'Asia/Jerusalem', 'Asia/Beirut', 'Asia/Dubai', 'Asia/Tehran'],
  ...['Asia/Karachi', 'Asia/Kolkata', 'Asia/Kathmandu', 'Asia/Bangkok', 'Asia/Shanghai', 'Asia/Tokyo'],
  ...['Australia/Sydney', 'Australia/Adelaide', 'Australia/Brisbane', 'Australia/Lord_Howe', 'Pacific/Auckland'],
  ...['America/St_Johns', 'America/Halifax', 'America/New_York', 'America/Chicago', 'America/Phoenix'],
  ...['America/Los_Angeles', 'America/Mexico_City', 'America/Bogota', 'America/Sao_Paulo', 'America/Santiago'],
]

/** The year of the files, and the next. In March and October some have changed their clocks and others have not. */
const [YEAR, NEXT] = [2026, 2027]
const DAYS = ['01-15', '03-20', '07-15', '10-28']

/** Vendors, or templates of one, whose files say nothing that could be read and counted here. */
const NOT_READ: Readonly<Record<string, string>> = {
  '2n': 'no parameter for the zone is known: not rendered',
  'yeastar-ta': 'zones by numbers that are not known: not rendered',
  baresip: 'the program has the clock of its computer',
  linphone: 'the program has the clock of its computer',
  gigaset: 'zones by numbers of a table in the device: its rules are the device’s own',
  htek: 'zones by numbers of a table in the device, daylight saving by that table or not at all',
  flyingvoice: 'no parameter for daylight saving is known: the offset alone',
  'ale/premium.xml.liquid': 'no parameter for daylight saving is known: the offset alone',
  'grandstream/door.xml.liquid': 'zones by numbers of a table in the device, of which none is certain: not rendered',
  'audiocodes/gateway.ini.liquid': 'no daylight saving in the format: the offset alone',
}

/** Templates that say nothing for some zones. */
const PARTIAL: Readonly<Record<string, string>> = {
  'snom/dect.xml.liquid': 'bases take codes of a list only: those that are certain',
  'cisco-7940/device.cnf.liquid': 'zones by abbreviations: those that are certain',
}

/** Vendors whose rule holds for the year of the file only. */
const ONE_YEAR: Readonly<Record<string, string>> = { audiocodes: 'the file has whole dates' }

/** What a format cannot say. */
const CANNOT: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  avaya: { 'Australia/Lord_Howe': 'daylight saving is a whole number of hours' },
  poly: { 'Australia/Lord_Howe': 'daylight saving is always one hour' },
}

const renderer = makeRenderer()

function rendered(definition: Definition, form: FileForm, model: Model, zone: string, year: number): string {
  const mac = readMac(`${definition.recognise.oui[0] ?? '00005e'}005301`) as Mac
  const site = { ...SITE, settings: { ...SITE.settings, timezone: zone } }
  const input = sampleInput(definition, form, model, sampleDevice(model, mac), { site })
  return renderer.render(definition, form, renderContext({ ...input, year }))
}

/** Every template of a vendor that knows of zones, with the first model that it is for. */
function timed(definition: Definition) {
  const knows = (file: string, seen = new Set<string>()): boolean => {
    const text = definition.templates.get(file)
    if (text === undefined || seen.has(file)) return false
    seen.add(file)
    if (/\bzone\./.test(text)) return true
    return [...text.matchAll(/\brender\s+['"]([^'"]+)['"]/g)].some(([, partial]) => knows(`${partial}.liquid`, seen))
  }
  const found = new Map<string, { readonly form: FileForm; readonly model: Model }>()
  for (const model of definition.models)
    for (const form of definition.files) {
      const { from } = form
      if (from === undefined || found.has(from) || `${definition.id}/${from}` in NOT_READ || !knows(from)) continue
      if (form.when === undefined || holds(definition, form.when, model, undefined)) found.set(from, { form, model })
    }
  return [...found].map(([from, { form, model }]) => [definition, from, form, model] as const)
}

const definitions = readDefinitions(TEMPLATES).all.filter(({ files }) => files.some(({ from }) => from !== undefined))
const cases = definitions
  .filter(({ id }) => !(id in NOT_READ))
  .flatMap(timed)
  .map((one) => [`${one[0].id} ${one[1]}`, ...one] as const)

describe('local time', () => {
  it('is read back for every vendor, or the reason says why not', () => {
    const read = new Set(cases.map(([, { id }]) => id))
    for (const { id } of definitions) expect(id in NOT_READ ? 'reason' : id in READERS && read.has(id), id).toBeTruthy()
    expect(new Set(ZONES).size).toBe(40)
  })

  it.each(cases)('%s tells it in every zone, this year and the next', (_, definition, from, form, model) => {
    const wrong: string[] = []
    let read = 0
    for (const zone of ZONES) {
      if (CANNOT[definition.id]?.[zone] !== undefined) continue
      for (const year of [YEAR, NEXT]) {
        const text = rendered(definition, form, model, zone, definition.id in ONE_YEAR ? year : YEAR)
        const told = READERS[definition.id]?.(text)
        if (told === undefined) {
          if (`${definition.id}/${from}` in PARTIAL) continue
          wrong.push(`${zone}: nothing is told`)
          continue
        }
        read++
        for (const day of DAYS) {
          const at = Temporal.Instant.from(`${year}-${day}T12:00:00Z`)
          const right = at.toZonedDateTimeISO(zone).offsetNanoseconds / 1e9
          const made = offsetAt(told, at)
          if (made !== right) wrong.push(`${zone} ${year}-${day}: ${made / 3600} h, not ${right / 3600} h`)
        }
      }
    }
    expect(wrong).toEqual([])
    expect(read).toBeGreaterThan(0)
  })

  it('is wrong where the rule is wrong: the reader counts by itself', () => {
    const file = (rule: string) => `<utc_offset perm="">3600</utc_offset>\n<dst perm="">${rule}</dst>`
    const at = (text: string, day: string) => {
      const told = READERS.snom?.(text)
      return told && offsetAt(told, Temporal.Instant.from(`${day}T12:00:00Z`))
    }
    const berlin = '3600 03.05.07 02:00:00 10.05.07 03:00:00'
    expect([at(file(berlin), '2026-03-28'), at(file(berlin), '2026-03-29')]).toEqual([3600, 7200])
    expect([at(file(berlin), '2027-10-30'), at(file(berlin), '2027-10-31')]).toEqual([7200, 3600])
    expect(at(file('3600 03.02.07 02:00:00 11.01.07 02:00:00'), '2026-03-20')).toBe(7200)
    expect(at(file(''), '2026-07-15')).toBe(3600)
  })
})
