import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { words as de } from './words/de.ts'

const WEB = fileURLToPath(new URL('.', import.meta.url))

/** Every text that the page says: the first argument of each t() and plural(), which must be written out. */
function said(): { readonly texts: ReadonlySet<string>; readonly odd: readonly string[] } {
  const texts = new Set<string>()
  const odd: string[] = []
  for (const path of readdirSync(WEB, { recursive: true, encoding: 'utf8' })) {
    if (!/\.tsx?$/.test(path) || /\.test\./.test(path) || path.startsWith('words') || path === 'i18n.ts') continue
    const source = readFileSync(`${WEB}${path}`, 'utf8')
    for (const [, text, rest] of source.matchAll(/\b(?:t|plural)\(\s*(?:'((?:[^'\\]|\\.)*)'|([^\s]))/g)) {
      if (text === undefined) odd.push(`${path}: ${rest}`)
      else texts.add(text.replaceAll("\\'", "'"))
    }
  }
  return { texts, odd }
}

describe('what the page says', () => {
  const { texts, odd } = said()

  it('is written out where it is said, so that it can be found', () => {
    expect(texts.size).toBeGreaterThan(200)
    expect(odd).toEqual([])
  })

  it('has a German word for everything, and none for what is not said any more', () => {
    expect([...texts].filter((text) => de[text] === undefined)).toEqual([])
    expect(Object.keys(de).filter((text) => !texts.has(text))).toEqual([])
  })

  it('keeps values and forms in translation', () => {
    const values = (text: string) => [...new Set(text.match(/\{\w+\}/g))].sort()
    for (const [english, german] of Object.entries(de)) {
      expect(values(german), english).toEqual(values(english))
      expect(german.split('|').length, english).toBe(english.split('|').length)
    }
  })
})
