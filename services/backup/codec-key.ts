// The recovery key as a person keeps it: six groups of five letters and digits, `7K3QF-…`, in Crockford's base32 (no I, L,
// O, U; those that look like others are taken for them). Four of each group are 20 bits of the secret, the fifth is a
// check of its group and its place, so that a slip is found by the group it is in.

/** 120 bits: out of reach of any guessing, so nothing slow stands before it. */
export const SEED_SIZE = 15
const GROUPS = 6
const LETTERS = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'
const LOOKS_LIKE: Readonly<Record<string, string>> = { O: '0', I: '1', L: '1' }

/** The text of a secret of 15 bytes. */
export function writeRecoveryKey(seed: Uint8Array): string {
  const symbols = symbolsOf(seed)
  const groups = Array.from({ length: GROUPS }, (_, g) => {
    const data = symbols.slice(g * 4, g * 4 + 4)
    return [...data, checkOf(data, g)].map((symbol) => LETTERS.charAt(symbol)).join('')
  })
  return groups.join('-')
}

export type ReadKey = { readonly seed: Uint8Array } | { readonly fault: string }

/** Reads what a person typed, in any case, with or without dashes. A fault names the groups, never what was typed. */
export function readRecoveryKey(text: string): ReadKey {
  const letters = [...text.toUpperCase().replace(/[\s\-–—_.]/g, '')].map((letter) => LOOKS_LIKE[letter] ?? letter)
  const symbols = letters.map((letter) => LETTERS.indexOf(letter))
  if (symbols.length !== GROUPS * 5)
    return { fault: `the recovery key has ${GROUPS * 5} letters and digits, ${symbols.length} were given` }
  const wrong: number[] = []
  const data: number[] = []
  for (let g = 0; g < GROUPS; g++) {
    const group = symbols.slice(g * 5, g * 5 + 5)
    if (group.includes(-1) || checkOf(group.slice(0, 4), g) !== group[4]) wrong.push(g + 1)
    data.push(...group.slice(0, 4))
  }
  if (wrong.length === 0) return { seed: bytesOf(data) }
  const named = `${wrong.length === 1 ? 'group' : 'groups'} ${wrong.join(', ')}`
  return { fault: `the recovery key is mistyped: look at ${named} of ${GROUPS}` }
}

/** Any one letter that is wrong, any two that changed places and any two groups that did are seen. */
function checkOf(data: readonly number[], group: number): number {
  return data.reduce((sum, symbol, i) => sum ^ times(symbol, i + 2), group + 1)
}

/** `symbol` times the `power`-th power of x in GF(32) modulo x⁵ + x² + 1, where powers below 31 differ. */
function times(symbol: number, power: number): number {
  let product = symbol
  for (let i = 0; i < power; i++) product = product & 16 ? ((product << 1) ^ 0b100101) & 31 : product << 1
  return product
}

function symbolsOf(bytes: Uint8Array): number[] {
  const symbols: number[] = []
  let [held, bits] = [0, 0]
  for (const byte of bytes) {
    held = (held << 8) | byte
    for (bits += 8; bits >= 5; ) {
      bits -= 5
      symbols.push((held >>> bits) & 31)
    }
    held &= (1 << bits) - 1
  }
  return symbols
}

function bytesOf(symbols: readonly number[]): Uint8Array {
  const bytes: number[] = []
  let [held, bits] = [0, 0]
  for (const symbol of symbols) {
    held = (held << 5) | symbol
    bits += 5
    if (bits < 8) continue
    bits -= 8
    bytes.push((held >>> bits) & 255)
    held &= (1 << bits) - 1
  }
  return Uint8Array.from(bytes)
}
