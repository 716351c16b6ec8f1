import type { LayerEffect, LayerTrial } from '../services/admin/contract.ts'
import type { Device, Devices, Effective, Layer, LayerKind, Layers } from '../services/phones/contract.ts'
import { differenceOf } from '../services/phones/difference.ts'

export interface LayerTrialDeps {
  readonly devices: Pick<Devices, 'list'>
  readonly layers: Layers
  effectiveWith(device: Device, layers: Pick<Layers, 'get'>): Effective
}

/** What holds for each device now and with another text of one layer. Nothing is stored. */
export function tryLayer(deps: LayerTrialDeps, kind: LayerKind, id: string, layer: Layer): LayerTrial {
  const { devices, layers, effectiveWith } = deps
  const others = {
    get: (of: LayerKind, name: string) => (of === kind && name === id ? { rev: 0, layer } : layers.get(of, name)),
  }
  const all = devices.list()
  const effects = all.flatMap((device): LayerEffect[] => {
    const effect = differenceOf(effectiveWith(device, layers), effectiveWith(device, others))
    return effect.length === 0 ? [] : [{ device, changes: effect }]
  })
  return { devices: all.length, effects }
}
