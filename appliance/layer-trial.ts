import type { LayerEffect, LayerTrial, ValueChange } from '../services/admin/contract.ts'
import type { Device, Devices, Effective, Layer, LayerKind, Layers, Sourced } from '../services/phones/contract.ts'

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

function differenceOf(before: Effective, after: Effective): ValueChange[] {
  const options = (effective: Effective) =>
    Object.fromEntries(effective.dhcpOptions.map((one) => [`option ${one.value.code}`, one]))
  return [
    ...changesIn('setting', before.settings, after.settings),
    ...changesIn('parameter', before.extra, after.extra),
    ...changesIn('option', options(before), options(after)).map(({ before: _before, after: _after, ...rest }) => rest),
  ]
}

type Bag<Value> = Readonly<Record<string, Sourced<Value>>>

/** Where a value differs; that it comes from elsewhere now is no change for a phone. */
function changesIn<Value>(what: ValueChange['what'], before: Bag<Value>, after: Bag<Value>): ValueChange[] {
  return [...new Set([...Object.keys(before), ...Object.keys(after)])].flatMap((name): ValueChange[] => {
    const [was, is] = [before[name], after[name]]
    if (JSON.stringify(was?.value) === JSON.stringify(is?.value)) return []
    return [
      {
        ...{ what, name },
        ...(was !== undefined && { before: was.value as ValueChange['before'] }),
        ...(is !== undefined && { after: is.value as ValueChange['after'] }),
      } as ValueChange,
    ]
  })
}
