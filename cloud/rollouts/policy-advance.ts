import type { EpochMs } from '../../services/core/clock.ts'
import type { RolloutStatusReport } from '../../services/rollouts/assigned.ts'
import type { RolloutSiteTable, RolloutTable } from '../database/tables-rollouts.ts'
import type { RolloutPlan } from './plan.ts'

// What a rollout over sites does next. Everything is an argument; the same facts always give the same decision.

const MINUTE = 60_000

export type SiteState = RolloutSiteTable['state']

/** What decides about a site. */
export interface RingSite {
  readonly id: string
  readonly name: string
  readonly ring: number
  readonly state: SiteState
  /** Phones that failed and that nobody has let be, and all phones of the rollout there. */
  readonly failed: number
  readonly total: number
  /** Its box stopped by itself or cannot do it. */
  readonly hard: boolean
  readonly reason: string | undefined
  /** Whether its box was heard of lately; `none`: it has none. */
  readonly reach: 'online' | 'offline' | 'none'
}

export interface RolloutFacts {
  readonly status: RolloutTable['status']
  readonly reason?: string | undefined
  readonly ring: number
  /** Since when that ring is over. */
  readonly ringAt: EpochMs | undefined
  readonly plan: Pick<RolloutPlan, 'halt' | 'sitesAtOnce'>
  /** Minutes to wait after each ring. */
  readonly waits: readonly number[]
}

export type Step =
  | { readonly kind: 'wait'; readonly why: string; readonly ringAt?: EpochMs | undefined }
  /** The next ring is out. */
  | { readonly kind: 'ring'; readonly ring: number }
  | { readonly kind: 'go'; readonly sites: readonly string[] }
  | { readonly kind: 'halt'; readonly reason: string }
  | { readonly kind: 'end' }

const OVER: readonly SiteState[] = ['done', 'failed', 'cancelled', 'skipped']

export function isOver(state: SiteState): boolean {
  return OVER.includes(state)
}

export function advance(facts: RolloutFacts, sites: readonly RingSite[], now: EpochMs): Step {
  const { status, ring, ringAt, plan, waits } = facts
  if (status === 'completed') return { kind: 'wait', why: 'completed' }
  if (status === 'cancelled') return cancelled(sites)
  if (status !== 'running') return { kind: 'wait', why: facts.reason ?? status, ringAt }
  const out = sites.filter((site) => site.ring <= ring)
  const over = sites.every(({ state }) => isOver(state))
  for (let n = 0; n <= ring; n++) {
    const here = out.filter((site) => site.ring === n)
    // When all are over only a box that stopped needs somebody's word: it has phones that wait.
    const reason = stoppedReason(plan.halt, here) ?? (over ? undefined : failedReason(plan.halt, here))
    if (reason !== undefined) return { kind: 'halt', reason: `ring ${n + 1}: ${reason}` }
  }
  if (over) return { kind: 'end' }
  if (ring < 0) return { kind: 'ring', ring: 0 }
  const room = plan.sitesAtOnce - out.filter(({ state, reach }) => state === 'going' && reach === 'online').length
  // One that is away gets it as well: it begins when it comes back, and takes nobody's place meanwhile.
  const waiting = out.filter(({ state, reach }) => state === 'waiting' && reach !== 'none')
  const go = [
    ...waiting.filter(({ reach }) => reach === 'offline'),
    ...waiting.filter(({ reach }) => reach === 'online').slice(0, Math.max(0, room)),
  ]
  if (go.length > 0) return { kind: 'go', sites: go.map(({ id }) => id) }
  const here = out.filter((site) => site.ring === ring)
  const busy = here.filter(({ state, reach }) => !isOver(state) && reach === 'online')
  if (busy.length > 0)
    return { kind: 'wait', why: `ring ${ring + 1}: ${busy.length} of ${here.length} sites under way` }
  const last = !sites.some((site) => site.ring > ring)
  if (last) return { kind: 'wait', why: awayText(sites) }
  // A ring from which nothing was heard has proven nothing.
  if (!here.some(({ state }) => state === 'done' || state === 'failed'))
    return { kind: 'wait', why: `ring ${ring + 1}: no site of it was heard of yet` }
  if (ringAt === undefined) return { kind: 'wait', why: `ring ${ring + 1} is over`, ringAt: now }
  const next = ringAt + (waits[ring] ?? 0) * MINUTE
  if (now < next)
    return { kind: 'wait', why: `watches ring ${ring + 1} for ${Math.ceil((next - now) / MINUTE)} min more`, ringAt }
  return { kind: 'ring', ring: ring + 1 }
}

