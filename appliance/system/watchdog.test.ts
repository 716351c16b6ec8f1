import { describe, expect, it } from 'vitest'
import { InvariantError } from '../../services/core/errors.ts'
import { silentLog } from '../../services/core/log.ts'
import { feedWatchdog } from './watchdog.ts'

function watched(given: {
  readonly problems?: readonly string[]
  readonly pageFails?: boolean
  readonly watchdogMs?: number
}) {
  const said: string[] = []
  const logged: object[] = []
  let look = () => {}
  let period = 0
  const manager = {
    ready: () => said.push('ready'),
    alive: () => said.push('alive'),
    startsAgain: () => 0,
    stopping: () => said.push('stopping'),
    watchdogMs: given.watchdogMs,
  }
  feedWatchdog({
    manager,
    box: { page: 'http://127.0.0.1:1/', health: () => ({ ok: !given.problems, problems: given.problems ?? [] }) },
    log: { ...silentLog, error: (_text, fields) => logged.push(fields ?? {}) },
    every(ms, work) {
      period = ms
      look = work
      return () => {}
    },
    ask: async () => {
      if (given.pageFails) throw new InvariantError('timed out')
    },
  })
  const looked = async () => {
    look()
    await Bun.sleep(0)
  }
  return { said, logged, looked, period: () => period }
}

describe('the watchdog', () => {
  it('is fed three times within its patience while all is well', async () => {
    const box = watched({ watchdogMs: 60_000 })
    await box.looked()
    expect([box.said, box.period()]).toEqual([['alive'], 20_000])
  })

  it.each([
    ['a part does not work', { problems: ['the database does not answer: disk I/O error'] }],
    ['the page does not answer', { pageFails: true }],
  ])('is not fed when %s, and that is logged once', async (_, given) => {
    const box = watched(given)
    await box.looked()
    await box.looked()
    expect([box.said, box.logged.length]).toEqual([[], 1])
  })
})
