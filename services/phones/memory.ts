import type { Mac } from '../core/mac.ts'
import type { Identity } from './contract.ts'

/** What has been recognised of devices, across services and requests. */
export interface IdentityMemory {
  recall(mac: Mac): Identity | undefined
  /** Keeps what is new; true when vendor, model, firmware or hardware changed by it. */
  remember(mac: Mac, identity: Identity): boolean
  /** Rises with every change, for caches. */
  revision(): number
}

const MAX_REMEMBERED = 8192

/**
 * Remembers the newest identity of each device. `fallback` answers for devices not seen since the start, e.g. from
 * their journeys. What was recognised as a device of a vendor that is described no more (`knows`) counts as not
 * recognised.
 */
export function makeIdentityMemory(
  fallback?: (mac: Mac) => Pick<Identity, 'vendor' | 'model' | 'firmware' | 'hardware'> | undefined,
  knows: (vendor: string) => boolean = () => true,
): IdentityMemory {
  const known = new Map<Mac, Identity>()
  let revision = 0
  const recall = (mac: Mac): Identity | undefined => {
    const remembered = known.get(mac)
    if (remembered?.vendor !== undefined && !knows(remembered.vendor)) return undefined
    if (remembered !== undefined || fallback === undefined) return remembered
    const told = fallback(mac)
    if (told?.vendor === undefined || !knows(told.vendor)) return undefined
    const identity: Identity = { ...told, mac, confidence: told.model === undefined ? 2 : 3, used: [] }
    keep(mac, identity)
    return identity
  }
  const keep = (mac: Mac, identity: Identity) => {
    known.delete(mac)
    known.set(mac, identity)
    if (known.size <= MAX_REMEMBERED) return
    for (const oldest of known.keys()) {
      known.delete(oldest)
      break
    }
  }
  return {
    recall,
    remember(mac, identity) {
      if (identity.vendor === undefined || identity.confidence < 2) return false
      const before = recall(mac)
      const sameVendor = before?.vendor === identity.vendor
      // A firmware that says less (a boot loader, a bare class) does not wipe out what is known.
      const model = identity.model ?? (sameVendor ? before?.model : undefined)
      const firmware = identity.firmware ?? (sameVendor ? before?.firmware : undefined)
      const hardware = identity.hardware ?? (sameVendor ? before?.hardware : undefined)
      const same = model === before?.model && firmware === before?.firmware && hardware === before?.hardware
      if (sameVendor && same) return false
      keep(mac, {
        ...identity,
        mac,
        ...(model !== undefined && { model }),
        ...(firmware !== undefined && { firmware }),
        ...(hardware !== undefined && { hardware }),
      })
      revision++
      return true
    },
    revision: () => revision,
  }
}
