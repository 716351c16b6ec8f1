import { printable } from '../core/bytes.ts'
import { listOf } from './words.ts'

/**
 * DHCP options by which some phone learns where its configuration is: 43 (vendor's own), 66, 67, 114, 125, 150 and the
 * site-specific 128, 157, 159, 160, 161, 242. VLAN and SIP server options are not among them.
 */
const PROVISIONING: ReadonlySet<number> = new Set([43, 66, 67, 114, 125, 128, 150, 157, 159, 160, 161, 242])

/**
 * What to do about a device that leased an address and asked for nothing: which of the options that it asked for it
 * was not sent. `sent` holds the provisioning options of the answer.
 */
export function adviceAfterLease(
  asked: readonly number[],
  sent: readonly { readonly code: number; readonly text: string }[],
): string {
  const wanted = [...new Set(asked)].filter((code) => PROVISIONING.has(code)).sort((a, b) => a - b)
  const given = [...new Set(sent.map(({ code }) => code))]
    .filter((code) => PROVISIONING.has(code))
    .sort((a, b) => a - b)
  const lacking = wanted.filter((code) => !given.includes(code))
  const useful = wanted.filter((code) => given.includes(code))
  if (wanted.length === 0)
    return given.length === 0
      ? 'It asked for no option that names a configuration server. Set the URL in the phone by hand, or use PnP.'
      : `It asked for no option that names a configuration server; ${options(given)} ${were(given)} sent all the same. Set the URL in the phone by hand.`
  if (useful.length === 0)
    return given.length === 0
      ? `It asked ${options(wanted)}, none was sent. Check the vendor of the device and the options of its network.`
      : `It asked ${options(wanted)}, only ${listOf(given)} ${were(given)} sent. Add ${listOf(lacking)} for this vendor.`
  const first = sent.find(({ code }) => code === useful[0])
  const where = first === undefined ? '' : ` (${printable(first.text, 120)})`
  const rest = lacking.length === 0 ? '' : ` It also asked ${options(lacking)}, not sent.`
  return `It asked ${options(useful)} and got what it asked for${where}. It may keep an older server: check provisioning in the phone, or reset it to factory defaults.${rest}`
}

/** What to do about a refused file, by the words in which its reason ends up in the journey; the first that fits. */
const AFTER_REFUSAL: readonly (readonly [RegExp, string])[] = [
  [/switched off in its record/, 'Switch the device on in its record, then restart the phone.'],
  [
    /until a person allows it again/,
    'If it is the same phone, allow it: `branchline devices allow MAC`. If not, find out whose it is.',
  ],
  [/ is for .+, and this /, 'Store the file that is made for this model and hardware, and name that one.'],
]

export function adviceAfterRefusal(reason: string): string {
  const known = AFTER_REFUSAL.find(([words]) => words.test(reason))?.[1]
  return (
    known ??
    'A file with a secret goes only to the address that holds its MAC. Look at the reason, then restart the phone.'
  )
}

function options(codes: readonly number[]): string {
  return `option${codes.length > 1 ? 's' : ''} ${listOf(codes)}`
}

function were(codes: readonly number[]): string {
  return codes.length > 1 ? 'were' : 'was'
}
