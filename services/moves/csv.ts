import { type CsvSheet, readCsv } from '../core/csv.ts'
import { OperatorError } from '../core/errors.ts'
import { decodeText } from './text.ts'

export const MAX_ROWS = 20_000

export interface CsvTable extends CsvSheet {
  readonly encoding: string
}

/** The records of a CSV file in any common encoding. Throws `OperatorError` for what is none, or is too large. */
export function readTable(bytes: Uint8Array): CsvTable {
  const { text, encoding } = decodeText(bytes)
  const sheet = readCsv(text)
  if (sheet.records.length === 0) throw new OperatorError('the file is empty')
  if (sheet.records.length > MAX_ROWS + 1)
    throw new OperatorError(`${sheet.records.length} rows are more than ${MAX_ROWS}`)
  return { encoding, ...sheet }
}
