import { type Mac, readMac } from './mac.ts'

/** What is written before an address on labels, in lists and in file names. */
const WORDS =
  /^(?:(?:ethernet|lan|wired|eth\d?|hw|hardware|phone|device)[ _-]?)?(?:mac(?:[ _-]?(?:address|addr\.?|adresse|id))?|s\/?n)(?:\s*[:=#]\s*|\s*(?=[0-9a-f]))/i
/** Addresses that stand alone in a text. */
const WHOLE = /(?<![0-9a-f])(?:[0-9a-f]{2}[:.-]?){5}[0-9a-f]{2}(?![0-9a-f])/g
/** Endings of configuration files that are named by their device. */
const ENDINGS = /(?:\.cnf)?\.(?:cfg|xml|boot|txt|html?|conf|ini|json|tuz|dat)$/i
/** `SEP001122334455` and `SIP…` (Cisco), `cfg000b82…` (Grandstream), `snomD785-000413…`: what stands before says no digit. */
const FILE_PREFIX = /^(?:(?:ctlsep|itlsep|sep|sip|cfg)|[a-z][a-z0-9.]{0,30}[-_])(?=[0-9a-f]{12}$)/i

/**
 * Reads a MAC as spreadsheets, labels, file names and other systems spell it. A fault says what went wrong, not only that
 * it did, and shows at most 40 characters of what was read.
 */
export function readSpelledMac(text: string): { readonly mac: Mac } | { readonly fault: string } {
  const clean = text
    .slice(0, 6000)
    .normalize('NFKC')
    .replace(/[\u200b-\u200d\u2060\ufeff]/g, '')
    .replace(/[\u2010-\u2015\u2212]/g, '-')
    .trim()
    // A spreadsheet's way to keep a text a text.
    .replace(/^="(.*)"$/, '$1')
    .replace(/^['"]|['"]$/g, '')
    .replace(WORDS, '')
    .replace(/^0x/i, '')
    .trim()
  const quoted = JSON.stringify(text.slice(0, 40))
  if (clean === '') return { fault: 'no MAC address' }
  if (/^\d+(?:[.,]\d+)?e[+-]\d+$|^\d+[.,]\d+e\d+$/i.test(clean))
    return { fault: `${quoted} was turned into a number by a spreadsheet: format the column as text` }
  const several = new Set(clean.toLowerCase().match(WHOLE) ?? [])
  if (several.size > 1)
    return { fault: `${quoted} names ${several.size} MAC addresses: give each device a row of its own` }
  const bare = clean
    .replace(/^.*[/\\]/, '')
    .replace(ENDINGS, '')
    .replace(FILE_PREFIX, '')
  const digits = bare.replace(/[\s:._-]/g, '')
  if (!/^[0-9a-f]+$/i.test(digits)) return { fault: notHexadecimal(digits, quoted) }
  if (digits.length !== 12) return { fault: `${quoted} has ${digits.length} digits instead of 12${hintFor(digits)}` }
  const mac = readMac(digits)
  return mac ? { mac } : { fault: `${quoted} is a group address or all zeros, no device has it` }
}

function hintFor(digits: string): string {
  if (digits.length === 11) return '; is a leading zero lost?'
  if (digits.length >= 6 && digits.length < 11 && /^\d+$/.test(digits)) return '; did a spreadsheet drop leading zeros?'
  return ''
}

function notHexadecimal(digits: string, quoted: string): string {
  const hint = /^[0-9a-fo]{12}$/i.test(digits) ? ': is a letter O meant to be a zero?' : ''
  return `${quoted} is not a MAC address${hint}`
}
