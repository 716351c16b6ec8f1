import { OperatorError } from '../../services/core/errors.ts'

/** OWASP's figures for argon2id; the runtime's default takes much more memory a sign-in. */
const COST = { algorithm: 'argon2id', memoryCost: 19_456, timeCost: 2 } as const
const SHORTEST = 10
const LONGEST = 200

/** The hash to store. Throws `OperatorError` for a password that is too easy. */
export async function hashPassword(password: string, known: readonly string[] = []): Promise<string> {
  const fault = passwordFault(password, known)
  if (fault !== undefined) throw new OperatorError(fault)
  return Bun.password.hash(password.normalize('NFC'), COST)
}

/** Length is what counts (NIST SP 800-63B section 3.1.1); no rules about kinds of character. */
export function passwordFault(password: string, known: readonly string[]): string | undefined {
  if (password.length < SHORTEST) return `a password has at least ${SHORTEST} characters`
  if (password.length > LONGEST) return `a password has at most ${LONGEST} characters`
  if (new Set(password).size < 5) return 'the password is too uniform'
  const low = password.toLowerCase()
  if (known.some((word) => word.length > 3 && low === word.toLowerCase()))
    return 'the password is your own address or name'
  return undefined
}

let decoy: Promise<string> | undefined

/** Whether it is the password. Takes as long when there is none to compare with, so that nobody learns that. */
export async function isPassword(password: string, hash: string | null): Promise<boolean> {
  decoy ??= Bun.password.hash(crypto.randomUUID(), COST)
  const matches = await Bun.password.verify(password.slice(0, LONGEST).normalize('NFC') || ' ', hash ?? (await decoy))
  return matches && hash !== null
}
