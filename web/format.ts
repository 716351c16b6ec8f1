import { signal } from '@preact/signals'
import { language, t } from './i18n.ts'

/** The time zone of the site, as its phones have it. */
export const zone = signal('Etc/UTC')
/** Now, to the second: texts such as "12 s ago" follow it. */
export const now = signal(Date.now())

const STYLES = {
  full: { dateStyle: 'medium', timeStyle: 'medium' },
  clock: { timeStyle: 'medium' },
  minute: { timeStyle: 'short' },
} as const
type Style = keyof typeof STYLES

/** Making a format takes a hundred times as long as using it, and a table uses it for every row. */
const formats = new Map<string, Intl.DateTimeFormat>()

function format(style: Style): Intl.DateTimeFormat {
  const key = `${style} ${language.value} ${zone.value}`
  const known = formats.get(key)
  if (known) return known
  const made = makeFormat(style, zone.value)
  formats.set(key, made)
  return made
}

function makeFormat(style: Style, timeZone: string): Intl.DateTimeFormat {
  const parts = STYLES[style]
  try {
    return new Intl.DateTimeFormat(language.value, { ...parts, timeZone })
  } catch {
    return new Intl.DateTimeFormat(language.value, { ...parts, timeZone: 'UTC' })
  }
}

/** Date and time in the site's zone. */
export function fullTime(at: number): string {
  return format('full').format(at)
}

/** The time of day in the site's zone, to the second. */
export function clockTime(at: number): string {
  return format('clock').format(at)
}

/** The time of day in the site's zone, to the minute. */
export function minuteTime(at: number): string {
  return format('minute').format(at)
}

/** A length of time in its largest unit: `12 s`. */
export function span(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000))
  if (seconds < 60) return `${seconds} s`
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min`
  return seconds < 86_400 * 2 ? `${Math.floor(seconds / 3600)} h` : `${Math.floor(seconds / 86_400)} d`
}

export function ago(at: number): string {
  return t('{span} ago', { span: span(now.value - at) })
}

/** Vendor and model as one name; empty when neither is known. */
export function whatOf(row: { vendor?: string | undefined; model?: string | undefined }): string {
  const { vendor, model } = row
  return [vendor && vendor.charAt(0).toUpperCase() + vendor.slice(1), model].filter(Boolean).join(' ')
}

/** A setting's value as text. */
export function valueText(value: unknown): string {
  if (typeof value === 'boolean') return value ? t('yes') : t('no')
  if (typeof value === 'string') return value
  if (Array.isArray(value) && value.every((it) => typeof it === 'string')) return value.join(', ')
  return JSON.stringify(value ?? '')
}
