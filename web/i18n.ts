import { computed, signal } from '@preact/signals'
import type { Words } from './words/words.ts'

// English texts are their own keys, so that code reads as what people see; another language is a table from them. A text
// with `|` has a form for one and one for many: `{n} phone|{n} phones`. web/words.test.ts finds what a table lacks.

/** Languages by their own names; a new one needs a row here and a table in words/. */
export const LANGUAGES = { en: 'English', de: 'Deutsch' } as const
export type Language = keyof typeof LANGUAGES

const TABLES: Readonly<Record<Exclude<Language, 'en'>, () => Promise<{ readonly words: Words }>>> = {
  de: () => import('./words/de.ts'),
}

const current = signal<{ readonly language: Language; readonly words: Words }>({ language: 'en', words: {} })
/** What the page speaks now. */
export const language = computed(() => current.value.language)

/** The language of this browser, when there is a table for it. */
export function preferredLanguage(tags: readonly string[]): Language {
  for (const tag of tags) {
    const base = tag.toLowerCase().split('-')[0] ?? ''
    if (isLanguage(base)) return base
  }
  return 'en'
}

export function isLanguage(text: string): text is Language {
  return Object.hasOwn(LANGUAGES, text)
}

/** Loads a language's table and changes to it at once. */
export async function speak(to: Language): Promise<void> {
  const words = to === 'en' ? {} : (await TABLES[to]()).words
  current.value = { language: to, words }
  document.documentElement.lang = to
}

type Values = Readonly<Record<string, string | number>>

/** A text in the language of the page; `{name}` stands for a value. What is not in the table stays English. */
export function t(text: string, values?: Values): string {
  return filled(current.value.words[text] ?? text, values)
}

/** As `t`, for a text with a form for one and one for many; `n` is a value too. */
export function plural(text: string, n: number, values?: Values): string {
  const { words, language: of } = current.value
  const [one = '', many = one] = (words[text] ?? text).split('|')
  const form = new Intl.PluralRules(of).select(n) === 'one' ? one : many
  return filled(form, { ...values, n: number(n) })
}

export function number(n: number): string {
  return new Intl.NumberFormat(current.value.language).format(n)
}

function filled(text: string, values: Values | undefined): string {
  return values === undefined ? text : text.replace(/\{(\w+)\}/g, (all, name) => String(values[name] ?? all))
}
