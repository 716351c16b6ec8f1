import { describe, expect, it } from 'vitest'
import { definitions } from './box.fixture.ts'
import type { Definition } from './definition.ts'
import { escapeValue } from './escape.ts'
import { makeEngine, makeRenderer } from './render.ts'

/** A definition with these templates instead of its own. */
function withTemplates(templates: Record<string, string>): Definition {
  const [any] = definitions.all
  if (any === undefined) throw new Error('no definitions')
  return { ...any, templates: new Map(Object.entries(templates)) }
}

const reader = { by: 'line', parameter: /^$/, ignore: new Set<string>() } as const

function run(source: string, context: Record<string, unknown> = {}, partials: Record<string, string> = {}): string {
  const definition = withTemplates({ 'a.liquid': source, ...partials })
  return makeRenderer().render(definition, { from: 'a.liquid', format: 'xml', reader }, context)
}

describe('templates run as LiquidJS runs them', () => {
  const context = {
    a: 'x',
    n: 3,
    list: [1, 2, 3],
    tree: { leaf: { text: 'deep<' } },
    no: null,
    yes: true,
    words: ['b', 'x'],
  }
  it.each([
    '{{ a }}{{ n }}{{ tree.leaf.text }}{{ tree.none.text }}{{ missing }}{{ list[1] }}{{ list.size }}{{ tree["leaf"].text }}',
    '{% if a == "x" and n > 2 or no %}A{% elsif yes %}B{% else %}C{% endif %}{% if no %}1{% elsif n >= 3 %}2{% endif %}',
    '{% unless yes %}A{% else %}B{% endunless %}{% unless no %}C{% endunless %}',
    '{% for i in list %}{{ forloop.index }}/{{ forloop.length }}:{{ i }}{% if i == 2 %}{% break %}{% endif %},{% endfor %}',
    '{% for i in list %}{% if i == 2 %}{% continue %}{% endif %}{{ i }}{% endfor %}{% for i in none %}x{% else %}empty{% endfor %}',
    '{% for i in (1..n) %}{{ i }}{% for j in list %}{{ i }}{{ j }}{{ forloop.last }}{% endfor %}{{ forloop.first }}{% endfor %}',
    '{% case a %}{% when "y" %}Y{% when "x", "z" %}X{% else %}Z{% endcase %}{% case n %}{% when 4 %}4{% else %}other{% endcase %}',
    '{% assign b = n | plus: 4 | times: 2 %}{{ b }}{% assign c = a | append: "-" | append: b %}{{ c }}{{ words contains a }}',
    '{% render "p", a: n, tree: tree %}{{ a }}{% # a comment %}{% comment %}gone{% endcomment %}',
    '{{ "a/b/c" | folder }}{{ 7 | pad: 2 }}{{ no | default: "d" }}{{ list | join: "+" }}{{ a | upcase }}{{ "abc" | slice: 1, 2 }}',
  ])('%s', (source) => {
    const partials = { 'p.liquid': '[{{ a }}{{ tree.leaf.text }}{{ n }}]' }
    const engine = makeEngine(withTemplates(partials), { outputEscape: (value) => escapeValue('xml', value) })
    expect(run(source, context, partials)).toBe(engine.parseAndRenderSync(source, context))
  })
})

describe('a template reaches nothing', () => {
  it.each([
    ...[
      '{% include "p" %}',
      '{% layout "p" %}',
      '{% raw %}{% endraw %}',
      '{% capture x %}{% endcapture %}',
      '{% liquid echo 1 %}',
    ],
    ...[
      '{{ a | raw }}',
      '{{ a | date: "%s" }}',
      '{{ a | where_exp: "x", "y" }}',
      '{% render a %}',
      '{% render "../x" %}',
      '{% if %}{% endif %}',
    ],
  ])('%s is refused', (source) => {
    expect(() => run(source, { a: 'x' })).toThrow('template')
  })

  it.each([
    ...[
      '{{ a.constructor }}',
      '{{ a.__proto__ }}',
      '{{ a.prototype }}',
      '{{ a.toString }}',
      '{{ f }}',
      '{{ f.name }}',
      '{{ constructor }}',
    ],
    ...['{{ __proto__ }}', '{{ list.constructor }}', '{{ list["map"] }}', '{{ "x".constructor }}', '{{ toString }}'],
  ])('%s is empty', (source) => {
    expect(run(source, { a: {}, f: () => 1, list: [1] })).toBe('')
  })

  it('comes to an end', () => {
    const loops = '{% for a in (1..1000) %}{% for b in (1..1000) %}{{ b }}{% endfor %}{% endfor %}'
    expect(() => run(loops)).toThrow('does not come to an end')
    expect(() => run('{% render "p" %}', {}, { 'p.liquid': '{% render "p" %}' })).toThrow('nested too deep')
    expect(() => run(`{% for a in (1..1000) %}${'x'.repeat(10_000)}{% endfor %}`)).toThrow('too long')
  })

  // Few steps, and each of them many times as long as the one before or gone through again and again.
  const long = '{% assign a = "0123456789abcdef" %}'
  const doubled = '{% assign a = a | append: a %}'
  /** 65,000 characters: as long as a value may be. */
  const longest = `${long}${doubled.repeat(8)}{% assign c = a %}${'{% assign a = a | append: c %}'.repeat(14)}`
  const loop = (body: string) => `{% for i in (1..1000) %}{% for j in (1..190) %}${body}{% endfor %}{% endfor %}`
  it.each([
    ['a text that doubles', long + doubled.repeat(40)],
    ['a text that is put in the place of each letter', `${long}${doubled.repeat(8)}{{ a | replace: "0", a }}`],
    ['many long texts', `${longest}${loop('{% assign b = a | upcase %}')}`],
    ['lists joined', `${long}${loop('{% assign r = (1..1000) | join: a %}')}`],
    ['lists over and over', loop('{% assign r = (1..1000) %}')],
    ['long texts compared', `${longest}{% assign b = a | upcase %}${loop('{% if a == b %}{% endif %}')}`],
    ['a text looked for in a long one', `${longest}${loop('{% if a contains "x" %}{% endif %}')}`],
    ['an expression of many operands', loop(`{% if ${'x or '.repeat(5000)}x %}{% endif %}`)],
    ['a choice of many branches', loop(`{% if x %}${'{% elsif x %}'.repeat(5000)}{% endif %}`)],
    ['a case of many values', loop(`{% case 1 %}{% when ${'2, '.repeat(5000)}2 %}{% endcase %}`)],
    ['a long path', loop(`{% if x${'.y'.repeat(5000)} %}{% endif %}`)],
  ])('%s comes to an end', (what, source) => {
    expect(() => run(source)).toThrow(/^a text that/.test(what) ? 'too long' : 'does not come to an end')
  })

  it('never shows a value or its source in an error', () => {
    expect(() =>
      run('{% for a in (1..1000) %}{% for b in (1..1000) %}{{ secret }}{% endfor %}{% endfor %}', {
        secret: 'hunter2',
      }),
    ).toThrow(/^(?!.*hunter2)/)
  })
})
