import { printable } from '../core/bytes.ts'
import type { EpochMs } from '../core/clock.ts'
import { InvariantError } from '../core/errors.ts'
import { formatIpv4 } from '../core/ipv4.ts'
import type { Happening, Journey, Step } from './contract.ts'
import { listOf, protocolName } from './words.ts'

const STEP_KINDS: Readonly<Record<Step['kind'], true>> = {
  'dhcp.asked': true,
  'dhcp.answered': true,
  'dhcp.refused': true,
  'dhcp.ignored': true,
  'dhcp.released': true,
  'dhcp.declined': true,
  'pnp.asked': true,
  'pnp.answered': true,
  'pnp.ignored': true,
  'pnp.confirmed': true,
  'file.served': true,
  'file.completed': true,
  'file.broken': true,
  'file.missing': true,
  'file.refused': true,
  'file.uploaded': true,
  'directory.asked': true,
  'directory.refused': true,
  'notify.sent': true,
  'notify.result': true,
  'action.sent': true,
  'action.result': true,
  'refetch.left': true,
  'refetch.ended': true,
  'neighbour.seen': true,
  identified: true,
  'record.changed': true,
  'record.same': true,
}

export function isStepKind(kind: string): kind is Step['kind'] {
  return Object.hasOwn(STEP_KINDS, kind)
}

/**
 * A journey as lines of plain words, oldest first. `time` writes a moment, e.g. `(at) => clockTime(at)` or
 * `(at) => ago(at, now)` of words.ts. Texts from the LAN are made printable.
 */
export function storyOf(journey: Journey, time: (at: EpochMs) => string): readonly string[] {
  return journey.happenings.map((happening) => lineOf(happening, time))
}

/** One line: when, what, and how often when it was routine. */
export function lineOf(happening: Happening, time: (at: EpochMs) => string): string {
  const { at, firstAt, count } = happening
  const often = count === undefined || count < 2 ? '' : ` (${count} times since ${time(firstAt ?? at)})`
  return `${time(at)} ${stepText(happening.step)}${often}`
}

const MESSAGES = {
  discover: 'asked by DHCP for an address',
  request: 'asked by DHCP for the lease of its address',
  inform: 'asked by DHCP for options only',
  bootp: 'asked by BOOTP for an address',
} as const

const ANSWERS = {
  offer: 'was offered',
  ack: 'leased',
  'inform-ack': 'was told options',
  'bootp-reply': 'was given by BOOTP',
} as const