function awayText(sites: readonly RingSite[]): string {
  const offline = sites.filter(({ state, reach }) => !isOver(state) && reach === 'offline').length
  const none = sites.filter(({ state, reach }) => !isOver(state) && reach === 'none').length
  return [
    ...(offline > 0 ? [`waits for ${offline} ${offline === 1 ? 'site' : 'sites'} that are away`] : []),
    ...(none > 0 ? [`${none} ${none === 1 ? 'site has' : 'sites have'} no box`] : []),
  ].join(', ')
}

/** Those that were let go hear of it first: one that is away would go on when it comes back. */
function cancelled(sites: readonly RingSite[]): Step {
  const open = sites.filter(({ state }) => !isOver(state))
  if (open.length === 0) return { kind: 'end' }
  return { kind: 'wait', why: `cancelled; ${open.length} ${open.length === 1 ? 'box has' : 'boxes have'} to end it` }
}

/** Why too many boxes of one ring stopped; undefined: they did not. */
export function stoppedReason(halt: RolloutPlan['halt'], ring: readonly RingSite[]): string | undefined {
  const hard = ring.filter((site) => site.hard)
  const [first] = hard
  if (first === undefined || hard.length < (halt.sites ?? 1)) return undefined
  return `${first.name}: ${first.reason ?? 'its box stopped'}${hard.length > 1 ? `, and ${hard.length - 1} more` : ''}`
}

/** Why too many phones of one ring failed; undefined: they did not. */
export function failedReason(halt: RolloutPlan['halt'], ring: readonly RingSite[]): string | undefined {
  const failed = ring.reduce((sum, site) => sum + site.failed, 0)
  const total = ring.reduce((sum, site) => sum + site.total, 0)
  if (failed === 0) return undefined
  const share = total === 0 ? 100 : (failed / total) * 100
  if (halt.percent !== undefined && share > halt.percent)
    return `${failed} of ${total} phones failed, more than ${halt.percent} %`
  // Said alone, a share is the only bound.
  const most = halt.phones ?? (halt.percent === undefined ? 3 : undefined)
  return most !== undefined && failed >= most ? `${failed} phones failed` : undefined
}

/** What a box's word makes of its site. Of another attempt it is no news. */
export function heard(
  site: { readonly state: SiteState; readonly attempt: number },
  told: RolloutStatusReport,
): { readonly state: SiteState; readonly failed: number; readonly total: number; readonly hard: boolean } | undefined {
  if (told.attempt !== site.attempt || site.state === 'waiting' || site.state === 'skipped') return undefined
  const { counts } = told
  const total = counts.waiting + counts.updating + counts.done + counts.already + counts.failed
  const numbers = { failed: counts.failed, total }
  switch (told.state) {
    case 'done':
      return { ...numbers, state: counts.failed > 0 ? 'failed' : 'done', hard: false }
    case 'stopped':
    case 'refused':
      return { ...numbers, state: 'failed', hard: true }
    case 'cancelled':
      return { ...numbers, state: 'cancelled', hard: false }
    default:
      return { ...numbers, state: 'going', hard: false }
  }
}

/**
 * What a site's box shall do now; undefined: it has no record of the rollout (any more), and whatever it still has under way
 * of it ends.
 */
export function wishOf(status: RolloutTable['status'], state: SiteState): 'run' | 'pause' | 'cancel' | undefined {
  if (state === 'waiting' || state === 'skipped' || state === 'done' || state === 'cancelled') return undefined
  if (status === 'completed') return undefined
  if (status === 'cancelled') return isOver(state) ? undefined : 'cancel'
  return status === 'running' ? 'run' : 'pause'
}
