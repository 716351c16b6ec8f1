import type { Definition } from './definition.ts'

/** A filter of the template language: its input, then its arguments. */
export type Filter = (value: unknown, ...args: unknown[]) => unknown

function text(value: unknown): string {
  return value === undefined || value === null || typeof value === 'object' ? '' : String(value)
}

function number(value: unknown): number {
  const read = Number(value ?? 0)
  return Number.isFinite(read) ? read : 0
}

const SCHEME = /^([a-z][a-z0-9+.-]*):\/\//i

const DEFAULT_PORTS: Readonly<Record<string, string>> = { 'http:': '80', 'https:': '443', 'ftp:': '21', 'tftp:': '69' }

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}

function fieldOf(item: unknown, field: unknown): unknown {
  const name = text(field)
  return typeof item === 'object' && item !== null && Object.hasOwn(item, name)
    ? (item as Readonly<Record<string, unknown>>)[name]
    : undefined
}

const URL_PARTS = /^([a-z][a-z0-9+.-]*:)\/\/(?:[^/@]*@)?(\[[^\]]*\]|[^/:?#]*)(?::(\d+))?([^?#]*)/i

function urlPart(value: unknown, part: 'hostname' | 'port' | 'pathname' | 'protocol'): string {
  const [, protocol = '', hostname = '', port = '', pathname = ''] = URL_PARTS.exec(text(value).slice(0, 2000)) ?? []
  return { protocol: protocol.toLowerCase(), hostname, port, pathname }[part]
}

function offsetIn(seconds: number, form: string): string {
  const minutes = Math.floor(Math.abs(seconds) / 60)
  const two = (part: number) => String(part).padStart(2, '0')
  const east = seconds >= 0
  const parts: Readonly<Record<string, string>> = {
    ...{ '+': east ? '+' : '-', '-': east ? '-' : '+', minus: east ? '' : '-' },
    ...{ h: String(Math.floor(minutes / 60)), hh: two(Math.floor(minutes / 60)) },
    ...{ m: String(minutes % 60), mm: two(minutes % 60) },
  }
  return form.replace(/\{([a-z+-]+)\}/g, (whole, name: string) => parts[name] ?? whole)
}

/** Every filter that a template may use. */
export const FILTERS: Readonly<Record<string, Filter>> = {
  append: (value, more) => text(value) + text(more),
  prepend: (value, more) => text(more) + text(value),
  upcase: (value) => text(value).toUpperCase(),
  downcase: (value) => text(value).toLowerCase(),
  strip: (value) => text(value).trim(),
  size: (value) => (Array.isArray(value) ? value.length : text(value).length),
  join: (value, between = ' ') => (Array.isArray(value) ? value.map(text).join(text(between)) : text(value)),
  first: (value) => (Array.isArray(value) ? value[0] : undefined),
  last: (value) => (Array.isArray(value) ? value.at(-1) : undefined),
  split: (value, by) => text(value).split(text(by)).slice(0, 1000),
  slice: (value, from, length = 1) => {
    const start = number(from)
    return start < 0
      ? text(value).slice(start).slice(0, number(length))
      : text(value).slice(start, start + number(length))
  },
  plus: (value, other) => number(value) + number(other),
  minus: (value, other) => number(value) - number(other),
  times: (value, other) => number(value) * number(other),
  divided_by: (value, other) => (number(other) === 0 ? 0 : number(value) / number(other)),
  modulo: (value, other) => (number(other) === 0 ? 0 : number(value) % number(other)),
  round: (value) => Math.round(number(value)),
  abs: (value) => Math.abs(number(value)),
  default: (value, other) => (value === undefined || value === null || value === false || value === '' ? other : value),
  floor: (value) => Math.floor(number(value)),
  ceil: (value) => Math.ceil(number(value)),
  at_least: (value, least) => Math.max(number(value), number(least)),
  at_most: (value, most) => Math.min(number(value), number(most)),
  // `80 | scale: 10` is 8: percentages in the steps of a vendor.
  scale: (value, most) => Math.round((Math.min(100, Math.max(0, number(value))) * number(most)) / 100),
  hex: (value, width = 0) =>
    Math.trunc(Math.abs(number(value)))
      .toString(16)
      .padStart(Math.min(number(width), 20), '0'),
  // `settings.lldp | choose: 'on', 'off'`; nothing when the value is not known.
  choose: (value, yes, no) => (value === undefined || value === null || value === '' ? '' : value ? yes : no),
  map: (value, field) => list(value).map((item) => fieldOf(item, field)),
  where: (value, field, wanted) => list(value).filter((item) => fieldOf(item, field) === wanted),
  concat: (value, more) => [...list(value), ...list(more)].slice(0, 1000),
  limit: (value, most) => list(value).slice(0, number(most)),
  replace: (value, from, to = '') => (text(from) === '' ? text(value) : text(value).replaceAll(text(from), text(to))),
  // Takes single characters out: for values inside a parameter that has a syntax of its own.
  without: (value, chars) => {
    const out = new Set(text(chars))
    return [...text(value)].filter((char) => !out.has(char)).join('')
  },
  digits: (value) => text(value).replace(/[^0-9]/g, ''),
  truncate: (value, most) => [...text(value)].slice(0, number(most)).join(''),
  // For fields that are measured in bytes of UTF-8; no character is cut apart.
  truncate_bytes: (value, most) => {
    let left = number(most)
    let kept = ''
    for (const char of text(value).toWellFormed()) {
      const code = char.codePointAt(0) ?? 0
      left -= code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4
      if (left < 0) break
      kept += char
    }
    return kept
  },
  // For displays that know no more: é is e, the rest is left out.
  ascii: (value) =>
    text(value)
      .replaceAll('ß', 'ss')
      .normalize('NFD')
      .replace(/[^\x20-\x7e]/g, ''),
  uri: (value) => encodeURIComponent(text(value).toWellFormed()),
  mac: (value, between) => (text(value).match(/../g) ?? []).join(text(between)),
  pad: (value, width) => text(value).padStart(Math.min(number(width), 20), '0'),
  // For vendors that keep the parts of a URL in parameters of their own.
  scheme: (value) => SCHEME.exec(text(value))?.[1]?.toLowerCase() ?? '',
  without_scheme: (value) => text(value).replace(SCHEME, ''),
  host: (value) => text(value).replace(SCHEME, '').split('/')[0] ?? '',
  folder: (value) => text(value).replace(/\/[^/]*$/, ''),
  trim_slash: (value) => text(value).replace(/\/$/, ''),
  file_name: (value) => text(value).replace(/^.*\//, ''),
  url_host: (value) => urlPart(value, 'hostname'),
  url_port: (value) => urlPart(value, 'port') || (DEFAULT_PORTS[urlPart(value, 'protocol')] ?? ''),
  url_path: (value) => urlPart(value, 'pathname'),
  // Seconds east of UTC in a form: `3600 | offset: 'GMT{+}{hh}:{mm}'` is GMT+01:00. `{-}` is the sign the other way round.
  offset: (value, form) => offsetIn(number(value), text(form)),
  hour: (value) => number(text(value).split(':')[0]),
  minute: (value) => number(text(value).split(':')[1]),
}

/** `{{ settings.language | as: 'language' }}`: the vendor's word for a neutral value, or nothing. */
export function asFilter(definition: Definition): Filter {
  return (value, table) => definition.values.get(text(table))?.get(text(value)) ?? ''
}
