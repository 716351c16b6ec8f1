import { describe, expect, it } from 'vitest'
import { call, httpWay, mac, makeSite, NOW, notifyWay } from '../../test/support/refetch-site.ts'
import type { NotifyOutcome } from '../sip/contract.ts'

const MINUTE = 60_000
const ONE = { ...NOW, selection: { kind: 'devices' as const, macs: [mac(1)] } }
const refused: NotifyOutcome = { kind: 'refused', status: 403, reason: 'Forbidden' }
const busy: NotifyOutcome = { kind: 'refused', status: 486, reason: 'Busy Here' }

describe('one device', () => {
  it('is told, watched, and has fetched', async () => {
    const site = makeSite({ phones: 1 })
    const { id } = site.refetch.start({ ...ONE, why: 'new zone' })
    await site.settle()
    expect(site.sent).toEqual([
      expect.objectContaining({ user: 'user-01', to: { address: 0xc0000201, port: 5060 }, event: 'check-sync' }),
    ])
    expect(site.outcomes(id)).toEqual(['asked'])
    site.fetch(mac(1))
    await site.settle()
    expect(site.outcomes(id)).toEqual(['fetched'])
    expect(site.refetch.job(id)?.state).toBe('done')
    expect(site.steps(mac(1))).toEqual([
      { kind: 'notify.sent', event: 'check-sync', to: 'user-01', by: 'cli:ada', why: 'new zone' },
      { kind: 'notify.result', event: 'check-sync', outcome: 'accepted (200)', ok: true },
      { kind: 'refetch.ended', fetched: true, text: 'NOTIFY check-sync: accepted (200)', by: 'cli:ada' },
    ])
    await site.pass(600 * MINUTE)
    expect(site.sent).toHaveLength(1)
  })

  it('that takes it and does not fetch is told so after its time', async () => {
    const site = makeSite({ phones: 1 })
    const { id } = site.refetch.start(ONE)
    await site.pass(299_999)
    expect(site.outcomes(id)).toEqual(['asked'])
    await site.pass(1)
    expect(site.outcomes(id)).toEqual(['not-fetched'])
    expect(site.steps(mac(1)).at(-1)).toEqual({
      kind: 'refetch.ended',
      fetched: false,
      text: 'NOTIFY check-sync: accepted (200); nothing was fetched in 5 min',
      by: 'cli:ada',
    })
  })

  it('that fetched before it was asked has not fetched since', async () => {
    const site = makeSite({ phones: 1 })
    site.fetch(mac(1))
    site.clock.advance(1)
    const { id } = site.refetch.start(ONE)
    await site.settle()
    expect(site.outcomes(id)).toEqual(['asked'])
  })

  it.each<[string, NotifyOutcome, string, string]>([
    ['refuses', refused, 'refused', 'NOTIFY check-sync: refused: 403 Forbidden'],
    ['is silent', { kind: 'silent', attempts: 11 }, 'silent', 'NOTIFY check-sync: no answer to 11 attempts'],
  ])('that %s ends so', async (_, answer, outcome, text) => {
    const site = makeSite({ phones: 1 })
    site.script.notify = async () => answer
    const { id } = site.refetch.start(ONE)
    await site.settle()
    expect(site.refetch.job(id)?.items).toMatchObject([{ outcome, text }])
    expect(site.steps(mac(1)).at(-1)).toMatchObject({ kind: 'refetch.ended', fetched: false, text })
  })

  it('that answers nothing but fetches meanwhile has fetched', async () => {
    const site = makeSite({ phones: 1 })
    site.script.notify = async () => {
      site.fetch(mac(1))
      return { kind: 'silent', attempts: 11 }
    }
    const { id } = site.refetch.start(ONE)
    await site.settle()
    expect(site.outcomes(id)).toEqual(['fetched'])
  })

  it('that nobody can find, or whose vendor is not known, is unreachable', async () => {
    const site = makeSite({ phones: 2, advice: () => undefined })
    site.places.set(mac(1), { kind: 'unknown' })
    const { id } = site.refetch.start(NOW)
    await site.settle()
    expect(site.refetch.job(id)?.items).toMatchObject([
      { outcome: 'unreachable', text: 'nobody knows its address' },
      { outcome: 'unreachable', text: 'its vendor is not known' },
    ])
  })
})

