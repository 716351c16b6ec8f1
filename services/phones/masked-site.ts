import type { Device, Devices, ExtraValues, Layer, SettingValue } from './contract.ts'
import { isSecretName } from './secret-name.ts'
import type { Overlay, RevisedLayers } from './subject.ts'

// A site whose secrets are all the same dots. What a template makes of them shows nothing, whatever it does to them: taking
// secrets out of a finished text by their value would be undone by a template that turns them round.

const DOTS = '••••••••'

/** Devices as they are, without their secrets. */
export function maskedDevices(devices: Devices): Devices {
  const masked = (device: Device): Device => ({
    ...device,
    ...maskedLayer(device),
    lines: device.lines.map(({ secret, ...line }) => (secret ? { ...line, secret: DOTS } : line)),
    ...(device.handsets && { handsets: device.handsets.map(({ ac, ...one }) => (ac ? { ...one, ac: DOTS } : one)) }),
    ...(device.relays && { relays: device.relays.map(({ code, ...one }) => (code ? { ...one, code: DOTS } : one)) }),
  })
  return {
    ...devices,
    get: (mac) => {
      const device = devices.get(mac)
      return device && masked(device)
    },
    list: () => devices.list().map(masked),
  }
}

/** Layers as they are, without their secrets. */
export function maskedLayers(layers: RevisedLayers): RevisedLayers {
  return {
    ...layers,
    get: (kind, id) => {
      const held = layers.get(kind, id)
      return held && { ...held, layer: maskedLayer(held.layer) }
    },
    list: (kind) => layers.list(kind).map((held) => ({ ...held, layer: maskedLayer(held.layer) })),
  }
}

/** What rollouts lay over, and dots for the password that the box makes where nobody set one. */
export function maskedOverlay(overlay: Overlay | undefined): Overlay {
  return {
    of(mac) {
      const over = overlay?.of(mac)
      return {
        of: over?.of ?? 'preview',
        settings: { ...maskedSettings(over?.settings ?? {}), adminPassword: DOTS },
        stamp: `masked ${over?.stamp ?? ''}`,
      }
    },
  }
}

function maskedLayer<Given extends Layer>(layer: Given): Given {
  return { ...layer, settings: maskedSettings(layer.settings), extra: maskedExtra(layer.extra) }
}

function maskedSettings(settings: Layer['settings']): Layer['settings'] {
  const entries = Object.entries(settings).map(([name, value]): [string, SettingValue] => {
    if (!isSecretName(name) || value === '') return [name, value]
    // How long this one is stands in the phones' manuals; another length would be refused.
    return [name, name === 'provisioning.encryptionKey' ? '•'.repeat(String(value).length) : DOTS]
  })
  return Object.fromEntries(entries)
}

function maskedExtra(extra: ExtraValues): ExtraValues {
  return Object.fromEntries(
    Object.entries(extra).map(([vendor, values]) => [
      vendor,
      Object.fromEntries(Object.entries(values).map(([name, value]) => [name, isSecretName(name) ? DOTS : value])),
    ]),
  )
}
