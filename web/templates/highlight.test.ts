import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { offsetOf, piecesOf, writingAt } from './highlight.ts'

const kinds = (text: string) => piecesOf(text).map(({ kind, text: of }) => `${kind}:${of.trim()}`)

describe('the colours of a template', () => {
  it('tell code from what stands for itself', () => {
    expect(kinds("key = {{ line.user | default: 'x' }}")).toEqual(
      expect.arrayContaining(['text:key =', 'name:line.user', 'filter:default', "string:'x'"]),
    )
    expect(kinds('{% if settings.lldp %}1{% endif %}')).toEqual(
      expect.arrayContaining(['tag:if', 'name:settings.lldp', 'text:1', 'tag:endif']),
    )
    expect(kinds('{% # a note %}<!-- another -->')).toEqual(['comment:{% # a note %}', 'comment:<!-- another -->'])
  })

  it('lose and add nothing, whatever the text is', () => {
    const part = fc.constantFrom('{{', '}}', '{%', '%}', '-', "'", '"', '|', ' a.b ', '\n', '#', '<!--', '-->', 'x')
    fc.assert(
      fc.property(fc.array(part, { maxLength: 40 }), (parts) => {
        const text = parts.join('')
        expect(
          piecesOf(text)
            .map((piece) => piece.text)
            .join(''),
        ).toBe(text)
      }),
      { numRuns: 500, seed: 7 },
    )
  })
})

describe('what is being written', () => {
  const at = (text: string) => writingAt(text, text.length)
  it.each([
    ['{{ settings.la', { kind: 'variable', from: 3, word: 'settings.la' }],
    ['{{ line.user | def', { kind: 'filter', from: 15, word: 'def' }],
    ['{%- if', { kind: 'tag', from: 4, word: 'if' }],
    ['{% if settings.x', { kind: 'variable', from: 6, word: 'settings.x' }],
  ])('in %s', (text, expected) => expect(at(text)).toEqual(expected))

  it.each(['plain text', '{{ done }} more', "{{ 'quoted ", '{{ '])('is nothing to complete in %s', (text) =>
    expect(at(text)).toBeUndefined(),
  )

  it('is where its line begins', () => {
    expect([1, 2, 3, 9].map((line) => offsetOf('a\nbb\nc', line))).toEqual([0, 2, 5, 6])
  })
})
