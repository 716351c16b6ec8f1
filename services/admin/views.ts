import { printable } from '../core/bytes.ts'
import { formatIpv4, type Ipv4 } from '../core/ipv4.ts'
import { formatMac, type Mac } from '../core/mac.ts'
import type { DhcpStatus, Lease } from '../dhcp/contract.ts'
import type { Alarm, Happening, Journey, JourneySummary, Step, Verdict } from '../journey/contract.ts'
import type { Device, Explanation, Layer, SettingValue, Sourced } from '../phones/contract.ts'
import type { Change } from '../records/contract.ts'
import type * as wire from './schema.ts'
import { type IsSecret, withoutSecrets } from './secrets.ts'

// From the services' words to the API's: addresses as text, times in milliseconds, secrets left out.

/** An object without its undefined fields, as JSON would have it. */
function present<T extends object>(value: T): T {
  for (const name of Object.keys(value) as (keyof T)[]) if (value[name] === undefined) delete value[name]
  return value
}

const address = (value: Ipv4 | undefined) => (value === undefined ? undefined : formatIpv4(value))
const mac = (value: Mac | undefined) => (value === undefined ? undefined : formatMac(value))
const shown = (value: string | undefined, most?: number) => (value === undefined ? undefined : printable(value, most))

/** `held`: its files with secrets wait for a person, and nothing else helps before that. */
export function verdictView(verdict: Verdict, held = false): wire.Verdict {
  const { state, text, advice, since } = verdict
  return present({ state, text, advice, help: held && state !== 'unknown-device' ? 'allow' : verdict.help, since })
}

function seenView(seen: Pick<JourneySummary, 'vendor' | 'model' | 'firmware' | 'address'> | undefined) {
  return {
    vendor: shown(seen?.vendor),
    model: shown(seen?.model),
    firmware: shown(seen?.firmware),
    address: address(seen?.address),
  }
}

export function sightingView(summary: JourneySummary, known: boolean, held = false): wire.Sighting {
  return present({
    mac: formatMac(summary.mac),
    ...present(seenView(summary)),
    firstSeen: summary.firstSeen,
    lastSeen: summary.lastSeen,
    known,
    verdict: verdictView(summary.verdict, held),
  })
}

export function deviceRow(
  device: Device,
  seen: JourneySummary | undefined,
  verdict: Verdict,
  held = false,
): wire.DeviceRow {
  const from = seenView(seen)
  return present({
    mac: formatMac(device.mac),
    rev: device.rev,
    name: device.name,
    ...from,
    vendor: device.vendor ?? from.vendor,
    model: device.model ?? from.model,
    group: device.group,
    enabled: device.enabled,
    lines: device.lines.map((line) => present({ index: line.index, label: line.label, user: line.user })),
    lastSeen: seen?.lastSeen,
    verdict: verdictView(verdict, held),
  })
}

export function layerView(layer: Layer, isSecret: IsSecret) {
  const { settings, extra, secrets } = withoutSecrets(layer, isSecret)
  return present({
    settings: copy(settings),
    extra,
    dhcpOptions: layer.dhcpOptions.map((option) => ({ ...option })),
    locked: layer.locked && [...layer.locked],
    secrets,
  })
}

const given = (secret: string | undefined) => secret !== undefined && secret !== ''

function copy(settings: Layer['settings']): Record<string, string | number | boolean | string[]> {
  return Object.fromEntries(
    Object.entries(settings).map(([name, value]) => [name, typeof value === 'object' ? [...value] : value]),
  )
}

export function deviceView(device: Device, isSecret: IsSecret): wire.DeviceView {
  return present({
    mac: formatMac(device.mac),
    rev: device.rev,
    name: device.name,
    vendor: device.vendor,
    model: device.model,
    group: device.group,
    enabled: device.enabled,
    lines: device.lines.map(({ secret, ...line }) => ({ ...line, hasSecret: given(secret) })),
    keys: device.keys.map((key) => ({ ...key })),
    handsets: device.handsets?.map(({ ac, ...handset }) => ({ ...handset, hasAc: given(ac) })),
    ports: device.ports?.map((port) => ({ ...port })),
    relays: device.relays?.map(({ code, ...relay }) => ({ ...relay, hasCode: given(code) })),
    buttons: device.buttons?.map((button) => ({ ...button })),
    notes: device.notes,
    ...layerView(device, isSecret),
  })
}

export function explainView(explanation: Explanation, verdict: Verdict, isSecret: IsSecret): wire.ExplainView {
  const { identity, effective } = explanation
  const entries = <Value>(bag: Readonly<Record<string, { value: Value; layer: string; of?: string }>>) =>
    Object.entries(bag).map(([name, { value, layer, of }]) => {
      const secret = isSecret(name)
      return { ...present({ name, layer, of, value: secret ? undefined : value }), secret }
    })
  return present({
    mac: formatMac(explanation.mac),
    device: explanation.device && deviceView(explanation.device, isSecret),
    identity: present({
      vendor: shown(identity.vendor),
      model: shown(identity.model),
      firmware: shown(identity.firmware),
      confidence: identity.confidence,
      used: identity.used.map(({ source, text }) => ({ source, text: printable(text) })),
    }),
    settings: Object.entries(effective.settings).map(([name, sourced]) => settingRow(name, sourced, isSecret(name))),
    extra: entries(effective.extra),
    dhcpOptions: effective.dhcpOptions.map(({ value, layer, of }) => present({ option: { ...value }, layer, of })),
    files: filesView(explanation),
    warnings: explanation.warnings.map((text) => printable(text, 500)),
    media: explanation.media?.map((text) => printable(text, 300)),
    closed: shown(explanation.closed, 500),
    verdict: verdictView(verdict, explanation.closed !== undefined),
  })
}

