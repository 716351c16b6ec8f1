import { formatMac } from '../core/mac.ts'
import type { SettingValue } from '../phones/contract.ts'
import type { LayerTrial } from './contract.ts'
import type { LayerPreview } from './schema-workbench.ts'
import type { IsSecret } from './secrets.ts'

const MOST = 500

/** What a layer that is not stored would change, without any secret. */
export function trialView({ devices, effects }: LayerTrial, isSecret: IsSecret): LayerPreview {
  const plain = (value: SettingValue) => (typeof value === 'object' ? [...value] : value)
  return {
    ...{ devices, affected: effects.length },
    effects: effects.slice(0, MOST).map(({ device, changes }) => ({
      mac: formatMac(device.mac),
      enabled: device.enabled,
      ...(device.name !== undefined && { name: device.name }),
      ...(device.group !== undefined && { group: device.group }),
      changes: changes.map(({ what, name, before, after }) => {
        const secret = isSecret(name)
        return {
          ...{ what, name, secret },
          ...(before !== undefined && !secret && { before: plain(before) }),
          ...(after !== undefined && !secret && { after: plain(after) }),
        }
      }),
    })),
  }
}
