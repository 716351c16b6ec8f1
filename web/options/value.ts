import type { OptionView } from '../../services/admin/schema-network.ts'
import { t } from '../i18n.ts'

export const OPTION_TYPES = [
  ...(['text', 'ipv4', 'uint8', 'uint16', 'uint32', 'int32', 'boolean', 'hex'] as const),
  ...(['sip-servers', 'sub', 'vendor-identifying'] as const),
] as const
export type OptionType = (typeof OPTION_TYPES)[number]

/** An option while somebody types it: everything is text until it is read. */
export interface OptionDraft {
  readonly code: string
  readonly type: OptionType
  readonly text: string
  readonly enterprise: string
  readonly subs: readonly OptionDraft[]
  readonly always: boolean
}
export const NEW_OPTION: OptionDraft = {
  ...{ code: '66', type: 'text', text: '', enterprise: '', subs: [], always: false },
}
export const NEW_SUB: OptionDraft = { ...NEW_OPTION, code: '' }

export interface OptionFault {
  /** `code`, `text`, `enterprise`, `subs.0.text` */
  readonly at: string
  readonly message: string
}

/** The protocol sets these by itself; nobody else may. */
const OF_THE_PROTOCOL = new Set([50, 51, 52, 53, 54, 55, 56, 57, 58, 59, 61, 82, 118])
const RANGES = {
  uint8: [0, 0xff],
  uint16: [0, 0xffff],
  uint32: [0, 0xffffffff],
  int32: [-0x80000000, 0x7fffffff],
} as const
const MOST_BYTES = 1024

export function isOptionType(text: string): text is OptionType {
  return (OPTION_TYPES as readonly string[]).includes(text)
}

/** Types that hold options of their own. */
export function holdsSubs(type: OptionType): boolean {
  return type === 'sub' || type === 'vendor-identifying'
}

/** What is stored, as it is typed. */
export function draftOf(option: OptionView): OptionDraft {
  const type = isOptionType(option.type) ? option.type : 'hex'
  return {
    ...{ code: String(option.code), type, always: option.always === true },
    text: holdsSubs(type) ? '' : plainText(option.value),
    enterprise: option.enterprise === undefined ? '' : String(option.enterprise),
    subs: holdsSubs(type) ? subsOf(option).map(draftOf) : [],
  }
}

/** An option's value in one line. */
export function optionText(option: OptionView): string {
  const subs = subsOf(option)
  if (!holdsSubs(option.type as OptionType)) return plainText(option.value)
  const text = subs.map((sub) => `${sub.code}: ${optionText(sub)}`).join('; ')
  return option.enterprise === undefined ? text : `${option.enterprise} (${text})`
}

function subsOf({ value }: OptionView): readonly OptionView[] {
  return Array.isArray(value) ? value.filter((it): it is OptionView => typeof it === 'object' && it !== null) : []
}

function plainText(value: unknown): string {
  if (Array.isArray(value)) return value.join(', ')
  return value === undefined || value === null ? '' : String(value)
}

/** Reads what was typed. `taken`: codes of the other options beside it. */
export function readOption(
  draft: OptionDraft,
  taken: ReadonlySet<number> = new Set(),
): { readonly option: OptionView } | { readonly faults: readonly OptionFault[] } {
  const faults: OptionFault[] = []
  const fault = (at: string, message: string) => void faults.push({ at, message })
  const code = wholeNumber(draft.code)
  if (code === undefined || code < 1 || code > 254) fault('code', t('A number from 1 to 254.'))
  else if (OF_THE_PROTOCOL.has(code)) fault('code', t('Option {code} is set by the protocol itself.', { code }))
  else if (taken.has(code)) fault('code', t('Option {code} is there already: change that one.', { code }))
  const option: Record<string, unknown> & { code: number; type: string; value: unknown } = {
    ...{ code: code ?? 0, type: draft.type, value: undefined },
    ...(draft.always && { always: true }),
  }
  if (draft.type === 'vendor-identifying') {
    const enterprise = wholeNumber(draft.enterprise)
    if (enterprise === undefined || enterprise < 0 || enterprise > 0xffffffff)
      fault('enterprise', t('The number of a vendor at IANA, such as 13885 for Poly.'))
    else option.enterprise = enterprise
  }
  if (holdsSubs(draft.type)) option.value = readSubs(draft.subs, fault)
  else {
    const read = readText(draft.type, draft.text)
    if ('fault' in read) fault('text', read.fault)
    else option.value = read.value
  }
  return faults.length > 0 ? { faults } : { option }
}

