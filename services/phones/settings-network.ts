import { z } from 'zod'
import { dialText, plainText, secretText } from '../core/shapes.ts'
import {
  file,
  flag,
  host,
  listOf,
  oneOf,
  port,
  type SettingDefinition,
  secret,
  setting,
  storedPath,
  text,
  url,
  whole,
} from './settings-types.ts'

/** The wire, the air, and who may look in. */
export const NETWORK_SETTINGS: readonly SettingDefinition[] = [
  setting('vlan.id', whole(1, 4094), 'VLAN of the phone. Left out: untagged.', 20),
  setting('vlan.priority', whole(0, 7), 'Its 802.1p priority.', 6, { builtIn: 5 }),
  setting('vlan.pcId', whole(1, 4094), 'VLAN of the PC port.', 30),
  setting('vlan.pcPriority', whole(0, 7), 'Its 802.1p priority.', 1, { builtIn: 0 }),
  setting('vlan.byDhcp', flag, 'Learn the VLAN by DHCP.', false, { builtIn: true }),
  setting('lldp', flag, 'Learn the VLAN by LLDP.', false, { builtIn: true }),
  setting('cdp', flag, 'Learn the VLAN by CDP.', false),
  setting('network.dscpSignalling', whole(0, 63), 'DSCP of signalling.', 24, { builtIn: 26 }),
  setting('network.dscpMedia', whole(0, 63), 'DSCP of media.', 40, { builtIn: 46 }),
  setting('network.pcPort', flag, 'The PC port is open.', false, { builtIn: true }),
  setting('dot1x.mode', oneOf('off', 'md5', 'tls', 'peap', 'ttls'), '802.1X method.', 'md5', { builtIn: 'off' }),
  setting('dot1x.user', text(64), 'Its identity.', 'phone'),
  setting('dot1x.password', secret, 'Its password.', 'Port6Password'),
  setting('dot1x.caFile', file, 'Certificate of who signs for the network.', 'network-ca.pem'),
  setting('dot1x.certificateFile', file, "The phone's own certificate with key.", 'phone.pem'),
  setting('wifi.ssid', text(32), 'Wireless network.', 'voice'),
  setting('wifi.security', oneOf('none', 'wpa2-personal', 'wpa2-enterprise'), 'How it is protected.', 'wpa2-personal'),
  setting('wifi.password', secret, 'Its password.', 'Wifi7Password'),
  setting('syslog.server', host, 'Where the phone sends its log.', '192.0.2.9'),
  setting('syslog.port', port, 'Its port.', 5514, { builtIn: 514 }),
  setting('syslog.transport', oneOf('udp', 'tcp', 'tls'), 'How it travels.', 'tcp', { builtIn: 'udp' }),
  setting('syslog.level', oneOf('error', 'warning', 'info', 'debug'), 'From which severity on.', 'debug', {
    builtIn: 'warning',
  }),
]

export const SECURITY_SETTINGS: readonly SettingDefinition[] = [
  setting(
    'adminPassword',
    { type: secretText.min(4), shape: 'secret' },
    "The phone's administrator. Nobody set it: made for each device.",
    'Golden2Password3Here',
    {
      secret: true,
    },
  ),
  setting(
    'userPassword',
    { type: secretText.min(4), shape: 'secret' },
    "The phone's user, where it has one.",
    'User8Password',
    {
      secret: true,
    },
  ),
  setting('web.access', oneOf('off', 'https', 'on'), "The phone's web page: off, HTTPS only, HTTP too.", 'on', {
    builtIn: 'https',
  }),
  setting('tls.verify', flag, 'Check the certificates of servers.', true),
  setting('tls.caFile', file, 'Certificate of who signs for servers.', 'ca.pem'),
  setting('tls.minimum', oneOf('1.0', '1.1', '1.2', '1.3'), 'Oldest version that is spoken.', '1.3', {
    builtIn: '1.2',
  }),
  setting(
    'security.notifyChallenge',
    flag,
    'Ask for a password before a NOTIFY is obeyed. Left out: where every line has one.',
    false,
  ),
  setting(
    'security.onlyServer',
    flag,
    'Take SIP from the server only: a phone then refuses the NOTIFY of this box too.',
    true,
  ),
  setting('security.shell', flag, 'Let in by SSH or Telnet.', true, { builtIn: false }),
  setting('security.lockMenu', flag, 'Settings menu needs the password.', true),
]

const timeOfDay = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'expected a time like 03:30')
const clock = { type: timeOfDay, shape: 'time of day' }
const DAYS = z.enum(['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'])

