import { printable } from '../core/bytes.ts'
import type { EpochMs } from '../core/clock.ts'
import { formatIpv4 } from '../core/ipv4.ts'
import { adviceAfterLease, adviceAfterRefusal } from './advice.ts'
import type { Happening, Journey, Step, Verdict } from './contract.ts'
import { ago, protocolName } from './words.ts'

/** How long a phone is given for its next step: slow models need over a minute from the lease to the first file. */
export const PATIENCE_MS = 90_000

type StepOf<Kind extends Step['kind']> = Extract<Step, { kind: Kind }>
interface Found<Kind extends Step['kind']> {
  readonly index: number
  readonly at: EpochMs
  readonly step: StepOf<Kind>
}

/**
 * The one sentence that a journey ends in. `known`: a person gave this device to the box. What came after the last
 * complete fetch of the device's own file decides; within it a refusal weighs more than a broken transfer, that more
 * than a missing file, and all of them more than what DHCP and PnP say.
 */
export function verdictOf(journey: Journey | undefined, known: boolean, now: EpochMs): Verdict {
  const happenings = journey?.happenings ?? []
  if (journey === undefined || !happenings.some(({ step }) => isByDevice(step)))
    return known
      ? {
          state: 'never-seen',
          text: 'known, but never seen on this network',
          advice: 'Plug it in. If it is plugged in, compare its MAC address with the label and check its VLAN.',
          help: 'setup',
        }
      : { state: 'never-seen', text: 'no such device was ever seen' }
  if (!known) return unknownDevice(journey, now)
  const fetched = last(happenings, 'file.completed', (step) => step.own)
  return (
    fileTrouble(happenings, fetched?.index ?? -1, now) ??
    (fetched === undefined ? onTheWay(journey, now) : afterFetch(happenings, fetched, now))
  )
}

/** Steps that the device itself took, as opposed to what people and the box did about it. */
export function isByDevice(step: Step): boolean {
  return !/^(record|notify|action|refetch)\./.test(step.kind)
}

function unknownDevice(journey: Journey, now: EpochMs): Verdict {
  const what = [journey.vendor, journey.model].filter((text) => text !== undefined).join(' ')
  const who = what === '' ? 'unknown device' : `unknown device (${shown(what)})`
  const file = lastOf(journey.happenings, (step) => isFileAsk(step))
  const lease = journey.address === undefined ? '' : `, at ${formatIpv4(journey.address)}`
  return {
    state: 'unknown-device',
    text:
      file !== undefined && 'file' in file.step
        ? `${who} asked for ${shown(file.step.file)} ${ago(file.at, now)}`
        : `${who}${lease}, last seen ${ago(journey.lastSeen, now)}`,
    advice: 'It waits under New phones: add it there if it is yours.',
    help: 'adopt',
    since: journey.firstSeen,
  }
}

/** Trouble with a file since `from` that no later success with the same file has cured. */
function fileTrouble(happenings: readonly Happening[], from: number, now: EpochMs): Verdict | undefined {
  const cured = new Set<string>()
  let refused: Found<'file.refused'> | undefined
  let broken: Found<'file.broken'> | undefined
  let missing: Found<'file.missing'> | undefined
  for (let index = happenings.length - 1; index > from; index--) {
    const happening = happenings[index]
    if (happening === undefined) continue
    const { step, at } = happening
    if (step.kind === 'file.served' || step.kind === 'file.completed') cured.add(step.file)
    else if (step.kind === 'file.refused' && !cured.has(step.file)) refused ??= { index, at, step }
    else if (step.kind === 'file.broken' && !cured.has(step.file)) broken ??= { index, at, step }
    else if (step.kind === 'file.missing' && !step.expected && !cured.has(step.file)) missing ??= { index, at, step }
  }
  if (refused !== undefined)
    return {
      state: 'trouble',
      text: `asked for ${shown(refused.step.file)} ${ago(refused.at, now)}, but was refused: ${shown(refused.step.reason)}`,
      advice: adviceAfterRefusal(refused.step.reason),
      help: 'record',
      since: refused.at,
    }
  if (broken !== undefined)
    return {
      state: 'trouble',
      text: `transfer of ${shown(broken.step.file)} by ${protocolName(broken.step.protocol)} broke off ${ago(broken.at, now)}: ${shown(broken.step.reason)}`,
      advice: 'Check cable, switch port and Wi-Fi; the phone tries again when it is restarted.',
      help: 'refetch',
      since: broken.at,
    }
  // A configured phone that asks for more than there is (a phone book, a picture) still works.
  if (missing !== undefined && from < 0)
    return {
      state: 'trouble',
      text: `asked for ${shown(missing.step.file)} ${ago(missing.at, now)}, which no template makes: ${shown(missing.step.reason)}`,
      advice: 'Check that vendor and model of the device are right, or add a template for this file.',
      help: 'record',
      since: missing.at,
    }
  return undefined
}

