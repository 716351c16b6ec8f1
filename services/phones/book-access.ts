import type { Ipv4 } from '../core/ipv4.ts'
import { formatMac, type Mac } from '../core/mac.ts'
import type { Leases } from '../dhcp/contract.ts'
import type { BookAccess } from '../directory/contract.ts'
import type { Devices } from './contract.ts'
import type { Deliveries } from './deliveries.ts'
import { bookViewOf } from './directory-documents.ts'
import type { IdentityMemory } from './memory.ts'
import { effectiveFor, type SubjectFacts, subjectOf } from './subject.ts'

/** Who may look people up by LDAP: the rules by which a device's own files leave. */
export function makeBookAccess(
  facts: SubjectFacts & {
    readonly devices: Pick<Devices, 'get'>
    readonly memory: Pick<IdentityMemory, 'recall'>
    readonly leases: Pick<Leases, 'byAddress'>
    readonly deliveries: Pick<Deliveries, 'closed'>
    neighbour(address: Ipv4): Mac | undefined
  },
): BookAccess {
  const refused = (reason: string, mac?: Mac) => ({
    kind: 'refused' as const,
    reason,
    ...(mac !== undefined && { mac }),
  })
  return {
    asker(address) {
      const lease = facts.leases.byAddress(address)?.mac
      const neighbour = facts.neighbour(address)
      const mac = lease ?? neighbour
      if (mac === undefined)
        return refused('nobody is known to hold this address: no lease of ours and no neighbour entry')
      if (lease !== undefined && neighbour !== undefined && lease !== neighbour)
        return refused(`the address is leased to ${formatMac(lease)}, but ${formatMac(neighbour)} uses it`, mac)
      const device = facts.devices.get(mac)
      if (device === undefined) return refused('this device is not registered yet', mac)
      if (!device.enabled) return refused('this device is switched off in its record', mac)
      const closed = facts.deliveries.closed(mac)
      if (closed !== undefined) return refused(closed, mac)
      const { definition, model } = subjectOf(facts, mac, device, facts.memory.recall(mac))
      const effective = effectiveFor(facts, { mac, device, vendor: definition?.id, model: model?.model })
      const text = (name: string) => String(effective.settings[name]?.value ?? '')
      // Credentials of another server are none of this one.
      const own = text('ldap.server') === '' && text('ldap.password') !== ''
      return {
        ...{ kind: 'device', mac, view: bookViewOf(effective) },
        ...(own && { credentials: { user: text('ldap.user'), password: text('ldap.password') } }),
      }
    },
  }
}
