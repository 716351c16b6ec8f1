import { t } from '../i18n.ts'
import type { IconName } from '../kit/icon.tsx'
import { account, atLeast } from './session.ts'

/** A page of an account, as the navigation names it. */
export interface Place {
  readonly id: string
  readonly icon: IconName
  readonly text: () => string
  /** A narrow screen shows it under “More”, with this sentence. */
  readonly about?: () => string
  /** Whether this person has any use for it. */
  readonly shown?: () => boolean
}

export const PLACES: readonly Place[] = [
  { id: '', icon: 'overview', text: () => t('Sites') },
  { id: 'fleet', icon: 'phone', text: () => t('Fleet') },
  { id: 'alerts', icon: 'warn', text: () => t('Alerts') },
  {
    ...{ id: 'settings', icon: 'settings', text: () => t('Settings') },
    about: () => t('What holds at every site: the account’s own word for vendors, groups and models.'),
  },
  {
    ...{ id: 'templates', icon: 'template', text: () => t('Templates') },
    about: () => t('What boxes know of vendors: own texts and packs, for all sites.'),
  },
  {
    ...{ id: 'customers', icon: 'people', text: () => t('Customers') },
    about: () => t('The accounts below this one, the worst first.'),
    shown: () => account.value?.kind !== 'customer' && account.value?.role !== 'installer',
  },
  {
    ...{ id: 'people', icon: 'person', text: () => t('People') },
    about: () => t('Who may do what here, and invitations.'),
    shown: () => atLeast('admin'),
  },
  {
    ...{ id: 'reports', icon: 'lease', text: () => t('Reports') },
    about: () => t('How the phones of all sites stand, as a table.'),
    shown: () => account.value?.role !== 'installer',
  },
  { id: 'files', icon: 'files', text: () => t('Files'), about: () => t('Firmware, pictures and sounds of all sites.') },
  {
    ...{ id: 'rollouts', icon: 'again', text: () => t('Rollouts') },
    about: () => t('New firmware for the phones of many sites, ring by ring.'),
  },
  {
    ...{ id: 'tokens', icon: 'lock', text: () => t('API tokens') },
    about: () => t('For programs that work with this account.'),
    shown: () => atLeast('admin'),
  },
  {
    ...{ id: 'audit', icon: 'activity', text: () => t('Audit log') },
    about: () => t('Who did what, when, and from where.'),
    shown: () => atLeast('admin'),
  },
  {
    ...{ id: 'account', icon: 'system', text: () => t('Account') },
    about: () => t('Its name and rules, boxes named in advance, and everything of it as a file.'),
    shown: () => atLeast('admin'),
  },
]

export const shownPlaces = () => PLACES.filter((it) => it.shown?.() ?? true)