/** The device has had its own file completely; what came after it. */
function afterFetch(happenings: readonly Happening[], fetched: Found<'file.completed'>, now: EpochMs): Verdict {
  const file = shown(fetched.step.file)
  const how = `fetched ${file} by ${protocolName(fetched.step.protocol)}`
  const later = happenings.slice(fetched.index + 1)
  const asks = lastOf(later, (step) => step.kind === 'file.served' && step.own)
  if (asks !== undefined) return fetching(asks, fetched.step.file, now)
  // What was sent was made when it was asked for, not when its last byte arrived.
  const made = happenings
    .slice(0, fetched.index)
    .findLastIndex(({ step }) => step.kind === 'file.served' && step.own && step.file === fetched.step.file)
  const changed = last(happenings, 'record.changed')
  const isNewer = changed !== undefined && changed.index > (made < 0 ? fetched.index : made)
  const same = isNewer && happenings.slice(changed.index).some(({ step }) => step.kind === 'record.same')
  if (isNewer && !same) return changedSince(happenings, changed, now)
  const dhcp = dhcpTrouble(later, now)
  if (dhcp?.state === 'trouble') return dhcp
  const started = lastOf(later, isStart)
  const since = same ? `; changed ${ago(changed.at, now)}, which made no new file for it` : ''
  const configured = `configured ${ago(fetched.at, now)}, ${how}${since}`
  if (started !== undefined) {
    if (now - started.at < PATIENCE_MS)
      return {
        state: 'under-way',
        text: `restarted ${ago(started.at, now)}; was configured ${ago(fetched.at, now)}`,
        since: started.at,
      }
    return {
      state: 'configured',
      text: `${configured}; restarted ${ago(started.at, now)} without asking for it again`,
      advice: 'Some models ask again only after their own interval. Send it a resync if it should fetch now.',
      help: 'refetch',
      since: fetched.at,
    }
  }
  const missing = last(later, 'file.missing', (step) => !step.expected)
  if (missing !== undefined)
    return {
      state: 'configured',
      text: `${configured}; then asked for ${shown(missing.step.file)}, which no template makes`,
      since: fetched.at,
    }
  const vain = askedInVain(later, now)
  if (vain !== undefined)
    return {
      state: 'configured',
      text: `${configured}; ${vain}`,
      advice: 'Restart it by hand if there is something new for it.',
      since: fetched.at,
    }
  return { state: 'configured', text: configured, since: fetched.at }
}

function changedSince(happenings: readonly Happening[], changed: Found<'record.changed'>, now: EpochMs): Verdict {
  const text = `changed ${ago(changed.at, now)}, not fetched since`
  const later = happenings.slice(changed.index + 1)
  const told = lastOf(later, isTold)
  const vain = askedInVain(later, now)
  if (vain !== undefined)
    return {
      state: 'trouble',
      text: `${text}; ${vain}`,
      advice: 'Restart the phone by hand.',
      help: 'refetch',
      since: changed.at,
    }
  const result = lastOf(later, (step) => step.kind === 'notify.result' || step.kind === 'action.result')
  if (result !== undefined && 'ok' in result.step && !result.step.ok)
    return {
      state: 'trouble',
      text: `${text}; told to fetch it ${ago(result.at, now)}, but: ${shown(result.step.outcome)}`,
      advice: 'Restart the phone by hand.',
      help: 'refetch',
      since: changed.at,
    }
  const left = last(later, 'refetch.left')
  if (left !== undefined && left.at >= (told?.at ?? left.at))
    return {
      state: 'waiting',
      text: `${text}; not asked to ${ago(left.at, now)}: ${shown(left.step.reason)}`,
      since: changed.at,
    }
  if (told !== undefined && now - told.at < PATIENCE_MS)
    return { state: 'under-way', text: `${text}; told to fetch it ${ago(told.at, now)}`, since: changed.at }
  return {
    state: 'waiting',
    text: told === undefined ? text : `${text}, though told to ${ago(told.at, now)}`,
    advice: 'Send it a resync, or restart it.',
    help: 'refetch',
    since: changed.at,
  }
}

