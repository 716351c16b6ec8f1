import Papa from 'papaparse'
import { OperatorError } from '../core/errors.ts'
import { decodeText } from './text.ts'

export const MAX_ROWS = 20_000
const MAX_COLUMNS = 1000

export interface CsvRecord {
  /** The line of the file on which it begins; a quoted cell may hold line breaks. */
  readonly line: number
  readonly cells: readonly string[]
  readonly fault?: string
}

export interface CsvTable {
  readonly encoding: string
  readonly delimiter: string
  readonly records: readonly CsvRecord[]
}

/** The records of a CSV file; blank lines are passed over. Throws `OperatorError` for what is none, or is too large. */
export function readTable(bytes: Uint8Array): CsvTable {
  const decoded = decodeText(bytes)
  const all = decoded.text.replace(/\r\n?/g, '\n')
  // A first line that tells spreadsheets the separator.
  const told = /^sep=([^\n])\n/i.exec(all)
  const text = told === null ? all : all.slice(told[0].length)
  const delimiter = told?.[1] ?? separatorOf(text)
  const records: CsvRecord[] = []
  let from = 0
  let line = told === null ? 1 : 2
  Papa.parse<string[]>(text, {
    delimiter,
    newline: '\n',
    step: ({ data, meta, errors }, parser) => {
      const fault = errors.find((error) => error.type === 'Quotes')
      if (data.length > MAX_COLUMNS) {
        parser.abort()
        throw new OperatorError(`line ${line} has ${data.length} cells, more than ${MAX_COLUMNS}`)
      }
      if (data.some((cell) => cell.trim() !== ''))
        records.push({
          line,
          cells: data,
          ...(fault && { fault: 'a quoted cell is not closed or goes on after its quote' }),
        })
      for (let i = from; i < meta.cursor; i++) if (text.charCodeAt(i) === 10) line++
      from = meta.cursor
    },
  })
  if (records.length === 0) throw new OperatorError('the file is empty')
  if (records.length > MAX_ROWS + 1) throw new OperatorError(`${records.length} rows are more than ${MAX_ROWS}`)
  return { encoding: decoded.encoding, delimiter, records }
}

/** The separator that the first line uses most, quotes left aside: a semicolon where the comma is the decimal mark. */
function separatorOf(text: string): string {
  const first = (text.trimStart().split('\n', 1)[0] ?? '').replace(/"[^"]*"/g, '')
  const uses = (mark: string) => first.split(mark).length
  return [',', ';', '\t', '|'].reduce((best, mark) => (uses(mark) > uses(best) ? mark : best))
}
