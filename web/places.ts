import { t } from './i18n.ts'
import type { IconName } from './kit/icon.tsx'
import type { Theme } from './prefs.ts'
import { alarms, listOf, strangers } from './state.ts'

/** A page, as navigation and palette name it. */
interface Place {
  readonly id: string
  readonly icon: IconName
  readonly text: () => string
  readonly short: () => string
  readonly count?: () => number
}

export const PLACES: readonly Place[] = [
  {
    ...{ id: '', icon: 'overview', text: () => t('Overview'), short: () => t('Overview') },
    count: () => listOf(alarms.value).length,
  },
  { id: 'phones', icon: 'phone', text: () => t('Phones'), short: () => t('Phones') },
  {
    ...{ id: 'new', icon: 'new', text: () => t('New phones'), short: () => t('New') },
    count: () => listOf(strangers.value).length,
  },
  { id: 'people', icon: 'people', text: () => t('People'), short: () => t('People') },
  { id: 'files', icon: 'files', text: () => t('Files'), short: () => t('Files') },
  { id: 'network', icon: 'network', text: () => t('Network'), short: () => t('Network') },
]

export function themeWord(value: Theme): string {
  return { system: t('As the system has it'), light: t('Light'), dark: t('Dark') }[value]
}
