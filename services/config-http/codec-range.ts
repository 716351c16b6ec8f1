/** A piece of a resource: bytes `from` up to but not `to`. */
export interface ByteRange {
  readonly from: number
  readonly to: number
}

/** More pieces than this are an attack, not a download that goes on (RFC 9110 §14.2). */
export const MAX_RANGES = 16

/**
 * Reads a Range field for a resource of `size` bytes (RFC 9110 §14.1). `undefined`: pass over the field and send all
 * (another unit, not readable, too many or overlapping pieces); an empty list: none of it can be satisfied (416).
 */
export function readRanges(field: string, size: number): readonly ByteRange[] | undefined {
  const set = /^bytes\s*=\s*(.+)$/i.exec(field.trim())?.[1]
  if (set === undefined) return undefined
  const parts = set.split(',')
  if (parts.length > MAX_RANGES) return undefined
  const ranges: ByteRange[] = []
  for (const part of parts) {
    const [, first, last] = /^\s*(\d{0,15})\s*-\s*(\d{0,15})\s*$/.exec(part) ?? []
    if (first === undefined || last === undefined || (first === '' && last === '')) return undefined
    if (first === '') {
      const suffix = Math.min(Number(last), size)
      if (suffix > 0) ranges.push({ from: size - suffix, to: size })
      continue
    }
    if (last !== '' && Number(last) < Number(first)) return undefined
    const to = last === '' ? size : Math.min(Number(last) + 1, size)
    if (Number(first) < size) ranges.push({ from: Number(first), to })
  }
  return overlap(ranges) ? undefined : ranges
}

function overlap(ranges: readonly ByteRange[]): boolean {
  const sorted = [...ranges].sort((a, b) => a.from - b.from)
  return sorted.some((range, i) => range.from < (sorted[i - 1]?.to ?? 0))
}

/** `bytes 0-99/1000` */
export function contentRange(range: ByteRange, size: number): string {
  return `bytes ${range.from}-${range.to - 1}/${size}`
}
