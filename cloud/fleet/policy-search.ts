/** Words that a search is made of at most; more say nothing that fewer do not. */
const MOST_WORDS = 8
const LONGEST = 80

/** What a device is found by, as one text in lower case: parts apart by a bar that no search holds. */
export function searchText(parts: readonly (string | undefined)[]): string {
  return parts
    .filter((part) => part !== undefined && part !== '')
    .map((part) => (part ?? '').toLowerCase().replaceAll('|', ' '))
    .join('|')
    .slice(0, 2_000)
}

/**
 * The patterns of `LIKE … ESCAPE '\'` that all have to be met, one for each word. A word that looks like a MAC address or a
 * part of one is sought as the digits alone, however it was typed.
 */
export function searchPatterns(query: string): readonly string[] {
  const words = query.trim().toLowerCase().split(/\s+/)
  return words
    .filter((word) => word !== '')
    .slice(0, MOST_WORDS)
    .map((word) => `%${escapeLike(digitsOfMac(word.slice(0, LONGEST)))}%`)
}

function digitsOfMac(word: string): string {
  return /^[0-9a-f]{2}(?:[:-][0-9a-f]{2}){1,5}[:-]?$/.test(word) ? word.replace(/[:-]/g, '') : word
}

function escapeLike(text: string): string {
  return text.replace(/[\\%_]/g, (sign) => `\\${sign}`)
}
