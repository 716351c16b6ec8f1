import { z } from 'zod'
import { hostText, plainText } from '../core/shapes.ts'
import {
  file,
  flag,
  level,
  listOf,
  oneOf,
  type SettingDefinition,
  secret,
  setting,
  text,
  url,
  whole,
} from './settings-types.ts'

function zoneExists(zone: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone })
    return true
  } catch {
    return false
  }
}

const zone = {
  type: z.string().max(64).refine(zoneExists, 'expected a time zone like Europe/Berlin'),
  shape: 'IANA zone',
}
const language = {
  type: z.string().regex(/^[a-z]{2}(-[A-Z]{2})?$/, 'expected a language like de or pt-BR'),
  shape: 'language',
}
/** `https://pbx.example.net/book.xml Sales`: a URL, a blank and what the display shows. */
const book = plainText(560).regex(/^(https?|tftp|ftp):\/\/[^\s"'<>]+( .+)?$/, 'expected a URL and a name')

/** Time, language, looks and sounds. */
export const DISPLAY_SETTINGS: readonly SettingDefinition[] = [
  setting('timezone', zone, 'Where the phone stands.', 'Europe/Berlin', { builtIn: 'Etc/UTC' }),
  setting('ntpServers', listOf(hostText, 'hosts', 4), 'Time servers, first preferred. Left out: this box.', [
    'ntp1.example.net',
    'ntp2.example.net',
  ]),
  setting('timeFormat', oneOf('12h', '24h'), 'Clock on the display.', '12h', { builtIn: '24h' }),
  setting(
    'dateFormat',
    oneOf('day-month-year', 'month-day-year', 'year-month-day'),
    'Order of the parts of a date on the display.',
    'month-day-year',
    { builtIn: 'day-month-year' },
  ),
  setting('language', language, 'Of display and web page.', 'de', { builtIn: 'en' }),
  setting('file.language', file, 'Language pack to load.', 'lang_de.txt'),
  setting('file.wallpaper', file, 'Picture behind the display.', 'wallpaper.jpg'),
  setting('file.screenSaver', file, 'Picture of the screen saver.', 'saver.jpg'),
  setting('file.logo', file, 'Logo on the idle display.', 'logo.bmp'),
  setting('file.ringTone', file, 'Ring tone to load and use.', 'ring.wav'),
  setting('file.holdMusic', file, 'What is played to a caller on hold.', 'hold.wav'),
  setting('display.idleText', text(40), 'Text on the idle display.', 'Head office'),
  setting('display.brightness', level, 'In use.', 80),
  setting('display.backlightSeconds', whole(0, 86_400, 's'), 'Light goes out after so long; 0: never.', 120),
  setting('display.screenSaverSeconds', whole(0, 86_400, 's'), 'Screen saver after so long; 0: never.', 1800),
  setting('sound.ringTone', whole(0, 20), 'Ring tone of the phone by its number; 0: silent.', 3),
  setting('sound.ringVolume', level, 'Of the bell.', 60),
  setting('sound.handsetVolume', level, 'Of the handset.', 50),
  setting('sound.speakerVolume', level, 'Of the loudspeaker.', 70),
  setting('sound.headsetVolume', level, 'Of the headset.', 40),
  setting('sound.keyTones', flag, 'Keys are heard.', false),
  setting('app.url', url, 'Application page (XML browser) of the phone.', 'http://192.0.2.7/menu.xml'),
]

/** Directories that the phone looks into. */
export const DIRECTORY_SETTINGS: readonly SettingDefinition[] = [
  setting(
    'directory.devices',
    flag,
    'Lines of devices that stand for no person are in the phone book of this box.',
    false,
    {
      builtIn: true,
    },
  ),
  setting('directory.books', listOf(plainText(64), 'books', 32), 'Only who stands in one of these; none: everybody.', [
    'Sales',
  ]),
  setting('directory.order', oneOf('name', 'last-name'), 'Order of the phone book of this box.', 'last-name', {
    builtIn: 'name',
  }),
  setting('directory.ldap', flag, 'Phones ask the LDAP server of this box, when it is on.', true, { builtIn: false }),
  setting(
    'phonebook.url',
    url,
    'Remote phone book. Left out: that of this box; empty: none.',
    'http://192.0.2.7/book.xml',
  ),
  setting('phonebook.name', text(60), 'Its name on the display.', 'Staff', { builtIn: 'Phone book' }),
  setting('phonebook.more', listOf(book, 'URL, a blank, name', 9), 'Further phone books.', [
    'http://192.0.2.7/sales.xml Sales',
  ]),
  setting('phonebook.refreshMinutes', whole(0, 43_200, 'min'), 'Fetched again after so long.', 360, { builtIn: 720 }),
  setting('phonebook.user', text(64), 'User name for fetching it.', 'books'),
  setting('phonebook.password', secret, 'Password for fetching it.', 'Book4Password'),
  setting(
    'ldap.server',
    { type: hostText, shape: 'host name or address' },
    'Directory server; none: no LDAP.',
    'ldap.example.net',
  ),
  setting('ldap.port', whole(1, 65_535), 'Its port. Left out: 389, or 636 with TLS.', 3890),
  setting('ldap.tls', oneOf('off', 'starttls', 'ldaps'), 'How it is encrypted.', 'ldaps', { builtIn: 'off' }),
  setting('ldap.base', text(200), 'Where the search begins.', 'ou=people,dc=example,dc=net'),
  setting('ldap.user', text(200), 'Distinguished name to bind with; none: anonymous.', 'cn=phone,dc=example,dc=net'),
  setting('ldap.password', secret, 'Its password.', 'Ldap5Password'),
  setting('ldap.nameFilter', text(200), 'Search by name; % stands for what was typed.', '(|(cn=%)(sn=%))', {
    builtIn: '(|(cn=%)(sn=%)(givenName=%))',
  }),
  setting('ldap.numberFilter', text(200), 'Search by number.', '(telephoneNumber=%)', {
    builtIn: '(|(telephoneNumber=%)(mobile=%))',
  }),
  setting('ldap.nameAttributes', listOf(plainText(40), 'attributes', 6), 'What holds names.', ['cn'], {
    builtIn: ['cn', 'sn'],
  }),
  setting('ldap.numberAttributes', listOf(plainText(40), 'attributes', 6), 'What holds numbers.', ['mobile'], {
    builtIn: ['telephoneNumber', 'mobile'],
  }),
  setting('ldap.display', text(60), 'What is shown of a hit.', '%sn', { builtIn: '%cn' }),
  setting('ldap.maxHits', whole(1, 1000), 'Hits that are shown.', 80, { builtIn: 50 }),
  setting('ldap.lookUpIncoming', flag, 'Look callers up.', false, { builtIn: true }),
  setting('ldap.lookUpDialled', flag, 'Look up while dialling.', true, { builtIn: false }),
  setting('ldap.sort', flag, 'Sort the hits.', false, { builtIn: true }),
]
