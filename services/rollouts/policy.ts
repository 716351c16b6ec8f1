import type { EpochMs } from '../core/clock.ts'
import { windowAt, windowText } from '../core/daily-window.ts'
import { formatMac } from '../core/mac.ts'
import type { RolloutCounts, RolloutDevice, RolloutDeviceState, RolloutPlan, RolloutRecord } from './contract.ts'

// What a rollout does next. Everything is an argument; the same facts always give the same decision.

const MINUTE = 60_000

export function countsOf(devices: readonly RolloutDevice[]): RolloutCounts {
  const counts: Record<RolloutDeviceState, number> = {
    ...{ waiting: 0, updating: 0, done: 0, already: 0, failed: 0, refused: 0, skipped: 0 },
  }
  for (const { state } of devices) counts[state]++
  return counts
}

/** What became of a device that was let go. */
export type Judgement =
  | { readonly kind: 'wait' }
  | { readonly kind: 'done' }
  | { readonly kind: 'failed'; readonly reason: string }
  /** Its time is up and it may be told once more; it stays under way. */
  | { readonly kind: 'again' }

export interface Seen {
  /** As the device last said it. */
  readonly version?: string
  same(one: string, other: string): boolean
}

/** Judges a device that is under way, or one that failed and may have come round since. */
export function judge(plan: RolloutPlan, device: RolloutDevice, seen: Seen, now: EpochMs): Judgement {
  const { version, before, attempts } = device
  const says = seen.version
  if (version !== undefined && says !== undefined && seen.same(says, version)) return { kind: 'done' }
  if (device.state !== 'updating') return { kind: 'wait' }
  if (says !== undefined && before !== undefined && !seen.same(says, before))
    return { kind: 'failed', reason: `came back with ${says} instead of ${version ?? 'the new version'}` }
  const since = device.toldAt ?? device.letGoAt ?? now
  if (now - since < plan.deadlineMinutes * MINUTE) return { kind: 'wait' }
  if (attempts < plan.attempts) return { kind: 'again' }
  const told = `${attempts === 1 ? 'once' : `${attempts} times`}`
  return {
    kind: 'failed',
    reason: `still says ${says ?? 'nothing'} ${plan.deadlineMinutes} min after it was told, ${told}${device.answer === 'silent' ? ', without an answer' : ''}`,
  }
}

/** What the rollout as a whole may do now. */
export type Admission =
  | { readonly kind: 'go'; readonly room: number }
  | { readonly kind: 'wait'; readonly why: string }
  /** Nobody waits and nobody is under way. */
  | { readonly kind: 'end' }
  /** Too many failed. */
  | { readonly kind: 'stop'; readonly reason: string }

export function admit(rollout: RolloutRecord, devices: readonly RolloutDevice[], now: EpochMs): Admission {
  const { plan, status } = rollout
  const counts = countsOf(devices)
  const failed = devices.filter(({ state, endedAt = 0 }) => state === 'failed' && endedAt >= rollout.countedFrom)
  const over = counts.waiting === 0 && counts.updating === 0
  if (status === 'cancelled')
    return over ? { kind: 'end' } : { kind: 'wait', why: 'cancelled; follows those under way' }
  if (status !== 'running') return { kind: 'wait', why: rollout.reason ?? status }
  if (over) return { kind: 'end' }
  if (counts.done < plan.canaries && failed[0] !== undefined)
    return { kind: 'stop', reason: `a canary failed: ${failureText(failed[0])}` }
  if (failed.length >= plan.stopAfter)
    return { kind: 'stop', reason: `${failed.length} devices failed, the last: ${lastOf(failed)}` }
  if (counts.waiting === 0) return { kind: 'wait', why: 'follows the last ones under way' }
  const { window, zone } = plan
  if (window !== undefined && !windowAt({ ...window, zone }, now).open)
    return { kind: 'wait', why: `waits for its window ${windowText(window)} (${zone})` }
  if (counts.done < plan.canaries) {
    const room = Math.min(plan.atOnce, plan.canaries - counts.done) - counts.updating
    return room > 0 ? { kind: 'go', room } : { kind: 'wait', why: `canaries: ${counts.done} of ${plan.canaries} done` }
  }
  const proven = provenAt(plan, devices)
  if (proven !== undefined && now < proven + plan.soakMinutes * MINUTE)
    return { kind: 'wait', why: `watches its canaries for ${minutes(proven + plan.soakMinutes * MINUTE - now)} more` }
  if (plan.canaries > 0 && plan.approval && rollout.approvedAt === undefined)
    return { kind: 'wait', why: 'its canaries are done; waits for approval' }
  const room = plan.atOnce - counts.updating
  return room > 0 ? { kind: 'go', room } : { kind: 'wait', why: `${counts.updating} under way` }
}

/** When the last of the canaries was done. */
function provenAt(plan: RolloutPlan, devices: readonly RolloutDevice[]): EpochMs | undefined {
  const ends = devices.flatMap(({ state, endedAt }) => (state === 'done' && endedAt !== undefined ? [endedAt] : []))
  return plan.canaries === 0 ? undefined : ends.toSorted((a, b) => a - b)[plan.canaries - 1]
}

function lastOf(failed: readonly RolloutDevice[]): string {
  const last = failed.toSorted((a, b) => (a.endedAt ?? 0) - (b.endedAt ?? 0)).at(-1)
  return last === undefined ? '' : failureText(last)
}

function failureText({ mac, reason }: RolloutDevice): string {
  return `${formatMac(mac)} ${reason ?? ''}`.trim()
}

function minutes(ms: number): string {
  return ms < MINUTE ? `${Math.ceil(ms / 1000)} s` : `${Math.ceil(ms / MINUTE)} min`
}

/** What a rollout does now, in plain words. */
export function textOf(rollout: RolloutRecord, devices: readonly RolloutDevice[], now: EpochMs): string {
  if (rollout.status === 'completed') return 'completed'
  const reason = rollout.reason === undefined ? '' : `: ${rollout.reason}`
  if (rollout.status === 'paused' || rollout.status === 'stopped') return `${rollout.status}${reason}`
  if (rollout.status === 'cancelled' && rollout.endedAt !== undefined) return `cancelled${reason}`
  const next = admit(rollout, devices, now)
  if (next.kind === 'wait') return next.why
  return next.kind === 'go' ? `lets ${next.room} more go` : next.kind === 'end' ? 'ends' : next.reason
}
