import { wordlist } from '@scure/bip39/wordlists/english.js'

// Three words that stand for a box's key: 33 bits. The list is the English one of BIP 39: 2,048 common words, of which no
// two have the same first four letters.

const WORDS = 3
const BITS_A_WORD = 11
const ENOUGH_LETTERS = 4

/** The phrase of a key from its SHA-256: the first 33 bits. */
export function phraseOf(hash: Uint8Array): string {
  let bits = 0n
  for (const byte of hash.subarray(0, 5)) bits = (bits << 8n) | BigInt(byte)
  const words: string[] = []
  for (let i = 0; i < WORDS; i++) {
    const at = Number((bits >> BigInt(40 - BITS_A_WORD * (i + 1))) & 0x7ffn)
    words.push(wordlist[at] ?? '')
  }
  return words.join(' ')
}

/**
 * The phrase that somebody typed, spelled as `phraseOf` does: in any case, with anything but letters between the words,
 * which may be cut after four letters. Undefined when it is not three words of the list: that is no guess.
 */
export function readPhrase(text: string): string | undefined {
  const typed = text.toLowerCase().match(/[a-z]+/g) ?? []
  const words = typed.map((word) =>
    wordlist.find((one) => one === word || (word.length >= ENOUGH_LETTERS && one.startsWith(word))),
  )
  return words.length === WORDS && words.every((word) => word !== undefined) ? words.join(' ') : undefined
}
