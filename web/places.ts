import { t } from './i18n.ts'
import type { IconName } from './kit/icon.tsx'
import { alarms, listOf, strangers } from './state.ts'

/** A page, as navigation and palette name it. */
export interface Place {
  readonly id: string
  readonly icon: IconName
  readonly text: () => string
  readonly short: () => string
  readonly count?: () => number
  /** A narrow screen shows it under “More”, with this sentence. */
  readonly later?: boolean
  readonly about?: () => string
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
  { id: 'network', icon: 'network', text: () => t('Network'), short: () => t('Network') },
  {
    ...{ id: 'settings', icon: 'settings', text: () => t('Settings'), short: () => t('Settings'), later: true },
    about: () => t('What holds for all phones, a group or a model.'),
  },
  {
    ...{ id: 'files', icon: 'files', text: () => t('Files'), short: () => t('Files'), later: true },
    about: () => t('Firmware, pictures and sounds, and how they reach the phones.'),
  },
  {
    ...{ id: 'templates', icon: 'template', text: () => t('Templates'), short: () => t('Templates'), later: true },
    about: () => t('How each vendor’s files are written; for experts.'),
  },
  {
    ...{ id: 'activity', icon: 'activity', text: () => t('Activity'), short: () => t('Activity'), later: true },
    about: () => t('Who changed what, who came in, what phones did.'),
  },
  {
    ...{ id: 'system', icon: 'system', text: () => t('System'), short: () => t('System'), later: true },
    about: () => t('Accounts, trust, central account, backup, update, log, diagnosis.'),
  },
]
