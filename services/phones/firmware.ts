import type { FileFacts } from '../files/contract.ts'
import type { Definition, Model } from './definition.ts'
import { findModel } from './model-index.ts'

// Which devices a stored file is made for: what a person said of it, and what its name says in the vendor's own way.
// Firmware for another model or another board can leave a phone that does not start any more.

/** What the name of a firmware file says. */
export interface FirmwareName {
  readonly version?: string
  readonly hardware?: string
  /** As they stand there; empty: it names none. */
  readonly models: readonly string[]
}

/** Reads the name of a firmware file, without its folders, by the vendor's patterns. */
export function readFirmwareName(definition: Definition, name: string): FirmwareName | undefined {
  const file = name.slice(name.lastIndexOf('/') + 1)
  for (const { regex } of definition.firmware.names) {
    const groups = regex.exec(file)?.groups
    if (groups === undefined) continue
    const { version, hardware, models: spelt = '' } = groups
    const models = [...new Set(spelt.split(/[^A-Za-z0-9_]+/).filter((word) => word !== ''))]
    return { models, ...(version && { version }), ...(hardware && { hardware }) }
  }
  return undefined
}

/** The hardware revision that a firmware version tells, where the vendor's numbers begin with it. */
export function hardwareOfVersion(definition: Definition | undefined, version: string | undefined): string | undefined {
  if (version === undefined) return undefined
  return definition?.firmware.versionHardware?.exec(version)?.groups?.hardware
}

/** The device, as far as it is known. */
export interface FitSubject {
  readonly definition: Definition | undefined
  readonly model: Model | undefined
  readonly hardware: string | undefined
}

/**
 * Why a file is not for this device, or undefined when nothing says so. What is not known of a device or of a file
 * speaks against neither.
 */
export function misfit(
  file: FileFacts & { readonly name: string },
  subject: FitSubject,
  definitions: readonly Definition[],
): string | undefined {
  const { definition, model, hardware } = subject
  if (definition === undefined) return undefined
  const is = model === undefined || model.model === 'unlisted' ? definition.title : `${definition.title} ${model.title}`
  const said = file.models.length > 0 && !file.models.some((one) => covers(one, definition, model))
  if (said) return `${file.name} is for ${file.models.join(', ')}, and this is a ${is}`
  const boards = file.hardware
  if (boards.length > 0 && hardware !== undefined)
    return boards.some((board) => same(board, hardware))
      ? undefined
      : `${file.name} is for hardware ${boards.join(', ')}, and this ${is} has ${hardware}`
  if (file.kind !== 'firmware') return undefined
  return misnamed(file, { definition, model, hardware }, is, definitions)
}

function misnamed(
  file: FileFacts & { readonly name: string },
  { definition, model, hardware }: FitSubject & { readonly definition: Definition },
  is: string,
  definitions: readonly Definition[],
): string | undefined {
  const named = readFirmwareName(definition, file.name)
  if (named === undefined) {
    if (file.models.length > 0) return undefined
    const other = definitions.find((one) => one !== definition && readFirmwareName(one, file.name) !== undefined)
    return other && `${file.name} is by its name for ${other.title}, and this is a ${is}`
  }
  if (named.hardware !== undefined && hardware !== undefined)
    return same(named.hardware, hardware)
      ? undefined
      : `${file.name} is by its name for hardware ${named.hardware}, and this ${is} has ${hardware}`
  const another = named.models.length > 0 && model !== undefined && model.model !== 'unlisted'
  if (!another || file.models.length > 0) return undefined
  if (named.models.some((word) => findModel(definition, word) === model)) return undefined
  return `${file.name} is by its name for ${named.models.join(', ')}, and this is a ${is}`
}

function same(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase()
}

/** Whether `yealink` or `yealink/T46U` means this device; a model that is not known yet is not another one. */
function covers(entry: string, definition: Definition, model: Model | undefined): boolean {
  const slash = entry.indexOf('/')
  const vendor = slash === -1 ? entry : entry.slice(0, slash)
  if (vendor.toLowerCase() !== definition.id) return false
  if (slash === -1 || model === undefined || model.model === 'unlisted') return true
  const meant = entry.slice(slash + 1)
  return findModel(definition, meant) === model || same(meant, model.model)
}

/** Whether two texts mean one version: `1.0.04` is `1.0.4`, and letters count in either case. */
export function sameVersion(one: string, other: string): boolean {
  const parts = (text: string) =>
    text
      .trim()
      .toLowerCase()
      .split(/[^a-z0-9]+/)
      .map((part) => part.replace(/^0+(?=\d)/, ''))
  const [a, b] = [parts(one), parts(other)]
  return a.length === b.length && a.every((part, i) => part === b[i])
}
