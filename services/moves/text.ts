import { OperatorError } from '../core/errors.ts'

export interface DecodedText {
  readonly text: string
  readonly encoding: 'utf-8' | 'utf-16le' | 'utf-16be' | 'windows-1252'
}

/** ZIP (and with it .xlsx, .ods) and the compound files of older office programs. */
const WORKBOOKS = [
  [0x50, 0x4b, 0x03, 0x04],
  [0xd0, 0xcf, 0x11, 0xe0],
]

/**
 * The text of a file that says nothing of how it is encoded: by its byte order mark, by where its zero bytes are, as
 * UTF-8 if it is valid, and else as what spreadsheets of western Windows write. Throws `OperatorError` for a workbook.
 */
export function decodeText(bytes: Uint8Array): DecodedText {
  if (WORKBOOKS.some((magic) => magic.every((byte, i) => bytes[i] === byte)))
    throw new OperatorError('this is a workbook, not a CSV file: save the sheet as “CSV UTF-8” and give that')
  const as = (encoding: DecodedText['encoding']): DecodedText => ({
    text: new TextDecoder(encoding).decode(bytes).replace(/^\ufeff/, ''),
    encoding,
  })
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return as('utf-16le')
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return as('utf-16be')
  const zeros = [0, 0]
  const looked = Math.min(bytes.length, 4096)
  for (let i = 0; i < looked; i++) if (bytes[i] === 0) zeros[i & 1] = (zeros[i & 1] ?? 0) + 1
  const [even = 0, odd = 0] = zeros
  // Latin letters in UTF-16: nearly every second byte is zero.
  if (odd > looked / 4 && odd > even * 4) return as('utf-16le')
  if (even > looked / 4 && even > odd * 4) return as('utf-16be')
  try {
    return {
      text: new TextDecoder('utf-8', { fatal: true }).decode(bytes).replace(/^\ufeff/, ''),
      encoding: 'utf-8',
    }
  } catch {
    return as('windows-1252')
  }
}
