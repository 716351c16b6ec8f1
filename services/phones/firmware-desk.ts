import type { Mac } from '../core/mac.ts'
import type { NamedFile, NamedFiles } from '../files/contract.ts'
import type { Devices, Layers, SettingValue, Sourced } from './contract.ts'
import type { Definition, Definitions, Model } from './definition.ts'
import { hardwareOfVersion, misfit, readFirmwareName } from './firmware.ts'
import type { IdentityMemory } from './memory.ts'
import { type SubjectFacts, subjectOf } from './subject.ts'
import { textsOf } from './warnings.ts'

/** Says which stored files must not reach a device. */
export interface FileGuard {
  /** Why this file is not for this device, or for a whole model when no device is given. */
  objection(
    name: string,
    who: { readonly mac?: Mac | undefined; readonly definition: Definition; readonly model: Model },
  ): string | undefined
  /** Changes with whatever an objection may rest on, for what is kept rendered. */
  stamp(mac: Mac | undefined): string
}

/** What a rollout needs to know of one device. */
export interface FirmwareState {
  readonly vendor?: string
  /** `vendor/model` as a file's `models` spell it. */
  readonly model?: string
  readonly hardware?: string
  /** As the device last said it. */
  readonly version?: string
  /** The settings `firmware.*` that hold for it, with their layers. */
  readonly settings: Readonly<Record<string, Sourced<SettingValue>>>
  /** Why nothing that the box says can change its firmware, when that is so. */
  readonly obstacle?: string
}

export interface FirmwareDesk extends FileGuard {
  of(mac: Mac): FirmwareState
  /** Why this stored file is not for this device. */
  misfit(mac: Mac, file: NamedFile): string | undefined
  /** The version that a file's name tells by the patterns of the vendors that it may be for. */
  versionIn(file: Pick<NamedFile, 'name' | 'models'>): string | undefined
}

export interface FirmwareFacts extends SubjectFacts {
  readonly definitions: Definitions
  readonly devices: Devices
  readonly layers: Layers
  readonly memory: IdentityMemory
  readonly stored: Pick<NamedFiles, 'find' | 'onChange'>
}

/** What the stored firmware and the devices have to do with one another. */
export function makeFirmwareDesk(facts: FirmwareFacts): FirmwareDesk & { close(): void } {
  const { definitions, memory, stored } = facts
  let revision = 0
  const stop = stored.onChange(() => void revision++)
  const hardwareOf = (mac: Mac | undefined, definition: Definition | undefined): string | undefined => {
    const known = mac === undefined ? undefined : memory.recall(mac)
    if (known === undefined || known.vendor !== definition?.id) return undefined
    return known.hardware ?? hardwareOfVersion(definition, known.firmware)
  }
  const check = (file: NamedFile, mac: Mac | undefined, definition: Definition | undefined, model: Model | undefined) =>
    misfit(file, { definition, model, hardware: hardwareOf(mac, definition) }, definitions.all)
  const look = (mac: Mac) => subjectOf(facts, mac, facts.devices.get(mac), memory.recall(mac))
  return {
    objection(name, { mac, definition, model }) {
      const file = stored.find(name)
      return file === undefined ? undefined : check(file, mac, definition, model)
    },
    stamp: (mac) => `${revision}.${mac === undefined ? '' : (memory.recall(mac)?.hardware ?? '')}`,
    of(mac) {
      const { definition, model, firmware, effective } = look(mac)
      const hardware = hardwareOf(mac, definition)
      const settings = Object.fromEntries(
        Object.entries(effective.settings).filter(([name]) => name.startsWith('firmware.')),
      )
      const obstacle = obstacleOf(definition, settings)
      return {
        settings,
        ...(definition && { vendor: definition.id }),
        ...(definition && model && { model: `${definition.id}/${model.model}` }),
        ...(hardware !== undefined && { hardware }),
        ...(firmware !== undefined && { version: firmware }),
        ...(obstacle !== undefined && { obstacle }),
      }
    },
    misfit(mac, file) {
      const { definition, model } = look(mac)
      return check(file, mac, definition, model)
    },
    versionIn({ name, models }) {
      for (const definition of definitions.all) {
        if (models.length > 0 && !models.some((one) => one.split('/')[0]?.toLowerCase() === definition.id)) continue
        const version = readFirmwareName(definition, name)?.version
        if (version !== undefined) return version
      }
      return undefined
    },
    close: stop,
  }
}

/** Only a file of one device can switch the firmware of one device. */
function obstacleOf(definition: Definition | undefined, settings: FirmwareState['settings']): string | undefined {
  if (definition === undefined) return 'its vendor is not known'
  const texts = definition.files.filter((form) => form.scope === 'device').map((form) => textsOf(definition, form))
  if (!texts.some((text) => /\bfirmwareUrl\b|\bfiles\.firmware\b/.test(text)))
    return `no file that ${definition.title} asks for by its own name says which firmware to install`
  for (const [name, { lockedBy }] of Object.entries(settings))
    if (lockedBy !== undefined) return `${lockedBy.of ?? `the ${lockedBy.layer}`} locks the setting ${name}`
  return undefined
}
