import { type BoxStatus, boxStatus, type DeviceStatus, deviceStatus } from '../../services/sync/site-report.ts'
import type { FeedReader } from '../../services/sync/storage.ts'

/** What a box said of its site last, as far as it can be read. */
export interface SiteSummary {
  readonly box: BoxStatus | undefined
  readonly devices: readonly (DeviceStatus & { readonly mac: string })[]
  readonly newDevices: number
  /** Reports that nothing here can read: of a newer box, or damaged. */
  readonly unknown: number
}

export async function readSummary(reader: FeedReader, boxId: string): Promise<SiteSummary> {
  let box: BoxStatus | undefined
  const devices: (DeviceStatus & { mac: string })[] = []
  let newDevices = 0
  let unknown = 0
  for (const { kind, id, body } of await reader.reported(boxId)) {
    if (kind === 'new-device') newDevices++
    if (kind === 'device') {
      const read = deviceStatus.safeParse(body)
      if (read.success) devices.push({ ...read.data, mac: id })
      else unknown++
    }
    if (kind === 'box' && id === 'box') {
      const read = boxStatus.safeParse(body)
      if (read.success) box = read.data
      else unknown++
    }
  }
  return { box, devices, newDevices, unknown }
}

/** There, with a record, and without the configuration that is theirs. One that was never seen is not there yet. */
const NOT_CONFIGURED: readonly DeviceStatus['verdict']['state'][] = [
  'under-way',
  'trouble',
  'waiting',
  'unknown-device',
]

export function isNotConfigured({ verdict }: Pick<DeviceStatus, 'verdict'>): boolean {
  return NOT_CONFIGURED.includes(verdict.state)
}
