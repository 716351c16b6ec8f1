import { describe, expect, it } from 'vitest'
import { DefinitionError, loadDefinitions } from './load.ts'
import { patternProblem } from './pattern.ts'

const GOOD = `vendor: Example
recognise:
  oui: [00:00:5E]
models:
  - { model: E1, lines: 2 }
unlisted: { lines: 1 }
files:
  - { name: "{mac}.cfg", scope: device, from: device.cfg.liquid }
`

function faultsOf(yaml: string): string[] {
  const files = new Map([
    ['vendor.yaml', { text: yaml, file: 'example/vendor.yaml' }],
    ['device.cfg.liquid', { text: 'a = 1', file: 'example/device.cfg.liquid' }],
  ])
  try {
    loadDefinitions(new Map([['example', files]]), 'test')
  } catch (thrown) {
    if (thrown instanceof DefinitionError)
      return thrown.faults.map(
        ({ file, line, column, path, message }) => `${file}:${line}:${column} ${path}: ${message}`,
      )
    throw thrown
  }
  return []
}

describe('a vendor description', () => {
  it('is read', () => {
    expect(faultsOf(GOOD)).toEqual([])
  })

  it.each([
    [
      'a misspelt field',
      GOOD.replace('unlisted', 'unlsted'),
      ['example/vendor.yaml:1:1 unlisted', 'example/vendor.yaml:6:1 unlsted: no such field'],
    ],
    ['a wrong type', GOOD.replace('lines: 2', 'lines: two'), ['example/vendor.yaml:5:25 models.0.lines']],
    ['a key twice', `${GOOD}vendor: Again\n`, ['example/vendor.yaml:9:1 (document): Map keys must be unique']],
    [
      'a missing template',
      GOOD.replace('from: device', 'from: other'),
      ['example/vendor.yaml:8:47 files.0.from: no file other.cfg.liquid here'],
    ],
    [
      'an unknown condition',
      GOOD.replace('scope: device', 'when: old, scope: device'),
      ['files.0.when: no condition is called old'],
    ],
    [
      'conditions in a circle',
      `${GOOD}conditions:\n  a: { not: [b] }\n  b: { any: [a] }\n`,
      ['conditions.a.not: b leads back to a', 'conditions.b.any: a leads back to b'],
    ],
    [
      'a model twice',
      GOOD.replace('unlisted', '  - { model: e-1, lines: 1 }\nunlisted'),
      ['models.1: e-1 names E1 as well'],
    ],
    [
      'a secret file of many',
      GOOD.replace('"{mac}.cfg", scope: device', 'all.cfg, scope: common, secret: true'),
      ['files.0.secret: only a file of one device may hold secrets'],
    ],
    [
      'a pattern without bound',
      GOOD.replace('oui: [00:00:5E]', () => "userAgent: [{ pattern: '^(a+)+$', samples: [{ text: a }] }]"),
      ['recognise.userAgent.0.pattern: a repeated group'],
    ],
    [
      'a field twice',
      GOOD.replace('vendor: Example', 'vendor: Example\nvendor: Other'),
      ['2:1 (document): Map keys must be unique'],
    ],
    ['too long a text', `${GOOD}# ${'x'.repeat(65_536)}`, ['1:1 (document): a description has at most 65536']],
    [
      'too deep a text',
      `${GOOD}\ntables: { a: ${'['.repeat(40)}${']'.repeat(40)} }`,
      ['at most 65536 characters and 30 levels'],
    ],
    [
      'faults without end',
      `${GOOD}\n${Array.from({ length: 300 }, (_, i) => `x${i}: 1\n`).join('')}`,
      Array.from({ length: 100 }, () => 'no such field'),
    ],
    ['no way to recognise', GOOD.replace('oui: [00:00:5E]', 'oui: []'), ['recognise: at least one way']],
    [
      'several faults at once',
      GOOD.replace('lines: 2', 'lines: 0').replace('vendor: Example', 'vendor: ""'),
      ['1:9 vendor', '5:25 models.0.lines'],
    ],
  ])('names the place of %s', (_, yaml, expected) => {
    const faults = faultsOf(yaml)
    expect(faults).toHaveLength(expected.length)
    for (const [i, text] of expected.entries()) expect(faults[i]).toContain(text)
  })
})

describe('patterns', () => {
  it.each([
    '(a+)+',
    '(a*)*b',
    '((ab)*c)+',
    '(a|b+){2,}',
    '(a{1,60}){1,60}',
    '(a{1,9})+',
    '^.*.*.*$',
    '.*x',
    '(?<n>a)\\k<n>',
    '(a)\\1',
    '(',
    'x'.repeat(301),
  ])('%s is refused', (source) => {
    expect(patternProblem(source)).toBeDefined()
  })
  it.each(['^yealink', '^a(?:b+)?c$', '^(?:[0-9a-f]{2}:?){6}$', '^\\d+(?:\\.\\d{1,3}){3}$', '^x .*y$'])(
    '%s is accepted',
    (source) => {
      expect(patternProblem(source)).toBeUndefined()
    },
  )
})
