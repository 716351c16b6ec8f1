import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decodeCode128, decodeRuns, PATTERNS, runsOf } from './code128.ts'

/** Lengths of light and dark for these symbols, a quiet zone before and after. */
function runs(values: readonly number[], module = 2): number[] {
  const widths = [...values, 106].flatMap((value) => [...(PATTERNS[value] ?? '')].map((it) => Number(it) * module))
  return [10 * module, ...widths, 10 * module]
}
function withCheck(start: number, rest: readonly number[]): number[] {
  return [start, ...rest, rest.reduce((sum, value, i) => sum + value * (i + 1), start) % 103]
}
const setB = (text: string) =>
  withCheck(
    104,
    [...text].map((char) => char.charCodeAt(0) - 32),
  )

function picture(lengths: readonly number[], height = 40, turn = false) {
  const row = lengths.flatMap((length, i) => Array<number>(length).fill(i % 2 === 0 ? 230 : 30))
  const dots = turn ? row.reverse() : row
  const line = dots.flatMap((grey) => [grey, grey, grey, 255])
  return { width: dots.length, height, data: Array.from({ length: height }, () => line).flat() }
}

describe('the table of symbols', () => {
  it('has the form that ISO/IEC 15417 gives each: 11 modules, an even number of them dark, no two alike', () => {
    expect(PATTERNS.length).toBe(107)
    expect(new Set(PATTERNS).size).toBe(107)
    for (const pattern of PATTERNS.slice(0, 106)) {
      const widths = [...pattern].map(Number)
      expect(
        widths.reduce((a, b) => a + b, 0),
        pattern,
      ).toBe(11)
      expect(((widths[0] ?? 0) + (widths[2] ?? 0) + (widths[4] ?? 0)) % 2, pattern).toBe(0)
    }
  })
})

describe('reading Code 128', () => {
  it('reads the code that is explained everywhere: PJJ123C in set A with the check symbol 54', () => {
    expect(withCheck(103, [48, 42, 42, 17, 18, 19, 35])).toEqual([103, 48, 42, 42, 17, 18, 19, 35, 54])
    expect(decodeRuns(runs([103, 48, 42, 42, 17, 18, 19, 35, 54]))).toBe('PJJ123C')
  })

  it('reads pairs of digits, and what changes from one set to another', () => {
    expect(decodeRuns(runs(withCheck(105, [12, 34, 100, 33, 99, 5])))).toBe('1234A05')
  })

  it('reads any text from a picture of any size, either way up', () => {
    const text = fc.string({ minLength: 1, maxLength: 24 }).filter((it) => /^[ -~]+$/.test(it))
    fc.assert(
      fc.property(text, fc.integer({ min: 1, max: 5 }), fc.boolean(), (it, module, turn) => {
        expect(decodeCode128(picture(runs(setB(it), module), 8, turn))).toBe(it)
      }),
      { numRuns: 60, seed: 7 },
    )
  })

  it('says nothing when a symbol is wrong, cut off, or there is none', () => {
    const good = setB('805EC0123456')
    const wrong = good.with(3, (good[3] ?? 0) === 20 ? 21 : 20)
    expect(decodeRuns(runs(wrong))).toBeUndefined()
    expect(decodeRuns(runs(good).slice(0, -8))).toBeUndefined()
    expect(runsOf(new Uint8Array(300).fill(120))).toEqual([])
    expect(decodeCode128({ width: 0, height: 0, data: [] })).toBeUndefined()
  })

  it('comes to an end with something else than a code on whatever it sees', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 255 }), { maxLength: 400 }), (row) => {
        const found = decodeRuns(runsOf(row))
        expect(found === undefined || typeof found === 'string').toBe(true)
      }),
      { numRuns: 200, seed: 7 },
    )
  })
})
