import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'

export interface Import {
  /** As written. */
  readonly source: string
  /** The path from the root of the checkout, for a file of ours. */
  readonly target: string | undefined
  readonly typeOnly: boolean
  /** Loaded when the program comes by, not with the file. */
  readonly later: boolean
}

export interface SourceFile {
  /** From the root of the checkout. */
  readonly path: string
  readonly text: string
  /** Without comments; texts in quotes stay. */
  readonly code: string
  readonly lines: number
  readonly imports: readonly Import[]
  readonly test: boolean
}

const CODE = /\.(ts|tsx|mts|js|mjs|cjs|jsx)$/
const LEFT_OUT = new Set(['node_modules', 'dist', 'coverage', '.git', 'artefacts'])

/** Every path below `root`, in order. */
export function pathsBelow(root: string, folder = ''): readonly string[] {
  return readdirSync(join(root, folder), { withFileTypes: true })
    .filter((entry) => !LEFT_OUT.has(entry.name))
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => {
      const path = folder === '' ? entry.name : `${folder}/${entry.name}`
      return entry.isDirectory() ? pathsBelow(root, path) : [path]
    })
}

/** Every file of code below `root`. */
export function readSources(root: string): readonly SourceFile[] {
  return pathsBelow(root)
    .filter((path) => CODE.test(path))
    .map((path) => readSource(path, readFileSync(join(root, path), 'utf8')))
}

export function readSource(path: string, text: string): SourceFile {
  const code = withoutComments(text)
  const lines = text.split('\n').length - (text.endsWith('\n') ? 1 : 0)
  return { path, text, code, lines, imports: importsOf(path, code), test: /\.test\.tsx?$/.test(path) }
}

/** Takes comments out by reading past strings, so that `'//'` in one stays. Regular expressions are not told apart. */
export function withoutComments(text: string): string {
  const part = /'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*"|`(?:[^`\\]|\\.)*`|(?<![\\/])\/\/[^\n]*|\/\*[\s\S]*?\*\//g
  return text.replace(part, (found) => (found.startsWith('//') || found.startsWith('/*') ? '' : found))
}

const FROM = /^\s*(?:import|export)\s+(type\s+)?(?:[\w$*\s{},]*?)\s*from\s*['"]([^'"]+)['"]/gm
const BARE = /^\s*import\s*['"]([^'"]+)['"]/gm
const DYNAMIC = /\bimport\(\s*['"]([^'"]+)['"]/g

function importsOf(path: string, code: string): readonly Import[] {
  const found = [...code.matchAll(FROM)].map((match) => {
    return { source: match[2] ?? '', typeOnly: match[1] !== undefined, later: false }
  })
  for (const pattern of [BARE, DYNAMIC])
    for (const match of code.matchAll(pattern))
      found.push({ source: match[1] ?? '', typeOnly: false, later: pattern === DYNAMIC })
  return found.map((used) => ({
    ...used,
    target: used.source.startsWith('.') ? normalize(join(dirname(path), used.source)) : undefined,
  }))
}

/** What is loaded with these files: every file of ours, and everything else by the name by which it is imported. */
export function loadedWith(
  files: readonly SourceFile[],
  first: readonly string[],
): { readonly ours: ReadonlySet<string>; readonly others: ReadonlySet<string> } {
  const byPath = new Map(files.map((file) => [file.path, file]))
  const [ours, others] = [new Set<string>(), new Set<string>()]
  const waiting = [...first]
  for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
    if (ours.has(path)) continue
    ours.add(path)
    for (const { source, target, typeOnly, later } of byPath.get(path)?.imports ?? []) {
      if (typeOnly || later) continue
      if (target === undefined) others.add(source)
      else waiting.push(target)
    }
  }
  return { ours, others }
}

/** Rings of files that import one another, each once, as `a → b → a`. */
export function cyclesOf(files: readonly SourceFile[]): readonly string[] {
  const byPath = new Map(files.map((file) => [file.path, file]))
  const done = new Set<string>()
  const trail: string[] = []
  const rings: string[] = []
  function walk(path: string): void {
    const at = trail.indexOf(path)
    if (at >= 0) rings.push([...trail.slice(at), path].join(' → '))
    if (at >= 0 || done.has(path)) return
    trail.push(path)
    for (const { target } of byPath.get(path)?.imports ?? []) if (target !== undefined) walk(target)
    trail.pop()
    done.add(path)
  }
  for (const file of files) walk(file.path)
  return rings
}
