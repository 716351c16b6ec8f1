import type { Mac } from '../core/mac.ts'
import type { Devices, ResyncRecipe } from './contract.ts'
import type { Definitions } from './definition.ts'
import type { IdentityMemory } from './memory.ts'

/** How to make this device fetch again, or undefined when its vendor has no way (or it is not known whose it is). */
export function resyncRecipe(
  facts: { readonly definitions: Definitions; readonly devices: Devices; readonly memory: IdentityMemory },
  mac: Mac,
  options: { readonly reboot: boolean },
): ResyncRecipe | undefined {
  const vendor = facts.devices.get(mac)?.vendor ?? facts.memory.recall(mac)?.vendor
  const resync = vendor === undefined ? undefined : facts.definitions.get(vendor)?.resync
  return options.reboot ? resync?.reboot : (resync?.reload ?? resync?.reboot)
}