describe('ways', () => {
  const advice = (...ways: ReturnType<typeof httpWay>[]) => ({
    ways: [notifyWay(mac(1)), ...ways],
    passed: [{ way: 'Reboot', reason: 'not with this firmware' }],
    patienceMs: 300_000,
  })

  it('are tried in their order, each failure with its reason', async () => {
    const site = makeSite({ phones: 1, advice: () => advice(httpWay()) })
    site.script.notify = async () => refused
    const { id } = site.refetch.start(ONE)
    await site.settle()
    expect(site.calls).toEqual([{ to: 0xc0000201, call }])
    expect(site.outcomes(id)).toEqual(['asked'])
    site.fetch(mac(1))
    await site.settle()
    expect(site.refetch.job(id)?.items).toMatchObject([
      {
        outcome: 'fetched',
        text: 'NOTIFY check-sync: refused: 403 Forbidden; HTTP AutoP: accepted (200)',
      },
    ])
  })

  it('go on when a NOTIFY was taken and nothing was fetched', async () => {
    const site = makeSite({ phones: 1, advice: () => advice(httpWay()) })
    site.refetch.start(ONE)
    await site.pass(5 * MINUTE)
    expect(site.calls).toHaveLength(1)
  })

  it('by a restart are left out where nobody asked for one and nothing tells whether it is in a call', async () => {
    const site = makeSite({ phones: 1, advice: () => advice(httpWay({ reboots: true })) })
    site.script.notify = async () => refused
    const { id } = site.refetch.start(ONE)
    await site.settle()
    expect([site.calls, site.outcomes(id)]).toEqual([[], ['refused']])
    expect(site.refetch.job(id)?.items[0]?.text).toContain('it would restart the phone')
    expect(site.refetch.job(id)?.items[0]?.text).toContain('HTTP Reboot: not with this firmware')
    site.refetch.start({ ...ONE, reboot: true })
    await site.settle()
    expect(site.calls).toHaveLength(1)
  })

  it('over HTTP are for an address that is proven to be its own', async () => {
    const site = makeSite({ phones: 1, advice: () => ({ ways: [httpWay()], passed: [], patienceMs: 1_000 }) })
    for (const place of [
      { kind: 'unproven' as const, address: 0xc0000209 as never },
      { kind: 'shared' as const, address: 0xc0000209 as never, holder: mac(9) },
    ]) {
      site.places.set(mac(1), place)
      const { id } = site.refetch.start(ONE)
      await site.settle()
      expect(site.outcomes(id)).toEqual(['unreachable'])
    }
    expect(site.calls).toEqual([])
  })

  it('of its own end with when that is', async () => {
    const schedule = { kind: 'schedule' as const, everyMs: 86_400_000, lastAt: 1_767_225_600_000 - 3_600_000 }
    const site = makeSite({ phones: 1, advice: () => ({ ways: [schedule], passed: [], patienceMs: 1_000 }) })
    const { id } = site.refetch.start(ONE)
    await site.settle()
    expect(site.refetch.job(id)?.items).toMatchObject([
      { outcome: 'by-itself', text: 'it looks by itself every 1440 min, expected by 2026-01-01 23:00 UTC' },
    ])
  })
})

describe('a phone in a call', () => {
  const idle = { call: { ...call, name: 'calls' }, idle: /idle/, busy: /talking/ }

  it('is left alone and asked later', async () => {
    const site = makeSite({
      phones: 1,
      advice: () => ({ ways: [notifyWay(mac(1))], passed: [], patienceMs: 300_000, idle }),
    })
    const says = (body: string) => {
      site.script.http = async () => ({ kind: 'answered', status: 200, body, challenged: false })
    }
    says('talking')
    const { id } = site.refetch.start(ONE)
    await site.pass(3 * MINUTE)
    expect(site.sent).toEqual([])
    expect(await site.refetch.idle(mac(1))).toBe('busy')
    expect(site.steps(mac(1))[0]).toEqual({
      kind: 'refetch.left',
      reason: 'it is in a call; tried again later',
      by: 'cli:ada',
    })
    says('idle')
    await site.pass(MINUTE)
    expect([site.sent.length, site.outcomes(id)]).toEqual([1, ['asked']])
    expect(await site.refetch.idle(mac(1))).toBe('idle')
    site.script.http = async () => ({ kind: 'silent', reason: 'x' })
    expect(await site.refetch.idle(mac(1))).toBe('unknown')
  })

  it('that says so by 486 is asked in the same way later, and given up after an hour', async () => {
    const site = makeSite({
      phones: 1,
      advice: () => ({ ways: [notifyWay(mac(1)), httpWay()], passed: [], patienceMs: 300_000 }),
    })
    site.script.notify = async () => busy
    const { id } = site.refetch.start(ONE)
    await site.pass(10 * MINUTE)
    expect([site.sent.length, site.calls.length, site.outcomes(id)]).toEqual([11, 0, ['waiting']])
    await site.pass(51 * MINUTE)
    expect(site.outcomes(id)).toEqual(['busy'])
  })

  it('whose vendor waits by itself is simply told', async () => {
    const site = makeSite({
      phones: 1,
      advice: () => ({ ways: [notifyWay(mac(1), { postpones: true })], passed: [], patienceMs: 300_000, idle }),
    })
    site.refetch.start(ONE)
    await site.settle()
    expect([site.sent.length, site.calls.length]).toEqual([1, 0])
  })
})

