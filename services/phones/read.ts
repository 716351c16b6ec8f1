import { createHash } from 'node:crypto'
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { messageOf, OperatorError } from '../core/errors.ts'
import { isTemplateFile, isVendorName } from '../templates/contract.ts'
import type { VendorFile, VendorFiles } from './compile.ts'
import type { Definition, Definitions } from './definition.ts'
import { DefinitionError, type DefinitionFault, loadDefinitions, readDefinition } from './load.ts'
import { templateFaults } from './render.ts'

const MAX_FILE = 1_048_576

/**
 * Reads every vendor's folder below `folder` (each sub-folder with a `vendor.yaml` is one), and over them the folders of
 * an operator: there a file takes the place of the shipped one of the same vendor and name, and a vendor that was not
 * shipped is added. Throws `DefinitionError` with every fault by its real file, `OperatorError` when a folder cannot
 * be read.
 */
export function readDefinitions(folder: string, overlay?: string): Definitions {
  const vendors = new Map<string, Map<string, VendorFile>>()
  const faults: DefinitionFault[] = []
  readFolder(folder, SHIPPED, vendors, faults)
  if (overlay !== undefined) readFolder(overlay, FOLDER, vendors, faults)
  const hash = createHash('sha256')
  for (const [vendor, files] of vendors)
    for (const [name, { text }] of files) hash.update(`${vendor}/${name}\0${text.length}\0${text}`)
  if (faults.length > 0) throw new DefinitionError(faults)
  const definitions = loadDefinitions(vendors, hash.digest('hex').slice(0, 16))
  // The tests have compiled what is shipped; it is compiled again when a phone asks for it, and only then takes room.
  const touched = definitions.all.filter((definition) => !definition.shipped)
  faults.push(...touched.flatMap(templateFaults))
  if (faults.length > 0) throw new DefinitionError(faults)
  return definitions
}

/** The texts of every vendor's folder below `folder`, as they are; nothing is compiled. Throws as `readDefinitions` does. */
export function readSources(
  folder: string,
  { shipped }: { readonly shipped: boolean },
): ReadonlyMap<string, VendorFiles> {
  const vendors = new Map<string, Map<string, VendorFile>>()
  const faults: DefinitionFault[] = []
  readFolder(folder, shipped ? SHIPPED : FOLDER, vendors, faults)
  if (faults.length > 0) throw new DefinitionError(faults)
  return vendors
}

/** One vendor's folder compiled, or every fault of it. What came with the program is compiled when a phone asks for it. */
export function compileVendor(
  id: string,
  files: VendorFiles,
): { readonly compiled: Definition } | { readonly faults: readonly DefinitionFault[] } {
  const faults: DefinitionFault[] = []
  const compiled = readDefinition(id, files, faults)
  if (compiled === undefined) return { faults }
  if ([...files.values()].some((file) => !file.shipped)) faults.push(...templateFaults(compiled))
  return faults.length > 0 ? { faults } : { compiled }
}

const SHIPPED = { what: 'the folder of vendors', shipped: true }
const FOLDER = { what: 'the folder of own templates', shipped: false }

function readFolder(
  folder: string,
  { what, shipped }: { readonly what: string; readonly shipped: boolean },
  vendors: Map<string, Map<string, VendorFile>>,
  faults: DefinitionFault[],
): void {
  const fault = (file: string, message: string) =>
    void faults.push({ file, line: 1, column: 1, path: '(document)', message })
  for (const vendor of list(folder, what)) {
    const home = join(folder, vendor)
    if (vendor.startsWith('.') || !statSync(home).isDirectory()) continue
    if (!isVendorName(vendor)) {
      fault(home, 'a vendor’s folder is named in lower-case letters, digits and dashes')
      continue
    }
    const files = vendors.get(vendor) ?? new Map<string, VendorFile>()
    for (const name of list(home, what)) {
      const file = join(home, name)
      if (!isTemplateFile(name)) continue
      if (statSync(file).size > MAX_FILE) fault(file, `the file is larger than ${MAX_FILE} bytes`)
      else files.set(name, { text: readFileSync(file, 'utf8'), file, shipped })
    }
    if (files.size > 0) vendors.set(vendor, files)
  }
}

function list(folder: string, what: string): string[] {
  try {
    return readdirSync(folder).sort()
  } catch (thrown) {
    throw new OperatorError(`${what} cannot be read: ${folder}: ${messageOf(thrown)}`)
  }
}
