import { formatMac } from '../../services/core/mac.ts'
import type { AssignedRollout, RolloutStatusReport } from '../../services/rollouts/assigned.ts'
import { MOST_PHONES } from '../../services/rollouts/assigned.ts'
import type { RolloutCounts, RolloutDetail, RolloutDevice, RolloutRequest } from '../../services/rollouts/contract.ts'
import { countsOf } from '../../services/rollouts/policy.ts'

const PREFIX = 'account-'

/** The box's own name for one attempt of a rollout of the account: by it nothing is started twice. */
export function localId(rollout: string, attempt: number): string {
  return `${PREFIX}${rollout}-${attempt}`
}

/** Whose rollout of the account this one is; undefined: somebody here started it. */
export function rolloutOf(id: string): string | undefined {
  return id.startsWith(PREFIX) ? id.slice(PREFIX.length, id.lastIndexOf('-')) : undefined
}

const MARK = ' (account)'

/** Who did it, as it stands in the box's own lists. */
export function actorOf({ by }: Pick<AssignedRollout, 'by'>): string {
  return `${by}${MARK}`
}

/** Whether it was the account that paused it, not a person at the branch. */
export function pausedByAccount(reason: string | undefined): boolean {
  return reason?.startsWith('by ') === true && reason.endsWith(MARK)
}

/** The box's own rollout that makes what the account wants. */
export function requestOf(
  wish: AssignedRollout,
  devices: NonNullable<RolloutRequest['select']['devices']>,
): RolloutRequest {
  const { file, version, window, zone, pace } = wish
  return {
    name: wish.name,
    select: { devices },
    ...{ file, version, ...pace },
    ...(window && { window }),
    ...(zone !== undefined && { zone }),
  }
}

const ORDER: readonly RolloutDevice['state'][] = [
  'failed',
  'updating',
  'waiting',
  'refused',
  'done',
  'already',
  'skipped',
]
const NONE: RolloutCounts = countsOf([])

/** What is told of the phones: those that went wrong first, so that they are there when not all have room. */
export function reportOf(
  attempt: number,
  state: RolloutStatusReport['state'],
  text: string,
  devices: readonly RolloutDevice[] = [],
): RolloutStatusReport {
  const sorted = devices.toSorted((a, b) => ORDER.indexOf(a.state) - ORDER.indexOf(b.state))
  return {
    ...{ attempt, state, text: text.slice(0, 500) },
    counts: devices.length === 0 ? { ...NONE } : { ...countsOf(devices) },
    phones: sorted.slice(0, MOST_PHONES).map((device) => ({
      ...{ mac: formatMac(device.mac), state: device.state },
      ...(device.before !== undefined && { before: device.before.slice(0, 80) }),
      ...(device.reason !== undefined && { reason: device.reason.slice(0, 300) }),
    })),
  }
}

/** What is told of a rollout that the box has begun. */
export function reportOfLocal(attempt: number, { status, endedAt, text, devices }: RolloutDetail): RolloutStatusReport {
  const state = status === 'completed' ? 'done' : status
  // A cancelled one follows those that are under way.
  if (state === 'cancelled' && endedAt === undefined) return reportOf(attempt, 'running', text, devices)
  if (state !== 'done') return reportOf(attempt, state, text, devices)
  const { done, already, failed } = countsOf(devices)
  const rest = [...(already > 0 ? [`${already} had it before`] : []), ...(failed > 0 ? [`${failed} failed`] : [])]
  return reportOf(attempt, state, [`${done} updated`, ...rest].join(', '), devices)
}
