import { z } from 'zod'
import type { SettingValue, SettingValues } from './contract.ts'

// Names: one plain word for a setting that stands alone (`timezone`), `group.word` where several belong together
// (`sip.server`). No name is also the group of another.

/** One vendor-neutral setting. */
export interface SettingDefinition {
  readonly name: string
  readonly type: z.ZodType<SettingValue>
  /** What holds when no layer says anything; absent: left to the phone. */
  readonly builtIn?: SettingValue
  /** Sealed at rest, never in a file of more than one device. */
  readonly secret: boolean
  readonly doc: string
}

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

const url = plainText(500).refine(
  (text) => text === '' || /^(https?|tftp|ftp):\/\/[^\s"'<>]+$/.test(text),
  'expected a URL',
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

function zoneExists(zone: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone })
    return true
  } catch {
    return false
  }
}

const CODECS = ['pcma', 'pcmu', 'g722', 'g729', 'opus', 'ilbc', 'g726-32', 'g723']

function setting(
  name: string,
  type: z.ZodType<SettingValue>,
  doc: string,
  more: { builtIn?: SettingValue; secret?: boolean } = {},
): SettingDefinition {
  return { name, type, doc, secret: more.secret ?? false, ...(more.builtIn !== undefined && { builtIn: more.builtIn }) }
}

/** Every setting, in the order in which a person meets them. */
export const SETTINGS: readonly SettingDefinition[] = [
  setting('sip.server', hostText, 'Registrar of lines that name none.'),
  setting('sip.port', portNumber, 'Its port. Left out: 5060, or 5061 with TLS.'),
  setting('sip.transport', transportName, 'udp, tcp or tls.', { builtIn: 'udp' }),
  setting('sip.outboundProxy', hostText, 'Where requests are sent instead; host or host:port.'),
  setting('sip.backupServer', hostText, 'Second registrar for when the first is gone.'),
  setting('sip.expires', expirySeconds, 'Registration time in seconds.', { builtIn: 3600 }),
  setting('sip.srtp', srtpMode, 'Encrypted media: off, optional or required.', { builtIn: 'off' }),
  setting('sip.codecs', z.array(z.enum(CODECS)).min(1).max(8), 'Codecs in order of preference.', {
    builtIn: ['g722', 'pcma', 'pcmu'],
  }),
  setting('voicemail', plainText(64), 'What the message key dials.'),
  setting('dialPlan', plainText(500), "Dial plan in the vendor's own syntax."),
  setting('timezone', z.string().max(64).refine(zoneExists, 'expected a time zone like Europe/Berlin'), 'IANA zone.', {
    builtIn: 'Etc/UTC',
  }),
  setting('ntpServers', z.array(hostText).max(4), 'Time servers, first preferred. Left out: this box.'),
  setting('timeFormat', z.enum(['12h', '24h']), 'Clock on the display.', { builtIn: '24h' }),
  setting(
    'dateFormat',
    z.enum(['day-month-year', 'month-day-year', 'year-month-day']),
    'Order of the parts of a date on the display.',
    { builtIn: 'day-month-year' },
  ),
  setting(
    'language',
    z.string().regex(/^[a-z]{2}(-[A-Z]{2})?$/, 'expected a language like de or pt-BR'),
    'Of display and web page.',
    {
      builtIn: 'en',
    },
  ),
  setting('adminPassword', secretText.min(4), "The phone's administrator. Nobody set it: made for each device.", {
    secret: true,
  }),
  setting('userPassword', secretText.min(4), "The phone's user, where it has one.", { secret: true }),
  setting('web.access', z.enum(['off', 'https', 'on']), "The phone's web page: off, HTTPS only, HTTP too.", {
    builtIn: 'https',
  }),
  setting('phonebook.url', url, 'Remote phone book.'),
  setting('phonebook.name', plainText(60), 'Its name on the display.', { builtIn: 'Phone book' }),
  setting('firmware.url', url, 'Firmware to install, a file of the right model.'),
  setting('vlan.id', z.int().min(1).max(4094), 'VLAN of the phone. Left out: untagged.'),
  setting('vlan.priority', z.int().min(0).max(7), 'Its 802.1p priority.', { builtIn: 5 }),
  setting('vlan.pcId', z.int().min(1).max(4094), 'VLAN of the PC port.'),
  setting('vlan.pcPriority', z.int().min(0).max(7), 'Its 802.1p priority.', { builtIn: 0 }),
  setting('lldp', z.boolean(), 'Learn the VLAN by LLDP.', { builtIn: true }),
  setting('provisioning.url', url, 'Where the phone fetches its configuration. Left out: this box.'),
  setting('provisioning.intervalMinutes', z.int().min(0).max(43_200), 'How often it looks for changes; 0: never.', {
    builtIn: 1440,
  }),
  setting('provisioning.onPowerOn', z.boolean(), 'Looks for changes at each start.', { builtIn: true }),
  setting('provisioning.pnp', z.boolean(), 'Go on asking for a server by multicast once configured.', {
    builtIn: false,
  }),
  setting('syslog.server', hostText, 'Where the phone sends its log.'),
  setting('syslog.level', z.enum(['error', 'warning', 'info', 'debug']), 'From which severity on.', {
    builtIn: 'warning',
  }),
]

const BY_NAME = new Map(SETTINGS.map((definition) => [definition.name, definition]))

/** The definition of a setting, or undefined. */
export function settingNamed(name: string): SettingDefinition | undefined {
  return BY_NAME.get(name)
}

/** The values that hold when no layer says anything. */
export const BUILT_IN: SettingValues = Object.fromEntries(
  SETTINGS.flatMap(({ name, builtIn }) => (builtIn === undefined ? [] : [[name, builtIn]])),
)

/** Names whose values are secret. */
export const SECRET_SETTINGS: ReadonlySet<string> = new Set(
  SETTINGS.filter((definition) => definition.secret).map((definition) => definition.name),
)
