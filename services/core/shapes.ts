import { z } from 'zod'

// Shapes of what a person gives that more than one kind of record holds.

/** A control character would end a line of a configuration file, so none gets into a record. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is refused
export const CONTROL = /[\u0000-\u001f\u007f-\u009f\u2028\u2029]/

/** Text without control characters, at most `max` characters. */
export function plainText(max: number) {
  return z
    .string()
    .max(max)
    .refine((text) => !CONTROL.test(text), 'control characters and line breaks are not allowed')
}

/** A host name or address, with a port where one may stand. */
export const hostText = plainText(253).refine(
  (text) => /^[A-Za-z0-9._:[\]-]*$/.test(text),
  'expected a host name or an address, without scheme or path',
)

export const portNumber = z.int().min(1).max(65_535)
export const transportName = z.enum(['udp', 'tcp', 'tls'])
export const srtpMode = z.enum(['off', 'optional', 'required'])
export const expirySeconds = z
  .int()
  .min(30)
  .max(86_400 * 7)
/** What a phone accepts as a secret everywhere: visible ASCII. */
export const secretText = z
  .string()
  .max(200)
  .regex(/^[\x21-\x7e]*$/, 'only visible characters without blanks are allowed in a secret')
/** What can be dialled: digits, signs, or a SIP user name. */
export const dialText = z
  .string()
  .max(64)
  .regex(/^[A-Za-z0-9*#+._@:-]*$/, 'expected something to dial')

/** `null` clears a secret, its absence keeps it, an object is one that is sealed already. */
export const sealable = z.union([secretText, z.null(), z.strictObject({ sealed: z.string() })])

/** A SIP account, of a device or of a person. */
export const lineShape = z.looseObject({
  index: z.int().min(1).max(200),
  label: plainText(64).optional(),
  user: plainText(128).min(1),
  authUser: plainText(128).optional(),
  secret: sealable.optional(),
  displayName: plainText(128).optional(),
  server: hostText.optional(),
  port: portNumber.optional(),
  transport: transportName.optional(),
  outboundProxy: hostText.optional(),
  backupServer: hostText.optional(),
  expires: expirySeconds.optional(),
  srtp: srtpMode.optional(),
  voicemail: plainText(64).optional(),
  shared: z.boolean().optional(),
  blfListUri: plainText(128).optional(),
})
