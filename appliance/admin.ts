import { join } from 'node:path'
import type { AdminDeps } from '../services/admin/contract.ts'
import { OperatorError } from '../services/core/errors.ts'
import { formatMac, type Mac } from '../services/core/mac.ts'
import type { Lan } from '../services/core/net.ts'
import type { Leases } from '../services/dhcp/contract.ts'
import type { Journal, Journeys } from '../services/journey/contract.ts'
import type { Devices, ResyncRecipe } from '../services/phones/contract.ts'
import type { Notifier, NotifyOutcome } from '../services/sip/contract.ts'
import { holderOf } from './holder.ts'

/** The folder of the built page. */
export function builtPage(): string {
  return join(import.meta.dirname, '..', 'dist', 'web')
}

export interface ResyncDeps {
  readonly devices: Devices
  readonly leases: Leases
  readonly journeys: Journeys
  readonly journal: Journal
  readonly notifier: Notifier
  readonly lan: Lan
  readonly now: () => number
  readonly recipe: (mac: Mac, options: { readonly reboot: boolean }) => ResyncRecipe | undefined
}

/** Tells a phone by SIP NOTIFY to fetch its configuration again, and writes both ends of it into its journey. */
export async function resync(deps: ResyncDeps, mac: Mac, by: string): Promise<NotifyOutcome> {
  const address = deps.leases.byMac(mac)?.address ?? deps.journeys.of(mac)?.address
  const recipe = deps.recipe(mac, { reboot: false })
  const line = deps.devices.get(mac)?.lines[0]
  if (recipe === undefined) throw new OperatorError(`${formatMac(mac)} is of no vendor that takes a NOTIFY`)
  if (address === undefined) throw new OperatorError(`${formatMac(mac)} has no address that the box knows of`)
  // By MAC, not by what once had the address: a NOTIFY may carry an answer made with this device's secret.
  const holder = holderOf(address, deps.leases, deps.lan)
  if (holder !== undefined && holder !== mac)
    throw new OperatorError(`the last address of ${formatMac(mac)} is now held by ${formatMac(holder)}`)
  const tell = (step: Parameters<Journal['record']>[0]['step']) =>
    deps.journal.record({ at: deps.now(), mac, address, step })
  tell({ kind: 'notify.sent', event: recipe.event, to: line?.user ?? mac, by })
  const outcome = await deps.notifier.notify({
    mac,
    to: { address, port: 5060 },
    user: line?.user ?? mac,
    event: recipe.event,
    ...(recipe.contentType === undefined ? {} : { contentType: recipe.contentType }),
    ...(recipe.body === undefined ? {} : { body: recipe.body }),
    ...(line?.secret === undefined ? {} : { credentials: { user: line.authUser ?? line.user, secret: line.secret } }),
  })
  tell({ kind: 'notify.result', event: recipe.event, ...describe(outcome) })
  return outcome
}

function describe(outcome: NotifyOutcome): { readonly outcome: string; readonly ok: boolean } {
  if (outcome.kind === 'accepted') return { outcome: `accepted (${outcome.status})`, ok: true }
  if (outcome.kind === 'refused') return { outcome: `refused: ${outcome.status} ${outcome.reason}`, ok: false }
  return { outcome: `no answer to ${outcome.attempts} attempts`, ok: false }
}

/** `work` every `ms`, until the returned function is called. */
export const every: AdminDeps['every'] = (ms, work) => {
  const timer = setInterval(work, ms)
  return () => clearInterval(timer)
}
