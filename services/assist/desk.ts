import type { Backoff } from '../core/backoff.ts'
import { printable } from '../core/bytes.ts'
import type { Counters } from '../core/counters.ts'
import { messageOf } from '../core/errors.ts'
import { formatIpv4, type Ipv4 } from '../core/ipv4.ts'
import type { Log } from '../core/log.ts'
import { formatMac, type Mac } from '../core/mac.ts'
import type { Leases } from '../dhcp/contract.ts'
import type { Alarms, Journal } from '../journey/contract.ts'
import type { Answer, Devices, FileRequest } from '../phones/contract.ts'
import type { ClaimDesk, ClaimPage, ClaimPages } from './contract.ts'
import { claimedPage, FAILED_PAGE, pageFor } from './pages.ts'
import { type ClaimDecision, decideClaim, type PinCheck } from './policy.ts'
import { readClaim } from './policy-form.ts'

export interface DeskDeps {
  readonly pages: ClaimPages
  readonly devices: Pick<Devices, 'get'>
  readonly leases: Pick<Leases, 'byAddress'>
  neighbour(address: Ipv4): Mac | undefined
  readonly each: Backoff
  readonly all: Backoff
  check(extension: string, pin: string): PinCheck
  /** Makes the record; who it is now. Throws when it cannot. */
  claim(mac: Mac, person: string): { readonly name: string; readonly extension: string }
  readonly journal: Journal
  readonly alarms: Pick<Alarms, 'raise'>
  readonly log: Log
  readonly counters: Counters
}

const FILE = 'claim'
/** Everybody at once, as a key of `all`. */
export const EVERYBODY = ''

/** The pages at `/claim` on which a person at a phone says whose it is. */
export function makeClaimDesk(deps: DeskDeps): ClaimDesk {
  return {
    answer(request) {
      const input = request.method === 'put' ? undefined : readClaim(request.path, request.query)
      if (input === undefined || request.protocol === 'tftp') return undefined
      const { address } = request.from
      const lease = deps.leases.byAddress(address)?.mac
      const neighbour = deps.neighbour(address)
      const decision = decideClaim({
        ...{ lease, neighbour, named: deps.pages.named(request.userAgent) },
        allowed: (mac) => deps.pages.allowed(mac),
        registered: (mac) => deps.devices.get(mac) !== undefined,
        extension: input.extension,
        // Asking what a page would look like is no attempt.
        pin: request.method === 'get' ? input.pin : undefined,
        waitSeconds: (mac) => waitSeconds(deps, mac, address, request.at),
        check: deps.check,
      })
      deps.counters.add(`claim.${decision.kind}`)
      switch (decision.kind) {
        case 'pass':
          return undefined
        case 'refused':
          return refuse(deps, request, decision)
        case 'claim':
          return succeed(deps, request, decision.mac, decision.person)
        case 'wrong':
          fail(deps, request, decision.mac, decision.reason)
          return show(deps, request, decision.mac, pageFor(decision, input.extension))
        default:
          return show(deps, request, decision.mac, pageFor(decision, input.extension))
      }
    },
  }
}

function waitSeconds(deps: DeskDeps, mac: Mac, address: Ipv4, at: number): number {
  const until = Math.max(
    deps.each.heldUntil(mac, at) ?? 0,
    deps.each.heldUntil(formatIpv4(address), at) ?? 0,
    deps.all.heldUntil(EVERYBODY, at) ?? 0,
  )
  return Math.max(0, Math.ceil((until - at) / 1000))
}

/** An attempt that failed: counted for the phone, for its address and for all, and written down with its reason. */
function fail(deps: DeskDeps, request: FileRequest, mac: Mac, reason: string): void {
  const { at } = request
  const address = formatIpv4(request.from.address)
  const own = deps.each.failed(mac, at)
  const there = deps.each.failed(address, at)
  const total = deps.all.failed(EVERYBODY, at)
  note(deps, request, mac, `was refused a claim: ${reason}`)
  if (own.held || there.held)
    deps.alarms.raise(
      'claim-guessing',
      formatMac(mac),
      `${Math.max(own.failures, there.failures)} wrong PINs in a row from ${formatMac(mac)} at ${address}`,
    )
  if (total.held)
    deps.alarms.raise('claim-guessing', 'all phones', `${total.failures} wrong PINs from many phones: all must wait`)
}

function succeed(deps: DeskDeps, request: FileRequest, mac: Mac, person: string): Answer | undefined {
  try {
    const { name, extension } = deps.claim(mac, person)
    deps.each.forget(mac)
    deps.each.forget(formatIpv4(request.from.address))
    deps.all.forgive(EVERYBODY)
    return show(deps, request, mac, claimedPage(name, extension))
  } catch (thrown) {
    deps.log.error('claim could not be stored', { mac, error: messageOf(thrown) })
    return show(deps, request, mac, FAILED_PAGE)
  }
}

function show(deps: DeskDeps, request: FileRequest, mac: Mac, page: ClaimPage): Answer | undefined {
  try {
    const made = deps.pages.render(mac, page, request.localAddress)
    if (made === undefined) return undefined
    // Marked as secret so that nothing on the way keeps it: the next answer at this URL is another page.
    return {
      ...{ kind: 'content', mac, file: FILE, reason: 'a page of the claim', stage: 'full' },
      ...{ ...made, secret: true, own: false },
    }
  } catch (thrown) {
    deps.alarms.raise('template-error', `claim page of ${formatMac(mac)}`, messageOf(thrown))
    return { kind: 'missing', expected: false, mac, file: FILE, reason: 'the box failed to make the page' }
  }
}

/** Who does not hold the address is no phone that shows a page: held off like a guesser, and written down until then. */
function refuse(deps: DeskDeps, request: FileRequest, decision: Extract<ClaimDecision, { kind: 'refused' }>): Answer {
  const address = formatIpv4(request.from.address)
  const base = { file: FILE, reason: decision.reason, ...(decision.mac !== undefined && { mac: decision.mac }) }
  if (deps.each.heldUntil(address, request.at) !== undefined) return { kind: 'refused', ...base }
  if (deps.each.failed(address, request.at).held)
    deps.alarms.raise('claim-guessing', address, `tries to claim a phone: ${decision.reason}`)
  if (decision.mismatch) deps.alarms.raise('neighbour-mismatch', address, decision.reason)
  note(deps, request, decision.mac, decision.reason)
  return { kind: 'refused', ...base }
}

function note(deps: DeskDeps, request: FileRequest, mac: Mac | undefined, reason: string): void {
  deps.journal.record({
    at: request.at,
    address: request.from.address,
    ...(mac !== undefined && { mac }),
    ...(request.interface !== undefined && { interface: request.interface }),
    step: {
      kind: 'file.refused',
      protocol: request.protocol,
      file: FILE,
      reason,
      ...(request.userAgent !== undefined && { userAgent: printable(request.userAgent) }),
    },
  })
}