/** When and where the phone looks for its configuration and firmware. */
export const PROVISIONING_SETTINGS: readonly SettingDefinition[] = [
  setting(
    'provisioning.url',
    url,
    'Where the phone fetches its configuration. Left out: this box.',
    'http://192.0.2.8/cfg/',
  ),
  setting('provisioning.user', text(64), 'User name for that.', 'fetch'),
  setting('provisioning.password', secret, 'Password for that.', 'Fetch9Password'),
  setting('provisioning.onPowerOn', flag, 'Looks for changes at each start.', false, { builtIn: true }),
  setting('provisioning.intervalMinutes', whole(0, 43_200, 'min'), 'How often it looks for changes; 0: never.', 120, {
    builtIn: 1440,
  }),
  setting(
    'provisioning.windowFrom',
    clock,
    'With it the phone looks once in this part of the day, instead of by interval.',
    '02:00',
  ),
  setting('provisioning.windowTo', clock, 'End of that part.', '04:30', { builtIn: '05:00' }),
  setting(
    'provisioning.days',
    { type: z.array(DAYS).min(1).max(7), shape: 'list of mon, tue, wed, thu, fri, sat, sun' },
    'Only on these days. Left out: on all.',
    ['mon', 'thu'],
  ),
  setting('provisioning.dhcp', flag, 'Go on listening to DHCP for a server.', false, { builtIn: true }),
  setting('provisioning.pnp', flag, 'Go on asking for a server by multicast once configured.', true, {
    builtIn: false,
  }),
  setting('provisioning.redirect', flag, "Go on asking the manufacturer's redirection service.", true, {
    builtIn: false,
  }),
  setting(
    'provisioning.encryption',
    oneOf('off', 'prepare', 'on'),
    'Files of one device encrypted: first `prepare`, which tells phones the key, then `on`.',
    'prepare',
    { builtIn: 'off' },
  ),
  setting(
    'provisioning.encryptionKey',
    {
      type: z.string().regex(/^$|^[A-Za-z0-9]{8,32}$/, 'expected 8 to 32 letters and digits'),
      shape: '8 to 32 letters and digits',
    },
    'The key for that.',
    'File6Password16x',
    { secret: true },
  ),
  setting('provisioning.compress', flag, 'Files are compressed for phones that take them so.', true, {
    builtIn: false,
  }),
  setting(
    'claim.mode',
    oneOf('off', 'pin'),
    'A phone that nobody registered shows a page on which a person says whose it is, with a PIN. Read by this box.',
    'pin',
    { builtIn: 'off', ofBox: true },
  ),
  setting(
    'adopt.rule',
    oneOf('off', 'known'),
    'With `known` a new phone gets a record by itself once its vendor and model are sure. Read by this box.',
    'known',
    { builtIn: 'off', ofBox: true },
  ),
  setting('adopt.group', text(64), 'The group that such phones are put in. Read by this box.', 'new', { ofBox: true }),
  setting('firmware.url', url, 'Firmware to install, a file of the right model.', 'http://192.0.2.7/fw/firmware.rom'),
  setting('firmware.file', storedPath, 'The same from the stored files of this box.', 'firmware.rom'),
  setting('firmware.version', text(40), 'Its version, for vendors that compare.', '10.1.2.3'),
  setting('firmware.rule', oneOf('never', 'newer', 'different'), 'When it is installed.', 'newer', {
    builtIn: 'different',
  }),
]

/** `224.0.2.1:10000 Warehouse`: a multicast address, a port and what the display shows. */
const group = plainText(90).regex(
  /^2(2[4-9]|3\d)(\.\d{1,3}){3}:\d{1,5}( .+)?$/,
  'expected a group like 224.0.2.1:10000 Name',
)

/** What only some kinds of device have: bases, adapters, doors, speakers. */
export const DEVICE_SETTINGS: readonly SettingDefinition[] = [
  setting(
    'paging.groups',
    listOf(group, 'address:port, a blank, name', 20),
    'Multicast groups that are played, most important first.',
    ['224.0.2.1:10000 Warehouse', '224.0.2.2:10002 All'],
  ),
  setting('paging.duringCall', flag, 'Also during a call.', true, { builtIn: false }),
  setting('speaker.volume', whole(0, 100, '%'), 'Of pages and calls.', 55),
  setting('speaker.ringVolume', whole(0, 100, '%'), 'Of the bell.', 45),
  setting('speaker.multicastVolume', whole(0, 100, '%'), 'Of multicast pages.', 65),
  setting(
    'dect.pin',
    { type: z.string().regex(/^\d{4,8}$/, 'expected 4 to 8 digits'), shape: '4 to 8 digits' },
    'PIN of the base, asked when a handset logs on.',
    '4711',
    { secret: true },
  ),
  setting('dect.multiCell', flag, 'One of several bases.', true, { builtIn: false }),
  setting('dect.removeUnlisted', flag, 'Log handsets off that the record does not list.', true, { builtIn: false }),
  setting(
    'analogue.callerId',
    oneOf('bellcore', 'etsi-fsk', 'etsi-dtmf'),
    'How an analogue phone is told who calls.',
    'etsi-fsk',
  ),
  setting('analogue.impedance', oneOf('600', '900', 'europe'), 'Of an analogue port.', 'europe'),
  setting('analogue.fax', oneOf('off', 't38', 'inband'), 'How faxes pass.', 't38'),
  setting('door.callSeconds', whole(5, 600, 's'), 'A call from the door ends after so long.', 90),
  setting('door.ringSeconds', whole(5, 300, 's'), 'Nobody answers: the next number after so long.', 35),
  setting('door.openBy', { type: dialText, shape: 'number or code' }, 'Caller whose call opens at once.', '100'),
  setting('camera.enabled', flag, 'Video of the door.', false, { builtIn: true }),
  setting('camera.resolution', oneOf('cif', 'vga', '720p', '1080p'), 'Its size.', '1080p'),
  setting('camera.rtsp', flag, 'Also as an RTSP stream.', true),
  setting('camera.user', text(64), 'User name for the stream.', 'viewer'),
  setting('camera.password', secret, 'Password for the stream.', 'Cam3Password'),
]
