import ICAL from 'ical.js'
import { OperatorError } from '../core/errors.ts'

// The lines of vCards (RFC 6350 for 4.0, RFC 2426 for 3.0). A line is kept as it came, folds included, so that a card
// goes out again byte for byte; the properties are read by a library.

/** One content line: as it stands in the file (a fold is `\n` and a blank), and where it begins. */
export interface ContentLine {
  readonly raw: string
  readonly line: number
}

/** One card of a file, without its BEGIN and END. */
export interface Card {
  readonly line: number
  readonly lines: readonly ContentLine[]
  /** Why it is no card, when it is none. */
  readonly fault?: string
}

/** A property as it was read: its name in small letters, parameter values in small letters, and its value. */
export interface Property {
  readonly name: string
  readonly types: readonly string[]
  readonly values: readonly unknown[]
}

/** As many as are stored in one transaction. */
const MAX_CARDS = 10_000
const MAX_LINES = 500

/** Divides a file into cards. Throws `OperatorError` when there is none. */
export function cardsOf(text: string): Card[] {
  const physical = text
    .replace(/^\ufeff/, '')
    .replace(/\r\n?/g, '\n')
    .split('\n')
  const cards: Card[] = []
  let open: { line: number; lines: { raw: string; line: number }[]; fault?: string } | undefined
  for (const [i, part] of physical.entries()) {
    const line = i + 1
    const last = open?.lines.at(-1)
    if (/^BEGIN:VCARD\s*$/i.test(part)) {
      if (open !== undefined) open.fault ??= `the card that began on line ${open.line} has no END:VCARD`
      if (open !== undefined) cards.push(open)
      open = { line, lines: [] }
    } else if (/^END:VCARD\s*$/i.test(part)) {
      if (open === undefined) cards.push({ line, lines: [], fault: 'END:VCARD without BEGIN:VCARD' })
      else cards.push(open)
      open = undefined
    } else if (open !== undefined && /^[ \t]/.test(part) && last !== undefined) last.raw += `\n${part}`
    else if (open !== undefined && part.trim() !== '') {
      open.lines.push({ raw: part, line })
      if (open.lines.length > MAX_LINES) open.fault ??= `more than ${MAX_LINES} lines`
    } else if (open === undefined && part.trim() !== '')
      cards.push({ line, lines: [], fault: `${JSON.stringify(part.slice(0, 40))} stands outside a card` })
    if (cards.length > MAX_CARDS) throw new OperatorError(`more than ${MAX_CARDS} cards`)
  }
  if (open !== undefined) cards.push({ ...open, fault: `the card that began on line ${open.line} has no END:VCARD` })
  if (cards.length === 0) throw new OperatorError('the file holds no vCard')
  return cards
}

/** Reads one content line. Throws `OperatorError` with what is wrong. */
export function readProperty(raw: string, version: string): Property {
  const design = version === '3.0' ? ICAL.design.vcard3 : ICAL.design.vcard
  let read: unknown
  try {
    read = ICAL.parse.property(raw.replace(/\n[ \t]/g, ''), design)
  } catch {
    throw new OperatorError('this is no line of a vCard')
  }
  const [name, parameters, , ...values] = read as [string, Readonly<Record<string, unknown>>, string, ...unknown[]]
  const types = [parameters.type].flat().flatMap((one) => (typeof one === 'string' ? one.toLowerCase().split(',') : []))
  return { name: name.toLowerCase(), types, values }
}

/** A content line for a property, folded after 75 bytes. */
export function writeProperty(
  name: string,
  types: readonly string[],
  values: readonly (string | readonly string[])[],
  version: '3.0' | '4.0',
): string {
  const design = version === '3.0' ? ICAL.design.vcard3 : ICAL.design.vcard
  // The type that a property has by default needs no VALUE parameter.
  const type = name.startsWith('x-') ? 'unknown' : name === 'tel' && version === '3.0' ? 'phone-number' : 'text'
  const parameters = types.length === 0 ? {} : { type: types }
  return ICAL.stringify.property([name, parameters, type, ...values], design, false).replaceAll('\r\n', '\n')
}
