import Papa from 'papaparse'

/** One record of a CSV file. */
export interface CsvRecord {
  readonly line: number
  readonly cells: readonly string[]
  readonly fault?: string
}

/**
 * The records of a CSV file with the line each begins on, blank ones left out; a quoted cell may hold line breaks. The
 * separator is guessed, a byte order mark passed over.
 */
export function csvRecords(given: string): CsvRecord[] {
  const text = given.replace(/^\ufeff/, '').replace(/\r\n?/g, '\n')
  const records: CsvRecord[] = []
  let from = 0
  let line = 1
  Papa.parse<string[]>(text, {
    delimiter: separatorOf(text),
    newline: '\n',
    step: ({ data, meta, errors }) => {
      const fault = errors.find((error) => error.type === 'Quotes')
      if (data.some((cell) => cell.trim() !== ''))
        records.push({
          line,
          cells: data,
          ...(fault && { fault: `a quoted cell is not closed or goes on after its quote` }),
        })
      line += text.slice(from, meta.cursor).match(/\n/g)?.length ?? 0
      from = meta.cursor
    },
  })
  return records
}

/** The separator that the heading uses most: a semicolon where the comma is the decimal mark. */
function separatorOf(text: string): string {
  const heading = text.trimStart().split('\n', 1)[0] ?? ''
  const uses = (mark: string) => heading.split(mark).length
  return [',', ';', '\t', '|'].reduce((best, mark) => (uses(mark) > uses(best) ? mark : best))
}
