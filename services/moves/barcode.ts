import { type Mac, ouiOf } from '../core/mac.ts'
import { readSpelledMac } from '../core/spelled-mac.ts'

// What a scanner typed: one code of a label, or several joined. A label has a MAC, a serial number, an article number
// (EAN, UPC) and a part number as codes beside one another, and the one that was hit is not always the one that was meant.

export type ScanReading =
  | { readonly kind: 'mac'; readonly mac: Mac; readonly serial?: string; readonly part?: string }
  | { readonly kind: 'none'; readonly reason: string; readonly serial?: string; readonly part?: string }

/** Longest text that is looked at: a two-dimensional code holds some hundred characters. */
const MAX_TEXT = 4000

type Field = 'mac' | 'other-mac' | 'serial' | 'part' | 'bare'

interface Piece {
  readonly field: Field
  readonly value: string
}

/** What stands before a value. Wireless and Bluetooth addresses are the same phone's, but not the one it asks with by wire. */
const LABELS: readonly (readonly [Field, string])[] = [
  ['other-mac', '(?:wi-?fi|wlan|wireless|bt|bluetooth|ble|wan|pc)[ _-]{0,3}(?:mac)?[ _-]?(?:address|addr|id)?'],
  [
    'mac',
    String.raw`(?:(?:lan|eth|ethernet|wired|dect|device|phone|hw)[ _-]{0,3})?mac[ _-]?(?:address|addr|adresse|id|no)?\.?`,
  ],
  ['serial', String.raw`(?:s\/?n\.?|ser(?:ial)?\.?[ _-]?(?:no|number|nr|num)?\.?|seriennummer)`],
  [
    'part',
    String.raw`(?:[pm]\/?n\.?|model[ _-]?(?:no|name|number)?\.?|modell|part[ _-]?(?:no|number)?\.?|product[ _-]?(?:name|id)?|typ|type|sku|item)`,
  ],
]
const EXACT = LABELS.map(([field, source]) => [field, new RegExp(`^${source}$`, 'i')] as const)
/** Every label with its sign, from the left: `WiFi MAC:` is met before the `MAC:` in it. */
const LABELLED = new RegExp(String.raw`(?<![A-Za-z0-9])(${LABELS.map(([, source]) => source).join('|')})\s*[:=#]`, 'gi')
/** Labels that need no sign, since what follows cannot be part of a word: `MAC805EC0…`, `S/N 123…`. */
const JOINED = /^(mac|s\/n|p\/n|sn)[ -]?([0-9A-Z][\w:.-]{5,})$/i

function fieldOf(label: string): Field {
  return EXACT.find(([, pattern]) => pattern.test(label.trim()))?.[0] ?? 'bare'
}

/** ANSI MH10.8.2 data identifiers: 1P supplier's part number, P customer's, S serial number, 23S MAC address. */
const IDENTIFIERS: Readonly<Record<string, Field>> = { '23S': 'mac', '1P': 'part', P: 'part', S: 'serial' }

/** Reads what was scanned. `isKnownOui`: whether the first six digits are those of a vendor that is known here. */
export function readScan(text: string, isKnownOui: (oui: string) => boolean): ScanReading {
  const given = text.slice(0, MAX_TEXT).normalize('NFKC')
  const pieces = piecesOf(given)
  const first = (field: Field) => pieces.find((piece) => piece.field === field)?.value
  const told = {
    ...(first('serial') !== undefined && { serial: first('serial')?.slice(0, 64) }),
    ...(first('part') !== undefined && { part: first('part')?.slice(0, 64) }),
  } as { readonly serial?: string; readonly part?: string }
  const none = (reason: string): ScanReading => ({ kind: 'none', reason, ...told })
  if (given.trim() === '') return none('nothing was read')
  const labelled = pieces.filter(({ field }) => field === 'mac')
  for (const { value } of labelled) {
    const read = readSpelledMac(value)
    if ('fault' in read) return none(`the code says MAC, but ${read.fault}`)
  }
  // Strongest first: what says that it is the MAC, what looks like one, a serial number that is one (Poly), the wireless one.
  const groups = [
    labelled.map(({ value }) => value),
    pieces.filter(({ field, value }) => field === 'bare' && looksLikeMac(value, isKnownOui)).map(({ value }) => value),
    pieces.filter(({ field, value }) => field === 'serial' && isOurs(value, isKnownOui)).map(({ value }) => value),
    pieces.filter(({ field }) => field === 'other-mac').map(({ value }) => value),
  ]
  for (const group of groups) {
    const macs = new Set(group.flatMap((value) => macOf(value) ?? []))
    const [mac, other] = macs
    if (other !== undefined)
      return none(`more than one MAC address was read: ${[...macs].join(', ')}; scan one label at a time`)
    if (mac !== undefined) return { kind: 'mac', mac, ...told }
  }
  return none(whyNone(pieces, given))
}

function macOf(value: string): Mac | undefined {
  const read = readSpelledMac(value)
  return 'mac' in read ? read.mac : undefined
}

