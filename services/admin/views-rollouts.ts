import { formatMac } from '../core/mac.ts'
import type { RolloutDetail, RolloutDevice, RolloutSummary } from '../rollouts/contract.ts'
import type * as wire from './schema-rollouts.ts'

export function rolloutRow(rollout: RolloutSummary): wire.RolloutRow {
  const { id, name, status, text, reason, counts, createdAt, by, endedAt } = rollout
  return {
    ...{ id, name, status, text, counts: { ...counts }, createdAt, by },
    ...(reason !== undefined && { reason }),
    ...(endedAt !== undefined && { endedAt }),
  }
}

export function rolloutDeviceView(device: RolloutDevice): wire.RolloutDeviceView {
  return { ...device, mac: formatMac(device.mac) }
}

export function rolloutView(rollout: RolloutDetail): wire.RolloutView {
  const { plan, approvedAt, approvedBy, devices } = rollout
  return {
    ...rolloutRow(rollout),
    plan: { ...plan },
    ...(approvedAt !== undefined && { approvedAt }),
    ...(approvedBy !== undefined && { approvedBy }),
    devices: devices.map(rolloutDeviceView),
  }
}
