/** RFC 8628 §6.1: no vowels, so no words; no digits, so nothing to mix up. 20^8 codes are 34.6 bits. */
const LETTERS = 'BCDFGHJKLMNPQRSTVWXZ'
const LENGTH = 8
/** Bytes from here on would make some letters likelier than others. */
const FAIR = 256 - (256 % LETTERS.length)

/** A code of eight letters, each as likely as any other. */
export function makeCode(random: (length: number) => Uint8Array): string {
  let code = ''
  while (code.length < LENGTH)
    for (const byte of random(LENGTH)) if (byte < FAIR && code.length < LENGTH) code += LETTERS[byte % LETTERS.length]
  return code
}

/** `BCDFGHJK` → `BCDF-GHJK`, as people see it. */
export function showCode(code: string): string {
  return `${code.slice(0, 4)}-${code.slice(4)}`
}

/**
 * The code that somebody typed: in any case, with or without blanks and dashes of any kind. Undefined when that is no
 * code at all, so that a mistake of form is not counted as a guess.
 */
export function readCode(text: string): string | undefined {
  const code = text.replace(/[\s\p{Pd}\u2212_.]/gu, '').toUpperCase()
  return new RegExp(`^[${LETTERS}]{${LENGTH}}$`).test(code) ? code : undefined
}
