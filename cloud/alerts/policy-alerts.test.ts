import { describe, expect, it } from 'vitest'
import { type Change, decideSite, type Watch } from './policy-alerts.ts'
import { ALERT_KINDS, type AlertKind, type Rule, settingFaults, settingsOf } from './policy-kinds.ts'
import { type SiteFacts, signalsOf } from './policy-signals.ts'

const MINUTE = 60_000
const NOW = 1_800_000_000_000
const RULES: readonly Rule[] = ALERT_KINDS.map((kind) => ({ kind, enabled: true, settings: settingsOf(kind, {}) }))

const quiet: SiteFacts = {
  ...{ siteId: 's', seenAt: NOW, listeningSince: NOW - 1e9, halted: false, starts: [], alarms: [] },
  disk: { free: 50, total: 100 },
  phones: { all: 10, notConfigured: 0 },
  networkConflicts: 0,
  halts: [],
}
const HALT = { name: 'May', reason: 'ring 1: 3 phones failed' }
const ago = (minutes: number) => NOW - minutes * MINUTE
const starts = (n: number, at = NOW) => Array.from({ length: n }, (_, i) => ({ mac: `00:00:5e:00:53:${i}`, at }))
const alarm = (kind: string, subject: string, at = NOW) => ({ kind, subject, text: `${kind} of ${subject}`, at })

function watch(kind: AlertKind, given: Partial<Watch> = {}): Watch {
  const times = { since: ago(60), seenAt: ago(60), clearAt: null, snoozeUntil: null }
  return { id: kind, siteId: 's', kind, subject: '', state: 'open', text: 'before', ...times, ...given }
}

/** Every change as one line. */
function told(changes: readonly Change[]): string[] {
  return changes.map((change) => {
    if (change.do === 'begin') return `${change.open ? 'opened' : 'pending'} ${change.kind} ${change.subject}`.trim()
    if (change.do === 'end') return `end ${change.watch.kind} ${change.by}`
    if (change.do === 'note') return `note ${change.watch.kind}${change.clearAt === null ? '' : ' clearing'}`
    return `${change.do} ${change.watch.kind}`
  })
}

