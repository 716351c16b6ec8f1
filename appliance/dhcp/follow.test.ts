import { expect, it } from 'vitest'
import { OperatorError } from '../../services/core/errors.ts'
import { parseIpv4 } from '../../services/core/ipv4.ts'
import { silentLog } from '../../services/core/log.ts'
import type { Lan } from '../../services/core/net.ts'
import type { DhcpSettings } from '../../services/dhcp/contract.ts'
import { makeRecords } from '../../services/records/records.ts'
import { memoryDatabase } from '../../test/support/database.ts'
import { settled } from '../../test/support/timers.ts'
import { readConfig } from '../config/config.ts'
import { followDhcp } from './follow.ts'

const by = 'cloud'
const lan = { id: 'lan', subnet: '192.0.2.0/24', pools: ['192.0.2.10-192.0.2.20'] }

function made(refuses = false) {
  let ids = 0
  const records = makeRecords({ db: memoryDatabase(), clock: { now: () => 0 }, newId: () => `id${ids++}` })
  const applied: DhcpSettings[] = []
  const alarms: string[] = []
  let present = () => {}
  const stop = followDhcp({
    ...{ config: readConfig({ flags: {}, env: {}, root: true }), records, log: silentLog },
    lan: {
      interfaces: () => [{ name: 'eth0', up: true, addresses: [{ address: parseIpv4('192.0.2.1'), prefix: 24 }] }],
      onChange(listener: () => void) {
        present = listener
        return () => {
          present = () => {}
        }
      },
    } as unknown as Lan,
    alarms: { raise: (kind, subject, text) => void alarms.push(`${kind} ${subject} ${text}`) },
    apply(settings) {
      if (refuses) throw new OperatorError('no')
      applied.push(settings)
    },
  })
  return { records, applied, alarms, stop, present: () => present() }
}

it('puts networks and modes in force together when they change', async () => {
  const { records, applied } = made()
  records.transact((writer) => {
    writer.put('network', 'lan', lan, by)
    writer.put('interface', 'eth0', { mode: 'full' }, by)
    writer.put('device', '00005e005301', {}, by)
  })
  await settled()
  expect(applied.map(({ networks, interfaces }) => [networks.map(({ id }) => id), interfaces[0]?.mode])).toEqual([
    [['lan'], 'full'],
  ])
  records.remove('network', 'lan', { by })
  await settled()
  expect(applied.at(-1)?.networks).toEqual([])
})

it('passes over what cannot be used beside the others, and raises an alarm', async () => {
  const { records, applied, alarms } = made()
  records.put('network', 'lan', lan, { by })
  records.put('network', 'twin', { ...lan, id: 'twin' }, { by })
  records.put('network', 'odd', { id: 'odd' }, { by })
  await settled()
  expect(applied.at(-1)?.networks.map(({ id }) => id)).toEqual(['lan'])
  expect(alarms).toEqual([
    expect.stringMatching(/^unusable-record dhcp .*network odd: /),
    expect.stringMatching(/^unusable-record dhcp .*network twin: .*pools of lan and twin overlap at 192\.0\.2\.10/),
  ])
})

it('goes on when the server refuses, follows the interfaces, and stops', async () => {
  const refused = made(true)
  refused.records.put('network', 'lan', lan, { by })
  await settled()
  const { records, applied, present, stop } = made()
  present()
  expect(applied.length).toBe(1)
  stop()
  records.put('network', 'lan', lan, { by })
  present()
  await settled()
  expect(applied.length).toBe(1)
})
