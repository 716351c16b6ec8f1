import { t } from '../i18n.ts'

/** Every kind of key in the words of people, the usual ones first. */
export function keyTypes(): readonly (readonly [string, string])[] {
  return [
    ['none', t('Nothing')],
    ['line', t('Line')],
    ['blf', t('Lamp and call (BLF)')],
    ['speed-dial', t('Speed dial')],
    ['park', t('Park a call')],
    ['pickup', t('Pick up a call')],
    ['group-pickup', t('Pick up in the group')],
    ['intercom', t('Intercom')],
    ['paging', t('Announcement')],
    ['voicemail', t('Mailbox')],
    ['forward', t('Forward calls')],
    ['dnd', t('Do not disturb')],
    ['transfer', t('Transfer')],
    ['hold', t('Hold')],
    ['conference', t('Conference')],
    ['record', t('Record')],
    ['redial', t('Dial again')],
    ['history', t('Calls so far')],
    ['directory', t('Phone book')],
    ['prefix', t('Prefix')],
    ['dtmf', t('Tones (DTMF)')],
    ['url', t('Open a URL')],
    ['application', t('Open an XML page')],
    ['shared-line', t('Shared line')],
    ['blf-list', t('Entry of a BLF list')],
    ['hot-desking', t('Log in as somebody')],
  ]
}

export function keyWord(type: string): string {
  return keyTypes().find(([id]) => id === type)?.[1] ?? type
}

/** Kinds whose value is somebody's number. */
export const CALLS: ReadonlySet<string> = new Set(['blf', 'speed-dial', 'intercom', 'pickup', 'forward', 'transfer'])
