import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Definitions } from './definition.ts'
import { loadDefinitions, type VendorFiles } from './load.ts'

const WANTED = /^(vendor\.yaml|parameters\.txt|[a-z0-9][a-z0-9._-]*\.liquid)$/

/**
 * Reads every vendor's folder below `folder` (each sub-folder with a `vendor.yaml` is one).
 * Throws `DefinitionError` with every fault, or the system's error when the folder cannot be read.
 */
export function readDefinitions(folder: string): Definitions {
  const folders = new Map<string, VendorFiles>()
  const hash = createHash('sha256')
  for (const vendor of readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .sort()) {
    const files = new Map<string, string>()
    for (const name of readdirSync(join(folder, vendor)).sort()) {
      if (!WANTED.test(name)) continue
      const text = readFileSync(join(folder, vendor, name), 'utf8')
      files.set(name, text)
      hash.update(`${vendor}/${name}\0${text.length}\0${text}`)
    }
    if (files.size > 0) folders.set(vendor, files)
  }
  return loadDefinitions(folders, hash.digest('hex').slice(0, 16))
}
