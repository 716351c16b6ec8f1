import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { cyclesOf, type Import, pathsBelow, readSource, readSources, type SourceFile } from './support/source-tree.ts'

const root = fileURLToPath(new URL('..', import.meta.url))

/** Past 300 lines a file of the product needs its reason here; past 500 it must be a table. */
const LONG_FILES: Readonly<Record<string, string>> = {
  'services/admin/schema.ts': 'every word of the API in one place: a table of shapes, no logic',
  'services/config-http/connection.ts': 'one state machine; its states are read together',
  'services/phones/contract.ts': 'the words of the heart for every other part, which may import no other file of it',
  'services/sync/contract.ts': 'every message between box and cloud, and what it means, in one place: types alone',
  'web/words/de-cloud.ts': 'every text of the second face in German: a table',
  'web/words/de.ts': 'every text of the page in German: a table',
  'services/journey/verdict.ts': 'one table of decisions, in the order in which they are tried',
}
/** Files past 500 lines that are data in the form of code. */
const TABLES: Readonly<Record<string, string>> = {}

/** Packages that open sockets, files or the C library: one file wraps each. */
const IO_PACKAGES = ['node:dgram', 'bun:sqlite', 'bun:ffi', 'tftp', 'node-ssdp']
const PROGRAMS_ONLY = ['node:dgram', 'bun:sqlite', 'bun:ffi']

/** Names of the clock and of randomness, which no type check of pure code can see. */
const IMPURE =
  /\bDate\.now\b|\bnew Date\(\s*\)|\bMath\.random\b|\bperformance\.|\bcrypto\.|\bsetTimeout\b|\bsetInterval\b/

type Complaint = (file: SourceFile, used: Import, target: string) => boolean

function top(path: string): string {
  return path.split('/')[0] ?? ''
}

/** The part of a service's file: `services/dhcp`. */
function part(path: string): string {
  return path.split('/').slice(0, 2).join('/')
}

/** Import rules: which imports of our own files are forbidden, and why. */
const DIRECTIONS: readonly { readonly rule: string; readonly reason: string; readonly broken: Complaint }[] = [
  {
    rule: 'core imports core alone',
    reason: 'every part stands on it: what it needs, all need',
    broken: (file, _used, target) => part(file.path) === 'services/core' && part(target) !== 'services/core',
  },
  {
    rule: 'a service imports core and contracts of other services',
    reason: 'so that each can be read, tested and replaced alone',
    broken: (file, _used, target) =>
      top(file.path) === 'services' &&
      top(target) === 'services' &&
      part(target) !== part(file.path) &&
      part(target) !== 'services/core' &&
      !target.endsWith('/contract.ts'),
  },
  {
    rule: 'a service never imports a program or the page',
    reason: 'box and cloud compose the same services',
    broken: (file, _used, target) =>
      top(file.path) === 'services' && ['appliance', 'cloud', 'web', 'image'].includes(top(target)),
  },
  {
    rule: 'box and cloud never import one another',
    reason: 'they run on different machines and meet in the sync contract only',
    broken: (file, _used, target) =>
      (top(file.path) === 'appliance' && top(target) === 'cloud') ||
      (top(file.path) === 'cloud' && top(target) === 'appliance'),
  },
  {
    rule: 'the page imports only types from the services, and its second face from the cloud',
    reason: 'it runs in a browser; the interface is all it shares with the programs',
    broken: (file, used, target) => {
      if (top(file.path) !== 'web' || file.test || top(target) === 'web') return false
      const typed = top(target) === 'services' || (top(target) === 'cloud' && file.path.startsWith('web/cloud/'))
      return !(used.typeOnly && typed)
    },
  },
  {
    rule: 'nothing but tests imports tests and their support',
    reason: 'the box must not carry what only tests need',
    broken: (file, _used, target) =>
      top(file.path) !== 'test' && ((top(target) === 'test' && !file.test) || /\.test\.tsx?$/.test(target)),
  },
]

const files = readSources(root)
const product = files.filter((file) => !file.test && top(file.path) !== 'test')

function brokenImports(broken: Complaint): string[] {
  return files.flatMap((file) =>
    file.imports.flatMap((used) =>
      used.target !== undefined && broken(file, used, used.target) ? [`${file.path} imports ${used.target}`] : [],
    ),
  )
}

/** The files that tsconfig.pure.json names, so that there is one list. */
function pureFiles(): readonly SourceFile[] {
  const config = JSON.parse(readFileSync(`${root}/tsconfig.pure.json`, 'utf8')) as { include: string[] }
  const globs = config.include.map((pattern) => new Bun.Glob(pattern))
  return product.filter((file) => globs.some((glob) => glob.match(file.path)))
}

describe('directions', () => {
  it('finds the files that it is about', () => {
    expect(files.length).toBeGreaterThan(50)
    expect(pureFiles().length).toBeGreaterThan(10)
    expect(files.find((file) => file.path === 'test/architecture.test.ts')?.imports.length).toBe(4)
  })

  it.each(DIRECTIONS)('$rule ($reason)', ({ broken }) => expect(brokenImports(broken)).toEqual([]))

  it('no file imports itself through others (a ring can only be read and loaded as a whole)', () => {
    expect(cyclesOf(files)).toEqual([])
  })

  it('every import of ours names a file that is there', () => {
    const known = new Set(pathsBelow(root))
    const lost = brokenImports((_file, used, target) => !used.source.includes('?') && !known.has(target))
    expect(lost).toEqual([])
  })
})

