import { z } from 'zod'
import { dialText, hostText, plainText, portNumber, secretText } from '../core/shapes.ts'
import type { SettingValue } from './contract.ts'

/** One vendor-neutral setting. */
export interface SettingDefinition {
  readonly name: string
  readonly type: z.ZodType<SettingValue>
  /** The type in words, for the reference. */
  readonly shape: string
  /** What holds when no layer says anything; absent: left to the phone. */
  readonly builtIn?: SettingValue
  /** A value that differs from the built-in one; tests render with it. */
  readonly example: SettingValue
  /** Sealed at rest, never in a file of more than one device. */
  readonly secret: boolean
  readonly doc: string
  /** The box itself obeys it; no file of a device needs to. */
  readonly ofBox?: boolean
}

export const urlText = plainText(500).refine(
  (text) => text === '' || /^(https?|tftp|ftp):\/\/[^\s"'<>]+$/.test(text),
  'expected a URL',
)
/** The name of a stored file (firmware, picture, sound), without folders. */
export const storedFile = z
  .string()
  .max(100)
  .regex(/^$|^[A-Za-z0-9][A-Za-z0-9._-]*$/, 'expected the name of a stored file')

/** The same with folders: phones that are told only a folder ask there for a name that never changes. */
export const storedPathText = z
  .string()
  .max(200)
  .regex(/^$|^[A-Za-z0-9][\w.,()+~-]*(\/[A-Za-z0-9][\w.,()+~-]*)*$/, 'expected the name of a stored file')

/** The type and how it reads. */
interface Typed {
  readonly type: z.ZodType<SettingValue>
  readonly shape: string
}

export const flag: Typed = { type: z.boolean(), shape: 'yes or no' }
export const host: Typed = { type: hostText, shape: 'host name or address' }
export const url: Typed = { type: urlText, shape: 'URL' }
export const port: Typed = { type: portNumber, shape: 'port' }
export const dial: Typed = { type: dialText, shape: 'number or code' }
export const file: Typed = { type: storedFile, shape: 'name of a stored file' }
export const storedPath: Typed = { type: storedPathText, shape: 'name of a stored file, with its folders' }
export const secret: Typed = { type: secretText, shape: 'secret' }
/** A percentage: vendors count from 0 to 5, 8, 10 or 15. */
export const level: Typed = { type: z.int().min(0).max(100), shape: '0 to 100 %' }

export function text(max: number): Typed {
  return { type: plainText(max), shape: `text, up to ${max} characters` }
}

export function whole(least: number, most: number, unit = ''): Typed {
  return { type: z.int().min(least).max(most), shape: `${least} to ${most}${unit === '' ? '' : ` ${unit}`}` }
}

export function oneOf(...words: [string, ...string[]]): Typed {
  return { type: z.enum(words), shape: words.join(' · ') }
}

/** A list of texts that each have this form. */
export function listOf(item: z.ZodType<string>, shape: string, most: number): Typed {
  return { type: z.array(item).max(most), shape: `list of ${shape}, up to ${most}` }
}

/** Writes one setting down. */
export function setting(
  name: string,
  typed: Typed,
  doc: string,
  example: SettingValue,
  more: { builtIn?: SettingValue; secret?: boolean; ofBox?: boolean } = {},
): SettingDefinition {
  const secretive = more.secret ?? typed === secret
  return {
    ...{ name, doc, example, type: typed.type, shape: typed.shape, secret: secretive },
    ...(more.builtIn !== undefined && { builtIn: more.builtIn }),
    ...(more.ofBox && { ofBox: true }),
  }
}
