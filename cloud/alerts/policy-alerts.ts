import type { EpochMs } from '../../services/core/clock.ts'
import { type AlertKind, KINDS, type Rule } from './policy-kinds.ts'
import { type Signal, type SiteFacts, signalsOf } from './policy-signals.ts'

// Facts, what is known from before, and the time → what opens and what ends. One alert for each subject of a kind.

/** An alert that has not ended. */
export interface Watch {
  readonly id: string
  readonly siteId: string
  readonly kind: string
  readonly subject: string
  readonly state: 'pending' | 'open' | 'muted'
  readonly text: string
  readonly since: EpochMs
  readonly seenAt: EpochMs
  readonly clearAt: EpochMs | null
  readonly snoozeUntil: EpochMs | null
}

export type Change =
  /** Something new; `open` says whether people hear of it at once. */
  | {
      readonly do: 'begin'
      readonly kind: AlertKind
      readonly subject: string
      readonly text: string
      readonly open: boolean
    }
  | { readonly do: 'open'; readonly watch: Watch; readonly text: string }
  /** It never came to an alert. */
  | { readonly do: 'forget'; readonly watch: Watch }
  | {
      readonly do: 'note'
      readonly watch: Watch
      readonly text: string
      readonly seenAt: EpochMs
      readonly clearAt: EpochMs | null
    }
  | { readonly do: 'end'; readonly watch: Watch; readonly by: EndedBy }
  /** Its snooze is over and it is still there. */
  | { readonly do: 'remind'; readonly watch: Watch; readonly text: string }

/** `gone`: the site, or its box, is there no more. */
export type EndedBy = 'condition' | 'rule-off' | 'gone'

const MINUTE = 60_000

/** How long a reason must stand before people hear of it, and be gone before the alert ends. */
function timesOf({ kind, settings }: Rule): { readonly holdMs: number; readonly clearMs: number } {
  const minutes = (name: string) => (settings[name] ?? KINDS[kind].settings[name]?.default ?? 0) * MINUTE
  switch (kind) {
    case 'phones-not-configured':
      return { holdMs: minutes('minutes'), clearMs: 10 * MINUTE }
    case 'guessing':
    case 'foreign-dhcp':
      return { holdMs: 0, clearMs: minutes('quietMinutes') }
    case 'box-offline':
    case 'boot-storm':
      return { holdMs: 0, clearMs: 5 * MINUTE }
    case 'disk-low':
      return { holdMs: 0, clearMs: 10 * MINUTE }
    case 'network-conflict':
    case 'sync-halted':
    case 'rollout-halted':
      return { holdMs: 0, clearMs: 0 }
  }
}

/** What changes at one site. `facts` undefined: it has no box any more. */
export function decideSite(
  rules: readonly Rule[],
  facts: SiteFacts | undefined,
  watches: readonly Watch[],
  now: EpochMs,
): readonly Change[] {
  if (facts === undefined) return watches.map((watch) => stopped(watch, 'gone'))
  // A kind that only a newer program knows is left to it.
  return rules.flatMap((rule) => {
    const mine = watches.filter(({ kind }) => kind === rule.kind)
    return decideRule(rule, facts, mine, now)
  })
}

function decideRule(rule: Rule, facts: SiteFacts, watches: readonly Watch[], now: EpochMs): Change[] {
  if (!rule.enabled) return watches.map((watch) => stopped(watch, 'rule-off'))
  const signals = new Map(signalsOf(rule, facts, now).map((signal) => [signal.subject, signal]))
  const times = timesOf(rule)
  const changes: Change[] = watches.flatMap((watch) => decideWatch(watch, signals.get(watch.subject), times, now))
  const had = new Set(watches.map(({ subject }) => subject))
  for (const { subject, level, text } of signals.values())
    if (level === 'on' && !had.has(subject))
      changes.push({ do: 'begin', kind: rule.kind, subject, text, open: times.holdMs === 0 })
  return changes
}

function decideWatch(
  watch: Watch,
  signal: Signal | undefined,
  { holdMs, clearMs }: { holdMs: number; clearMs: number },
  now: EpochMs,
): Change[] {
  if (signal?.level === 'on') {
    const text = signal.text
    if (watch.state === 'pending') return now - watch.since >= holdMs ? [{ do: 'open', watch, text }] : []
    // Evidence that was weighed before does not prolong it.
    const seenAt = Math.max(watch.seenAt, signal.at)
    const noted: Change[] =
      seenAt === watch.seenAt && watch.clearAt !== null
        ? cleared(watch, clearMs, now)
        : [{ do: 'note', watch, text, seenAt, clearAt: null }]
    return [...noted, ...reminder(watch, text, now)]
  }
  if (signal?.level === 'hold') return reminder(watch, watch.text, now)
  if (watch.state === 'pending') return [{ do: 'forget', watch }]
  return cleared(watch, clearMs, now)
}

/** Its reason is gone: the alert ends when it stays so. */
function cleared(watch: Watch, clearMs: number, now: EpochMs): Change[] {
  const clearAt = watch.clearAt ?? now
  if (now - clearAt >= clearMs) return [{ do: 'end', watch, by: 'condition' }]
  return watch.clearAt === null ? [{ do: 'note', watch, text: watch.text, seenAt: watch.seenAt, clearAt }] : []
}

function reminder(watch: Watch, text: string, now: EpochMs): Change[] {
  const due = watch.state === 'open' && watch.snoozeUntil !== null && watch.snoozeUntil <= now && watch.clearAt === null
  return due ? [{ do: 'remind', watch, text }] : []
}

function stopped(watch: Watch, by: EndedBy): Change {
  return watch.state === 'pending' ? { do: 'forget', watch } : { do: 'end', watch, by }
}