function isTold(step: Step): boolean {
  return step.kind === 'notify.sent' || step.kind === 'action.sent'
}

/** `asked to fetch again 2 min ago, did not: …` when that was the end of it, and nothing was tried since. */
function askedInVain(later: readonly Happening[], now: EpochMs): string | undefined {
  const ended = last(later, 'refetch.ended')
  const told = later.findLastIndex(({ step }) => isTold(step))
  if (ended === undefined || ended.step.fetched || ended.index < told) return undefined
  const at = later[told]?.at ?? ended.at
  return `asked to fetch again ${ago(at, now)}, did not: ${printable(ended.step.text, 200)}`
}

function fetching(asked: Happening, file: string, now: EpochMs): Verdict {
  if (now - asked.at < PATIENCE_MS)
    return { state: 'under-way', text: `is fetching ${shown(file)} since ${ago(asked.at, now)}`, since: asked.at }
  return {
    state: 'trouble',
    text: `began to fetch ${shown(file)} ${ago(asked.at, now)} and never finished`,
    advice: 'Check cable, switch port and Wi-Fi, then restart the phone.',
    help: 'refetch',
    since: asked.at,
  }
}

/** The device has never had its own file: how far did it come? */
function onTheWay(journey: Journey, now: EpochMs): Verdict {
  const { happenings } = journey
  const own = last(happenings, 'file.served', (step) => step.own)
  const started = lastOf(happenings, isStart)
  if (own !== undefined) return fetching({ at: own.at, step: own.step }, own.step.file, now)
  const fresh = started !== undefined && now - started.at < PATIENCE_MS
  const file = lastOf(happenings, isFileAsk)
  if (file !== undefined && 'file' in file.step) {
    const text = `asked for ${shown(file.step.file)} ${ago(file.at, now)}, not yet for its own file`
    if (fresh || now - file.at < PATIENCE_MS) return { state: 'under-way', text, since: file.at }
    return {
      state: 'trouble',
      text,
      advice: 'Check that vendor and model of the device are right: it may want a file of another name.',
      help: 'record',
      since: file.at,
    }
  }
  return pnpOutcome(happenings, now) ?? dhcpTrouble(happenings, now) ?? leasedOnly(journey, now)
}

/** What PnP says, when the phone was given an URL by it after its last answer by DHCP. */
function pnpOutcome(happenings: readonly Happening[], now: EpochMs): Verdict | undefined {
  const told = last(happenings, 'pnp.answered')
  const confirmed = last(happenings, 'pnp.confirmed')
  if (told === undefined) return undefined
  if (confirmed !== undefined && confirmed.index > told.index && confirmed.step.status >= 300)
    return {
      state: 'trouble',
      text: `refused the URL told by PnP ${ago(confirmed.at, now)}: status ${confirmed.step.status}`,
      advice: 'Set the URL in the phone by hand, or give it by DHCP.',
      help: 'setup',
      since: confirmed.at,
    }
  const text = `told ${shown(told.step.url)} by PnP ${ago(told.at, now)}`
  if (now - told.at < PATIENCE_MS) return { state: 'under-way', text, since: told.at }
  return {
    state: 'trouble',
    text: `${text}, but never asked for a file`,
    advice: 'Check that the phone can reach this address, and that provisioning is on in the phone.',
    help: 'setup',
    since: told.at,
  }
}

