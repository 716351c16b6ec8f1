/** A line of a difference: in both, only before, only after, or a stretch of like lines that is left out. */
export type DiffLine =
  | { readonly kind: 'same' | 'gone' | 'new'; readonly text: string; readonly line: number }
  | { readonly kind: 'skip'; readonly count: number }

/** Texts of more lines than this differ as a whole: the table of the comparison would be too large. */
const MOST = 3000

/** The lines of two texts beside each other (longest common subsequence), with `around` like lines about each change. */
export function diffLines(before: string, after: string, around = 3): DiffLine[] {
  const [a, b] = [before.split('\n'), after.split('\n')]
  let head = 0
  while (head < a.length && head < b.length && a[head] === b[head]) head++
  let tail = 0
  while (tail < a.length - head && tail < b.length - head && a[a.length - 1 - tail] === b[b.length - 1 - tail]) tail++
  const same = (text: string, line: number) => ({ kind: 'same' as const, text, line })
  return folded(
    [
      ...a.slice(0, head).map((text, i) => same(text, i + 1)),
      ...middle(a.slice(head, a.length - tail), b.slice(head, b.length - tail), head),
      ...b.slice(b.length - tail).map((text, i) => same(text, b.length - tail + i + 1)),
    ],
    around,
  )
}

type Whole = Exclude<DiffLine, { kind: 'skip' }>

function middle(a: readonly string[], b: readonly string[], offset: number): Whole[] {
  const gone = (i: number): Whole => ({ kind: 'gone', text: a[i] ?? '', line: offset + i + 1 })
  const fresh = (j: number): Whole => ({ kind: 'new', text: b[j] ?? '', line: offset + j + 1 })
  if (a.length * b.length > MOST * MOST) return [...a.map((_, i) => gone(i)), ...b.map((_, j) => fresh(j))]
  const width = b.length + 1
  const longest = new Uint32Array((a.length + 1) * width)
  for (let i = a.length - 1; i >= 0; i--)
    for (let j = b.length - 1; j >= 0; j--)
      longest[i * width + j] =
        a[i] === b[j]
          ? (longest[(i + 1) * width + j + 1] ?? 0) + 1
          : Math.max(longest[(i + 1) * width + j] ?? 0, longest[i * width + j + 1] ?? 0)
  const out: Whole[] = []
  let [i, j] = [0, 0]
  while (i < a.length || j < b.length) {
    if (i < a.length && j < b.length && a[i] === b[j]) {
      out.push({ kind: 'same', text: b[j] ?? '', line: offset + j + 1 })
      i++
      j++
    } else if (
      i < a.length &&
      (j >= b.length || (longest[(i + 1) * width + j] ?? 0) >= (longest[i * width + j + 1] ?? 0))
    )
      out.push(gone(i++))
    else out.push(fresh(j++))
  }
  return out
}

function folded(lines: readonly Whole[], around: number): DiffLine[] {
  const near = new Uint8Array(lines.length)
  lines.forEach((line, at) => {
    if (line.kind !== 'same') near.fill(1, Math.max(0, at - around), at + around + 1)
  })
  const out: DiffLine[] = []
  for (let at = 0; at < lines.length; ) {
    let end = at
    while (end < lines.length && near[end] === 0) end++
    if (end > at) out.push({ kind: 'skip', count: end - at })
    const line = lines[end]
    if (line) out.push(line)
    at = end + 1
  }
  return out
}
