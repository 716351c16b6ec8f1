import { type Document, isScalar, LineCounter, parseDocument, visit } from 'yaml'
import type { z } from 'zod'
import { OperatorError } from '../core/errors.ts'
import { compileDefinition, ouiDigits, type VendorFile, type VendorFiles } from './compile.ts'
import type { Definition, Definitions } from './definition.ts'
import { modelKey } from './model-index.ts'
import { type Path, pathText, placesOf } from './places.ts'
import { conditionsOf } from './resync-schema.ts'
import { type VendorInput, vendorSchema } from './schema.ts'

/** One thing that is wrong in a vendor's folder, and where. Lines and columns count from 1. */
export interface DefinitionFault {
  readonly file: string
  readonly line: number
  readonly column: number
  /** E.g. `models.3.lines`. */
  readonly path: string
  readonly message: string
}

/** Vendor data that cannot be used; `faults` has all of it. */
export class DefinitionError extends OperatorError {
  override readonly name = 'DefinitionError'
  readonly faults: readonly DefinitionFault[]
  constructor(faults: readonly DefinitionFault[]) {
    super(
      `vendor data has ${faults.length} fault${faults.length === 1 ? '' : 's'}:\n${faults
        .map((fault) => `  ${fault.file}:${fault.line}:${fault.column} ${fault.path}: ${fault.message}`)
        .join('\n')}`,
    )
    this.faults = faults
  }
}

/** Reads one folder. Faults are added to `faults`; the result is undefined when there were any. */
export function readDefinition(id: string, files: VendorFiles, faults: DefinitionFault[]): Definition | undefined {
  const read = files.get('vendor.yaml')
  if (read === undefined) {
    // The file should be beside the others.
    const [other] = files.values()
    const file = other === undefined ? `${id}/vendor.yaml` : other.file.replace(/[^/\\]*$/, 'vendor.yaml')
    faults.push({ file, line: 1, column: 1, path: '(document)', message: 'the file is missing' })
    return undefined
  }
  return (
    (read.shipped === true ? readQuickly(id, read.text, files) : undefined) ?? readStrictly(id, read, files, faults)
  )
}

/**
 * Reads with the runtime's own reader, which takes a hundredth of the time and memory, but names no places and takes
 * a key that is there twice. Undefined when anything is wrong: the strict reader then says what and where.
 */
function readQuickly(id: string, source: string, files: VendorFiles): Definition | undefined {
  let given: unknown
  try {
    given = Bun.YAML.parse(source)
  } catch {
    return undefined
  }
  const parsed = vendorSchema.safeParse(given)
  if (!parsed.success) return undefined
  let faults = 0
  checkReferences(parsed.data, files, () => void faults++)
  return faults > 0 ? undefined : compileDefinition(id, parsed.data, files)
}

function readStrictly(
  id: string,
  { file, text: source }: VendorFile,
  files: VendorFiles,
  faults: DefinitionFault[],
): Definition | undefined {
  const before = faults.length
  const lines = new LineCounter()
  const asWhole = (offset: number, message: string) => {
    const at = lines.linePos(offset)
    faults.push({ file, line: at.line, column: at.col, path: '(document)', message: message.split('\n')[0] ?? '' })
  }
  if (source.length > MAX_DESCRIPTION || deepest(source) > MAX_DEPTH) {
    const limits = `${MAX_DESCRIPTION} characters and ${MAX_DEPTH} levels`
    faults.push({ file, line: 1, column: 1, path: '(document)', message: `a description has at most ${limits}` })
    return undefined
  }
  // The library's own look for keys that are there twice, and its quoting of what is wrong, grow with the square of the text.
  const document = parseDocument(source, { lineCounter: lines, uniqueKeys: false, prettyErrors: false })
  for (const error of document.errors.slice(0, MAX_FAULTS)) asWhole(error.pos[0], error.message)
  if (faults.length === before) for (const offset of twice(document)) asWhole(offset, 'Map keys must be unique')
  if (faults.length > before) return undefined
  const places = placesOf(document, lines)
  const fault = (path: Path, message: string, key?: string) =>
    void faults.push({
      file,
      ...places.at(path, key),
      path: pathText(key === undefined ? path : [...path, key]),
      message,
    })
  const parsed = vendorSchema.safeParse(document.toJS({ maxAliasCount: 0 }))
  if (!parsed.success) {
    for (const issue of parsed.error.issues.slice(0, MAX_FAULTS)) reportIssue(issue, fault)
    faults.length = Math.min(faults.length, before + MAX_FAULTS)
    return undefined
  }
  const input = parsed.data
  checkReferences(input, files, fault)
  return faults.length > before ? undefined : compileDefinition(id, input, files)
}

