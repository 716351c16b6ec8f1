import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { loadedWith, readSource, readSources } from './support/source-tree.ts'

const files = readSources(fileURLToPath(new URL('..', import.meta.url)))

/** What a box that starts loads: the command line, the command, and the box that it makes. */
const START = ['appliance/main.ts', 'appliance/cli/up.ts', 'appliance/box.ts']

/**
 * Packages that are in the memory of every box for as long as it runs, and why they must be. One more costs up to 4 MB (docs/bench.md,
 * `memory`): what few boxes need, or need seldom, is imported where it is needed, or runs in a process of its own.
 */
const AT_START: Readonly<Record<string, string>> = {
  '@hono/zod-openapi': 'the API checks what comes in',
  '@scure/bip39': 'the words by which a person knows the box again: a list alone',
  diff: 'what an own template changes: the size of a page',
  hono: 'the API',
  'ical.js': 'vCards: the size of a few pages',
  liquidjs: 'templates are parsed with it',
  papaparse: 'lists of devices and people: the size of a few pages',
  uqr: 'QR codes: the size of a page',
  yaml: 'the configuration file, whose faults are told by line and column',
  zod: 'checks configuration, vendor data and records',
}

/** Files that another process or another command needs, and that a box must not load. */
const NOT_AT_START = [
  ['decoders of pictures and sounds, for the helper process', /^services\/media\/(helper|picture|sound)\.ts$/],
  ['making of certificates, for a process that ends', /^appliance\/tls\/issue(-process)?\.ts$/],
  ['virtual phones', /^appliance\/(phone\/|demo\/phones)/],
  ['making of packs', /^appliance\/packs\//],
] as const

function packageOf(source: string): string {
  return source
    .split('/')
    .slice(0, source.startsWith('@') ? 2 : 1)
    .join('/')
}

describe('what a box loads when it starts', () => {
  const { ours, others } = loadedWith(files, START)

  it('is itself, and no package but those with a reason', () => {
    expect(ours.size).toBeGreaterThan(300)
    const packages = new Set([...others].filter((name) => !/^(node|bun):/.test(name)).map(packageOf))
    expect([...packages].sort()).toEqual(Object.keys(AT_START).sort())
  })

  it.each(NOT_AT_START)('is not: %s', (_what, pattern) => {
    expect(files.filter(({ path }) => pattern.test(path)).length).toBeGreaterThan(0)
    expect([...ours].filter((path) => pattern.test(path))).toEqual([])
  })

  it('is one command (a question to the box loads neither the box nor the others)', () => {
    const commands = files.map(({ path }) => path).filter((path) => path.startsWith('appliance/cli/'))
    const isCommand = (path: string) => /Command: Command = /.test(files.find((file) => file.path === path)?.text ?? '')
    expect(commands.filter(isCommand).length).toBeGreaterThan(15)
    expect(commands.filter((path) => ours.has(path) && isCommand(path))).toEqual(['appliance/cli/up.ts'])
    expect(loadedWith(files, ['appliance/cli/devices.ts']).ours).not.toContain('appliance/box.ts')
  })
})

it('follows imports through files, past types and past what is imported later', () => {
  const tree = [
    readSource('a.ts', `import './b.ts'\nimport type { C } from './c.ts'\nimport zed from 'zed'`),
    readSource('b.ts', `import { a } from './a.ts'\nconst d = await ${'import'}('./d.ts')\nimport type x from 'types'`),
    readSource('c.ts', `import 'never'`),
    readSource('d.ts', `import 'later'`),
  ]
  const { ours, others } = loadedWith(tree, ['a.ts'])
  expect([[...ours], [...others]]).toEqual([['a.ts', 'b.ts'], ['zed']])
})
