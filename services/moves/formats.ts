import { z } from 'zod'
import { NotFoundError } from '../core/errors.ts'
import v16 from './formats/3cx-v16.json' with { type: 'json' }
import v20 from './formats/3cx-v20.json' with { type: 'json' }
import freepbxExtensions from './formats/freepbx-extensions.json' with { type: 'json' }
import ossEpm from './formats/freepbx-oss-epm.json' with { type: 'json' }
import ossEpmImport from './formats/freepbx-oss-epm-import.json' with { type: 'json' }
import fusionDevices from './formats/fusionpbx-devices.json' with { type: 'json' }
import fusionExtensions from './formats/fusionpbx-extensions.json' with { type: 'json' }
import names from './formats/names.json' with { type: 'json' }
import own from './formats/own.json' with { type: 'json' }
import yeastarPExtensions from './formats/yeastar-p-extensions.json' with { type: 'json' }
import yeastarPPhones from './formats/yeastar-p-phones.json' with { type: 'json' }
import yeastarSExtensions from './formats/yeastar-s-extensions.json' with { type: 'json' }
import yeastarSPhones from './formats/yeastar-s-phones.json' with { type: 'json' }

/** What a column is taken for. `values`: what the other system writes (in lower case) → our word; '' leaves it out. */
export interface ColumnForm {
  readonly to?: string | undefined
  readonly values?: Readonly<Record<string, string>> | undefined
  /** Only where no other column of the row said it. */
  readonly fallback?: boolean | undefined
  /** Why it is not taken over. */
  readonly ignore?: string | undefined
}

/** How the lists of one other system are read: data, in `formats/`. */
export interface Format {
  readonly id: string
  readonly title: string
  readonly sources: readonly string[]
  /** Headings of which all must be there to recognise it, as `columnKey` spells them. */
  readonly detect: readonly string[]
  readonly header: boolean
  /** The columns of a file without a heading. */
  readonly positions: readonly string[]
  /** By the heading as `columnKey` spells it. */
  readonly columns: ReadonlyMap<string, ColumnForm>
  /** Headings as they are written. */
  readonly headings: readonly string[]
  /** `lines`: several rows may be about one device, each with a line of it. */
  readonly rows: 'devices' | 'lines'
}

const shape = z.strictObject({
  id: z.string(),
  title: z.string(),
  sources: z.array(z.string()).min(1),
  detect: z.array(z.string()),
  header: z.boolean().default(true),
  positions: z.array(z.string()).default([]),
  columns: z
    .record(
      z.string(),
      z.strictObject({
        to: z.string().optional(),
        values: z.record(z.string(), z.string()).optional(),
        fallback: z.boolean().optional(),
        ignore: z.string().optional(),
      }),
    )
    .default({}),
  synonyms: z.record(z.string(), z.array(z.string())).default({}),
  rows: z.enum(['devices', 'lines']).default('devices'),
})

/** One spelling for a heading: lower-case letters and digits without accents, dots kept inside. */
export function columnKey(heading: string): string {
  return heading
    .slice(0, 200)
    .normalize('NFD')
    .toLowerCase()
    .replace(/ß/g, 'ss')
    .replace(/[^\p{L}\p{N}.]/gu, '')
    .replace(/^\.+|\.+$/g, '')
}

function load(data: unknown): Format {
  const { columns, synonyms, detect, positions, ...format } = shape.parse(data)
  const forms = new Map<string, ColumnForm>()
  for (const [to, words] of Object.entries(synonyms)) for (const word of words) forms.set(columnKey(word), { to })
  for (const [heading, form] of Object.entries(columns)) forms.set(columnKey(heading), form)
  return {
    ...format,
    detect: detect.map(columnKey),
    positions: positions.map(columnKey),
    columns: forms,
    headings: [...Object.keys(columns), ...Object.keys(synonyms)],
  }
}

export const OWN = load(own)

/** Every format; the own one last, since it knows the most headings. */
export const FORMATS: readonly Format[] = [
  ...[fusionDevices, fusionExtensions, freepbxExtensions, ossEpm, ossEpmImport],
  ...[yeastarPExtensions, yeastarPPhones, yeastarSExtensions, yeastarSPhones, v16, v20],
]
  .map(load)
  .concat(OWN)

const ALIASES: ReadonlyMap<string, string> = new Map(
  Object.entries(names.vendors).map(([name, vendor]) => [columnKey(name), vendor]),
)

/** A vendor's folder for what other systems call it, where that is no name of its own here. */
export function vendorAlias(text: string): string | undefined {
  return ALIASES.get(columnKey(text))
}

/** Throws `NotFoundError`. */
export function formatNamed(id: string): Format {
  const format = FORMATS.find((one) => one.id === id)
  if (format !== undefined) return format
  const known = FORMATS.map((one) => one.id).join(', ')
  throw new NotFoundError(`no format is called ${JSON.stringify(id.slice(0, 40))}; there are ${known}`)
}

/**
 * The format of a file by its first record. Of those whose telling headings are all there, the one that knows the most
 * columns; without a heading (`isMac` reads the first cell) the one with as many columns; else the own one.
 */
export function detectFormat(cells: readonly string[], isMac: (text: string) => boolean): Format {
  const keys = cells.map(columnKey)
  if (isMac(cells[0] ?? '')) {
    const used = cells.findLastIndex((cell) => cell.trim() !== '') + 1
    const positional = FORMATS.filter(({ header }) => !header)
    return (
      positional.find(({ positions }) => positions.length === cells.length) ??
      positional.find(({ positions }) => positions.length >= used) ??
      OWN
    )
  }
  const known = (format: Format) => keys.filter((key) => format.columns.has(key)).length
  const [best] = FORMATS.filter(({ detect }) => detect.length > 0 && detect.every((key) => keys.includes(key))).sort(
    (a, b) => known(b) - known(a),
  )
  return best ?? OWN
}