/** One effective setting, with who locked it and what was said in vain; a secret without any value. */
function settingRow(name: string, sourced: Sourced<SettingValue>, secret: boolean) {
  const value = (it: SettingValue) => (secret ? undefined : typeof it === 'object' ? [...it] : it)
  const { layer, of, lockedBy, ignored } = sourced
  return {
    ...present({
      name,
      layer,
      of,
      value: value(sourced.value),
      lockedBy: lockedBy && { ...lockedBy },
      ignored: ignored?.map((one) => present({ layer: one.layer, of: one.of, value: value(one.value) })),
    }),
    secret,
  }
}

export function filesView(explanation: Explanation): wire.FileRow[] {
  return explanation.files.map(({ name, secret, own, absent, problem }) =>
    present({ name, secret, own, absent, problem }),
  )
}

/** Whether a step brought the device forward, held it up, or neither. */
function toneOf(step: Step): wire.HappeningView['tone'] {
  if (step.kind === 'file.missing') return step.expected ? 'plain' : 'bad'
  if (step.kind === 'pnp.confirmed') return step.status < 300 ? 'good' : 'bad'
  if (step.kind === 'notify.result' || step.kind === 'action.result') return step.ok ? 'good' : 'bad'
  if (step.kind === 'refetch.ended') return step.fetched ? 'good' : 'bad'
  if (/\.(refused|broken|declined)$/.test(step.kind)) return 'bad'
  return /\.(answered|served|completed)$/.test(step.kind) ? 'good' : 'plain'
}

export function happeningView(happening: Happening, tell: (happening: Happening) => string): wire.HappeningView {
  return present({
    at: happening.at,
    mac: mac(happening.mac),
    address: address(happening.address),
    interface: happening.interface,
    kind: happening.step.kind,
    tone: toneOf(happening.step),
    text: printable(tell(happening), 500),
  })
}

/** A step's own fields as text; it carries no secret by its contract. */
function fieldsOf({ step, count, firstAt }: Happening): { name: string; value: string }[] {
  const more = { ...(count !== undefined && { count }), ...(firstAt !== undefined && { firstAt }) }
  return Object.entries({ ...step, ...more }).flatMap(([name, value]) => {
    if (value === undefined) return []
    const text =
      name === 'leased' ? formatIpv4(value as Ipv4) : typeof value === 'string' ? value : JSON.stringify(value)
    return { name, value: printable(text, 500) }
  })
}

export function journeyView(
  journey: Journey,
  verdict: Verdict,
  tell: (happening: Happening) => string,
): wire.JourneyView {
  return present({
    mac: formatMac(journey.mac),
    ...seenView(journey),
    interface: journey.interface,
    firstSeen: journey.firstSeen,
    lastSeen: journey.lastSeen,
    verdict: verdictView(verdict),
    happenings: journey.happenings.map((happening) => ({
      ...happeningView(happening, tell),
      fields: fieldsOf(happening),
    })),
  })
}

export function leaseView(lease: Lease): wire.LeaseView {
  return present({
    address: formatIpv4(lease.address),
    state: lease.state,
    network: lease.network,
    mac: mac(lease.mac),
    clientId: lease.clientId,
    hostName: shown(lease.hostName),
    vendorClass: shown(lease.vendorClass),
    relay: lease.relay,
    interface: lease.interface,
    startedAt: lease.startedAt,
    endsAt: lease.endsAt,
  })
}

export function dhcpView(status: DhcpStatus): wire.DhcpView {
  return {
    interfaces: status.interfaces.map(({ name, mode, answering, reason, foreign }) => ({
      name,
      mode,
      answering,
      reason,
      foreign: foreign.map((other) =>
        present({
          server: formatIpv4(other.server),
          mac: mac(other.mac),
          firstSeen: other.firstSeen,
          lastSeen: other.lastSeen,
        }),
      ),
    })),
    networks: status.networks.map((network) => ({ ...network })),
  }
}

export function alarmView(alarm: Alarm): wire.AlarmView {
  const { kind, subject, text, firstAt, lastAt, count } = alarm
  return { kind, subject: printable(subject), text: printable(text, 500), firstAt, lastAt, count }
}

/** A change by the names of the fields that differ: values may be secrets. */
export function changeView(change: Change): wire.ChangeView {
  const before = change.before ?? {}
  const after = change.after ?? {}
  const names = new Set([...Object.keys(before), ...Object.keys(after)])
  const fields = [...names].filter((name) => JSON.stringify(before[name]) !== JSON.stringify(after[name])).sort()
  return { seq: change.seq, by: change.by, at: change.at, fields }
}