/** Three times the longest that there is. */
const MAX_DESCRIPTION = 65_536
const MAX_DEPTH = 30
/** Who has mended so many looks again. */
const MAX_FAULTS = 100

/** How deep a text can at most be nested, by its brackets, its blocks in one line and its indentation; quotes are not looked at. */
function deepest(source: string): number {
  let open = 0
  let most = 0
  let indent = 0
  for (const line of source.split('\n')) {
    indent = Math.max(indent, line.search(/\S/) / 2)
    most = Math.max(most, /^[\s-]*/.exec(line)?.[0].replace(/\s/g, '').length ?? 0)
    // Brackets of a flow; those of a pattern are within one line and mostly close in it.
    for (const char of line) {
      if (char === '[' || char === '{') open++
      else if (char === ']' || char === '}') open = Math.max(0, open - 1)
      most = Math.max(most, open)
    }
  }
  return Math.max(most, indent)
}

/** Where keys stand that their map has already. */
function twice(document: Document): number[] {
  const offsets: number[] = []
  visit(document, {
    Map(_, { items }) {
      const seen = new Set<unknown>()
      for (const { key } of items) {
        if (!isScalar(key)) continue
        if (seen.has(key.value)) offsets.push(key.range?.[0] ?? 0)
        seen.add(key.value)
      }
    },
  })
  return offsets.slice(0, MAX_FAULTS)
}

function reportIssue(issue: z.core.$ZodIssue, fault: (path: Path, message: string, key?: string) => void): void {
  const path = issue.path.map((part) => (typeof part === 'symbol' ? String(part) : part))
  if (issue.code === 'unrecognized_keys') for (const key of issue.keys) fault(path, 'no such field', key)
  else fault(path, issue.message)
}

