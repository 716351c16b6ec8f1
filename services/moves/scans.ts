import type { Journeys } from '../journey/contract.ts'
import type { Devices, Inspector, Naming } from '../phones/contract.ts'
import { readScan } from './barcode.ts'
import type { Scanned, Scans } from './contract.ts'

export interface ScansDeps {
  readonly devices: Pick<Devices, 'get'>
  readonly journeys: Pick<Journeys, 'of'>
  readonly inspector: Pick<Inspector, 'explain'>
  readonly naming: Naming
  /** Whether the first six digits of a MAC are those of a vendor that is known here. */
  readonly isKnownOui: (oui: string) => boolean
}

/** What a scanned label is about: a device that is known here, a new one, or nothing that can be used. */
export function makeScans(deps: ScansDeps): Scans {
  return {
    scan(text): Scanned {
      const read = readScan(text, deps.isKnownOui)
      const serial = read.serial === undefined ? {} : { serial: read.serial }
      const named = read.part === undefined ? undefined : partName(deps.naming, read.part)
      if (read.kind === 'none')
        return { kind: 'unreadable', reason: read.reason, ...serial, ...(named && { model: named.model }) }
      const { mac } = read
      const device = deps.devices.get(mac)
      const { identity } = deps.inspector.explain(mac)
      const vendor = device?.vendor ?? identity.vendor ?? named?.vendor
      // A label of another vendor than its MAC tells is another phone's: it says nothing of this one.
      const fromLabel = named?.vendor === vendor ? named?.model : undefined
      const model = device?.model ?? identity.model ?? fromLabel
      const kind = { ...(vendor !== undefined && { vendor }), ...(model !== undefined && { model }), ...serial }
      if (device !== undefined)
        return { kind: 'known', mac, ...kind, ...(device.name !== undefined && { name: device.name }) }
      return { kind: 'new', mac, ...kind, seen: deps.journeys.of(mac) !== undefined }
    },
  }
}

/** `CP-8841-K9=` is a CP-8841 with what the order list adds. */
function partName(naming: Naming, part: string): { readonly vendor: string; readonly model: string } | undefined {
  return naming.model(part) ?? naming.model(part.replace(/=+$/, '').replace(/-K9$/i, ''))
}
