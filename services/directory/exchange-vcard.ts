import type { Person } from './contract.ts'
import type { Sheet, SheetRow } from './sheet.ts'
import { readCard, writeCard } from './vcard.ts'
import { cardsOf } from './vcard-lines.ts'

/** Reads a file of vCards 3.0 and 4.0. Throws `OperatorError` when it is none. */
export function readVcards(text: string): Sheet {
  const faults: Sheet['faults'][number][] = []
  const rows: SheetRow[] = []
  for (const [i, card] of cardsOf(text).entries()) {
    const row = i + 1
    if (card.fault !== undefined) {
      faults.push({ row, line: card.line, column: 'VCARD', message: card.fault })
      continue
    }
    const lines = card.lines.map(({ raw }) => raw)
    const read = readCard(lines)
    const lineOf = (at: number) => card.lines[at]?.line ?? card.line
    for (const { at, property, message } of read.faults)
      faults.push({ row, line: lineOf(at), column: property.toUpperCase(), message })
    rows.push({
      ...{ row, line: card.line, columns: new Map() },
      ...(read.uid !== undefined && { uid: read.uid }),
      patch: { ...read.fields, vcard: lines },
    })
  }
  return { rows, faults }
}

/** All of them as one file. Lines end in CRLF (RFC 6350 section 3.2). */
export function writeVcards(people: readonly Person[], version: '3.0' | '4.0'): string {
  return people
    .map((person) =>
      ['BEGIN:VCARD', ...writeCard(person, version), 'END:VCARD', ''].join('\n').replaceAll('\n', '\r\n'),
    )
    .join('')
}