describe('phones at one address', () => {
  it('are told apart by port and user; the one that does not hold it gets no answer made of its secret', async () => {
    const site = makeSite({
      phones: 2,
      advice: (of) => ({
        ways: [notifyWay(of, of === mac(2) ? { ownPort: true, port: 5064 } : {})],
        passed: [],
        patienceMs: 300_000,
      }),
    })
    const address = 0xc0000201 as never
    site.places.set(mac(2), { kind: 'shared', address, holder: mac(1) })
    site.refetch.start({ ...NOW, selection: { kind: 'devices', macs: [mac(2)] } })
    await site.settle()
    expect(site.sent).toEqual([{ mac: mac(2), to: { address, port: 5064 }, user: 'user-02', event: 'check-sync' }])
    expect(site.steps(mac(2))[0]).toMatchObject({ to: 'user-02:5064' })
  })

  it('without a port of its own it is not asked', async () => {
    const site = makeSite({ phones: 2 })
    site.places.set(mac(2), { kind: 'shared', address: 0xc0000201 as never, holder: mac(1) })
    const { id } = site.refetch.start({ ...NOW, selection: { kind: 'devices', macs: [mac(2)] } })
    await site.settle()
    expect([site.sent, site.outcomes(id)]).toEqual([[], ['unreachable']])
    await expect(site.refetch.ask(mac(2), { by: 'x', reboot: false })).rejects.toThrow(
      'the last address of 00:00:5e:00:53:02 is now held by 00:00:5e:00:53:01',
    )
  })
})

describe('many devices', () => {
  it('200 with a limit of 10 are never more than 10 at once, and all are asked once', async () => {
    const site = makeSite({ phones: 200 })
    let most = 0
    const out: ReturnType<typeof mac>[] = []
    site.script.notify = async (request) => {
      out.push(request.mac)
      const back = site.told.filter(({ step }) => step.kind === 'refetch.ended').length
      most = Math.max(most, site.sent.length - back)
      return { kind: 'accepted', status: 200, challenged: false }
    }
    const { id } = site.refetch.start({ ...NOW, limit: 10 })
    for (let round = 0; round < 400 && site.refetch.job(id)?.state !== 'done'; round++) {
      await site.settle()
      // Every third one is left to its time; the others fetch.
      const one = out.shift()
      if (one === undefined) await site.pass(5 * MINUTE)
      else if (round % 3 > 0) site.fetch(one)
    }
    expect(site.refetch.job(id)?.state).toBe('done')
    // The third is switched off in its record.
    expect(new Set(site.sent.map((request) => request.mac)).size).toBe(199)
    expect(site.sent).toHaveLength(199)
    expect(most).toBe(10)
  })

  it('of two jobs share the limit', async () => {
    const site = makeSite({ phones: 30 })
    site.refetch.start({ ...NOW, limit: 3 })
    site.refetch.start({ ...NOW, limit: 5, selection: { kind: 'group', group: 'hall' } })
    await site.settle()
    expect(site.sent).toHaveLength(5)
    expect(new Set(site.sent.map((request) => request.mac)).size).toBe(5)
  })

  it.each([
    [{ kind: 'group', group: 'desk' }, [mac(1), mac(2)]],
    [{ kind: 'model', vendor: 'acme', model: 'A1' }, [mac(1)]],
    [{ kind: 'devices', macs: [mac(2), mac(2)] }, [mac(2)]],
    [{ kind: 'all' }, [mac(1), mac(2), mac(4)]],
  ] as const)('%j means %j', (selection, macs) => {
    const site = makeSite({ phones: 4 })
    expect(site.refetch.start({ ...NOW, selection }).items.map((item) => item.mac)).toEqual(macs)
  })

  it.each([
    [{ selection: { kind: 'group', group: 'x' } }, 'no device is in a group "x"'],
    [{ selection: { kind: 'model', vendor: 'x', model: 'y' } }, 'no model "y" of a vendor "x"'],
    [{ selection: { kind: 'devices', macs: [mac(9)] } }, 'no device 00:00:5e:00:53:09'],
    [{ selection: { kind: 'devices', macs: [mac(3)] } }, 'all of them are switched off'],
    [{ limit: 0 }, 'limit is 0, expected 1 to 100'],
    [{ why: '' }, 'why has 0 characters'],
    [{ when: { kind: 'window', from: '22:00', to: '25:00', zone: 'Etc/UTC' } }, '"25:00" is no time of day'],
    [{ when: { kind: 'window', from: '22:00', to: '05:00', zone: 'Mars/Base' } }, '"Mars/Base" is no time zone'],
    [{ when: { kind: 'at', at: Number.MAX_SAFE_INTEGER } }, 'more than a year ahead'],
  ] as const)('%j cannot be asked for', (change, message) => {
    const site = makeSite({ phones: 4 })
    expect(() => site.refetch.start({ ...NOW, ...change })).toThrow(message)
    expect(site.refetch.jobs()).toEqual([])
  })
})