function readSubs(subs: readonly OptionDraft[], fault: (at: string, message: string) => void): unknown[] {
  if (subs.length === 0) fault('subs', t('Add at least one sub-option.'))
  return subs.flatMap((sub, i) => {
    const code = wholeNumber(sub.code)
    if (code === undefined || code < 1 || code > 254) fault(`subs.${i}.code`, t('A number from 1 to 254.'))
    const read = readText(sub.type, sub.text)
    if ('fault' in read) {
      fault(`subs.${i}.text`, read.fault)
      return []
    }
    return [{ code: code ?? 0, type: sub.type, value: read.value }]
  })
}

type Read = { readonly value: unknown } | { readonly fault: string }

function readText(type: OptionType, text: string): Read {
  const given = text.trim()
  if (type === 'boolean') return { value: given === 'true' }
  if (given === '') return { fault: t('A value is missing.') }
  if (type === 'text') {
    const { length } = new TextEncoder().encode(text)
    return length > MOST_BYTES ? tooLong(length) : { value: text }
  }
  if (type === 'hex') return readHex(given)
  if (type === 'ipv4') return readAddresses(given)
  if (type === 'sip-servers') return readServers(given)
  if (holdsSubs(type)) return { fault: t('A sub-option holds no options of its own here.') }
  return readNumber(type as keyof typeof RANGES, given)
}

function readHex(given: string): Read {
  if (!/^[0-9a-f]{2}([\s:-]?[0-9a-f]{2})*$/i.test(given))
    return { fault: t('Two hexadecimal digits for each byte, such as 01 0a ff.') }
  const length = given.replace(/[\s:-]/g, '').length / 2
  return length > MOST_BYTES ? tooLong(length) : { value: given }
}

function tooLong(length: number): Read {
  return { fault: t('{n} bytes are more than the {most} that an option can hold.', { n: length, most: MOST_BYTES }) }
}

function isAddress(text: string): boolean {
  return /^\d{1,3}(\.\d{1,3}){3}$/.test(text) && text.split('.').every((part) => Number(part) <= 255)
}

function listed(given: string): string[] {
  return given.split(/[\s,;]+/).filter(Boolean)
}

function readAddresses(given: string): Read {
  const list = listed(given)
  const wrong = list.find((one) => !isAddress(one))
  return wrong === undefined ? { value: list } : { fault: t('{text} is no IPv4 address.', { text: wrong }) }
}

/** Addresses only, or names only: the packet has one form for all of them. */
function readServers(given: string): Read {
  const list = listed(given)
  const addresses = list.filter(isAddress)
  if (addresses.length > 0 && addresses.length < list.length)
    return { fault: t('Either names or addresses, not both.') }
  const wrong = list.find((one) => !/^([a-z0-9_-]{1,63}\.)*[a-z0-9_-]{1,63}\.?$/i.test(one))
  return wrong === undefined ? { value: list } : { fault: t('{text} is no host name.', { text: wrong }) }
}

function readNumber(type: keyof typeof RANGES, given: string): Read {
  const [least, most] = RANGES[type]
  const value = wholeNumber(given)
  return value === undefined || value < least || value > most
    ? { fault: t('{text} is no whole number from {least} to {most}.', { text: given, least, most }) }
    : { value }
}

function wholeNumber(text: string): number | undefined {
  const given = text.trim()
  return /^-?\d{1,15}$/.test(given) ? Number(given) : undefined
}