describe('input and output', () => {
  it.each(IO_PACKAGES)('%s is imported by one file (its pitfalls are handled in one place)', (name) => {
    const importers = product.filter((file) => file.imports.some((used) => used.source === name && !used.typeOnly))
    expect(importers.map((file) => file.path).slice(1)).toEqual([])
  })

  it('sockets, database and C library are opened by the programs alone (services are given them)', () => {
    const outside = product.filter((file) => top(file.path) !== 'appliance' && part(file.path) !== 'services/program')
    const found = outside.flatMap((file) =>
      file.imports.filter((used) => PROGRAMS_ONLY.includes(used.source)).map((used) => `${file.path}: ${used.source}`),
    )
    expect(found).toEqual([])
  })

  it('pure code takes time and randomness as arguments (else its tests depend on the day)', () => {
    const found = pureFiles().flatMap((file) => {
      const match = IMPURE.exec(file.code)
      return match === null ? [] : [`${file.path}: ${match[0]}`]
    })
    expect(found).toEqual([])
  })
})

describe('form', () => {
  it('no file passes on what others export (an import shall name where a thing is)', () => {
    const found = product.filter((file) => /^\s*export\s+(?:type\s+)?(?:\*|\{[^}]*\})[^\n]*\bfrom\b/m.test(file.code))
    expect(found.map((file) => file.path)).toEqual([])
  })

  it('a file over 300 lines has a reason in this test, one over 500 is a table', () => {
    const long = product.filter((file) => file.lines > 300 && !(file.path in LONG_FILES) && !(file.path in TABLES))
    const huge = product.filter((file) => file.lines > 500 && !(file.path in TABLES))
    expect([...new Set([...long, ...huge])].map((file) => `${file.path}: ${file.lines} lines`)).toEqual([])
  })

  it('a test file has at most 600 lines (it is a list of cases, each read alone)', () => {
    const long = files.filter((file) => file.lines > 600 && !product.includes(file))
    expect(long.map((file) => `${file.path}: ${file.lines} lines`)).toEqual([])
  })

  it('the lists of exceptions hold nothing that is no exception any more', () => {
    const needed = new Set(files.filter((file) => file.lines > 300).map((file) => file.path))
    expect([...Object.keys(LONG_FILES), ...Object.keys(TABLES)].filter((path) => !needed.has(path))).toEqual([])
  })

  it('templates hold data, never code (operators write them, the cloud delivers them)', () => {
    const found = pathsBelow(root, 'templates').filter(
      (path) =>
        !/\.(yaml|liquid|md|txt)$/.test(path) &&
        !path.includes('/golden/') &&
        !/^templates\/[^/]+\.test\.ts$/.test(path),
    )
    expect(found).toEqual([])
  })

  it('names are in kebab-case (they are the same on every file system)', () => {
    const found = files.filter((file) => !/^[\w./-]*$/.test(file.path) || /[A-Z_]/.test(file.path))
    expect(found.map((file) => file.path)).toEqual([])
  })
})

describe('the scanner of these tests', () => {
  it('sees every form of import, and none in comments', () => {
    const text = [
      "import { a } from './a.ts'",
      "import type {\n  B,\n} from '../b.ts'",
      "import './c.ts'",
      "export { d } from './d.ts'",
      `const e = await ${'import'}('./e.ts')`,
      "// import { f } from './f.ts'",
      "/* import { g } from './g.ts' */",
      "const url = 'http://x' // import './h.ts'",
    ].join('\n')
    const { imports } = readSource('services/x/y.ts', text)
    expect(imports.map((used) => [used.target, used.typeOnly]).sort()).toEqual([
      ['services/b.ts', true],
      ['services/x/a.ts', false],
      ['services/x/c.ts', false],
      ['services/x/d.ts', false],
      ['services/x/e.ts', false],
    ])
  })

  it('sees a ring of files', () => {
    const ring = [
      readSource('a.ts', "import './b.ts'"),
      readSource('b.ts', "import type { C } from './c.ts'"),
      readSource('c.ts', "import './a.ts'"),
      readSource('d.ts', "import './a.ts'"),
    ]
    expect(cyclesOf(ring)).toEqual(['a.ts → b.ts → c.ts → a.ts'])
  })

  it.each([
    ['services/core/x.ts', "import './../dhcp/contract.ts'"],
    ['services/dhcp/x.ts', "import '../tftp/codec.ts'"],
    ['services/dhcp/x.ts', "import '../../appliance/log.ts'"],
    ['appliance/x.ts', "import '../cloud/x.ts'"],
    ['web/x.tsx', "import { a } from '../services/core/mac.ts'"],
    ['web/x.tsx', "import type { A } from '../cloud/fleet/view.ts'"],
    ['appliance/x.ts', "import '../test/support/clock.ts'"],
  ])('finds a forbidden import in %s: %s', (path, text) => {
    const file = readSource(path, text)
    const [used] = file.imports
    const rules = DIRECTIONS.filter(({ broken }) => used?.target !== undefined && broken(file, used, used.target))
    expect(rules.length).toBe(1)
  })
})
