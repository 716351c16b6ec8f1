import type { FileFormat } from './file-format.ts'

// How a value is made harmless in each format: whatever it holds, it sets nothing but its own parameter. What a format
// has no way to write gives way to the nearest thing that it has.

/** Ends of lines and control characters would begin another parameter; a blank takes their place. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is taken out
const CONTROLS = /[\u0000-\u001f\u007f-\u009f\u2028\u2029]/g
const XML_ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

/** A value as it may stand in a file of this format, whatever it holds. */
export function escapeValue(format: FileFormat, value: unknown): string {
  if (format === 'json') return jsonValue(value)
  if (typeof value === 'number' || typeof value === 'boolean') return String(value)
  const given = typeof value === 'string' ? value : Array.isArray(value) ? value.join(',') : ''
  const text = given.replace(CONTROLS, ' ')
  switch (format) {
    case 'keyvalue':
    case 'colon':
      return text.trim()
    case 'xml':
      return xmlValue(text)
    case 'quoted':
      // There is no escape inside: another quote ends the value, and a backslash before the last one might keep it open.
      return text.replaceAll('"', "'").replace(/\\+$/, '').trim()
    case 'avaya':
      // A blank ends a bare word and `#` begins a label or comment (46xxsettings.txt, its own head).
      return /^[\w.:;=,@/+*?!%&()-]+$/.test(text) ? text : quoted(text)
    case 'ini':
      // `;` and `#` begin comments anywhere, brackets a section.
      return text === '' || (/^[^;#"'[\]=\\]+$/.test(text) && text.trim() === text) ? text : quoted(text)
    case 'cli':
      return /^[\w.:@/+-]+$/.test(text) ? text : quoted(text.replaceAll('\\', '\\\\'))
    case 'csv':
      return `"${text.toWellFormed().replaceAll('"', '""')}"`
    case 'vcard':
      // RFC 6350 section 3.4.
      return text.toWellFormed().replace(/[\\,;]/g, (char) => `\\${char}`)
    case 'address':
      return text.trim().replace(/[%";<>,\\?]/g, (char) => `%${char.charCodeAt(0).toString(16).padStart(2, '0')}`)
  }
}

/** One quoted word. A doubled backslash stays: it is harmless whether or not the reader knows escapes. */
function quoted(text: string): string {
  const safe = text.replaceAll('"', "'")
  const open = (/\\+$/.exec(safe)?.[0].length ?? 0) % 2 === 1
  return `"${open ? safe.slice(0, -1) : safe}"`
}

function xmlValue(text: string): string {
  // XML 1.0 (section 2.2) also has no place for lone surrogates and these two.
  const legal = text.toWellFormed().replace(/[\ufffe\uffff]/g, '')
  return /[&<>"']/.test(legal) ? legal.replace(/[&<>"']/g, (char) => XML_ENTITIES[char] ?? '') : legal
}

function jsonValue(value: unknown): string {
  if (value === undefined || value === null) return '""'
  if (typeof value === 'string') return JSON.stringify(value.replace(CONTROLS, ' ').toWellFormed())
  return JSON.stringify(value) ?? '""'
}
