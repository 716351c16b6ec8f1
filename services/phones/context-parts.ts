import { formatMac, type Mac } from '../core/mac.ts'
import type { Fit } from '../media/contract.ts'
import type { Device, SettingValues } from './contract.ts'
import type { Model } from './definition.ts'
import { SETTINGS } from './settings.ts'
import { offsetText, posixZone, type ZoneChange, type ZoneFacts, zoneFacts } from './zone.ts'

// The parts of what a template sees that take more than one value to make.

const zones = new Map<string, ZoneFacts>()

function cachedZone(name: string, year: number): ZoneFacts {
  const key = `${year} ${name}`
  let facts = zones.get(key)
  if (facts === undefined) {
    if (zones.size > 1000) zones.clear()
    facts = zoneFacts(name, year)
    zones.set(key, facts)
  }
  return facts
}

function changeContext(change: ZoneChange | undefined) {
  if (change === undefined) return null
  return {
    ...change,
    /** 0 Sunday … 6 Saturday. */
    weekday0: change.weekday % 7,
    /** −1 is the last one of the month, as Cisco, Avaya and others write it. */
    weekSigned: change.week === 5 ? -1 : change.week,
    /** The first day of the month that the weekday can fall on: `first Sunday from the 8th`. */
    fromDay: change.week === 5 ? 0 : change.week * 7 - 6,
    seconds: change.hour * 3600 + change.minute * 60,
  }
}

/** The device's zone in every form that vendors were seen to ask for. */
export function zoneContext(name: string, year: number) {
  const zone = cachedZone(name, year)
  return {
    name,
    offset: offsetText(zone.standard),
    offsetSeconds: zone.standard,
    offsetMinutes: zone.standard / 60,
    offsetHours: zone.standard / 3600,
    /** Quarters of an hour, as Fanvil counts. */
    offsetQuarters: zone.standard / 900,
    posix: posixZone(zone),
    saving: zone.saving,
    savingMinutes: zone.saving / 60,
    dst: zone.start !== undefined,
    start: changeContext(zone.start),
    end: changeContext(zone.end),
  }
}

export function macContext(mac: Mac | undefined) {
  return {
    mac: mac ?? '',
    MAC: mac?.toUpperCase() ?? '',
    macColons: mac === undefined ? '' : formatMac(mac),
    macDashes: mac === undefined ? '' : formatMac(mac, '-'),
  }
}

/** Splits `URL name`. */
export function phonebooksContext(values: SettingValues) {
  const books: { url: string; name: string; index: number }[] = []
  const first = values['phonebook.url']
  if (typeof first === 'string' && first !== '')
    books.push({ url: first, name: String(values['phonebook.name'] ?? ''), index: 1 })
  const more = values['phonebook.more']
  for (const text of Array.isArray(more) ? (more as readonly string[]) : []) {
    const [, url = '', name = ''] = /^(\S+) ?(.*)$/s.exec(text) ?? []
    books.push({ url, name, index: books.length + 1 })
  }
  return books
}

/** Splits `224.0.2.1:10000 Warehouse`. */
export function pagingContext(values: SettingValues) {
  const groups = values['paging.groups']
  return (Array.isArray(groups) ? (groups as readonly string[]) : []).map((text, i) => {
    const [, address = '', port = '', name = ''] = /^([^:\s]*):?(\d*) ?(.*)$/s.exec(text) ?? []
    return { index: i + 1, address, port: Number(port), name }
  })
}

/** Settings that name a stored file, and what the file is called in `files`. */
export const FILES: ReadonlyMap<string, string> = new Map([
  ...SETTINGS.flatMap(({ name }) => (name.startsWith('file.') ? [[name, name.slice(5)] as const] : [])),
  ['firmware.file', 'firmware'],
  ['tls.caFile', 'ca'],
  ['dot1x.caFile', 'networkCa'],
  ['dot1x.certificateFile', 'certificate'],
])

/** Stored files that settings name: `files.wallpaper.url`, `files.firmware.name`. */
export function filesContext(values: SettingValues, base: string, fitted: (key: string, name: string) => Fit) {
  const files: Record<string, { name: string; url: string }> = {}
  for (const [setting, key] of FILES) {
    const value = values[setting]
    if (typeof value !== 'string' || value === '') continue
    const fit = fitted(key, value)
    if (fit.kind !== 'cannot')
      files[key] = {
        name: fit.name,
        url: `${base}${fit.name.toWellFormed().split('/').map(encodeURIComponent).join('/')}`,
      }
  }
  return files
}

/** What a DECT base, an adapter or a door has beside lines and keys. */
export function hardwareContext(device: Device | undefined, model: Model) {
  const byIndex = (a: { index: number }, b: { index: number }) => a.index - b.index
  const within = <Item extends { readonly index: number }>(
    items: readonly Item[] | undefined,
    most: number | undefined,
  ) => (items ?? []).filter((item) => item.index <= (most ?? 0)).toSorted(byIndex)
  const { hardware } = model
  const handsets = within(device?.handsets, hardware.handsets).map((handset) => {
    const lines = handset.lines ?? [handset.index]
    return {
      ...{ index: handset.index, lines, outgoing: handset.outgoing ?? lines[0] ?? handset.index },
      ...{ name: handset.name ?? '', ipui: handset.ipui ?? '', ac: handset.ac ?? '' },
    }
  })
  const ports = within(device?.ports, hardware.ports).map((port) => ({
    ...{ index: port.index, kind: port.kind, line: port.line ?? port.index },
    ...{ label: port.label ?? '', hotline: port.hotline ?? '' },
  }))
  const relays = within(device?.relays, hardware.relays).map((relay) => ({
    ...{ index: relay.index, name: relay.name ?? '', code: relay.code ?? '' },
    ...{ seconds: relay.seconds ?? 5, rest: relay.rest ?? 'open' },
  }))
  const buttons = within(device?.buttons, hardware.buttons).map((button) => ({
    ...{ index: button.index, label: button.label ?? '', numbers: button.numbers, line: button.line ?? 1 },
  }))
  return { handsets, ports, relays, buttons }
}