/** What the shape alone cannot say: names that point at something must find it, and nothing is said twice. */
function checkReferences(input: VendorInput, files: VendorFiles, fault: (path: Path, message: string) => void): void {
  const known = (condition: string | undefined, path: Path) => {
    if (condition !== undefined && !(condition in input.conditions)) fault(path, `no condition is called ${condition}`)
  }
  for (const [name, condition] of Object.entries(input.conditions))
    for (const kind of ['all', 'any', 'not'] as const)
      for (const other of condition[kind] ?? []) {
        known(other, ['conditions', name, kind])
        if (leadsTo(input, other, name)) fault(['conditions', name, kind], `${other} leads back to ${name}`)
      }
  const fileNames = new Set(input.files.map((form) => form.name))
  input.files.forEach((form, i) => {
    if (form.digest !== undefined && !fileNames.has(form.digest.of))
      fault(['files', i, 'digest', 'of'], `no file is called ${form.digest.of}`)
    known(form.when, ['files', i, 'when'])
    if (form.reader !== undefined && !(form.reader in input.readers))
      fault(['files', i, 'reader'], `no reader is called ${form.reader}`)
    if (form.from !== undefined && !files.has(form.from)) fault(['files', i, 'from'], `no file ${form.from} here`)
  })
  input.directory?.url.forEach((one, i) => {
    known(one.when, ['directory', 'url', i, 'when'])
  })
  input.directory?.documents.forEach((form, i) => {
    known(form.when, ['directory', 'documents', i, 'when'])
    if (!files.has(form.from)) fault(['directory', 'documents', i, 'from'], `no file ${form.from} here`)
    if (form.pageSize !== undefined && form.query.start === undefined && form.query.page === undefined)
      fault(['directory', 'documents', i, 'pageSize'], 'pages need a query parameter start or page')
  })
  input.dhcp.forEach((form, i) => {
    known(form.when, ['dhcp', i, 'when'])
  })
  if (input.manual?.entry !== undefined && !fileNames.has(input.manual.entry))
    fault(['manual', 'entry'], `no file is called ${input.manual.entry}`)
  for (const list of ['phone', 'web', 'address', 'mac', 'reset'] as const)
    input.manual?.[list].forEach((steps, i) => {
      known(steps.when, ['manual', list, i, 'when'])
    })
  known(input.claim?.when, ['claim', 'when'])
  input.claim?.files.forEach((form, i) => {
    if (!fileNames.has(form.name)) fault(['claim', 'files', i, 'name'], `no file is called ${form.name}`)
    if (!files.has(form.from)) fault(['claim', 'files', i, 'from'], `no file ${form.from} here`)
  })
  if (input.claim !== undefined && !files.has(input.claim.page.from))
    fault(['claim', 'page', 'from'], `no file ${input.claim.page.from} here`)
  for (const { name, path } of conditionsOf(input.resync)) known(name, path)
  const names = new Map<string, string>()
  input.models.forEach((model, i) => {
    for (const name of [model.model, ...model.aliases, ...model.rebrands.map((rebrand) => rebrand.model)]) {
      const other = names.get(modelKey(name))
      if (other !== undefined && other !== model.model) fault(['models', i], `${name} names ${other} as well`)
      if (other === model.model && name === model.model) fault(['models', i, 'model'], `${name} is listed twice`)
      names.set(modelKey(name), model.model)
    }
    const coded = input.files.some((form) => /\{code[:}]/.test(form.name) && form.absent === undefined)
    if (coded && model.code === undefined) fault(['models', i], `${model.model} has no code, but file names need one`)
  })
  for (const [name, condition] of Object.entries(input.conditions))
    for (const model of condition.models ?? [])
      if (!input.models.some((listed) => listed.model === model))
        fault(['conditions', name, 'models'], `no model is called ${model}`)
  input.media.forEach((group, i) => {
    for (const model of group.models ?? [])
      if (!input.models.some((listed) => listed.model === model))
        fault(['media', i, 'models'], `no model is called ${model}`)
    for (const family of group.families ?? [])
      if (!input.models.some((listed) => listed.family === family))
        fault(['media', i, 'families'], `no model is of the family ${family}`)
  })
  const ouis = new Set<string>()
  input.recognise.oui.forEach((oui, i) => {
    const digits = ouiDigits(oui)
    if (ouis.has(digits)) fault(['recognise', 'oui', i], `${oui} is listed twice`)
    ouis.add(digits)
  })
}

/** Whether a condition rests, over others, on this one. */
function leadsTo(input: VendorInput, from: string, to: string, seen = new Set<string>()): boolean {
  if (from === to) return true
  if (seen.has(from)) return false
  seen.add(from)
  const { all = [], any = [], not = [] } = input.conditions[from] ?? {}
  return [...all, ...any, ...not].some((next) => leadsTo(input, next, to, seen))
}

/**
 * Reads all vendors: folder name → its texts. `version` is any text that changes with the data.
 * Throws `DefinitionError` with every fault of every folder.
 */
export function loadDefinitions(folders: ReadonlyMap<string, VendorFiles>, version: string): Definitions {
  const faults: DefinitionFault[] = []
  const byId = new Map<string, Definition>()
  for (const [id, files] of [...folders].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const definition = readDefinition(id, files, faults)
    if (definition !== undefined) byId.set(id, definition)
  }
  if (faults.length > 0) throw new DefinitionError(faults)
  return { version, all: [...byId.values()], get: (id) => byId.get(id) }
}
