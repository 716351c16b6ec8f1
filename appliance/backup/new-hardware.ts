import type { Log } from '../../services/core/log.ts'
import type { Lan } from '../../services/core/net.ts'
import type { Alarms } from '../../services/journey/contract.ts'
import type { Records } from '../../services/records/contract.ts'

export interface NewHardwareDeps {
  readonly records: Pick<Records, 'get' | 'list' | 'putMany' | 'remove'>
  readonly lan: Pick<Lan, 'interfaces'>
  readonly alarms: Pick<Alarms, 'raise'>
  readonly log: Log
}

/**
 * Another machine names its network ports in another way. Where one port that DHCP was on is not there and exactly one
 * that is there is free, that one takes its place, with its networks; else a person is told.
 */
export function adaptToHardware({ records, lan, alarms, log }: NewHardwareDeps): void {
  const by = 'restore'
  const present = lan.interfaces().filter(({ name }) => name !== 'lo')
  const on = records.list('interface').filter(({ body }) => body.mode !== 'off')
  const missing = on.filter(({ id }) => !present.some(({ name }) => name === id))
  const free = present.filter(({ name }) => !on.some(({ id }) => id === name))
  const [from] = missing
  if (from === undefined) return
  const [to] = free
  if (missing.length > 1 || free.length !== 1 || to === undefined) {
    const names = missing.map(({ id }) => id).join(', ')
    const text = `dhcp was on ${names}, which this machine does not have: switch it on at the right port, under Network`
    alarms.raise('interface-missing', names, text)
    return
  }
  const networks = records.list('network').filter(({ body }) => body.interface === from.id)
  const moved = networks.map(({ id, body }) => ({
    kind: 'network' as const,
    id,
    body: { ...body, interface: to.name },
  }))
  records.putMany([{ kind: 'interface' as const, id: to.name, body: from.body }, ...moved], { by })
  records.remove('interface', from.id, { by })
  log.info('restored on other hardware: a network port takes the place of another', { was: from.id, is: to.name })
}