describe('decideSite', () => {
  const rows: readonly [string, Partial<SiteFacts>, readonly Watch[], readonly string[]][] = [
    ['nothing is wrong', {}, [], []],
    ['a box is silent for less than its time', { seenAt: ago(14) }, [], []],
    ['a box is silent', { seenAt: ago(15) }, [], ['opened box-offline']],
    ['a box that was never heard', { seenAt: undefined }, [], []],
    ['the cloud itself was away', { seenAt: ago(120), listeningSince: ago(3) }, [], []],
    [
      'the cloud has listened again for long enough',
      { seenAt: ago(120), listeningSince: ago(15) },
      [],
      ['opened box-offline'],
    ],
    ['it is silent still', { seenAt: ago(60) }, [watch('box-offline')], ['note box-offline']],
    ['it was heard between', { seenAt: ago(9) }, [watch('box-offline')], []],
    ['the cloud came back before it did', { seenAt: ago(60), listeningSince: ago(1) }, [watch('box-offline')], []],
    ['it is heard again', {}, [watch('box-offline')], ['note box-offline clearing']],
    ['it is heard for a while', {}, [watch('box-offline', { clearAt: ago(5) })], ['end box-offline condition']],
    ['it went silent again', { seenAt: ago(20) }, [watch('box-offline', { clearAt: ago(2) })], ['note box-offline']],
    ['many phones start', { starts: starts(20) }, [], ['opened boot-storm']],
    ['one phone starts again and again', { starts: Array(50).fill(starts(1)[0]) }, [], []],
    ['they started long ago', { starts: starts(40, ago(11)) }, [], []],
    ['half of them still start', { starts: starts(10) }, [watch('boot-storm')], []],
    [
      'rollouts halted',
      { halts: [HALT, { ...HALT, name: 'June' }] },
      [],
      ['opened rollout-halted May', 'opened rollout-halted June'],
    ],
    ['it stands still', { halts: [HALT] }, [watch('rollout-halted', { subject: 'May' })], ['note rollout-halted']],
    ['it goes on', {}, [watch('rollout-halted', { subject: 'May' })], ['end rollout-halted condition']],
    ['somebody guesses', { alarms: [alarm('enumeration', '192.0.2.9')] }, [], ['opened guessing 192.0.2.9']],
    [
      'two servers',
      { alarms: ['a', 'b', 'a'].map((s) => alarm('foreign-dhcp', s)) },
      [],
      ['opened foreign-dhcp a', 'opened foreign-dhcp b'],
    ],
    [
      'the same server again',
      { alarms: [alarm('foreign-dhcp', 'a')] },
      [watch('foreign-dhcp', { subject: 'a' })],
      ['note foreign-dhcp'],
    ],
    [
      'an alarm that was weighed before',
      { alarms: [alarm('foreign-dhcp', 'a', ago(1))] },
      [watch('foreign-dhcp', { subject: 'a', seenAt: ago(1), clearAt: ago(1) })],
      [],
    ],
    ['no alarm for some time', {}, [watch('guessing', { subject: 'x' })], ['note guessing clearing']],
    ['no alarm for long', {}, [watch('guessing', { subject: 'x', clearAt: ago(180) })], ['end guessing condition']],
    ['other alarms are not of these kinds', { alarms: [alarm('template-error', 'x')] }, [], []],
    ['phones without configuration', { phones: { all: 9, notConfigured: 3 } }, [], ['pending phones-not-configured']],
    ['two are not enough', { phones: { all: 9, notConfigured: 2 } }, [], []],
    [
      'not for long enough',
      { phones: { all: 9, notConfigured: 3 } },
      [watch('phones-not-configured', { state: 'pending', since: ago(29) })],
      [],
    ],
    [
      'for long enough',
      { phones: { all: 9, notConfigured: 3 } },
      [watch('phones-not-configured', { state: 'pending', since: ago(30) })],
      ['open phones-not-configured'],
    ],
    [
      'they got it in time',
      {},
      [watch('phones-not-configured', { state: 'pending' })],
      ['forget phones-not-configured'],
    ],
    ['the box is away, nobody knows', { seenAt: ago(12) }, [watch('phones-not-configured'), watch('disk-low')], []],
    ['it reported nothing yet', { phones: undefined as never }, [watch('phones-not-configured')], []],
    ['a network was edited on both sides', { networkConflicts: 1 }, [], ['opened network-conflict']],
    ['somebody chose', {}, [watch('network-conflict')], ['end network-conflict condition']],
    ['two boxes of one identity', { halted: true }, [], ['opened sync-halted']],
    ['the disk is nearly full', { disk: { free: 9, total: 100 } }, [], ['opened disk-low']],
    ['a little more room', { disk: { free: 13, total: 100 } }, [watch('disk-low')], []],
    ['a little less than much', { disk: { free: 13, total: 100 } }, [], []],
    ['enough room', { disk: { free: 15, total: 100 } }, [watch('disk-low')], ['note disk-low clearing']],
    ['a disk of no size', { disk: { free: 0, total: 0 } }, [], []],
    [
      'ended by a person, and still there',
      { halted: true },
      [watch('sync-halted', { state: 'muted' })],
      ['note sync-halted'],
    ],
    ['ended by a person, and gone', {}, [watch('sync-halted', { state: 'muted' })], ['end sync-halted condition']],
    [
      'its snooze is over',
      { halted: true },
      [watch('sync-halted', { snoozeUntil: NOW })],
      ['note sync-halted', 'remind sync-halted'],
    ],
    ['its snooze goes on', { halted: true }, [watch('sync-halted', { snoozeUntil: NOW + 1 })], ['note sync-halted']],
    ['a kind of a newer program', {}, [watch('box-offline', { kind: 'meteor' })], []],
  ]
  it.each(rows)('%s', (_name, facts, watches, expected) => {
    expect(told(decideSite(RULES, { ...quiet, ...facts }, watches, NOW))).toEqual(expected)
  })

  it('ends everything when the box is there no more, and what a rule does not want any more', () => {
    const watches = [watch('disk-low'), watch('phones-not-configured', { state: 'pending' })]
    expect(told(decideSite(RULES, undefined, watches, NOW))).toEqual([
      'end disk-low gone',
      'forget phones-not-configured',
    ])
    const off = RULES.map((rule) => ({ ...rule, enabled: false }))
    const bad = { ...quiet, halted: true }
    expect(told(decideSite(off, bad, watches, NOW))).toEqual(['forget phones-not-configured', 'end disk-low rule-off'])
  })

  it('never flaps: a value that swings around its bound opens once and ends once', () => {
    let watches: Watch[] = []
    const lines: string[] = []
    for (let minute = 0; minute < 300; minute++) {
      const now = NOW + minute * MINUTE
      const free = minute < 200 ? 10 + Math.sin(minute) * 4 : 60
      const changes = decideSite(RULES, { ...quiet, seenAt: now, disk: { free, total: 100 } }, watches, now)
      lines.push(...told(changes).filter((line) => !line.startsWith('note')))
      watches = watches.flatMap((one) => {
        const mine = changes.filter((change) => 'watch' in change && change.watch === one)
        if (mine.some((change) => change.do === 'end')) return []
        const noted = mine.findLast((change) => change.do === 'note')
        return noted?.do === 'note' ? { ...one, seenAt: noted.seenAt, clearAt: noted.clearAt } : one
      })
      for (const change of changes)
        if (change.do === 'begin') watches.push(watch(change.kind, { since: now, seenAt: now }))
    }
    expect(lines).toEqual(['opened disk-low', 'end disk-low condition'])
  })

  it('is not made to open alerts without end', () => {
    const alarms = Array.from({ length: 500 }, (_, i) => alarm('foreign-dhcp', `192.0.2.${i}`))
    const rule = RULES.find(({ kind }) => kind === 'foreign-dhcp') as Rule
    const signals = signalsOf(rule, { ...quiet, alarms }, NOW)
    expect(signals).toHaveLength(21)
    expect(signals.at(-1)?.subject).toBe('others')
  })
})

describe('settings of a rule', () => {
  it('have defaults, and bounds that are told', () => {
    expect(settingsOf('boot-storm', { phones: 5, shoes: 1 })).toEqual({ phones: 5, minutes: 10 })
    expect(settingFaults('boot-storm', { phones: 5 })).toEqual([])
    expect(settingFaults('boot-storm', { phones: 2.5, shoes: 1 })).toEqual([
      { path: 'settings.phones', message: '2.5 is not a whole number from 3 to 10000' },
      { path: 'settings.shoes', message: 'boot-storm has no such setting; it has: phones, minutes' },
    ])
  })
})
