import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { cleanPath } from './codec-path.ts'

const corpus = readFileSync(new URL('./path-corpus.txt', import.meta.url), 'utf8')
  .split('\n')
  .filter((line) => line !== '' && !line.startsWith('#'))

describe('cleanPath', () => {
  it.each(corpus)('%s', (line) => {
    const cut = line.lastIndexOf(' ')
    const target = line.slice(cut + 1)
    const cleaned = cleanPath(target)
    if (line.startsWith('refused ')) expect(cleaned.kind).toBe('refused')
    else expect(cleaned).toMatchObject({ kind: 'path', path: line.slice(1, cut) })
  })

  it('keeps the query as it came, as far as anybody looks at it', () => {
    expect(cleanPath('/a/b.xml?search=%C3%9C&x')).toEqual({ kind: 'path', path: 'a/b.xml', query: 'search=%C3%9C&x' })
    expect(cleanPath('/a?')).toEqual({ kind: 'path', path: 'a', query: '' })
    expect(cleanPath(`/a?${'q'.repeat(5000)}`)).toMatchObject({ query: 'q'.repeat(1024) })
    expect(cleanPath('/a')).toEqual({ kind: 'path', path: 'a' })
  })

  it('refuses a name over 255 bytes, counted after decoding', () => {
    expect(cleanPath(`/${'a'.repeat(255)}`).kind).toBe('path')
    expect(cleanPath(`/${'a'.repeat(256)}`).kind).toBe('refused')
    expect(cleanPath(`/${'%61'.repeat(255)}`).kind).toBe('path')
    expect(cleanPath(`/${'%C3%9C'.repeat(128)}`).kind).toBe('refused')
    expect(cleanPath(`/${'a'.repeat(10_000)}`).kind).toBe('refused')
  })
})
