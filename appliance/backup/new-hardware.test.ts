import { describe, expect, it } from 'vitest'
import { silentLog } from '../../services/core/log.ts'
import type { LanInterface } from '../../services/core/net.ts'
import { systemClock } from '../../services/program/clock.ts'
import { makeRecords } from '../../services/records/records.ts'
import { memoryDatabase } from '../../test/support/database.ts'
import { adaptToHardware } from './new-hardware.ts'

const FULL = { mode: 'full', besideForeignServer: false }
const OFFICE = { id: 'office', interface: 'eth0', subnet: '192.0.2.0/24', pools: ['192.0.2.10-192.0.2.99'] }

/** A box whose DHCP was on `eth0`, now with these ports. */
function restored(...names: readonly string[]) {
  let n = 0
  const records = makeRecords({ db: memoryDatabase(), clock: systemClock, newId: () => `id${n++}` })
  records.putMany(
    [
      { kind: 'interface', id: 'eth0', body: FULL },
      { kind: 'network', id: 'office', body: OFFICE },
    ],
    { by: 'test' },
  )
  const alarms: string[] = []
  adaptToHardware({
    ...{ records, log: silentLog, alarms: { raise: (_kind, _subject, text) => void alarms.push(text) } },
    lan: {
      interfaces: () => ['lo', ...names].map((name) => ({ name, up: true, addresses: [] }) as unknown as LanInterface),
    },
  })
  const on = records.list('interface').map(({ id }) => id)
  return { alarms, on, network: records.get('network', 'office')?.body }
}

describe('a box that was restored', () => {
  it('on ports of the same name changes nothing', () => {
    expect(restored('eth0', 'eth1')).toEqual({ alarms: [], on: ['eth0'], network: OFFICE })
  })
  it('on a machine with one port of another name answers there', () => {
    expect(restored('enp3s0')).toEqual({ alarms: [], on: ['enp3s0'], network: { ...OFFICE, interface: 'enp3s0' } })
  })
  it('on a machine with several is told which is missing, and nothing is guessed', () => {
    const { alarms, on } = restored('enp3s0', 'enp4s0')
    expect(on).toEqual(['eth0'])
    expect(alarms).toEqual([expect.stringContaining('dhcp was on eth0, which this machine does not have')])
  })
})
