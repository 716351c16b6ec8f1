import Papa from 'papaparse'
import { OperatorError } from './errors.ts'

const MAX_COLUMNS = 1000

/** One record of a CSV file. */
export interface CsvRecord {
  /** The line of the file on which it begins; a quoted cell may hold line breaks. */
  readonly line: number
  readonly cells: readonly string[]
  readonly fault?: string
}

/** The records of a CSV file and the separator that it has. */
export interface CsvSheet {
  readonly delimiter: string
  readonly records: readonly CsvRecord[]
}

/**
 * The records of a CSV file, blank ones left out. The separator is guessed unless the file tells it, a byte order mark
 * passed over. Throws `OperatorError` for a line that is none of such a file.
 */
export function readCsv(given: string): CsvSheet {
  const all = given.replace(/^\ufeff/, '').replace(/\r\n?/g, '\n')
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
  return { delimiter, records }
}

/** The separator that the first line uses most, quotes left aside: a semicolon where the comma is the decimal mark. */
function separatorOf(text: string): string {
  const first = (text.trimStart().split('\n', 1)[0] ?? '').replace(/"[^"]*"/g, '')
  const uses = (mark: string) => first.split(mark).length
  return [',', ';', '\t', '|'].reduce((best, mark) => (uses(mark) > uses(best) ? mark : best))
}
