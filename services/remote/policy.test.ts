import { describe, expect, it } from 'vitest'
import type { JobKind, JobReport, JobState, RemoteMode } from './contract.ts'
import { afterReport, expiry, isGiven, objectionTo, onGiven } from './policy.ts'

describe('what a branch lets its account do', () => {
  const OFF = 'this branch does not let its account do anything here (cloud.remote: off)'
  const READ = 'this branch lets its account look, not act (cloud.remote: read)'
  const PAGES = 'this branch does not show the pages of its phones (cloud.phonePages: false)'
  it.each<[RemoteMode, boolean, JobKind, string | undefined]>([
    ['on', false, 'explain', undefined],
    ['on', false, 'reboot', undefined],
    ['on', false, 'phone-page', PAGES],
    ['on', true, 'phone-page', undefined],
    ['read', false, 'explain', undefined],
    ['read', false, 'render', undefined],
    ['read', false, 'checks', undefined],
    ['read', false, 'refetch', READ],
    ['read', true, 'phone-page', READ],
    ['off', true, 'explain', OFF],
    ['off', true, 'phone-page', OFF],
  ])('%s, pages %s: %s → %s', (remote, phonePages, kind, objection) =>
    expect(objectionTo(kind, { remote, phonePages })).toBe(objection),
  )
})

describe('a box that is given a job', () => {
  it.each([
    ['never heard of', undefined, false, 1_000, 'run'],
    ['never heard of, no time left', undefined, false, 0, 'too-late'],
    ['begun and under way', 'begun', true, 1_000, 'wait'],
    ['begun before the program started', 'begun', false, 1_000, 'give-up'],
    ['begun before, and no time left', 'begun', false, 0, 'give-up'],
    ['ended', 'ended', false, 1_000, 'report'],
    ['ended, and its words are on their way', 'ended', true, 1_000, 'report'],
  ] as const)('%s', (_name, remembered, underWay, expiresInMs, what) =>
    expect(onGiven(remembered, { underWay, expiresInMs })).toBe(what),
  )
})

describe('the account’s side of a job', () => {
  it.each<[JobState, JobReport['state'], JobState | undefined]>([
    ['waiting', 'running', 'taken'],
    ['waiting', 'done', 'done'],
    ['taken', 'running', 'taken'],
    ['taken', 'failed', 'failed'],
    ['expired', 'running', undefined],
    ['expired', 'done', 'done'],
    ['done', 'failed', undefined],
    ['done', 'done', undefined],
    ['failed', 'done', undefined],
    ['failed', 'running', undefined],
  ])('%s, told %s → %s', (state, report, after) => expect(afterReport(state, report)).toBe(after))

  it.each<[JobState, number, boolean, string | undefined]>([
    ['waiting', 99, true, undefined],
    ['waiting', 100, false, 'the box did not fetch it in time'],
    // Its answer may have been lost, so it is given again, but to nobody who no more waits.
    ['taken', 99, true, undefined],
    ['taken', 100, false, undefined],
    ['taken', 200, false, 'the box fetched it and has not said what came of it'],
    ['done', 50, false, undefined],
    ['expired', 50, false, undefined],
  ])('%s at %d: given %s, expired %s', (state, now, given, why) => {
    const times = { state, expiresAt: 100, answerBy: state === 'waiting' ? null : 200 }
    expect([isGiven(times, now), expiry(times, now)]).toEqual([given, why])
  })
})
