import { expect, it } from 'vitest'
import { memoryDatabase } from '../../test/support/database.ts'
import { type Ipv4, parseIpv4 } from '../core/ipv4.ts'
import type { Binding } from './lease-table.ts'
import { LeaseStore, loadBindings } from './store.ts'

const binding = (address: Ipv4, client: string, endsAt: number): Binding => ({
  ...{ address, client, endsAt, state: 'active', network: 'office', interface: 'eth0', startedAt: 0, held: true },
  parameters: [1, 3],
})
const first = parseIpv4('192.0.2.10')
const second = parseIpv4('192.0.2.11')
const byAddress = (list: readonly Binding[]) => list.toSorted((a, b) => a.address - b.address)

it('the last binding of an address holds, whether it was folded or not', () => {
  const db = memoryDatabase()
  const store = new LeaseStore(db)
  store.append([binding(first, 'a', 10), binding(second, 'b', 10)])
  store.fold()
  expect(db.query('SELECT * FROM lease_change').all()).toEqual([])
  store.append([binding(first, 'c', 20)])
  store.append([binding(first, 'd', 30), binding(first, 'e', 40)])
  const wanted = [binding(first, 'e', 40), binding(second, 'b', 10)]
  expect(byAddress(loadBindings(db))).toEqual(wanted)
  store.fold()
  expect(byAddress(loadBindings(db))).toEqual(wanted)
})

it('folds by itself before the list of changes grows without bound', () => {
  const db = memoryDatabase()
  const store = new LeaseStore(db)
  const many = Array.from({ length: 1_000 }, (_, i) => binding((first + i) as Ipv4, 'a', i))
  for (let round = 0; round < 20; round++) {
    store.append(many)
    expect(db.query('SELECT * FROM lease_change').all().length).toBeLessThan(10_000)
  }
  expect(byAddress(loadBindings(db))).toEqual(many)
})
