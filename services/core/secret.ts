/** Encrypts what is stored. The key belongs to the box and never leaves it. */
export interface SecretBox {
  /** Returns text that can stand in a database. The same secret sealed twice differs. */
  seal(plain: string): string
  /** Throws `OperatorError` when the text was not sealed with this box's key. */
  open(sealed: string): string
}