describe('a job', () => {
  // 2026-01-01 is a Thursday; the clock stands at 00:00 UTC, which is 01:00 in Berlin.
  const window = { kind: 'window' as const, from: '22:00', to: '05:00', zone: 'Europe/Berlin', days: ['thu' as const] }

  it('waits for its window, and a restart in between neither loses nor doubles it', async () => {
    const site = makeSite({ phones: 6 })
    const { id, opensAt, state } = site.refetch.start({ ...NOW, when: window, limit: 2 })
    expect([state, opensAt]).toEqual(['waiting', Date.parse('2026-01-01T21:00Z')])
    await site.pass(10 * 60 * MINUTE)
    await site.restart(60 * MINUTE)
    expect(site.sent).toEqual([])
    await site.pass(10 * 60 * MINUTE - 1)
    expect(site.sent).toEqual([])
    await site.pass(1)
    expect(site.sent).toHaveLength(2)
    await site.restart()
    site.fetch(mac(1))
    await site.settle()
    expect(site.outcomes(id)).toEqual(['fetched', 'asked', 'asked', 'waiting', 'waiting'])
    expect(site.sent).toHaveLength(3)
    await site.pass(30 * MINUTE)
    expect(site.sent.map((request) => request.mac)).toEqual([mac(1), mac(2), mac(4), mac(5), mac(6)])
    expect(site.refetch.job(id)?.state).toBe('done')
  })

  it('that is not through when its window closes goes on in the next', async () => {
    const site = makeSite({ phones: 1 })
    site.script.notify = async () => busy
    site.clock.set(Date.parse('2026-01-02T03:58Z'))
    const { id } = site.refetch.start({ ...ONE, when: window })
    await site.pass(10 * MINUTE)
    expect([site.sent.length, site.outcomes(id)]).toEqual([2, ['waiting']])
    expect(site.refetch.job(id)?.opensAt).toBe(Date.parse('2026-01-08T21:00Z'))
    site.script.notify = async () => ({ kind: 'accepted', status: 200, challenged: false })
    await site.pass(7 * 24 * 60 * MINUTE)
    expect(site.sent).toHaveLength(3)
  })

  it('at a time that passed while the box was off runs when it is back', async () => {
    const site = makeSite({ phones: 1 })
    site.refetch.start({ ...ONE, when: { kind: 'at', at: site.clock.now() + 5 * MINUTE } })
    await site.pass(4 * MINUTE)
    expect(site.sent).toEqual([])
    await site.restart(60 * MINUTE)
    expect(site.sent).toHaveLength(1)
  })

  it('whose phone was asked just before the box went off is watched on, not asked again', async () => {
    const site = makeSite({ phones: 1 })
    const never = Promise.withResolvers<NotifyOutcome>()
    site.script.notify = () => never.promise
    const { id } = site.refetch.start(ONE)
    await site.settle()
    const gone = site.restart(MINUTE)
    never.resolve({ kind: 'silent', attempts: 0 })
    await gone
    expect([site.sent.length, site.outcomes(id)]).toEqual([1, ['asked']])
    // What an ended process heard is nobody's answer.
    expect(site.steps(mac(1)).map(({ kind }) => kind)).toEqual(['notify.sent'])
    site.fetch(mac(1))
    await site.settle()
    expect(site.outcomes(id)).toEqual(['fetched'])
  })

  it('is the same for the same key', async () => {
    const site = makeSite({ phones: 1 })
    const first = site.refetch.start({ ...ONE, key: 'k1' })
    await site.restart()
    expect(site.refetch.start({ ...ONE, key: 'k1' }).id).toBe(first.id)
    await site.settle()
    expect(site.sent).toHaveLength(1)
  })

  it('that is cancelled asks nobody more, also after a restart', async () => {
    const site = makeSite({ phones: 4 })
    const { id } = site.refetch.start({ ...NOW, limit: 1 })
    await site.settle()
    expect(site.refetch.cancel(id, { by: 'page:local' }).state).toBe('cancelled')
    await site.restart()
    site.fetch(mac(1))
    await site.pass(60 * MINUTE)
    expect(site.sent).toHaveLength(1)
    expect(site.outcomes(id)).toEqual(['fetched', 'cancelled', 'cancelled'])
    expect(() => site.refetch.cancel('nothing', { by: 'x' })).toThrow('no job "nothing"')
  })

  it('of long ago is forgotten, and one too many is refused', async () => {
    const site = makeSite({ phones: 1 })
    for (let i = 0; i < 205; i++)
      site.refetch.cancel(site.refetch.start({ ...ONE, when: { kind: 'at', at: site.clock.now() + 1e6 } }).id, {
        by: 'x',
      })
    expect(site.refetch.jobs()).toHaveLength(200)
    for (let i = 0; i < 100; i++) site.refetch.start({ ...ONE, when: { kind: 'at', at: site.clock.now() + 1e6 } })
    expect(() => site.refetch.start(ONE)).toThrow('100 jobs are open already')
  })
})

