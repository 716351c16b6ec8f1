/** Shorter ones would blot out half of every line; no phone accepts so short a password. */
const SHORTEST = 4
const MOST = 10_000
const BLOT = '[secret]'

/** The secrets that are open in memory now, so that no log line can carry one out. */
export class LiveSecrets {
  readonly #secrets = new Set<string>()
  /** Longest first: one may begin with another, and the rest of it must not stay. */
  #sorted: readonly string[] | undefined

  /** Notes a secret in the forms that it may appear in. The oldest are forgotten past 10,000. */
  add(secret: string): void {
    if (secret.length < SHORTEST || this.#secrets.has(secret)) return
    for (const form of [secret, percentEncoded(secret), JSON.stringify(secret).slice(1, -1)]) this.#secrets.add(form)
    for (const oldest of this.#secrets) {
      if (this.#secrets.size <= MOST) break
      this.#secrets.delete(oldest)
    }
    this.#sorted = undefined
  }

  /** The text with every known secret blotted out. */
  redact(text: string): string {
    this.#sorted ??= [...this.#secrets].sort((a, b) => b.length - a.length)
    let clean = text
    for (const secret of this.#sorted) if (clean.includes(secret)) clean = clean.replaceAll(secret, BLOT)
    return clean
  }
}

/** `encodeURIComponent` refuses half of a surrogate pair. */
function percentEncoded(text: string): string {
  return encodeURIComponent(text.toWellFormed())
}
