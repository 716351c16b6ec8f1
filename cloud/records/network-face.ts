import { z } from '@hono/zod-openapi'
import { withoutValue } from '../../services/admin/hidden-options.ts'
import type { OptionView } from '../../services/admin/schema-network.ts'
import { NotFoundError } from '../../services/core/errors.ts'
import { isBag, mergePatch } from '../../services/core/merge-patch.ts'
import { bodyOf, RecordError, readInput } from '../../services/core/record-input.ts'
import type { DhcpNetwork } from '../../services/dhcp/contract.ts'
import { networkSchema, readNetworks, toDhcpNetwork } from '../../services/dhcp/network-schema.ts'
import { networkText } from '../../services/dhcp/network-text.ts'
import { networkFaults, networkIdFrom } from '../../services/dhcp/policy-edit.ts'
import type { JsonObject } from '../../services/records/contract.ts'
import { idParam } from '../api/route.ts'
import type { Desk } from './desk.ts'
import { type Face, unshared } from './face.ts'

const NetworkView = z
  .looseObject({
    ...{ id: z.string(), rev: z.number(), subnet: z.string() },
    fault: z.string().optional().openapi({ description: 'Why the box cannot use it' }),
    reached: z.boolean().optional().openapi({ description: 'Whether the box has read it as it is' }),
  })
  .openapi('Network', { description: 'As in the configuration file of the box' })
const NetworkInput = z.looseObject({ subnet: z.string().optional() }).openapi('NetworkInput')

/** Networks of a site. They are judged as its box judges them: beside the others, and by what that last said of itself. */
export const networkFace: Face = {
  ...{ tag: 'Network', noun: 'network', path: '/networks', item: '/{network}', list: 'networks' },
  listParams: z.object({}),
  params: z.object({ network: idParam('network') }),
  ...{ view: NetworkView, input: NetworkInput, beside: true },
  newId({ id, name, subnet }, taken) {
    if (typeof id !== 'string' || id === '') {
      const called = typeof name === 'string' && name.trim() !== '' ? name : String(subnet ?? '')
      return { network: networkIdFrom(called, taken) }
    }
    if (taken.has(id))
      throw new RecordError(`network ${id}`, [{ path: 'id', message: `there is a network ${id} already` }])
    return { network: id }
  },
  kindOf: () => 'network',
  keyOf: ({ network }) => ({ kind: 'network', id: String(network) }),
  show({ records }, { id }) {
    const record = records.get('network', id)
    if (record === undefined) return undefined
    const read = networkSchema.safeParse(record.body)
    const [issue] = read.error?.issues ?? []
    const fault = issue && `${issue.path.map(String).join('.')}: ${issue.message}`
    return {
      ...{ subnet: '', pools: [], dns: [], ntp: [], reservations: [], options: [] },
      ...record.body,
      ...(read.success ? networkText(toDhcpNetwork(read.data)) : { fault }),
      ...{ id, rev: record.rev },
    }
  },
  hide: (view) => ({
    ...view,
    options: Array.isArray(view.options)
      ? view.options.flatMap((one) => (isBag(one) ? [withoutValue(one as OptionView)] : []))
      : [],
  }),
  replace(desk, { id }, given, by) {
    const { rev: _rev, name: _name, fault: _fault, reached: _reached, ...rest } = unshared(given)
    const input = { ...rest, id }
    const network = toDhcpNetwork(bodyOf(`network ${id}`, readInput(networkSchema, input)))
    const fixed = desk.box?.fixed ?? []
    if (fixed.some((one) => one.id === id))
      throw new RecordError(`network ${id}`, [
        { path: 'id', message: `the box’s configuration file has a network ${id}` },
      ])
    const stored = usable(desk)
    const before = stored.find((one) => one.id === id)
    const others = [...fixed, ...stored.filter((one) => one.id !== id)]
    const found = networkFaults(network, { others, ports: desk.box?.ports, ...(before && { before }) })
    if (found.length > 0) throw new RecordError(`network ${id}`, found)
    desk.records.put('network', id, input as JsonObject, { by })
  },
  patch(desk, key, given, by) {
    const record = desk.records.get('network', key.id)
    if (record === undefined) throw new NotFoundError(`no network ${JSON.stringify(key.id)}`)
    const merged = mergePatch(record.body, given)
    networkFace.replace(desk, key, isBag(merged) ? merged : {}, by)
  },
}

/** Those that a box would use. */
function usable({ records }: Desk): readonly DhcpNetwork[] {
  return readNetworks(records.list('network').map(({ body }) => body))
}
