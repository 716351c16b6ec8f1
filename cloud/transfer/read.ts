import { createHash } from 'node:crypto'
import type { Fault } from '../../services/phones/contract.ts'
import { anyLine, type HeadLine, type Line } from './line.ts'

/** A file of an account as far as it could be read. */
export interface ReadFile {
  readonly head: HeadLine | undefined
  readonly lines: readonly { readonly at: number; readonly line: Line }[]
  /** Each with the line that it is about. */
  readonly faults: readonly Fault[]
}

const MOST_FAULTS = 100

/** Reads a file whole: what is wrong in it is listed, not thrown. */
export function readFile(text: string): ReadFile {
  const faults: Fault[] = []
  const fault = (at: number, message: string) => {
    if (faults.length < MOST_FAULTS) faults.push({ path: `line ${at}`, message })
  }
  const rows = text.replace(/\n$/, '').split('\n')
  const lines: { at: number; line: Line }[] = []
  const hash = createHash('sha256')
  let head: HeadLine | undefined
  let ended = false
  for (const [i, row] of rows.entries()) {
    const at = i + 1
    if (ended) {
      fault(at, 'the file goes on after its end: take the file as it was exported')
      break
    }
    const line = parse(row, (message) => fault(at, message))
    if (line?.line === 'end') {
      ended = true
      if (line.sha256 !== hash.digest('hex'))
        fault(at, 'the lines before are not those that were exported: take the file as it was exported')
      continue
    }
    hash.update(`${row}\n`)
    if (line === undefined) continue
    if (line.line === 'head') {
      if (at === 1) head = line
      else fault(at, 'a second file begins here: import one after the other')
    } else lines.push({ at, line })
  }
  if (head === undefined) fault(1, 'the file does not begin with its head: this is no file of an account')
  if (!ended) fault(rows.length, 'the file has no end: it was cut off, export it again')
  return { head, lines, faults }
}

function parse(row: string, fault: (message: string) => void): Line | undefined {
  let tree: unknown
  try {
    tree = JSON.parse(row)
  } catch {
    fault(`${JSON.stringify(row.slice(0, 40))} is not JSON`)
    return undefined
  }
  const read = anyLine.safeParse(tree)
  if (read.success) return read.data
  for (const { path, message } of read.error.issues.slice(0, 5)) fault(`${path.map(String).join('.')}: ${message}`)
  return undefined
}
