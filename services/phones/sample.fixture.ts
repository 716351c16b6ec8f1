import { join } from 'node:path'
import type { PhoneBook } from '../directory/contract.ts'
import { renderContext } from './context.ts'
import type { Device, SettingValue } from './contract.ts'
import type { Definition, FileForm, Model } from './definition.ts'
import { makeRenderer } from './render.ts'
import { type SampleOptions, SITE, sampleInput } from './sample.ts'
import { SETTINGS } from './settings.ts'

/** Where the shipped vendors are. */
export const TEMPLATES = join(import.meta.dirname, '../../templates')

/** A phone book with nobody in it. */
export const NO_PHONE_BOOK: PhoneBook = { revision: () => 1, find: () => [], books: () => [] }

const renderer = makeRenderer()

/** Renders one file of a vendor for a device, with the site layer above. */
export function renderSample(
  definition: Definition,
  form: FileForm,
  model: Model,
  device: Device,
  more: SampleOptions = {},
): string {
  const input = sampleInput(definition, form, model, device, more)
  return renderer.render(definition, form, renderContext(input))
}

/** The same device with this text wherever a person may write one. */
export function hostileDevice(device: Device, text: string): Device {
  return {
    ...device,
    name: text,
    lines: device.lines.map((line) => ({
      ...line,
      ...{ label: text, user: text, authUser: text, secret: text, displayName: text, server: text, voicemail: text },
      ...(line.outboundProxy !== undefined && { outboundProxy: text }),
    })),
    keys: device.keys.map((key) => ({
      ...key,
      ...{ label: text, value: text },
      ...(key.pickup !== undefined && { pickup: text }),
    })),
    ...(device.handsets && { handsets: device.handsets.map((handset) => ({ ...handset, name: text, ac: text })) }),
    ...(device.ports && { ports: device.ports.map((port) => ({ ...port, label: text, hotline: text })) }),
    ...(device.relays && { relays: device.relays.map((relay) => ({ ...relay, name: text, code: text })) }),
    ...(device.buttons && { buttons: device.buttons.map((one) => ({ ...one, label: text, numbers: [text, text] })) }),
  }
}

const CLOSED = new Set(['timezone', 'language', 'tone.country', 'provisioning.windowFrom', 'provisioning.windowTo'])

/** Every setting that is a text holds this one; what is chosen from a list or parsed into parts keeps its form. */
export function hostileSettings(text: string): Record<string, SettingValue> {
  const settings: Record<string, SettingValue> = { ...SITE.settings }
  for (const { name, shape, example } of SETTINGS) {
    if (CLOSED.has(name) || shape.includes(' · ')) continue
    if (typeof example === 'string') settings[name] = shape === 'URL' ? `http://h/${text}` : text
  }
  settings['phonebook.more'] = [`http://h/x ${text}`]
  settings['paging.groups'] = [`224.0.2.1:10000 ${text}`, `224.0.2.2:10002 ${text}`]
  settings['dialing.emergency'] = [text, text]
  settings['ldap.nameAttributes'] = [text]
  settings['ldap.numberAttributes'] = [text]
  settings.ntpServers = [text, text]
  return settings
}
