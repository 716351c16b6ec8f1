import { InvariantError } from '../../services/core/errors.ts'
import { parseIpv4 } from '../../services/core/ipv4.ts'
import { parseMac } from '../../services/core/mac.ts'
import type { Lan } from '../../services/core/net.ts'
import type { Devices } from '../../services/phones/contract.ts'
import type { Ports } from '../config/config.ts'
import { type BootResult, bootPhone, type PhoneRoads } from '../phone/boot.ts'
import { loadScripts } from '../phone/script.ts'
import { shippedTemplates } from '../templates.ts'

const SERVER = parseIpv4('127.0.0.1')
const RELAY = parseIpv4('127.0.1.1')

interface DemoPhone {
  readonly vendor: string
  readonly model: string
  readonly tail: string
  /** What the box knows of it; absent: it turns up among the new devices. */
  readonly record?: { readonly name: string; readonly user: string; readonly enabled?: boolean }
}

const PHONES: readonly DemoPhone[] = [
  { vendor: 'yealink', model: 'SIP-T46U', tail: '00d001', record: { name: 'Front desk', user: '201' } },
  { vendor: 'snom', model: 'D785', tail: '00d002', record: { name: 'Workshop', user: '202' } },
  { vendor: 'grandstream', model: 'GRP2614', tail: '00d003', record: { name: 'Meeting room', user: '203' } },
  { vendor: 'yealink', model: 'SIP-T21P_E2', tail: '00d004', record: { name: 'Warehouse', user: '204' } },
  { vendor: 'snom', model: '320', tail: '00d005', record: { name: 'Old lobby phone', user: '205', enabled: false } },
  { vendor: 'grandstream', model: 'HT801', tail: '00d006' },
]

export interface DemoTarget {
  readonly devices: Devices
  readonly ports: Ports
  /** The secret that every demonstration line gets. */
  readonly secret: string
}

/** Enters a handful of devices and boots a virtual phone for each, and one that nobody entered. */
export async function runDemo(target: DemoTarget, lan: Lan, say: (line: string) => void): Promise<void> {
  const scripts = loadScripts(shippedTemplates())
  const phones = PHONES.flatMap((phone) => {
    const script = scripts.find((one) => one.vendor === phone.vendor && one.model === phone.model)
    return script === undefined ? [] : [{ ...phone, script, mac: parseMac(script.oui + phone.tail) }]
  })
  target.devices.putMany(
    phones.flatMap(({ mac, vendor, model, record }) =>
      record === undefined ? [] : [{ mac, input: inputOf(vendor, model, record, target.secret) }],
    ),
    { by: 'demo' },
  )
  for (const { script, mac } of phones) await bootPhone(script, mac, roadsOf(target.ports, lan), say)
}

/** Enters one device and boots its virtual phone: whether a box of this program configures a phone at all. */
export async function bootDemoPhone(target: DemoTarget, lan: Lan, say: (line: string) => void): Promise<BootResult> {
  const [script] = loadScripts(shippedTemplates(), 'yealink')
  if (script === undefined) throw new InvariantError('there is no virtual phone to try')
  const mac = parseMac(`${script.oui}00d001`)
  const record = { name: 'Check', user: '201' }
  target.devices.putMany([{ mac, input: inputOf(script.vendor, script.model, record, target.secret) }], { by: 'check' })
  return bootPhone(script, mac, roadsOf(target.ports, lan), say)
}

function inputOf(vendor: string, model: string, record: NonNullable<DemoPhone['record']>, secret: string) {
  const line = { index: 1, user: record.user, label: record.name, server: 'pbx.example.net', secret }
  return { vendor, model, name: record.name, enabled: record.enabled ?? true, lines: [line] }
}

function roadsOf(ports: Ports, lan: Lan): PhoneRoads {
  const random = Math.random
  return {
    lan,
    tftpPort: ports.tftp,
    dhcp: {
      lan,
      device: 'lo',
      serverPort: ports.dhcp,
      clientPort: ports.dhcpClient,
      relay: { address: RELAY, server: SERVER },
      random,
    },
    pnp: { lan, device: 'lo', port: ports.sip, server: SERVER, random },
  }
}
