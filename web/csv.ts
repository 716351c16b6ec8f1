/** What a spreadsheet would take for a formula when it stands first in a cell. */
const FORMULA = /^[\s]*[=+\-@\t\r|%]/

/**
 * Rows as CSV (RFC 4180) that is safe to open in a spreadsheet: names from the LAN may begin like a formula, so such a cell
 * begins with an apostrophe (OWASP, "CSV Injection"). Begins with a byte order mark, without which Excel misreads UTF-8.
 */
export function csvOf(rows: readonly (readonly string[])[]): string {
  const cell = (text: string) => {
    // A plain number with its sign is no formula.
    const safe = FORMULA.test(text) && !/^[+-]?\d+([.,]\d+)?$/.test(text) ? `'${text}` : text
    return /[",\r\n;']/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
  }
  return `\ufeff${rows.map((row) => row.map(cell).join(',')).join('\r\n')}\r\n`
}

/** Hands a text to the browser as a file. */
export function download(name: string, text: string, type: string): void {
  const url = URL.createObjectURL(new Blob([text], { type }))
  const link = document.createElement('a')
  link.href = url
  link.download = name
  link.click()
  setTimeout(() => URL.revokeObjectURL(url), 1000)
}
