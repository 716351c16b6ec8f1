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
  pad: (value, width) => text(value).padStart(Math.min(number(width), 20), '0'),
  // For vendors that keep the parts of a URL in parameters of their own.
  scheme: (value) => SCHEME.exec(text(value))?.[1]?.toLowerCase() ?? '',
  without_scheme: (value) => text(value).replace(SCHEME, ''),
  host: (value) => text(value).replace(SCHEME, '').split('/')[0] ?? '',
  folder: (value) => text(value).replace(/\/[^/]*$/, ''),
  trim_slash: (value) => text(value).replace(/\/$/, ''),
}

/** `{{ settings.language | as: 'language' }}`: the vendor's word for a neutral value, or nothing. */
export function asFilter(definition: Definition): Filter {
  return (value, table) => definition.values.get(text(table))?.get(text(value)) ?? ''
}
