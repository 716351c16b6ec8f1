import { effect, signal } from '@preact/signals'
import { isLanguage, preferredLanguage, speak } from './i18n.ts'

// What a person chose in this browser. It may not be kept (private windows): then it holds until the page is closed.

export function remembered(name: string): string | undefined {
  try {
    return localStorage.getItem(`branchline.${name}`) ?? undefined
  } catch {
    return undefined
  }
}

export function remember(name: string, value: string): void {
  try {
    localStorage.setItem(`branchline.${name}`, value)
  } catch {
    // Nothing is lost but the choice.
  }
}

export const THEMES = ['system', 'light', 'dark'] as const
export type Theme = (typeof THEMES)[number]

const stored = remembered('theme')
/** Light, dark, or as the system has it. */
export const theme = signal<Theme>(THEMES.find((one) => one === stored) ?? 'system')

/** Puts the stored choices into force, and keeps new ones. Returns when the language is there. */
export async function applyPreferences(): Promise<void> {
  effect(() => {
    document.documentElement.dataset.theme = theme.value
    remember('theme', theme.value)
  })
  const chosen = remembered('language') ?? ''
  await speak(isLanguage(chosen) ? chosen : preferredLanguage(navigator.languages))
}
