import { describe, expect, it } from 'vitest'
import { memoryDatabase } from '../../test/support/database.ts'
import { InvariantError } from '../core/errors.ts'
import { silentLog } from '../core/log.ts'
import { makeAlarms } from './alarms.ts'
import type { Alarm } from './contract.ts'

function made(more: Partial<Parameters<typeof makeAlarms>[0]> = {}) {
  const clock = { time: 1_000, now: () => clock.time }
  const raised: Alarm[] = []
  return {
    clock,
    raised,
    alarms: makeAlarms({ clock, log: silentLog, onRaise: (alarm) => raised.push(alarm), ...more }),
  }
}

describe('alarms', () => {
  it('are raised once an hour for each kind and subject; repeats are counted', () => {
    const { alarms, raised, clock } = made()
    alarms.raise('foreign-dhcp', 'eth0', 'first')
    clock.time += 3_599_999
    alarms.raise('foreign-dhcp', 'eth0', 'second')
    alarms.raise('foreign-dhcp', 'eth1', 'other')
    alarms.raise('enumeration', 'eth0', 'other')
    expect(raised.map(({ kind, subject }) => [kind, subject])).toEqual([
      ['foreign-dhcp', 'eth0'],
      ['foreign-dhcp', 'eth1'],
      ['enumeration', 'eth0'],
    ])
    expect(alarms.list().at(-1)).toEqual({
      kind: 'foreign-dhcp',
      subject: 'eth0',
      text: 'second',
      firstAt: 1000,
      lastAt: 3_600_999,
      count: 2,
    })
    clock.time += 1
    alarms.raise('foreign-dhcp', 'eth0', 'third')
    expect(raised).toHaveLength(4)
    expect(alarms.list()[0]).toMatchObject({ text: 'third', count: 1 })
  })

  it('stay few when their subjects are forged', () => {
    const { alarms, raised, clock } = made()
    for (let i = 0; i < 10_000; i++) alarms.raise('enumeration', `address ${i}`, 'x')
    expect(raised).toHaveLength(31)
    expect(alarms.list()[0]).toMatchObject({ subject: 'many others', count: 9_970 })
    for (let hour = 0; hour < 20; hour++) {
      clock.time += 3_600_000
      for (let i = 0; i < 100; i++) alarms.raise('enumeration', `address ${i}`, 'x')
    }
    expect(alarms.list()).toHaveLength(200)
  })

  it('are printable, and outlive a listener that fails', () => {
    const { alarms } = made({
      onRaise: () => {
        throw new InvariantError('a listener that fails')
      },
    })
    alarms.raise('template-error', 'a\nb', '\u001b[31m')
    expect(alarms.list()).toMatchObject([{ subject: 'a.b', text: '.[31m' }])
  })

  it('are the same after a restart', async () => {
    using db = memoryDatabase()
    const { alarms } = made({ db })
    alarms.raise('foreign-dhcp', 'eth0', 'text')
    alarms.raise('pool-exhausted', 'lan', 'text')
    await alarms[Symbol.asyncDispose]()
    const second = made({ db })
    expect(second.alarms.list()).toEqual(alarms.list())
    second.alarms.raise('foreign-dhcp', 'eth0', 'again')
    expect(second.raised).toEqual([])
  })
})
