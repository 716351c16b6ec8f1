import type { Mac } from '../core/mac.ts'
import type { Entry } from './rows.ts'

export interface Grouped {
  readonly devices: readonly { readonly mac: Mac; readonly entries: readonly Entry[] }[]
  /** Rows without a MAC. */
  readonly people: readonly Entry[]
}

/** Rows by what they are about. `together`: several rows may be about one device; else each stands alone. */
export function mergeRows(entries: readonly Entry[], together: boolean): Grouped {
  const devices: { mac: Mac; entries: Entry[] }[] = []
  const byMac = new Map<Mac, { mac: Mac; entries: Entry[] }>()
  const people: Entry[] = []
  for (const entry of entries) {
    const { mac } = entry
    if (mac === undefined) {
      people.push(entry)
      continue
    }
    const before = together ? byMac.get(mac) : undefined
    if (before !== undefined) before.entries.push(entry)
    else {
      const group = { mac, entries: [entry] }
      devices.push(group)
      byMac.set(mac, group)
    }
  }
  return { devices, people }
}
