import { formatMac } from '../core/mac.ts'
import type { FileUse } from '../files/contract.ts'
import type { Devices, Layer, Layers } from './contract.ts'

const FILE_SETTING = /^file\.|^firmware\.file$|^(tls|dot1x)\.\w*File$/

/** The settings that name a stored file, each in words. */
export function fileUses(
  { devices, layers }: { readonly devices: Pick<Devices, 'list'>; readonly layers: Pick<Layers, 'list'> },
  file: string,
): readonly FileUse[] {
  const name = file.toLowerCase()
  const found = (where: string, { settings }: Pick<Layer, 'settings'>): FileUse[] =>
    Object.entries(settings).flatMap(([setting, value]) =>
      FILE_SETTING.test(setting) && typeof value === 'string' && value.toLowerCase() === name
        ? [{ text: `setting ${setting} of ${where}` }]
        : [],
    )
  return [
    ...(['site', 'vendor', 'group', 'model'] as const).flatMap((kind) =>
      layers.list(kind).flatMap(({ id, layer }) => found(kind === 'site' ? 'the site' : `${kind} ${id}`, layer)),
    ),
    ...devices.list().flatMap((device) => found(`device ${formatMac(device.mac)}`, device)),
  ]
}
