import { describe, expect, it } from 'vitest'
import { makeTestClock } from '../../test/support/clock.ts'
import { memoryDatabase } from '../../test/support/database.ts'
import { makeRandom } from '../../test/support/random.ts'
import { makeCounters } from '../core/counters.ts'
import { OperatorError } from '../core/errors.ts'
import { silentLog } from '../core/log.ts'
import { makeRemoteRunner, type RemoteRunnerDeps } from './box-runner.ts'
import { makeBoxJobs } from './box-store.ts'
import type { JobReport, JobSpec, JobState } from './contract.ts'
import { afterReport, isGiven } from './policy.ts'

interface Account {
  readonly jobs: Map<string, { state: JobState; spec: object; report?: JobReport; expiresInMs?: number }>
  post(path: string, body: object): Promise<unknown>
}

/** An account that keeps its jobs as the real one does. `lose`: whether a message, or its answer, gets lost. */
function makeAccount(lose: () => boolean = () => false): Account {
  const jobs: Account['jobs'] = new Map()
  const account: Account = {
    jobs,
    async post(path, body) {
      if (lose()) throw new OperatorError('lost on its way')
      const answer = path === '/v1/jobs/take' ? take() : report(/jobs\/([^/]+)\/result/.exec(path)?.[1] ?? '', body)
      if (lose()) throw new OperatorError('its answer was lost')
      return answer
    },
  }
  function take() {
    const open = [...jobs].filter(([, { state }]) => isGiven({ state, expiresAt: 1, answerBy: null }, 0))
    for (const [, job] of open) job.state = 'taken'
    const given = open.map(([id, { spec, expiresInMs = 60_000 }]) => ({ id, spec, by: 'Ada', expiresInMs }))
    return { answer: 'jobs', jobs: given, now: 0 }
  }
  function report(id: string, body: object) {
    const { version: _, ...said } = body as JobReport & { version: number }
    const job = jobs.get(id)
    if (job === undefined) return { answer: 'unknown' }
    const state = afterReport(job.state, said.state)
    if (state !== undefined) Object.assign(job, { state, report: said })
    return { answer: 'stored' }
  }
  return account
}

function makeBox(account: Account, given: Partial<RemoteRunnerDeps> = {}) {
  const db = memoryDatabase()
  const ran: JobSpec[] = []
  const counters = makeCounters()
  const start = (more: Partial<RemoteRunnerDeps> = {}) =>
    makeRemoteRunner({
      ...{ store: makeBoxJobs(db), transport: account, switches: { remote: 'on', phonePages: false } },
      async execute(spec) {
        ran.push(spec)
        return { text: 'done' }
      },
      ...{ clock: makeTestClock(1_800_000_000_000), log: silentLog, counters, after: () => () => undefined },
      ...given,
      ...more,
    })
  return { db, ran, counters, start }
}

/** Lets everything that is under way get as far as it can. */
async function settle(): Promise<void> {
  for (let i = 0; i < 30; i++) await Promise.resolve()
  await new Promise((resolve) => setImmediate(resolve))
}

const MAC = '00005e005301'
const explain = { kind: 'explain', mac: '00:00:5E:00:53:01' }

