// Code 128 (ISO/IEC 15417), in which vendors print MAC addresses on labels, out of the rows of a picture. Browsers that can
// read barcodes themselves do not need it.

/** The widths of bars and gaps of each symbol, in modules: bar first. 103 to 105 begin a code, 106 ends it. */
export const PATTERNS: readonly string[] = (
  '212222 222122 222221 121223 121322 131222 122213 122312 132212 221213 221312 231212 112232 122132 122231 113222 123122 ' +
  '123221 223211 221132 221231 213212 223112 312131 311222 321122 321221 312212 322112 322211 212123 212321 232121 111323 ' +
  '131123 131321 112313 132113 132311 211313 231113 231311 112133 112331 132131 113123 113321 133121 313121 211331 231131 ' +
  '213113 213311 213131 311123 311321 331121 312113 312311 332111 314111 221411 431111 111224 111422 121124 121421 141122 ' +
  '141221 112214 112412 122114 122411 142112 142211 241211 221114 413111 241112 134111 111242 121142 121241 114212 124112 ' +
  '124211 411212 421112 421211 212141 214121 412121 111143 111341 131141 114113 114311 411113 411311 113141 114131 311141 ' +
  '411131 211412 211214 211232 2331112'
).split(' ')
const [START_A, START_B, START_C, STOP] = [103, 104, 105, 106]
const BY_PATTERN = new Map(PATTERNS.map((pattern, value) => [pattern, value]))
/** How far a symbol's width may be from that of the one before: a label is seldom seen straight on. */
const SKEW = 0.3
const ROWS = 24

/** One row of a picture as lengths of dark and light by turns, the first light. */
export function runsOf(row: ArrayLike<number>): number[] {
  let [least, most] = [255, 0]
  for (let i = 0; i < row.length; i++) {
    const it = row[i] ?? 0
    if (it < least) least = it
    if (it > most) most = it
  }
  if (most - least < 40) return []
  const middle = (least + most) / 2
  const runs: number[] = []
  let [dark, length] = [false, 0]
  for (let i = 0; i < row.length; i++) {
    if ((row[i] ?? 0) < middle === dark) length++
    else {
      runs.push(length)
      dark = !dark
      length = 1
    }
  }
  runs.push(length)
  return runs
}

/** The symbol that these widths are nearest to. */
function symbolAt(runs: readonly number[], at: number, count: 6 | 7): { value: number; width: number } | undefined {
  const part = runs.slice(at, at + count)
  if (part.length < count) return undefined
  const width = part.reduce((sum, run) => sum + run, 0)
  const modules = count === 6 ? 11 : 13
  const value = BY_PATTERN.get(
    part.map((run) => Math.min(9, Math.max(1, Math.round((run * modules) / width)))).join(''),
  )
  return value === undefined ? undefined : { value, width: (width * 11) / modules }
}

/** The text of a Code 128 in a row, when there is a whole one whose check symbol is right. */
export function decodeRuns(runs: readonly number[]): string | undefined {
  for (let at = 1; at + 6 * 3 + 7 <= runs.length + 1; at += 2) {
    const start = symbolAt(runs, at, 6)
    if (start === undefined || start.value < START_A || start.value > START_C) continue
    const values = valuesFrom(runs, at, start.width)
    const text = values && textOf(values)
    if (text !== undefined) return text
  }
  return undefined
}

function valuesFrom(runs: readonly number[], at: number, begun: number): readonly number[] | undefined {
  const values: number[] = []
  let width = begun
  for (let i = at; i < runs.length; i += 6) {
    const end = symbolAt(runs, i, 7)
    if (end?.value === STOP && values.length > 2) return values
    const next = symbolAt(runs, i, 6)
    if (next === undefined || Math.abs(next.width / width - 1) > SKEW) return undefined
    values.push(next.value)
    width = next.width
  }
  return undefined
}

/** What the symbols say; undefined when the check symbol does not fit. */
function textOf(values: readonly number[]): string | undefined {
  const [start = 0, ...rest] = values
  const check = rest.pop()
  const sum = rest.reduce((total, value, i) => total + value * (i + 1), start)
  if (sum % 103 !== check) return undefined
  let set = ({ [START_A]: 'A', [START_B]: 'B', [START_C]: 'C' } as const)[start as 103] as 'A' | 'B' | 'C'
  let text = ''
  let shifted: 'A' | 'B' | undefined
  for (const value of rest) {
    const now = shifted ?? set
    shifted = undefined
    if (now === 'C' && value < 100) text += String(value).padStart(2, '0')
    else if (now === 'B' && value < 96) text += String.fromCharCode(value + 32)
    else if (now === 'A' && value < 96) text += String.fromCharCode(value < 64 ? value + 32 : value - 64)
    else if (value === 98 && now !== 'C') shifted = now === 'A' ? 'B' : 'A'
    else if (value === 99 && now !== 'C') set = 'C'
    else if (value === 100 && now !== 'B') set = 'B'
    else if (value === 101 && now !== 'A') set = 'A'
    // FNC1 to FNC4 say something about the text and are no part of it.
  }
  return text
}

export interface Picture {
  readonly width: number
  readonly height: number
  /** Four bytes a dot: red, green, blue, and how opaque. */
  readonly data: ArrayLike<number>
}

/** Looks for a Code 128 that lies across the picture, either way up. */
export function decodeCode128({ width, height, data }: Picture): string | undefined {
  const row = new Uint8ClampedArray(width)
  for (let n = 0; n < ROWS; n++) {
    // From the middle outwards: that is where people hold the label.
    const y = Math.floor(height / 2 + ((n % 2 === 0 ? 1 : -1) * Math.ceil(n / 2) * height) / (ROWS + 2))
    for (let x = 0; x < width; x++) {
      const at = (y * width + x) * 4
      row[x] = ((data[at] ?? 0) * 3 + (data[at + 1] ?? 0) * 6 + (data[at + 2] ?? 0)) / 10
    }
    const runs = runsOf(row)
    const found = decodeRuns(runs) ?? decodeRuns(turned(runs))
    if (found !== undefined) return found
  }
  return undefined
}

/** The same row seen from its other end; it must begin with light again. */
function turned(runs: readonly number[]): number[] {
  const back = runs.toReversed()
  return runs.length % 2 === 0 ? [0, ...back] : back
}
