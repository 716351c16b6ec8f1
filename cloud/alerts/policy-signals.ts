import type { EpochMs } from '../../services/core/clock.ts'
import { KINDS, type Rule } from './policy-kinds.ts'

// What the facts of a site say about each kind of alert, before anything that was known earlier.

/** What is known of a site. Everything that a box reported is from the LAN: shown, never obeyed. */
export interface SiteFacts {
  readonly siteId: string
  /** When its box was last heard; undefined: never. */
  readonly seenAt: EpochMs | undefined
  /** Nobody counts as silent for a time in which the cloud itself did not listen. */
  readonly listeningSince: EpochMs
  readonly halted: boolean
  readonly disk?: { readonly free: number; readonly total: number }
  /** Of devices that have a record; undefined: nothing was reported yet. */
  readonly phones?: { readonly all: number; readonly notConfigured: number }
  /** Devices that began to fetch their configuration. */
  readonly starts: readonly { readonly mac: string; readonly at: EpochMs }[]
  readonly alarms: readonly {
    readonly kind: string
    readonly subject: string
    readonly text: string
    readonly at: EpochMs
  }[]
  /** Open ones about networks and interfaces. */
  readonly networkConflicts: number
  /** Rollouts that halted by themselves because of this site before others. */
  readonly halts: readonly { readonly name: string; readonly reason: string }[]
}

/** `hold`: neither there nor gone, or nobody can know now. What has no signal is gone. */
export interface Signal {
  readonly subject: string
  readonly level: 'on' | 'hold'
  readonly text: string
  readonly at: EpochMs
}

const MINUTE = 60_000
/** What a box said is true of now while it is heard so often. */
const FRESH_MS = 10 * MINUTE
/** Room between where an alert begins and where it ends, so that it does not come and go. */
const DISK_ROOM = 5
/** Subjects of one kind at one site: a hostile LAN must not make alerts without end. */
const MOST_SUBJECTS = 20

export function signalsOf({ kind, settings }: Rule, facts: SiteFacts, now: EpochMs): readonly Signal[] {
  const one = (level: Signal['level'], text: string): Signal[] => [{ subject: '', level, text, at: now }]
  const setting = (name: string) => settings[name] ?? KINDS[kind].settings[name]?.default ?? 0
  const heardAt = Math.max(facts.seenAt ?? 0, facts.listeningSince)
  const fresh = facts.seenAt !== undefined && now - facts.seenAt <= FRESH_MS
  switch (kind) {
    case 'box-offline': {
      const silentFor = now - heardAt
      if (facts.seenAt === undefined) return []
      if (silentFor >= setting('minutes') * MINUTE) return one('on', 'the box has not been heard')
      // It counts as back when it was heard just now, not when it is merely not silent for long enough.
      return silentFor > 5 * MINUTE || facts.seenAt < facts.listeningSince ? one('hold', '') : []
    }
    case 'boot-storm': {
      const from = now - setting('minutes') * MINUTE
      const macs = new Set(facts.starts.filter(({ at }) => at > from).map(({ mac }) => mac))
      const text = `${macs.size} phones began to fetch their configuration within ${setting('minutes')} minutes`
      if (macs.size >= setting('phones')) return one('on', text)
      return macs.size >= setting('phones') / 2 ? one('hold', text) : []
    }
    case 'guessing':
    case 'foreign-dhcp':
      return alarmSignals(KINDS[kind].alarms ?? [], facts)
    case 'phones-not-configured': {
      if (facts.phones === undefined || !fresh) return one('hold', '')
      const { all, notConfigured } = facts.phones
      return notConfigured >= setting('phones') ? one('on', `${notConfigured} of ${all} phones are not configured`) : []
    }
    case 'network-conflict': {
      const n = facts.networkConflicts
      return n === 0
        ? []
        : one('on', `${n} ${n === 1 ? 'setting' : 'settings'} of networks differ between box and account`)
    }
    case 'rollout-halted':
      return facts.halts.map(({ name, reason }) => ({ subject: name, level: 'on', text: reason, at: now }))
    case 'sync-halted':
      return facts.halted ? one('on', 'two boxes use the same identity; choose in the account which one stays') : []
    case 'disk-low': {
      if (facts.disk === undefined || !fresh || facts.disk.total === 0) return one('hold', '')
      const percent = (facts.disk.free / facts.disk.total) * 100
      const text = `${Math.floor(percent)} % of the disk of the box are free`
      if (percent < setting('percent')) return one('on', text)
      return percent < setting('percent') + DISK_ROOM ? one('hold', text) : []
    }
  }
}

function alarmSignals(kinds: readonly string[], { alarms }: SiteFacts): Signal[] {
  const signals = new Map<string, Signal>()
  for (const alarm of alarms) {
    if (!kinds.includes(alarm.kind)) continue
    const known = signals.has(alarm.subject) || signals.size < MOST_SUBJECTS
    const subject = known ? alarm.subject : 'others'
    const before = signals.get(subject)
    if (before === undefined || before.at <= alarm.at)
      signals.set(subject, { subject, level: 'on', text: alarm.text, at: alarm.at })
  }
  return [...signals.values()]
}