describe('jobs of an account', () => {
  it('are done and answered', async () => {
    const account = makeAccount()
    account.jobs.set('a', { state: 'waiting', spec: explain })
    const { ran, start } = makeBox(account)
    await using runner = start()
    await runner.look()
    await settle()
    expect(ran).toEqual([{ kind: 'explain', mac: MAC }])
    expect(account.jobs.get('a')).toMatchObject({ state: 'done', report: { state: 'done', text: 'done' } })
  })

  it.each([
    ['a kind that is not known', { kind: 'shell', command: 'x' }, /^this box cannot do that: spec\.kind: /],
    ['no MAC', { kind: 'explain', mac: '../../etc/passwd' }, /^this box cannot do that: spec\.mac: is not the MAC/],
    ['a group address', { kind: 'reboot', macs: ['ff:ff:ff:ff:ff:ff'] }, /spec\.macs\.0: is not the MAC/],
    ['a field too many', { ...explain, reveal: true }, /Unrecognized key/],
    ['too many phones', { kind: 'reboot', macs: Array.from({ length: 201 }, () => MAC) }, /spec\.macs: Too big/],
    ['a name with a line break', { kind: 'render', mac: MAC, file: 'a\nb' }, /spec\.file: has characters/],
    [
      'a page at another port',
      { kind: 'phone-page', mac: MAC, page: 'x', scheme: 'ssh', minutes: 5 },
      /spec\.scheme: /,
    ],
    [
      'a page that never ends',
      { kind: 'phone-page', mac: MAC, page: 'x', scheme: 'http', minutes: 6e4 },
      /spec\.minutes/,
    ],
    [
      'a page, which the branch does not allow',
      { kind: 'phone-page', mac: MAC, page: 'x', scheme: 'http', minutes: 5 },
      /cloud\.phonePages: false/,
    ],
  ])('%s: refused with the reason, nothing is done', async (_name, spec, reason) => {
    const account = makeAccount()
    account.jobs.set('a', { state: 'waiting', spec })
    const { ran, start } = makeBox(account)
    await using runner = start()
    await runner.look()
    await settle()
    expect(ran).toEqual([])
    expect(account.jobs.get('a')).toMatchObject({ state: 'failed', report: { text: expect.stringMatching(reason) } })
  })

  it('are refused where the branch has switched them off', async () => {
    const account = makeAccount()
    account.jobs.set('a', { state: 'waiting', spec: explain })
    const { ran, start } = makeBox(account, { switches: { remote: 'off', phonePages: true } })
    await using runner = start()
    await runner.look()
    await settle()
    expect([ran, account.jobs.get('a')?.report?.text]).toEqual([[], expect.stringContaining('cloud.remote: off')])
  })

  it('that come too late, fail or answer too much say so', async () => {
    const account = makeAccount()
    account.jobs.set('late', { state: 'waiting', spec: explain, expiresInMs: 0 })
    account.jobs.set('fails', { state: 'waiting', spec: { kind: 'checks' } })
    account.jobs.set('large', { state: 'waiting', spec: { kind: 'render', mac: MAC } })
    const { start } = makeBox(account)
    await using runner = start({
      async execute({ kind }) {
        if (kind === 'checks') throw new OperatorError('the disk\nis gone')
        return { text: 'x', result: { text: 'y'.repeat(600_000) } }
      },
    })
    await runner.look()
    await settle()
    const texts = [...account.jobs].map(([id, { state, report }]) => [id, state, report?.text])
    expect(texts).toEqual([
      ['late', 'failed', 'it came too late'],
      ['fails', 'failed', 'the disk.is gone'],
      ['large', 'failed', 'the answer has 600011 characters, more than the 524288 that travel'],
    ])
  })

  it('are not done a second time after the program broke off, and the account learns that', async () => {
    const account = makeAccount()
    account.jobs.set('a', { state: 'waiting', spec: { kind: 'reboot', macs: [MAC] } })
    const { ran, start } = makeBox(account)
    const never = Promise.withResolvers<never>()
    const first = start({
      execute(spec) {
        ran.push(spec)
        return never.promise
      },
    })
    await first.look()
    // As after kill -9: the first one is never heard of again.
    await using second = start()
    await second.look()
    await settle()
    expect(ran.length).toBe(1)
    expect(account.jobs.get('a')).toMatchObject({
      state: 'failed',
      report: { text: 'the box was started again while it was under way; it was not done a second time' },
    })
  })

  it('are told until the account has heard, and not after that', async () => {
    const account = makeAccount()
    account.jobs.set('a', { state: 'waiting', spec: explain })
    let deaf = true
    let told = 0
    const { start } = makeBox(account)
    await using runner = start({
      transport: {
        async post(path, body) {
          if (path.endsWith('/result') && deaf) throw new OperatorError('lost on its way')
          if (path.endsWith('/result')) told++
          return account.post(path, body)
        },
      },
    })
    await runner.look()
    await settle()
    // Its time is over there: the account does not ask for it again.
    Object.assign(account.jobs.get('a') ?? {}, { state: 'expired' })
    deaf = false
    await runner.look()
    await runner.look()
    expect([account.jobs.get('a')?.state, told]).toEqual(['done', 1])
  })

  it('are told again when an account that was put back from a backup asks for them', async () => {
    const account = makeAccount()
    account.jobs.set('a', { state: 'waiting', spec: explain })
    const { ran, start } = makeBox(account)
    await using runner = start()
    await runner.look()
    await settle()
    account.jobs.set('a', { state: 'waiting', spec: explain })
    await runner.look()
    await settle()
    expect([ran.length, account.jobs.get('a')?.state]).toEqual([1, 'done'])
  })

  it.each([
    ['no JSON of ours', 'hello'],
    ['no answer', {}],
    [
      'too many',
      {
        answer: 'jobs',
        now: 0,
        jobs: Array.from({ length: 21 }, (_, i) => ({ id: `${i}`, spec: explain, by: 'x', expiresInMs: 1 })),
      },
    ],
    [
      'an id that is a path',
      { answer: 'jobs', now: 0, jobs: [{ id: '../token', spec: explain, by: 'x', expiresInMs: 1 }] },
    ],
    [
      'a name that turns the text around',
      { answer: 'jobs', now: 0, jobs: [{ id: 'a', spec: explain, by: 'x\u202ey', expiresInMs: 1 }] },
    ],
  ])('an account that sends %s: nothing is done, and it is asked again', async (_name, answer) => {
    const { ran, start, counters } = makeBox(makeAccount())
    let retries = 0
    await using runner = start({
      transport: { post: async () => answer },
      after: () => {
        retries++
        return () => undefined
      },
    })
    await runner.look()
    await settle()
    expect([ran, retries, counters.get('remote.failed')]).toEqual([[], 1, 1])
  })

  it.each(Array.from({ length: 60 }, (_, i) => i + 1))(
    'seed %d: nothing is done twice, nothing that was told is lost',
    async (seed) => {
      const random = makeRandom(seed)
      let lossy = true
      const account = makeAccount(() => lossy && random() < 0.3)
      const { start } = makeBox(account)
      const times = new Map<string, number>()
      /** A program that was killed does nothing any more, however far it got. */
      function launch() {
        const life = { over: false }
        const runner = start({
          transport: {
            post: (path, body) => (life.over ? new Promise(() => undefined) : account.post(path, body)),
          },
          async execute(_spec, { id }) {
            times.set(id, (times.get(id) ?? 0) + 1)
            for (let i = 0; i < random() * 8; i++) await Promise.resolve()
            if (life.over) await new Promise(() => undefined)
            return { text: `done ${id}` }
          },
        })
        return { life, runner }
      }
      let box = launch()
      for (let step = 0; step < 40; step++) {
        if (random() < 0.4) account.jobs.set(`job-${step}`, { state: 'waiting', spec: { kind: 'reboot', macs: [MAC] } })
        const looking = box.runner.look()
        if (random() < 0.2) {
          for (let i = 0; i < random() * 20; i++) await Promise.resolve()
          box.life.over = true
          box = launch()
        } else await looking
      }
      lossy = false
      for (let i = 0; i < 5; i++) {
        await box.runner.look()
        await settle()
      }
      expect([...times.values()].filter((n) => n > 1)).toEqual([])
      const open = [...account.jobs].filter(([, { state }]) => state !== 'done' && state !== 'failed')
      expect(open).toEqual([])
      for (const [id, { report }] of account.jobs)
        if (report?.state === 'done') expect([report.text, times.get(id)]).toEqual([`done ${id}`, 1])
    },
  )
})