/** Twelve digits without a letter are as likely an article number (UPC-A): then the prefix must be a vendor's. */
function looksLikeMac(value: string, isKnownOui: (oui: string) => boolean): boolean {
  const mac = macOf(value)
  if (mac === undefined) return false
  return !/^\d{12}$/.test(value.trim()) || isKnownOui(ouiOf(mac))
}

function isOurs(value: string, isKnownOui: (oui: string) => boolean): boolean {
  const mac = macOf(value)
  return mac !== undefined && isKnownOui(ouiOf(mac))
}

/** Group, record and end-of-transmission marks of ISO/IEC 15434, as a keyboard types them. */
const MARKS = ['\u001d', '\u001e', '\u0004']

function piecesOf(text: string): Piece[] {
  const bare = MARKS.reduce((all, mark) => all.replaceAll(mark, '\n'), text)
    // The reader's own note of what kind of code it was (AIM symbology identifier).
    .replace(/^\][A-Za-z][0-9A-Za-z]/, '')
    .trim()
  // ISO/IEC 15434 envelope, format 06: fields with data identifiers between group separators.
  const envelope = /^\[\)>\n?06\n?/.exec(bare)
  if (envelope !== null)
    return bare
      .slice(envelope[0].length)
      .split('\n')
      .flatMap((part) => identified(part) ?? plain(part))
  // The same in brackets, as it is printed below a code: (1P)CP-8841(S)FCH1234(23S)805EC0123456.
  if (/^\(\d{0,2}[A-Z]\)/.test(bare))
    return [...bare.matchAll(/\((\d{0,2}[A-Z])\)([^(]*)/g)].flatMap(
      ([, identifier = '', value = '']) => field(IDENTIFIERS[identifier], value) ?? [],
    )
  return bare.split(/[\n\r\t;|,?&]+/).flatMap(plain)
}

function identified(text: string): Piece[] | undefined {
  const [, identifier = '', value = ''] = /^(23S|1P|P|S)(.+)$/.exec(text.trim()) ?? []
  return field(IDENTIFIERS[identifier], value)
}

function field(kind: Field | undefined, value: string): Piece[] | undefined {
  const given = value.trim()
  return kind === undefined || given === '' ? undefined : [{ field: kind, value: given }]
}

/** `MAC: 80:5E:C0:12:34:56`, `S/N=…`, or several of them with blanks between. */
function plain(text: string): Piece[] {
  const given = text.trim()
  const signs = [...given.matchAll(LABELLED)]
  if (signs.length === 0) return unlabelled(given)
  return [
    ...unlabelled(given.slice(0, signs[0]?.index).trim()),
    ...signs.flatMap((sign, i) => {
      const value = given.slice(sign.index + sign[0].length, signs[i + 1]?.index).trim()
      const kind = fieldOf(sign[1] ?? '')
      const [, first = '', rest = ''] = /^(\S+)\s+(.+)$/.exec(value) ?? []
      // Something else may stand behind an address; a model's name may have blanks.
      if (/mac/.test(kind) && macOf(value) === undefined && macOf(first) !== undefined)
        return [{ field: kind, value: first }, ...unlabelled(rest)]
      return field(kind, value) ?? []
    }),
  ]
}

function unlabelled(given: string): Piece[] {
  if (given === '') return []
  const [, label = '', joined = ''] = JOINED.exec(given) ?? []
  if (label !== '') return [{ field: fieldOf(label), value: joined }]
  if (macOf(given) !== undefined) return [{ field: 'bare', value: given }]
  const words = given.split(/\s+/)
  return words.length > 1 ? words.flatMap(unlabelled) : [{ field: 'bare', value: given }]
}

/** What was read instead, so that a person knows which code to aim at. */
function whyNone(pieces: readonly Piece[], text: string): string {
  const quoted = JSON.stringify(text.trim().slice(0, 40))
  const bare = pieces.filter(({ field }) => field === 'bare').map(({ value }) => value.replace(/[\s-]/g, ''))
  const article = bare.find((value) => isArticleNumber(value))
  if (article !== undefined)
    return `${article} is an article number (EAN or UPC), not a MAC address: scan the code that says MAC`
  if (bare.some((value) => /^\d{12}$/.test(value)))
    return `${quoted} may be a MAC address or a number of something else: put MAC: before it if it is one`
  if (pieces.length > 0 && pieces.every(({ field }) => field === 'serial' || field === 'part'))
    return `${quoted} is a ${pieces[0]?.field === 'serial' ? 'serial' : 'part'} number, not a MAC address: scan the code that says MAC`
  const [only, more] = bare
  const read = only === undefined || more !== undefined ? undefined : readSpelledMac(only)
  return read !== undefined && 'fault' in read && /digits instead|group address/.test(read.fault)
    ? read.fault
    : `${quoted} holds no MAC address`
}

/** GTIN-8, UPC-A, EAN-13 or GTIN-14 by its check digit (GS1 General Specifications, 7.9.1). */
function isArticleNumber(value: string): boolean {
  if (!/^(?:\d{8}|\d{12,14})$/.test(value)) return false
  const digits = [...value].map(Number).reverse()
  const sum = digits.slice(1).reduce((total, digit, i) => total + digit * (i % 2 === 0 ? 3 : 1), 0)
  return (10 - (sum % 10)) % 10 === digits[0]
}