describe('ask', () => {
  it('tells what the phone said, at the last way that was tried', async () => {
    const site = makeSite({
      phones: 1,
      advice: () => ({ ways: [notifyWay(mac(1)), httpWay()], passed: [], patienceMs: 300_000 }),
    })
    expect(await site.refetch.ask(mac(1), { by: 'x', reboot: false })).toMatchObject({ kind: 'accepted' })
    site.script.notify = async () => refused
    expect(await site.refetch.ask(mac(1), { by: 'x', reboot: false })).toEqual({
      kind: 'accepted',
      status: 200,
      challenged: false,
    })
    site.script.http = async () => ({ kind: 'silent', reason: 'it took too long' })
    expect(await site.refetch.ask(mac(1), { by: 'x', reboot: false })).toMatchObject({ kind: 'silent' })
    site.script.notify = async () => busy
    expect(await site.refetch.ask(mac(1), { by: 'x', reboot: false })).toBe(busy)
  })

  it('waits for the end of no call, and not for a box that stops', async () => {
    const idle = { call, idle: /idle/, busy: /talking/ }
    const site = makeSite({
      phones: 1,
      advice: () => ({ ways: [notifyWay(mac(1))], passed: [], patienceMs: 300_000, idle }),
    })
    site.script.http = async () => ({ kind: 'answered', status: 200, body: 'talking', challenged: false })
    await expect(site.refetch.ask(mac(1), { by: 'x', reboot: false })).rejects.toThrow(
      'is in a call; it is asked later',
    )
    site.script.http = async () => ({ kind: 'answered', status: 200, body: 'idle', challenged: false })
    const never = Promise.withResolvers<NotifyOutcome>()
    site.script.notify = () => never.promise
    const asked = expect(site.refetch.ask(mac(1), { by: 'x', reboot: false })).rejects.toThrow('the box is stopping')
    await site.settle()
    const gone = site.restart()
    never.resolve({ kind: 'silent', attempts: 0 })
    await Promise.all([asked, gone])
  })

  it('goes past the limit of a job that is under way', async () => {
    const site = makeSite({ phones: 4 })
    site.refetch.start({ ...NOW, limit: 1 })
    await site.settle()
    await site.refetch.ask(mac(4), { by: 'x', reboot: false })
    expect(site.sent.map((request) => request.mac)).toEqual([mac(1), mac(4)])
  })

  it.each([
    ['its vendor is not known', undefined, 'is of no vendor that can be told to fetch again'],
    [
      'it only looks by itself',
      { ways: [{ kind: 'schedule' as const, everyMs: 1 }], passed: [], patienceMs: 1 },
      'is of no vendor that can be told to fetch again',
    ],
  ])('throws and stores nothing when %s', async (_, advice, message) => {
    const site = makeSite({ phones: 1, advice: () => advice })
    await expect(site.refetch.ask(mac(1), { by: 'x', reboot: false })).rejects.toThrow(message)
    expect([site.sent, site.told, site.refetch.jobs()]).toEqual([[], [], []])
  })

  it('throws when nobody knows where it is', async () => {
    const site = makeSite({ phones: 1 })
    site.places.set(mac(1), { kind: 'unknown' })
    await expect(site.refetch.ask(mac(1), { by: 'x', reboot: false })).rejects.toThrow(
      '00:00:5e:00:53:01 has no address that the box knows of',
    )
  })
})