function dhcpTrouble(happenings: readonly Happening[], now: EpochMs): Verdict | undefined {
  const end = lastOf(
    happenings,
    (step) => step.kind.startsWith('dhcp.') && step.kind !== 'dhcp.asked' && step.kind !== 'dhcp.released',
  )
  if (end === undefined) return undefined
  const { step, at } = end
  if (step.kind === 'dhcp.declined')
    return {
      state: 'trouble',
      text: `declined ${formatIpv4(step.leased)} ${ago(at, now)}: somebody else holds that address`,
      advice: 'Look for a device that has this address set by hand, or take it out of the pool.',
      help: 'network',
      since: at,
    }
  if (step.kind === 'dhcp.refused')
    return { state: 'trouble', text: `was refused an address ${ago(at, now)}: ${shown(step.reason)}`, since: at }
  if (step.kind === 'dhcp.ignored')
    return {
      state: 'waiting',
      text: `asked by DHCP ${ago(at, now)} and was not answered: ${shown(step.reason)}`,
      advice: 'If another server leases addresses here, let it hand out this box as option 66 or 160, or rely on PnP.',
      help: 'network',
      since: at,
    }
  if (step.kind === 'dhcp.answered' && step.message === 'offer' && now - at >= PATIENCE_MS)
    return {
      state: 'trouble',
      text: `was offered an address ${ago(at, now)} and never took it`,
      advice: 'Another DHCP server may have been quicker: look at the alarms.',
      help: 'network',
      since: at,
    }
  return undefined
}

function leasedOnly(journey: Journey, now: EpochMs): Verdict {
  const { happenings } = journey
  const lease = last(happenings, 'dhcp.answered', (step) => step.message !== 'offer')
  const asked = last(happenings, 'dhcp.asked')
  const quiet = now - (lease?.at ?? asked?.at ?? journey.lastSeen)
  if (lease !== undefined) {
    const address = lease.step.leased ?? journey.address
    const text = `leased ${address === undefined ? 'an address' : formatIpv4(address)} ${ago(lease.at, now)}`
    // Renewals make the last lease young for ever: the first one tells how long the phone has had the time to ask.
    const first = happenings.find(({ step }) => step.kind === 'dhcp.answered' && step.message !== 'offer')
    const started = lastOf(happenings, isStart)
    const since = started?.at ?? first?.firstAt ?? first?.at ?? lease.at
    if (now - since < PATIENCE_MS) return { state: 'under-way', text, since: lease.at }
    return {
      state: 'trouble',
      text: `${text}, but never asked for a file`,
      advice: adviceAfterLease(asked?.step.parameters ?? [], lease.step.options),
      help: 'setup',
      since: lease.at,
    }
  }
  if (asked !== undefined && quiet < PATIENCE_MS)
    return { state: 'under-way', text: `asked for an address ${ago(asked.at, now)}`, since: asked.at }
  if (asked !== undefined)
    return { state: 'waiting', text: `asked for an address ${ago(asked.at, now)} and got none`, since: asked.at }
  const ignored = last(happenings, 'pnp.ignored')
  if (ignored !== undefined)
    return {
      state: 'waiting',
      text: `asked by PnP ${ago(ignored.at, now)} and was not answered: ${shown(ignored.step.reason)}`,
      since: ignored.at,
    }
  return {
    state: 'waiting',
    text: `seen on the network ${ago(journey.lastSeen, now)}, asked for nothing yet`,
    advice: 'Restart the phone; if it has an address set by hand, give it the URL of this box too.',
    help: 'setup',
    since: journey.lastSeen,
  }
}

function isStart(step: Step): boolean {
  return step.kind === 'dhcp.asked' && (step.message === 'discover' || step.message === 'bootp')
}

function isFileAsk(step: Step): boolean {
  return step.kind.startsWith('file.') && step.kind !== 'file.uploaded'
}

function last<Kind extends Step['kind']>(
  happenings: readonly Happening[],
  kind: Kind,
  accept: (step: StepOf<Kind>) => boolean = () => true,
): Found<Kind> | undefined {
  for (let index = happenings.length - 1; index >= 0; index--) {
    const happening = happenings[index]
    if (happening?.step.kind !== kind) continue
    const step = happening.step as StepOf<Kind>
    if (accept(step)) return { index, at: happening.at, step }
  }
  return undefined
}

function lastOf(happenings: readonly Happening[], accept: (step: Step) => boolean): Happening | undefined {
  return happenings.findLast(({ step }) => accept(step))
}

function shown(text: string): string {
  return printable(text, 120)
}
