/** A language: what the English text in the code is in it. */
export type Words = Readonly<Record<string, string>>
