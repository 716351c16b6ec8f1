import { existsSync, readFileSync } from 'node:fs'
import { isMap, isScalar, isSeq, LineCounter, parseDocument, type Document as YamlDocument } from 'yaml'
import type { z } from 'zod'
import { messageOf, OperatorError } from '../core/errors.ts'

// A program's configuration: one YAML file, environment names and flags, validated together.

/** Every fault of the configuration, each with its place and value; a program does not start with one. */
export class ConfigError extends OperatorError {
  override readonly name = 'ConfigError'
  readonly faults: readonly string[]
  constructor(faults: readonly string[]) {
    super(`configuration cannot be used:\n${faults.map((fault) => `  ${fault}`).join('\n')}`)
    this.faults = faults
  }
}

/** One setting that can be given by an environment name or a flag too. Flags win over names, names over the file. */
export interface OptionName {
  readonly path: readonly [string, ...string[]]
  readonly env: string
  readonly flag: string
  readonly kind: 'text' | 'number' | 'list' | 'boolean'
  readonly help: string
}

export interface ConfigSources {
  /** Flags by name without dashes; `config` names the file. */
  readonly flags: Readonly<Record<string, string | undefined>>
  readonly env: Readonly<Record<string, string | undefined>>
}

/** What stands before a fault's text: the origin of the value, or its file and line. */
export type PlaceOf = (path: readonly PropertyKey[]) => string

export interface Layers<Schema extends z.ZodType> extends ConfigSources {
  readonly schema: Schema
  readonly options: readonly OptionName[]
  /** The environment name of the file's path; the flag is `--config`. */
  readonly fileEnv: string
  /** The file that is read when nobody names one and it is there. */
  readonly usualFile: string
  /** What no single field can see. */
  readonly check?: (data: z.output<Schema>, placeOf: PlaceOf) => readonly string[]
}

type Tree = { [key: string]: unknown }

/** Reads file, environment and flags together, or throws `ConfigError` that names every fault. */
export function readLayers<Schema extends z.ZodType>(
  layers: Layers<Schema>,
): { readonly data: z.output<Schema>; readonly file: string | undefined } {
  const file = configFile(layers)
  const document = file === undefined ? undefined : readYaml(file)
  const merged: Tree = document === undefined ? {} : { ...(document.tree as Tree) }
  const given = new Map<string, string>()
  const faults: string[] = []
  for (const option of layers.options) {
    const flag = layers.flags[option.flag]
    const text = flag ?? layers.env[option.env]
    if (text === undefined) continue
    const origin = flag === undefined ? `environment ${option.env}` : `flag --${option.flag}`
    given.set(option.path.join('.'), origin)
    try {
      setAt(merged, option.path, readOption(option, text))
    } catch (thrown) {
      faults.push(`${origin}: ${messageOf(thrown)}`)
    }
  }
  const placeOf: PlaceOf = (path) => placeAt(path, given, document?.lineOf, file)
  const result = layers.schema.safeParse(merged)
  if (!result.success) for (const issue of result.error.issues) faults.push(...describeIssue(issue, placeOf))
  if (result.success && layers.check !== undefined) faults.push(...layers.check(result.data, placeOf))
  if (faults.length > 0 || !result.success) throw new ConfigError(faults)
  return { data: result.data, file }
}

function configFile(sources: Pick<Layers<z.ZodType>, 'flags' | 'env' | 'fileEnv' | 'usualFile'>): string | undefined {
  const named = sources.flags.config ?? sources.env[sources.fileEnv]
  if (named !== undefined) {
    if (!existsSync(named)) throw new ConfigError([`configuration file does not exist: ${named}`])
    return named
  }
  return existsSync(sources.usualFile) ? sources.usualFile : undefined
}

interface ReadYaml {
  readonly tree: unknown
  readonly lineOf: (path: readonly PropertyKey[]) => number | undefined
}

function readYaml(file: string): ReadYaml {
  const lines = new LineCounter()
  const document = parseDocument(readFileSync(file, 'utf8'), {
    lineCounter: lines,
    uniqueKeys: true,
    prettyErrors: false,
  })
  if (document.errors.length > 0)
    throw new ConfigError(
      document.errors.map((error) => {
        const { line, col } = lines.linePos(error.pos[0])
        return `${file}:${line}:${col}: ${error.message}`
      }),
    )
  const tree: unknown = document.toJS({ maxAliasCount: 20 }) ?? {}
  if (typeof tree !== 'object' || tree === null || Array.isArray(tree))
    throw new ConfigError([`${file}: the file is not a mapping of names to values`])
  return { tree, lineOf: (path) => lineOf(document, lines, path) }
}

/** The line of the deepest node on the path that exists. */
function lineOf(document: YamlDocument, lines: LineCounter, path: readonly PropertyKey[]): number | undefined {
  for (let depth = path.length; depth > 0; depth--) {
    const parent = depth === 1 ? document.contents : document.getIn(path.slice(0, depth - 1), true)
    const key = path[depth - 1]
    const pair = isMap(parent)
      ? parent.items.find((item) => isScalar(item.key) && String(item.key.value) === String(key))
      : undefined
    const node = pair?.key ?? (isSeq(parent) ? parent.items[Number(key)] : undefined)
    const range = typeof node === 'object' && node !== null && 'range' in node ? (node.range as number[] | null) : null
    if (range?.[0] !== undefined) return lines.linePos(range[0]).line
  }
  return undefined
}

function describeIssue(issue: z.core.$ZodIssue, placeOf: PlaceOf): string[] {
  const paths = issue.code === 'unrecognized_keys' ? issue.keys.map((key) => [...issue.path, key]) : [issue.path]
  return paths.map((path) => {
    const name = path.join('.')
    const text = issue.code === 'unrecognized_keys' ? 'no such setting' : issue.message
    return `${placeOf(path)}${name === '' ? '' : `${name}: `}${text}`
  })
}

function placeAt(
  path: readonly PropertyKey[],
  given: ReadonlyMap<string, string>,
  line: ReadYaml['lineOf'] | undefined,
  file: string | undefined,
): string {
  const origin = given.get(path.join('.'))
  if (origin !== undefined) return `${origin}: `
  const number = line?.(path)
  return file === undefined ? '' : number === undefined ? `${file}: ` : `${file}:${number}: `
}

function readOption(option: OptionName, text: string): unknown {
  if (option.kind === 'text') return text
  if (option.kind === 'list') return text.split(',').map((part) => part.trim())
  if (option.kind === 'number') {
    if (!/^\d{1,9}$/.test(text)) throw new OperatorError(`not a whole number: ${JSON.stringify(text)}`)
    return Number(text)
  }
  if (/^(1|true|yes|on)$/i.test(text)) return true
  if (/^(0|false|no|off)$/i.test(text)) return false
  throw new OperatorError(`neither yes nor no: ${JSON.stringify(text)}`)
}

function setAt(tree: Tree, path: readonly [string, ...string[]], value: unknown): void {
  const [head, next, ...rest] = path
  if (next === undefined) {
    tree[head] = value
    return
  }
  const below = tree[head]
  const copy = typeof below === 'object' && below !== null ? { ...(below as Tree) } : {}
  tree[head] = copy
  setAt(copy, [next, ...rest], value)
}
