import { cpSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { OperatorError } from '../../services/core/errors.ts'

const root = join(import.meta.dirname, '../..')

/**
 * The programs of the box and where each is put. All are in one folder: a program finds templates, the page and its
 * helpers from the folder that it lies in.
 */
const PROGRAMS: readonly (readonly [source: string, target: string])[] = [
  ['appliance/main.ts', 'appliance/main.js'],
  ['appliance/media-helper.ts', 'appliance/media-helper.ts'],
  ['appliance/tls/issue-process.ts', 'appliance/issue-process.ts'],
  ['appliance/backup/backup-process.ts', 'appliance/backup-process.ts'],
]

/** Tests and notes of a vendor's folder, which no program reads. */
const NOT_SHIPPED = /(^|\/)(golden|notes\.md|README\.md)$|\.test\.ts$/

/**
 * Writes what a box needs besides the runtime into `folder`: its programs as one file each, vendor data, the built page.
 * The same sources give the same bytes.
 */
export async function bundleApp(folder: string): Promise<void> {
  rmSync(folder, { recursive: true, force: true })
  for (const [source, target] of PROGRAMS) await bundle(source, join(folder, target))
  copy('templates', folder, (path) => !NOT_SHIPPED.test(path))
  copy('dist/web', folder, () => true)
  cpSync(join(root, 'LICENSE'), join(folder, 'LICENSE'))
}

async function bundle(source: string, target: string): Promise<void> {
  const built = await Bun.build({
    entrypoints: [join(root, source)],
    target: 'bun',
    minify: { whitespace: true, syntax: true, identifiers: false },
    throw: false,
    plugins: [{ name: 'as-at-run-time', setup: resolveAsAtRunTime }],
  })
  const [output] = built.outputs
  if (!built.success || output === undefined)
    throw new OperatorError(`${source} cannot be bundled:\n${built.logs.map(String).join('\n')}`)
  mkdirSync(dirname(target), { recursive: true })
  writeFileSync(target, await output.text())
}

/** Packages as the runtime itself picks them: bundlers prefer a package's other entry, which is not the one that tests ran. */
function resolveAsAtRunTime(build: Bun.PluginBuilder): void {
  build.onResolve({ filter: /^[^./]/ }, ({ path, importer }) => {
    if (path.startsWith('node:') || path.startsWith('bun:') || path === 'bun') return undefined
    const found = atRunTime(path, dirname(importer))
    return found?.startsWith('/') ? { path: found } : undefined
  })
}

function atRunTime(path: string, from: string): string | undefined {
  try {
    return Bun.resolveSync(path, from)
  } catch {
    // Some packages try for others that need not be there.
    return undefined
  }
}

function copy(name: string, folder: string, wanted: (path: string) => boolean): void {
  const from = join(root, name)
  cpSync(from, join(folder, name), { recursive: true, filter: (path) => wanted(relative(from, path)) })
}

const [target] = process.argv.slice(2)
if (target !== undefined) await bundleApp(target)