/** What a step says, in plain words. */
export function stepText(step: Step): string {
  switch (step.kind) {
    case 'dhcp.asked':
      return MESSAGES[step.message] + inBrackets(askedDetails(step))
    case 'dhcp.answered': {
      const address = step.leased === undefined ? '' : ` ${formatIpv4(step.leased)}`
      const options = step.options.map(({ code, text }) => `option ${code} ${shown(text)}`)
      return `${ANSWERS[step.message]}${address}${inBrackets(options)}`
    }
    case 'dhcp.refused':
      return `was refused an address: ${shown(step.reason)}`
    case 'dhcp.ignored':
      return `asked by DHCP and was not answered: ${shown(step.reason)}`
    case 'dhcp.released':
      return 'gave its address back'
    case 'dhcp.declined':
      return `declined ${formatIpv4(step.leased)}: somebody else holds it`
    case 'pnp.asked': {
      const from = step.macFrom === 'message' ? [] : [`its MAC address from ${MAC_FROM[step.macFrom]}`]
      const model = [step.vendor, step.model, step.firmware].flatMap((text) =>
        text === undefined ? [] : [shown(text)],
      )
      return `asked by SIP PnP for its URL${inBrackets([...(model.length > 0 ? [model.join(' ')] : []), ...from])}`
    }
    case 'pnp.answered':
      return `was told ${shown(step.url)} by SIP PnP`
    case 'pnp.ignored':
      return `asked by SIP PnP and was not answered: ${shown(step.reason)}`
    case 'pnp.confirmed':
      return step.status === 200 ? 'confirmed the URL' : `did not take the URL: status ${step.status}`
    case 'file.served':
      return `is sent ${shown(step.file)} by ${protocolName(step.protocol)}${inBrackets([
        `${step.size} bytes`,
        ...(step.own ? ['its own configuration'] : []),
        ...agent(step.userAgent),
      ])}`
    case 'file.completed':
      return `fetched ${shown(step.file)} by ${protocolName(step.protocol)} in ${step.ms} ms${step.own ? ': configured' : ''}`
    case 'file.broken':
      return `lost the transfer of ${shown(step.file)} by ${protocolName(step.protocol)}: ${shown(step.reason)}`
    case 'file.missing':
      return `asked for ${shown(step.file)} by ${protocolName(step.protocol)}, ${
        step.expected ? 'which is not there, as is usual' : `which there is not: ${shown(step.reason)}`
      }${inBrackets(agent(step.userAgent))}`
    case 'file.refused':
      return `asked for ${shown(step.file)} by ${protocolName(step.protocol)} and was refused: ${shown(step.reason)}${inBrackets(agent(step.userAgent))}`
    case 'file.uploaded':
      return `sent us ${shown(step.file)} by ${protocolName(step.protocol)} (${step.size} bytes)`
    case 'directory.asked':
      return `looked people up by LDAP and was told of ${step.found}`
    case 'directory.refused':
      return `asked for people by LDAP and was refused: ${shown(step.reason)}`
    case 'notify.sent':
      return `was sent NOTIFY ${shown(step.event)} at ${shown(step.to)}, ${byOrder(step)}`
    case 'notify.result':
      return `${step.ok ? 'took' : 'did not take'} NOTIFY ${shown(step.event)}: ${shown(step.outcome)}`
    case 'action.sent':
      return `was asked over its web server: ${shown(step.action)}, ${byOrder(step)}`
    case 'action.result':
      return `${step.ok ? 'took' : 'did not take'} ${shown(step.action)}: ${shown(step.outcome)}`
    case 'refetch.left':
      return `was not asked to fetch again: ${shown(step.reason)} (${byOrder(step)})`
    case 'refetch.ended':
      return step.fetched
        ? `fetched its configuration after it was asked: ${shown(step.text)}`
        : `did not fetch its configuration after it was asked: ${printable(step.text, 300)}`
    case 'neighbour.seen':
      return 'was seen on the network'
    case 'identified': {
      const known = [step.vendor, step.model, step.firmware].flatMap((text) =>
        text === undefined ? [] : [shown(text)],
      )
      return `was recognised as ${known.join(' ')} by ${shown(step.because)}`
    }
    case 'record.changed':
      return ACTS.has(step.what)
        ? `was ${step.what} by ${whoOf(step.by)}`
        : `was changed by ${whoOf(step.by)}: ${shown(step.what)}`
    case 'record.same':
      return 'has what it should have all the same: the change made no other file'
    default:
      return never(step)
  }
}

/** What was done to a record, where that is a word of ours. */
const ACTS: ReadonlySet<string> = new Set(['added', 'edited', 'removed'])

/** Records that come from the account name no person of it. */
const whoOf = (by: string) => (by === 'cloud' ? 'the account' : shown(by))

const MAC_FROM = { lease: 'its lease', neighbour: 'the neighbour table', nowhere: 'nowhere' } as const

function askedDetails(step: Extract<Step, { kind: 'dhcp.asked' }>): string[] {
  return [
    ...(step.vendorClass ? [`class ${shown(step.vendorClass)}`] : []),
    ...(step.hostName ? [`name ${shown(step.hostName)}`] : []),
    ...(step.parameters.length > 0 ? [`wants options ${listOf(step.parameters)}`] : []),
  ]
}

function byOrder(step: { readonly by: string; readonly why?: string }): string {
  return `by order of ${shown(step.by)}${step.why === undefined ? '' : `: ${shown(step.why)}`}`
}

function agent(userAgent: string | undefined): string[] {
  return userAgent === undefined ? [] : [shown(userAgent)]
}

function inBrackets(details: readonly string[]): string {
  return details.length === 0 ? '' : ` (${details.join(', ')})`
}

function shown(text: string): string {
  return printable(text, 120)
}

function never(step: never): never {
  throw new InvariantError(`a step of no known kind: ${JSON.stringify(step)}`)
}
